//! The browser tests: Playwright against the built binary, on SQLite and on PostgreSQL.

use crate::layout::{Layout, Profile};
use crate::postgres::Postgres;
use crate::run::{Result, run};
use crate::{serve, tools};
use std::path::Path;
use std::process::Command;

/// `cargo xtask e2e`: what is needed for the browser tests and nothing else.
pub fn e2e(layout: &Layout, profile: Profile, args: &[String]) -> Result {
    tools::npm_packages(layout)?;
    let chromium = tools::chromium()?;
    let binary = serve::build(layout, profile)?;
    // Whoever asks for SQLite alone does not need a PostgreSQL.
    let sqlite_only = args.iter().any(|arg| arg == "--project=sqlite");
    let postgres = if sqlite_only { None } else { Some(Postgres::start()?) };
    playwright(layout, &binary, &chromium, postgres.as_ref(), args)
}

/// Runs Playwright. With a PostgreSQL every test runs twice, once in each of its projects.
pub fn playwright(
    layout: &Layout,
    binary: &Path,
    chromium: &Path,
    postgres: Option<&Postgres>,
    args: &[String],
) -> Result {
    let mut command = npx(layout);
    command.args(["playwright", "test"]).args(args);
    command.env("MUSTER_BIN", binary).env("MUSTER_CHROMIUM", chromium);
    if let Some(postgres) = postgres {
        command.env("MUSTER_E2E_POSTGRES_URL", postgres.url());
    }
    run(&mut command)
}

/// The TypeScript of the tests has types that hold.
pub fn types(layout: &Layout) -> Result {
    tools::npm_packages(layout)?;
    run(npx(layout).args(["tsc", "--noEmit"]))
}

/// A program of the installed packages; never one that npx would fetch.
fn npx(layout: &Layout) -> Command {
    let mut command = Command::new("npx");
    command.arg("--no-install").current_dir(layout.end2end());
    command
}
