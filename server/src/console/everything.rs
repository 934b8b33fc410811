//! What the console asks about all objects together.

use async_trait::async_trait;
use muster::{overview::Overview, search::Found};
use muster_app::{console::Everything, error::ConsoleError};

use super::Operator;
use crate::manage::{overview::overview, search::search};

#[async_trait]
impl Everything for Operator {
    async fn overview(&self) -> Result<Overview, ConsoleError> {
        self.answer(overview(&self.context()?, &self.scope()).await)
    }

    async fn search(&self, text: &str) -> Result<Found, ConsoleError> {
        self.answer(search(&self.context()?, &self.scope(), text).await)
    }
}
