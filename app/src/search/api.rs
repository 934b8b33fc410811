//! What a search asks.

use leptos::prelude::*;
use muster::search::Found;

use crate::{console::ask, error::ConsoleError};

/// What bears a text in its name.
#[server(endpoint = "search/find")]
pub async fn find(text: String) -> Result<Found, ConsoleError> {
    ask(|console| async move { console.search(&text).await }).await
}
