//! Building the binary, and becoming it.

use crate::layout::{Layout, Profile, RELEASE_TARGET};
use crate::run::{Result, run};
use crate::{musl, site, tools};
use std::path::PathBuf;
use std::process::Command;

/// Builds the site, then the server that embeds it (or reads it, in a dev build), and returns the binary's path.
/// What is shipped or tested is static where the host has a target for that.
pub fn build(layout: &Layout, profile: Profile) -> Result<PathBuf> {
    tools::rust_target(site::WASM_TARGET)?;
    let site = site::build(layout, profile)?;
    let mut command = layout.cargo();
    command.args(["build", "--bin", "muster"]);
    match profile {
        // `--workspace` selects the same features as `cargo test --workspace`, so neither recompiles the other's.
        // The site is the build script's default: plain cargo agrees with this call about it.
        Profile::Dev => {
            command.arg("--workspace").env_remove("MUSTER_SITE_DIR");
        }
        Profile::Tested | Profile::Release => {
            command.args(["--package", "muster-server", "--profile", profile.name()]).env("MUSTER_SITE_DIR", site);
            if let Some(target) = RELEASE_TARGET {
                musl::prepare(target)?;
                musl::build_for(target, &mut command);
            }
        }
    }
    run(&mut command)?;
    Ok(layout.binary(profile))
}

/// Builds everything, then runs `muster serve`.
pub fn serve(layout: &Layout, profile: Profile, args: &[String]) -> Result {
    let binary = build(layout, profile)?;
    let mut command = Command::new(&binary);
    command.arg("serve").args(args);
    become_it(&mut command).map_err(|error| format!("{} could not be run: {error}", layout.relative(&binary)))
}

/// Replaces this process, so that Ctrl-C, SIGTERM and the exit code are the server's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
