//! What the console asks about all objects together.

use async_trait::async_trait;
use muster::{
    audit::{TrailFilter, TrailRow},
    overview::Overview,
    page::Page,
    search::Found,
};
use muster_app::{console::Everything, error::ConsoleError};

use super::Operator;
use crate::manage::{audit::trail, overview::overview, search::search};

#[async_trait]
impl Everything for Operator {
    async fn overview(&self) -> Result<Overview, ConsoleError> {
        self.answer(overview(&self.context()?, &self.scope).await)
    }

    async fn search(&self, text: &str) -> Result<Found, ConsoleError> {
        self.answer(search(&self.context()?, &self.scope, text).await)
    }

    async fn audit_trail(&self, filter: TrailFilter) -> Result<Page<TrailRow>, ConsoleError> {
        self.answer(trail(&self.context()?, &self.scope, &filter).await)
    }
}
