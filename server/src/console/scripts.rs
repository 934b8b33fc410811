//! What the console asks about startup scripts.

use async_trait::async_trait;
use muster::{id::DelegateId, script::DelegateScripts};
use muster_app::{console::Scripts, error::ConsoleError};

use super::Operator;
use crate::manage::scripts;

#[async_trait]
impl Scripts for Operator {
    async fn scripts_of(&self, delegate: DelegateId) -> Result<DelegateScripts, ConsoleError> {
        self.answer(scripts::of_delegate(&self.context()?, delegate).await)
    }

    async fn run_script_again(&self, delegate: DelegateId) -> Result<(), ConsoleError> {
        self.answer(scripts::run_again(&self.context()?, delegate).await.map(drop))
    }
}
