//! `muster`: the manager and its delegate in one program.

mod admin;
mod cli;

use std::process::ExitCode;

use clap::Parser as _;
use muster_server::{config::Config, serve};
use tracing_subscriber::{filter::Targets, prelude::*};

use crate::cli::{Cli, Command, DelegateCommand};

/// The allocator of musl has one lock for all threads; a manager has many threads.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Cryptography for TLS, to PostgreSQL and to the manager: one provider for the whole process.
    match Cli::parse().command {
        Command::Delegate(DelegateCommand::Run { config }) => {
            log("info");
            muster_delegate::run_blocking(config.as_deref())
        }
        Command::Serve(flags) => with_config(&flags, |config| {
            log(&config.log);
            tokio(async move { serve::serve(&config).await.map_err(|error| error.to_string()) })
        }),
        Command::Admin { settings, command } => with_config(&settings, |config| {
            log("warn");
            tokio(admin::run(config, command))
        }),
        Command::Manager(command) => muster_cli::run::<Cli>(command),
        Command::Healthcheck(flags) => with_config(&flags, |config| tokio(admin::healthcheck(config))),
    }
}

/// One line an event, with its fields as `name=value`, on standard error. Colours only for a person.
fn log(filter: &str) {
    use std::io::IsTerminal as _;
    // What libraries tell of their routine is not what an operator looks for. The filter was read with the settings.
    let filter = format!("sqlx=warn,memory_serve=warn,sea_orm_migration=warn,{filter}").parse::<Targets>();
    let events = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .with_writer(std::io::stderr);
    tracing_subscriber::registry().with(events).with(filter.unwrap_or_default()).init();
}

fn with_config(flags: &cli::Settings, run: impl FnOnce(Config) -> Result<(), String>) -> ExitCode {
    let config = Config::load(&flags.values(), std::env::vars_os(), flags.config.as_deref());
    match config.map_err(|error| error.to_string()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tokio(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| format!("the runtime cannot start: {error}"))?.block_on(work)
}
