//! `cargo xtask bench`: what Muster can take, beside what the machine could.

use crate::layout::{Layout, Profile, RELEASE_TARGET};
use crate::run::{Result, run};
use crate::{e2e, musl, serve, tools};

/// The measure that a browser makes.
const FIRST_LOAD: &str = "first-load";

/// Builds the program as it is shipped, and measures it. `only` names measures by parts of their names, with commas
/// between; all where it is empty. Lists are measured with up to `rows` delegates.
pub fn bench(layout: &Layout, only: &str, rows: &str) -> Result {
    let binary = serve::build(layout, Profile::Release)?;
    if only.is_empty() || only.split(',').any(|one| one == FIRST_LOAD) {
        tools::npm_packages(layout)?;
        let chromium = tools::chromium()?;
        e2e::measure(layout, &binary, &chromium)?;
    }
    if only == FIRST_LOAD {
        return Ok(());
    }
    let mut command = layout.cargo();
    command.args(["bench", "--package", "muster-server", "--bench", "scale"]);
    command.env("MUSTER_BENCH_PROGRAM", binary).env("MUSTER_BENCH_ONLY", only).env("MUSTER_BENCH_ROWS", rows);
    // The same site as the program has: what both are made of is compiled once.
    command.env("MUSTER_SITE_DIR", layout.site(Profile::Release));
    if let Some(target) = RELEASE_TARGET {
        musl::build_for(target, &mut command);
    }
    run(&mut command)
}
