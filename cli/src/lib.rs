//! `muster` at a terminal and in scripts: what the console does, by the public API alone. It knows the API as any program
//! does, by its document: it sends what the document says, reads what it prints, and hands on the rest of an answer as it
//! came (`--output json`), so that it works with managers of other versions.
//!
//! Standard output holds what was asked for and nothing else; questions, notes and errors go to standard error.

mod api;
mod ask;
mod audit;
mod clock;
mod contexts;
mod delegates;
mod each;
mod expiry;
mod failure;
mod input;
mod login;
mod lookup;
mod options;
mod output;
mod profiles;
mod secrets;
mod session;
mod tokens;
mod whoami;

use std::process::ExitCode;

use clap::{CommandFactory, Subcommand};

use self::{failure::Failure, options::Options, session::Session};

/// What stands at the end of the program's help.
pub const AFTER_HELP: &str = "\
Exit codes of the commands that ask a manager:
  0  done
  1  something went wrong on this machine, or was called off
  2  a wrong argument, or a value that the manager cannot take
  3  no API key that works
  4  the key's role does not allow it
  5  there is no such thing
  6  the state of things does not allow it, or somebody else was first
  7  the manager cannot be reached, is busy or failed";

/// What asks a manager.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Remember a manager and an API key on this machine.
    ///
    /// The key comes from --key-file, from MUSTER_API_KEY, from a prompt that does not show it, or from standard input. The
    /// manager is asked whose it is before anything is kept. Keys are made in the console under Your account, or by `muster
    /// admin create-key` at the manager's machine.
    Login(login::Login),
    /// Forget a manager and its API key on this machine.
    Logout(login::Logout),
    /// Show the managers that this machine remembers, or choose among them.
    Contexts(contexts::Show),
    /// Show whose key is used, and what it may do.
    Whoami {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
    },
    /// List delegates and decide about them (to run one, see `muster delegate`).
    Delegates {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
        /// What to do.
        #[command(subcommand)]
        command: delegates::Command,
    },
    /// List, make, rotate and revoke delegate tokens.
    Tokens {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
        /// What to do.
        #[command(subcommand)]
        command: tokens::Command,
    },
    /// List, make and change delegate profiles.
    Profiles {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
        /// What to do.
        #[command(subcommand)]
        command: profiles::Command,
    },
    /// List, set and delete the secrets of startup scripts.
    Secrets {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
        /// What to do.
        #[command(subcommand)]
        command: secrets::Command,
    },
    /// Look through the audit trail.
    Audit {
        /// How to ask and to print.
        #[command(flatten)]
        options: Options,
        /// What to do.
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Print a script that completes commands in a shell.
    ///
    /// For bash: muster completions bash > ~/.local/share/bash-completion/completions/muster
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Runs a command of the program `P`. What went wrong is on standard error.
#[must_use]
pub fn run<P: CommandFactory>(command: Command) -> ExitCode {
    if let Command::Completions { shell } = command {
        clap_complete::generate(shell, &mut P::command(), "muster", &mut std::io::stdout());
        return ExitCode::SUCCESS;
    }
    // One thread: a call after the other.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(perform(command)),
        Err(error) => Err(Failure::Local(format!("the program cannot start: {error}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.exit().into()
        }
    }
}

async fn perform(command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(login) => login::login(login).await,
        Command::Logout(logout) => login::logout(&logout),
        Command::Contexts(show) => contexts::show(show),
        Command::Whoami { options } => whoami::whoami(&Session::open(&options)?).await,
        Command::Delegates { options, command } => delegates::perform(&Session::open(&options)?, command).await,
        Command::Tokens { options, command } => tokens::perform(&Session::open(&options)?, command).await,
        Command::Profiles { options, command } => profiles::perform(&Session::open(&options)?, command).await,
        Command::Secrets { options, command } => secrets::perform(&Session::open(&options)?, command).await,
        Command::Audit { options, command } => audit::perform(&Session::open(&options)?, command).await,
        // Needs no manager: see `run`.
        Command::Completions { .. } => Ok(()),
    }
}
