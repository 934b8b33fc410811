//! What the console asks about all objects together.

use async_trait::async_trait;
use muster::{
    audit::{TrailFilter, TrailRow},
    overview::Overview,
    page::Page,
    search::Found,
};

use crate::error::ConsoleError;

/// What the console asks about all objects together.
#[async_trait]
pub trait Everything {
    /// How things are.
    async fn overview(&self) -> Result<Overview, ConsoleError>;
    /// What bears a text in its name.
    async fn search(&self, text: &str) -> Result<Found, ConsoleError>;
    /// One page of the audit trail. Needs the permission to read it.
    async fn audit_trail(&self, filter: TrailFilter) -> Result<Page<TrailRow>, ConsoleError>;
}
