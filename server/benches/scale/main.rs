//! How much Muster can take, beside what the machine could: `cargo xtask bench` runs this and prints a table.
//!
//! It starts the program as it is shipped, and asks it what delegates and people ask. Where there is a floor to compare
//! with (a bare axum that opens the same credentials and parses the same bodies, a bare SQLite that commits one change
//! after the other), that is measured in the same run, by the same client, on the same cores. Nothing here is asserted:
//! a busy machine is no failure.

// A benchmark talks to its user on stdout, and fails by ending.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod fleet;
mod home;
mod http;
#[path = "../../tests/it/support/jwe.rs"]
mod jwe;
mod load;
mod manager;
mod measures;
mod table;
mod twin;

use std::path::PathBuf;

use table::Table;

/// As the program has it: the twin is not to suffer from another one.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program to measure, as `cargo xtask bench` names it.
const PROGRAM: &str = "MUSTER_BENCH_PROGRAM";
/// Which measures to take, by parts of their names, with commas between; all where it is not set.
const ONLY: &str = "MUSTER_BENCH_ONLY";
/// The largest number of delegates that lists are measured with.
const ROWS: &str = "MUSTER_BENCH_ROWS";
/// The address of a PostgreSQL on which registrations and lists are measured, too, each in a database that is made for it.
const POSTGRES: &str = "MUSTER_BENCH_POSTGRES_URL";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if arguments.iter().any(|argument| argument == twin::ARGUMENT) {
        return runtime.block_on(twin::serve());
    }
    // `cargo test --all-targets` starts benchmarks too, without this.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let program = std::env::var_os(PROGRAM).map(PathBuf::from);
    let Some(program) = program else {
        println!("Start this with `cargo xtask bench`: it needs the program as it is shipped ({PROGRAM}).");
        return;
    };
    let only = std::env::var(ONLY).unwrap_or_default();
    let rows = std::env::var(ROWS).ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let postgres = std::env::var(POSTGRES).ok();
    let mut table = Table::default();
    runtime.block_on(async {
        let wanted = |name: &str| only.is_empty() || only.split(',').any(|part| name.contains(part.trim()));
        if wanted("heartbeats") {
            measures::heartbeats::measure(&program, &mut table).await;
        }
        if wanted("registrations") {
            measures::registrations::measure(&program, postgres.as_deref(), &mut table).await;
        }
        if wanted("start") {
            measures::start::measure(&program, &mut table).await;
        }
        if wanted("storm") {
            measures::storm::measure(&program, &mut table).await;
        }
        if wanted("connections") {
            measures::connections::measure(&program, &mut table).await;
        }
        if wanted("pages") {
            measures::pages::measure(&program, &mut table).await;
        }
        if wanted("lists") {
            measures::lists::measure(&program, rows, postgres.as_deref(), &mut table).await;
        }
    });
    table.print();
}
