//! Runs of startup scripts: what the pages show and ask for.
//!
//! The whole log of a run is a file: GET [`log_path`].

use leptos::prelude::*;
use muster::{
    id::{DelegateId, ScriptRunId},
    script::{DelegateScripts, LogQuery},
};

use crate::{console::ask, error::ConsoleError, ui::href::back_to};

/// Where the whole log of a run is, as text.
#[must_use]
pub fn log_path(delegate: DelegateId, run: ScriptRunId) -> String {
    format!("/delegates/{delegate}/script-runs/{run}/log.txt")
}

/// The startup script of one delegate, its runs, and what is asked for of the log of one of them.
#[server(endpoint = "scripts/of")]
pub async fn get_scripts_of(
    delegate: DelegateId,
    #[server(default)] query: LogQuery,
) -> Result<DelegateScripts, ConsoleError> {
    ask(|console| async move { console.scripts_of(delegate, query).await }).await
}

/// Asks a delegate to end a run.
#[server(endpoint = "scripts/cancel")]
pub async fn cancel_script(id: DelegateId, run: ScriptRunId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.cancel_script(id, run).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
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
