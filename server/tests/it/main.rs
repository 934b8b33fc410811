//! The manager through its front door: the real router on a fresh database, with a clock that the tests move.
//!
//! Every test of behaviour runs twice, on SQLite and on PostgreSQL (see [`on_both_databases`]). The PostgreSQL is the
//! one at `MUSTER_TEST_POSTGRES_URL`, whose user may create databases; without it those variants end at once.
//! `cargo xtask test` always sets it.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod support;

mod access;
mod audit;
mod command_line;
mod connections;
mod delegate_api;
mod delegates;
mod events;
mod forms;
mod identity;
mod install;
mod memory;
mod metrics;
mod names;
mod outage;
mod overview;
mod profiles;
mod program;
mod rest;
mod retention;
mod scopes;
mod scripts;
mod secrets;
mod sessions;
mod start;
mod tokens;
mod users;
