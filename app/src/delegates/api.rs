//! Delegates: what the pages show and ask for.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::{
    audit::Action,
    delegate::{Delegate, Status},
    id::DelegateId,
    page::{Cursor, Page},
    text::Selectors,
    time::Timestamp,
    token::TokenStatus,
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::{ask, back_to};
use crate::error::ConsoleError;

/// Which delegates a list shows. `PartialEq` so that a page refetches only where it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateFilter {
    /// Part of a name, host name, address or tag; empty for all.
    pub search: String,
    /// One status; none for all but the rejected.
    pub status: Option<Status>,
    /// Which page.
    pub cursor: Cursor,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateRow {
    /// The delegate.
    pub delegate: Delegate,
    /// What it was when the server looked.
    pub status: Status,
    /// Its profile's name.
    pub profile: String,
    /// The selectors it inherits from its profile.
    pub inherited: Selectors,
    /// Its token's name.
    pub token: String,
    /// What its token is; none where it was deleted.
    pub token_status: Option<TokenStatus>,
    /// The delegate that had its host and name before it, while it waits because of that.
    pub earlier: Option<Box<Earlier>>,
}

/// A delegate beside which a decision is taken: one that had the same host and name before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The delegate.
    pub delegate: Delegate,
    /// Its profile's name.
    pub profile: String,
    /// Its token's name.
    pub token: String,
}

/// A stretch of time in which the delegate was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// Since when.
    pub connected_at: Timestamp,
    /// Until when; none while it lasts.
    pub lost_at: Option<Timestamp>,
    /// Why it ended, as a phrase for people; empty while it lasts.
    pub cause: String,
}

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// From which address; empty for what happened inside the server's machine.
    pub address: String,
    /// What.
    pub action: Action,
    /// What else is to be known: from what to what, for example; may be empty.
    pub detail: String,
}

/// Everything about one delegate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateDetail {
    /// As in the list.
    pub row: DelegateRow,
    /// The newest stretches of connection first, at most 20.
    pub connections: Vec<ConnectionRow>,
    /// The newest audit entries first, at most 50.
    pub audit: Vec<AuditRow>,
}

/// What the console asks about delegates.
#[async_trait]
pub trait Delegates {
    /// One page of the list.
    async fn list_delegates(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError>;
    /// Everything about one delegate.
    async fn delegate(&self, id: DelegateId) -> Result<DelegateDetail, ConsoleError>;
    /// Lets a waiting delegate work; `seen` is the revision that the person saw.
    async fn approve_delegate(&self, id: DelegateId, seen: i32) -> Result<(), ConsoleError>;
    /// Turns a waiting delegate away; `seen` is the revision that the person saw.
    async fn reject_delegate(&self, id: DelegateId, seen: i32) -> Result<(), ConsoleError>;
    /// Returns a rejected delegate to approval.
    async fn take_back_delegate(&self, id: DelegateId) -> Result<(), ConsoleError>;
    /// Removes a delegate's listing.
    async fn delete_delegate(&self, id: DelegateId) -> Result<(), ConsoleError>;
    /// Gives a delegate another profile (an id).
    async fn switch_profile(&self, id: DelegateId, profile: &str) -> Result<(), ConsoleError>;
    /// Gives a delegate selectors, separated by commas; with `own` those that it says itself count again.
    async fn edit_selectors(&self, id: DelegateId, selectors: &str, own: bool) -> Result<(), ConsoleError>;
}

/// One page of the list.
#[server(endpoint = "delegates/list")]
pub async fn list_delegates(filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError> {
    ask(|console| async move { console.list_delegates(filter).await }).await
}

/// Everything about one delegate.
#[server(endpoint = "delegates/get")]
pub async fn get_delegate(id: DelegateId) -> Result<DelegateDetail, ConsoleError> {
    ask(|console| async move { console.delegate(id).await }).await
}

/// Lets a waiting delegate work.
#[server(endpoint = "delegates/approve")]
pub async fn approve_delegate(id: DelegateId, seen: i32, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.approve_delegate(id, seen).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Turns a waiting delegate away.
#[server(endpoint = "delegates/reject")]
pub async fn reject_delegate(id: DelegateId, seen: i32, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.reject_delegate(id, seen).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Returns a rejected delegate to approval.
#[server(endpoint = "delegates/take-back")]
pub async fn take_back_delegate(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.take_back_delegate(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Removes a delegate's listing.
#[server(endpoint = "delegates/delete")]
pub async fn delete_delegate(id: DelegateId, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.delete_delegate(id).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Gives a delegate another profile.
#[server(endpoint = "delegates/switch-profile")]
pub async fn switch_profile(id: DelegateId, profile: String, back: String) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.switch_profile(id, &profile).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

/// Gives a delegate selectors; with `own` those that it says itself count again.
#[server(endpoint = "delegates/edit-selectors")]
pub async fn edit_selectors(
    id: DelegateId,
    selectors: String,
    #[server(default)] own: bool,
    back: String,
) -> Result<(), ConsoleError> {
    ask(|console| async move {
        console.edit_selectors(id, &selectors, own).await?;
        console.redirect(&back_to(&back, "/delegates", id));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use muster::{delegate::Status, page::Cursor};
    use uuid::Uuid;

    use super::*;

    /// Server functions are called with forms, which know neither options nor enums: this pins that ours survive.
    #[test]
    fn a_filter_survives_its_way_to_the_server() {
        let id = Uuid::from_u128(7);
        for status in [None, Some(Status::PendingApproval)] {
            for cursor in [Cursor::First, Cursor::After(id), Cursor::Before(id)] {
                let filter = DelegateFilter { search: "a&b [c] é".into(), status, cursor };
                let call = ListDelegates { filter: filter.clone() };
                let sent = serde_qs::to_string(&call).unwrap();
                let read: ListDelegates = serde_qs::Config::new(5, false).deserialize_str(&sent).unwrap();
                assert_eq!(read.filter, filter, "{sent}");
            }
        }
    }
}
