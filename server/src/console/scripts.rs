//! What the console asks about startup scripts.

use async_trait::async_trait;
use muster::{
    id::{DelegateId, ScriptRunId},
    script::{DelegateScripts, LogQuery},
};
use muster_app::{console::Scripts, error::ConsoleError};

use super::Operator;
use crate::manage::scripts;

#[async_trait]
impl Scripts for Operator {
    async fn scripts_of(&self, delegate: DelegateId, query: LogQuery) -> Result<DelegateScripts, ConsoleError> {
        self.answer(scripts::of_delegate(&self.context()?, delegate, &query).await)
    }

    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError> {
        self.answer(scripts::run_again(&self.context()?, delegate).await.map(drop))
    }

    async fn cancel_script(&self, delegate: DelegateId, run: ScriptRunId) -> Result<(), ConsoleError> {
        self.answer(scripts::cancel(&self.context()?, delegate, run).await.map(drop))
    }
}
