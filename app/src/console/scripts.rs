//! What the console asks about startup scripts.

use async_trait::async_trait;
use muster::{
    id::{DelegateId, ScriptRunId},
    script::{DelegateScripts, LogQuery},
};

use crate::error::ConsoleError;

/// What the console asks about runs of startup scripts.
#[async_trait]
pub trait Scripts {
    /// The startup script of one delegate, its runs, and what is asked for of the log of one of them.
    async fn scripts_of(&self, delegate: DelegateId, query: LogQuery) -> Result<DelegateScripts, ConsoleError>;
    /// Asks a delegate to run its profile's script again.
    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError>;
    /// Asks a delegate to end a run.
    async fn cancel_script(&self, delegate: DelegateId, run: ScriptRunId) -> Result<(), ConsoleError>;
}
