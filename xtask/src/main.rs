//! `cargo xtask`: one door to building, serving and testing Muster.
//!
//! The console is WebAssembly that has to be built, bound and embedded before the server is, in that order and with
//! one version of wasm-bindgen. This does it as a library, so nothing but a Rust toolchain is needed to build.

// A build tool talks to its user on stdout.
#![allow(clippy::print_stdout)]

mod audit;
mod background;
mod bench;
mod bundle;
mod dist;
mod e2e;
mod layout;
mod musl;
mod postgres;
mod run;
mod serve;
mod site;
mod test;
mod tools;
mod validators;
mod watch;

use layout::{Layout, Profile};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <command>

  serve [--release] [-- ARGS…]   build everything, then run `muster serve ARGS…`
  build [--tested]               build the static program with every asset inside, and say where it is: as it is shipped,
                                 or as `test` tests it, which takes less time
  bundle                         build the console's WebAssembly, and say how much of it a first load fetches
  dist                           build it and pack it: target/dist has the archive, the Helm charts, checksums
  watch [-- ARGS…]               serve, and rebuild and restart on every change
  check-deploy                   check deploy/ and the shell scripts with what they are meant for
  test                           everything CI runs: format, lints, docs, tests, browser tests
  audit                          check licences, sources and advisories of the dependencies with cargo-deny
  soak [SECONDS]                 eight workers on two managers, for three minutes or as long as said: no deadlock
  bench [ONLY] [ROWS]            what Muster can take, beside what the machine could; ONLY is a part of a measure's name:
                                 heartbeats, registrations, start, storm, pages, lists,
                                 first-load; ROWS is how many delegates lists have
  e2e [--dev] [ARGS…]            build as it is shipped, then the browser tests; ARGS go to Playwright

Each command installs what it needs where it can, and says what is missing where it cannot.";

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.is_empty() || args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{USAGE}");
        return if args.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let command = args.remove(0);
    match dispatch(&command, args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, mut args: Vec<String>) -> run::Result {
    let layout = Layout::find()?;
    match command {
        "serve" => {
            let profile = if take_flag(&mut args, "--release") { Profile::Release } else { Profile::Dev };
            serve::serve(&layout, profile, &server_args(args)?)
        }
        "build" => {
            let profile = if take_flag(&mut args, "--tested") { Profile::Tested } else { Profile::Release };
            reject_more(&args)?;
            let binary = serve::build(&layout, profile)?;
            println!("built {}", layout.relative(&binary));
            Ok(())
        }
        "bundle" => {
            reject_more(&args)?;
            tools::rust_target(site::WASM_TARGET)?;
            site::build(&layout, Profile::Release)?;
            bundle::check(&layout)
        }
        "dist" => {
            reject_more(&args)?;
            dist::dist(&layout).map(drop)
        }
        "check-deploy" => {
            reject_more(&args)?;
            let validators = validators::Validators::install(&layout)?;
            validators.map_or(Ok(()), |validators| validators.check_deployment(&layout))
        }
        "watch" => watch::watch(&layout, &server_args(args)?),
        "test" => {
            reject_more(&args)?;
            test::test(&layout)
        }
        "audit" => {
            reject_more(&args)?;
            audit::audit(&layout)
        }
        "soak" => {
            let seconds = args.pop().unwrap_or_else(|| "180".to_owned());
            reject_more(&args)?;
            test::soak(&layout, &seconds)
        }
        "bench" => {
            let mut args = args.into_iter();
            let (only, rows) = (args.next().unwrap_or_default(), args.next().unwrap_or_else(|| "1000000".to_owned()));
            reject_more(&args.collect::<Vec<_>>())?;
            bench::bench(&layout, &only, &rows)
        }
        "e2e" => {
            let profile = if take_flag(&mut args, "--dev") { Profile::Dev } else { Profile::Release };
            e2e::e2e(&layout, profile, &args)
        }
        other => Err(format!("unknown command `{other}`\n\n{USAGE}")),
    }
}

/// Removes a flag of our own, as long as it stands first: what follows belongs to the program that we start.
fn take_flag(args: &mut Vec<String>, flag: &str) -> bool {
    let found = args.first().is_some_and(|arg| arg == flag);
    if found {
        args.remove(0);
    }
    found
}

/// The server's own arguments stand behind `--`, so that a mistyped flag of ours is not handed on.
fn server_args(mut args: Vec<String>) -> run::Result<Vec<String>> {
    if take_flag(&mut args, "--") || args.is_empty() {
        return Ok(args);
    }
    Err(format!("unexpected argument `{}`; the server's own arguments go behind `--`", args[0]))
}

fn reject_more(args: &[String]) -> run::Result {
    args.first().map_or(Ok(()), |arg| Err(format!("unexpected argument `{arg}`\n\n{USAGE}")))
}
