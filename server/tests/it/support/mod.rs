//! One installation under test, and the people and delegates that use it.

/// Makes two tests of each function: one on SQLite, one on PostgreSQL. The function takes the [`app::TestApp`].
macro_rules! on_both_databases {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                crate::support::app::run(crate::support::database::Backend::Sqlite, super::$test);
            })*
        }
        mod postgres {
            $(#[test]
            fn $test() {
                crate::support::app::run(crate::support::database::Backend::Postgres, super::$test);
            })*
        }
    };
}

/// Tests of what SQLite's one writer allows.
macro_rules! on_sqlite {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                crate::support::app::run(crate::support::database::Backend::Sqlite, super::$test);
            })*
        }
    };
}

pub mod answer;
pub mod app;
pub mod database;
pub mod delegate;
pub mod jwe;
pub mod log;
pub mod person;
pub mod records;
mod template;

pub use self::{answer::Answer, app::TestApp, delegate::Client, person::Person};
pub use axum::http::StatusCode;
pub use muster::{problem::Code, user::Role};
pub use serde_json::{Value, json};
pub use std::time::Duration;

/// One second, the unit that tests count in.
pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Days, for lifetimes.
pub const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

/// What the console is told of a problem that is no field's.
pub fn problem(code: Code, sentence: &str) -> Value {
    json!({"Problem": {"code": code, "field": "", "message": sentence}})
}

/// What the console is told where the state of things does not allow what it asked for.
pub fn conflict(code: Code, sentence: &str) -> (StatusCode, Value) {
    (StatusCode::CONFLICT, problem(code, sentence))
}
