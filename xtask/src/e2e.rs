//! The browser tests: Playwright against the built binary, on SQLite and on PostgreSQL.

use crate::layout::{Layout, Profile, RELEASE_TARGET};
use crate::postgres::Postgres;
use crate::run::{Result, run};
use crate::validators::Validators;
use crate::{dist, serve, tools};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `cargo xtask e2e`: what is needed for the browser tests and nothing else.
pub fn e2e(layout: &Layout, profile: Profile, args: &[String]) -> Result {
    tools::npm_packages(layout)?;
    let chromium = tools::chromium()?;
    let validators = Validators::install(layout)?;
    let binary = serve::build(layout, profile)?;
    // Whoever asks for SQLite alone does not need a PostgreSQL.
    let sqlite_only = args.iter().any(|arg| arg == "--project=sqlite");
    let postgres = if sqlite_only { None } else { Some(Postgres::start()?) };
    let dist = if profile == Profile::Dev { None } else { dist(layout, &binary)? };
    let environment =
        Environment { binary, chromium, postgres: postgres.as_ref(), validators: validators.as_ref(), dist };
    playwright(layout, &environment, args)
}

/// What the browser tests work with.
pub struct Environment<'a> {
    pub binary: PathBuf,
    pub chromium: PathBuf,
    /// With it every test runs twice, once in each of Playwright's projects.
    pub postgres: Option<&'a Postgres>,
    /// The readers of install files, where they run.
    pub validators: Option<&'a Validators>,
    /// A folder as `cargo xtask dist` makes it.
    pub dist: Option<PathBuf>,
}

/// Packs the binary, where it is static; not into the folder of what is shipped.
pub fn dist(layout: &Layout, binary: &Path) -> Result<Option<PathBuf>> {
    RELEASE_TARGET.map(|_| dist::pack(layout, binary, layout.target.join("dist-tested"))).transpose()
}

/// Runs Playwright.
pub fn playwright(layout: &Layout, environment: &Environment<'_>, args: &[String]) -> Result {
    let mut command = npx(layout);
    command.args(["playwright", "test"]).args(args);
    command.env("MUSTER_BIN", &environment.binary).env("MUSTER_CHROMIUM", &environment.chromium);
    if let Some(validators) = environment.validators {
        validators.add_to_env(&mut command);
    }
    if let Some(postgres) = environment.postgres {
        command.env("MUSTER_E2E_POSTGRES_URL", postgres.url());
    }
    if let Some(dist) = &environment.dist {
        command.env("MUSTER_DIST", dist);
    }
    run(&mut command)
}

/// Runs what is measured with a browser.
pub fn measure(layout: &Layout, binary: &Path, chromium: &Path) -> Result {
    let mut command = npx(layout);
    command.args(["playwright", "test", "--workers=1", "--reporter=line"]).env("MUSTER_E2E_DIR", "bench");
    run(command.env("MUSTER_BIN", binary).env("MUSTER_CHROMIUM", chromium))
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
