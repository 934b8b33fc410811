//! The delegate of Muster: registers with the manager, waits for approval, then works.
//!
//! A library that `muster delegate run` calls. It only emits its log, through `tracing`; who calls it decides where
//! that goes. What the delegate does by the manager's answers is a pure state machine (`machine`); everything that
//! touches the network, the disk, the clock or randomness stays around it. Startup scripts run beside it (`script`), so
//! that no heartbeat waits for them.

mod backoff;
mod clock;
mod credential;
mod failure;
mod health;
mod identity;
mod machine;
mod manager;
mod messages;
mod outage;
mod random;
mod reaper;
mod run;
mod script;
mod settings;
mod signer;

use std::{path::Path, process::ExitCode, time::Duration};

pub use self::{
    identity::IdentityError,
    manager::SetupError,
    run::{RunError, run},
    settings::{InitScript, Key, KeySeed, Proxy, Settings, SettingsError},
};

/// How long the end waits for what still runs on the side, such as the look-up of a host name.
const LAST_WAIT: Duration = Duration::from_millis(50);

/// Reads the settings from the config file, where one is given, and from the environment, then runs the delegate
/// until it is stopped. What goes wrong is in the log; the exit code is 2 for a setting, 1 for anything else.
#[must_use]
pub fn run_blocking(config: Option<&Path>) -> ExitCode {
    let settings = match Settings::of_process(config) {
        Ok(settings) => settings,
        Err(error) => {
            tracing::error!("the delegate cannot start: {error}");
            return ExitCode::from(2);
        }
    };
    // One thread: the delegate mostly waits, and each further thread would cost memory on every host.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(2).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("the delegate cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(run(settings));
    // A look-up of a host name cannot be interrupted; the end does not wait for it.
    runtime.shutdown_timeout(LAST_WAIT);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the delegate cannot run: {error}");
            ExitCode::FAILURE
        }
    }
}
