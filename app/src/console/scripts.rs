//! What the console asks about startup scripts.

use async_trait::async_trait;
use muster::{id::DelegateId, script::DelegateScripts};

use crate::error::ConsoleError;

/// What the console asks about runs of startup scripts.
#[async_trait]
pub trait Scripts {
    /// The startup script of one delegate, and its runs.
    async fn scripts_of(&self, delegate: DelegateId) -> Result<DelegateScripts, ConsoleError>;
    /// Asks a delegate to run its profile's script again.
    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError>;
}
