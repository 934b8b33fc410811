//! Runs of startup scripts: what the pages show and ask for.
//!
//! The whole log of a run is a file: GET [`log_path`].

use leptos::prelude::*;
use muster::{
    id::{DelegateId, ScriptRunId},
    script::DelegateScripts,
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// Where the whole log of a run is, as text.
#[must_use]
pub fn log_path(delegate: DelegateId, run: ScriptRunId) -> String {
    format!("/delegates/{delegate}/script-runs/{run}/log.txt")
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
