//! `cargo xtask test`: everything that CI runs, the cheap checks first, up to the first failure.

use crate::background::Background;
use crate::layout::{Layout, Profile, RELEASE_TARGET};
use crate::postgres::Postgres;
use crate::run::{Result, run};
use crate::validators::Validators;
use crate::{bundle, e2e, musl, site, tools};
use std::time::{Duration, Instant};

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

pub fn test(layout: &Layout) -> Result {
    let mut steps = Steps::default();
    let result = run_steps(layout, &mut steps);
    steps.print();
    result
}

fn run_steps(layout: &Layout, steps: &mut Steps) -> Result {
    let chromium = steps.step("tools", || {
        tools::rust_target(site::WASM_TARGET)?;
        RELEASE_TARGET.map_or(Ok(()), musl::prepare)?;
        tools::postgres_bin()?;
        tools::chromium()
    })?;
    let validators = steps.step("validators", || Validators::install(layout))?;
    steps.step("format", || run(layout.cargo().args(["fmt", "--all", "--check"])))?;
    // Much of what follows waits for one compiler, or for a clock: the program that the browser tests test is built
    // meanwhile. Nothing else needs a site, and the server's tests have none.
    let program = steps.step("build, begun", || begin_build(layout))?;
    if let Some(validators) = &validators {
        steps.step("deployment files", || validators.check_deployment(layout))?;
    }
    steps.step("types of the browser tests", || e2e::types(layout))?;
    steps
        .step("clippy", || run(layout.cargo().args(["clippy", "--workspace", "--all-targets"]).args(DENY_WARNINGS)))?;
    steps.step("clippy of the console", || {
        let mut command = layout.cargo();
        command.args(["clippy", "-p", "muster-app", "--lib", "--target", site::WASM_TARGET]);
        run(command.args(DENY_WARNINGS))
    })?;
    steps.step("documentation", || {
        run(layout.cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step("documentation tests", || run(layout.cargo().args(["test", "--workspace", "--doc"])))?;
    let postgres = steps.step("postgresql", Postgres::start)?;
    steps.step("tests", || {
        let mut command = layout.cargo();
        if tools::has_nextest() {
            command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        } else {
            command.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
        }
        if let Some(validators) = &validators {
            validators.add_to_env(&mut command);
        }
        // SQLite is tested always; this adds the same tests on PostgreSQL.
        run(command.env("MUSTER_TEST_POSTGRES_URL", postgres.url()))
    })?;
    steps.step("build", || program.finish())?;
    steps.step("first loads", || bundle::check(layout))?;
    let binary = layout.binary(Profile::Tested);
    let dist = steps.step("dist", || e2e::dist(layout, &binary))?;
    let environment =
        e2e::Environment { binary, chromium, postgres: Some(&postgres), validators: validators.as_ref(), dist };
    steps.step("browser tests", || e2e::playwright(layout, &environment, &[]))
}

fn begin_build(layout: &Layout) -> Result<Background> {
    let this = std::env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
    let this = this.to_str().ok_or("this program's path is no text")?;
    Background::start("the build", layout.target.join("build.log"), &[this, "build", "--tested"])
}

/// `cargo xtask soak`: the test of locks for as long as it is told, on a PostgreSQL of its own.
pub fn soak(layout: &Layout, seconds: &str) -> Result {
    if seconds.parse::<u32>().is_err() {
        return Err(format!("`{seconds}` is no number of seconds"));
    }
    let postgres = Postgres::start()?;
    let mut command = layout.cargo();
    command.args(["test", "-p", "muster-server", "--test", "it", "eight_workers_on_two_managers", "--", "--nocapture"]);
    run(command.env("MUSTER_TEST_POSTGRES_URL", postgres.url()).env("MUSTER_TEST_SOAK_SECONDS", seconds))
}

/// What ran, and how long it took.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration, bool)>);

impl Steps {
    fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        self.0.push((name, start.elapsed(), result.is_ok()));
        result.map_err(|error| format!("FAILED at the step `{name}`: {error}"))
    }

    fn print(&self) {
        println!();
        for (name, duration, passed) in &self.0 {
            println!("{:>8.1} s  {name}{}", duration.as_secs_f64(), if *passed { "" } else { "  FAILED" });
        }
        let total: Duration = self.0.iter().map(|(_, duration, _)| *duration).sum();
        println!("{:>8.1} s  in all", total.as_secs_f64());
    }
}
