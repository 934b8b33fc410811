//! What the first page asks.

use leptos::prelude::*;
use muster::overview::Overview;

use crate::{console::ask, error::ConsoleError};

/// How things are.
#[server(endpoint = "overview/get")]
pub async fn get_overview() -> Result<Overview, ConsoleError> {
    ask(|console| async move { console.overview().await }).await
}
