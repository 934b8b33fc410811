//! What the console asks about all objects together.

use async_trait::async_trait;
use muster::{overview::Overview, search::Found};

use crate::error::ConsoleError;

/// What the console asks about all objects together.
#[async_trait]
pub trait Everything {
    /// How things are.
    async fn overview(&self) -> Result<Overview, ConsoleError>;
    /// What bears a text in its name.
    async fn search(&self, text: &str) -> Result<Found, ConsoleError>;
}
