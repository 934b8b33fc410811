//! Runs of startup scripts: what the pages show and ask for.
//!
//! The whole log of a run is a file: GET [`log_path`].

use async_trait::async_trait;
use leptos::prelude::*;
use muster::{
    id::{DelegateId, ScriptRunId},
    script::ScriptRun,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::{ask, back_to};
use crate::error::ConsoleError;

/// How many bytes of a log a page shows: the newest.
pub const SHOWN_MOST: usize = 64 * 1024;

/// Where the whole log of a run is, as text.
#[must_use]
pub fn log_path(delegate: DelegateId, run: ScriptRunId) -> String {
    format!("/delegates/{delegate}/script-runs/{run}/log.txt")
}

/// The startup script of one delegate, and its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateScripts {
    /// Whether the delegate's profile has a script.
    pub has_script: bool,
    /// Whether the delegate has still to run the script as it is now.
    pub due: bool,
    /// The newest run first, at most ten.
    pub runs: Vec<ScriptRun>,
    /// The newest lines of the newest run's log, masked; at most [`SHOWN_MOST`] bytes.
    pub log: String,
    /// Whether the log has more than that.
    pub more: bool,
}

/// What the console asks about runs of startup scripts.
#[async_trait]
pub trait Scripts {
    /// The startup script of one delegate, and its runs.
    async fn scripts_of(&self, delegate: DelegateId) -> Result<DelegateScripts, ConsoleError>;
    /// Asks a delegate to run its profile's script again.
    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError>;
}

/// The startup script of one delegate, and its runs.
#[server(endpoint = "scripts/of")]
pub async fn get_scripts_of(delegate: DelegateId) -> Result<DelegateScripts, ConsoleError> {
    ask(|console| async move { console.scripts_of(delegate).await }).await
}

/// Asks a delegate to run its profile's script again.
#[server(endpoint = "scripts/run-again")]
pub async fn run_script_again(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.run_script_again(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}
