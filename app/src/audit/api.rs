//! What the page of the audit trail asks.

use leptos::prelude::*;
use muster::{
    audit::{TrailFilter, TrailRow},
    page::Page,
};

use crate::{console::ask, error::ConsoleError};

/// One page of the audit trail.
#[server(endpoint = "audit/list")]
pub async fn list_audit_trail(filter: TrailFilter) -> Result<Page<TrailRow>, ConsoleError> {
    ask(|console| async move { console.audit_trail(filter).await }).await
}
