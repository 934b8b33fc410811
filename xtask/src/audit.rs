//! `cargo xtask audit`: whether the dependencies are what `deny.toml` allows, by cargo-deny.
//!
//! A command of its own, since building the tool costs minutes.

use crate::layout::Layout;
use crate::run::{Result, output, run, succeeds};
use std::path::PathBuf;
use std::process::Command;

/// The version of cargo-deny that reads our `deny.toml`.
const VERSION: &str = "0.20.2";

pub fn audit(layout: &Layout) -> Result {
    let tool = install(layout)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&tool);
        command.current_dir(&layout.root).args(["--locked", "--workspace", "--all-features"]).args(arguments);
        command
    };
    run(&mut deny(&["check", "licenses", "bans", "sources"]))?;
    println!("fetching the database of advisories");
    if !succeeds(&mut deny(&["fetch", "db"])) {
        println!("NOT CHECKED: advisories, since their database (RustSec's, on GitHub) cannot be reached");
        return Ok(());
    }
    run(&mut deny(&["check", "--disable-fetch", "advisories"]))
}

/// Builds the tool into the target folder, unless it is there.
fn install(layout: &Layout) -> Result<PathBuf> {
    let folder = layout.target.join("tools");
    let tool = folder.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let wanted = format!("cargo-deny {VERSION}");
    if tool.exists() && output(Command::new(&tool).arg("--version")).is_ok_and(|found| found.trim() == wanted) {
        return Ok(tool);
    }
    println!("building {wanted} into {}; this takes some minutes, once", layout.relative(&folder));
    run(layout.cargo().args(["install", "--locked", "cargo-deny", "--version", VERSION, "--root"]).arg(&folder))?;
    Ok(tool)
}
