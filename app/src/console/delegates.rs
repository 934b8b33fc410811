//! What the console asks about delegates.

use async_trait::async_trait;
use muster::{
    delegate::{
        DelegateDetail, DelegateFilter, DelegateRow, FilterNames, Note, StatusCount,
        selected::{Deed, Report, Selected},
    },
    id::{DelegateId, ProfileId, TokenId},
    page::{Cursor, Page},
    scope::Scope,
    text::Selectors,
};

use crate::error::ConsoleError;

/// What the console asks about delegates.
#[async_trait]
pub trait Delegates {
    /// One page of the list.
    async fn list_delegates(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError>;
    /// Those of them that wait for a person and stand before the others of the list, where there are such.
    async fn waiting_delegates(&self, filter: DelegateFilter) -> Result<Vec<DelegateRow>, ConsoleError>;
    /// How many belong to each scope above that of the request, where who asks may see them and there are some.
    async fn inherited_delegates(&self) -> Result<Vec<(Scope, u64)>, ConsoleError>;
    /// How many there are of each status under a filter, and first of all but the rejected.
    async fn count_delegates(&self, filter: DelegateFilter) -> Result<Vec<StatusCount>, ConsoleError>;
    /// What the profile and the token are called that a list is filtered by.
    async fn filter_names(
        &self,
        profile: Option<ProfileId>,
        token: Option<TokenId>,
    ) -> Result<FilterNames, ConsoleError>;
    /// The delegates with some ids, as they are shown.
    async fn some_delegates(&self, ids: Vec<DelegateId>) -> Result<Vec<DelegateRow>, ConsoleError>;
    /// Does one thing to several delegates, and keeps what came of it for this session.
    async fn act_on_delegates(&self, deed: Deed, selected: Vec<Selected>) -> Result<(), ConsoleError>;
    /// What came of that the last time.
    async fn act_report(&self) -> Result<Option<Report>, ConsoleError>;
    /// Everything about one delegate, and one page of its record.
    async fn delegate(&self, id: DelegateId, record: Cursor) -> Result<DelegateDetail, ConsoleError>;
    /// Lets a waiting delegate work; `seen` is the revision that the person saw.
    async fn approve_delegate(&self, id: DelegateId, seen: i32, note: Option<Note>) -> Result<(), ConsoleError>;
    /// Turns a waiting delegate away; `seen` is the revision that the person saw.
    async fn reject_delegate(&self, id: DelegateId, seen: i32, note: Option<Note>) -> Result<(), ConsoleError>;
    /// Returns a rejected delegate to approval.
    async fn take_back_delegate(&self, id: DelegateId) -> Result<(), ConsoleError>;
    /// Puts a delegate out of work.
    async fn disable_delegate(&self, id: DelegateId, note: Option<Note>) -> Result<(), ConsoleError>;
    /// Lets a disabled delegate work again.
    async fn enable_delegate(&self, id: DelegateId) -> Result<(), ConsoleError>;
    /// Removes a delegate's listing.
    async fn delete_delegate(&self, id: DelegateId) -> Result<(), ConsoleError>;
    /// Gives a delegate another profile.
    async fn switch_profile(&self, id: DelegateId, profile: ProfileId) -> Result<(), ConsoleError>;
    /// Gives a delegate selectors; with none, those that it says itself count again.
    async fn edit_selectors(&self, id: DelegateId, selectors: Option<Selectors>) -> Result<(), ConsoleError>;
    /// Writes what a delegate is for; with nothing, its own word counts again.
    async fn edit_description(&self, id: DelegateId, description: Option<String>) -> Result<(), ConsoleError>;
}
