//! What the console asks about delegates.

use async_trait::async_trait;
use muster::{
    delegate::{
        DelegateDetail, DelegateFilter, DelegateRow, FilterNames, Note, StatusCount,
        selected::{Act, Deed, Outcome, Report, Selected},
    },
    id::{DelegateId, ProfileId, TokenId},
    page::{Cursor, Page},
    scope::Scope,
    text::Selectors,
};
use muster_app::{console::Delegates, error::ConsoleError};

use super::Operator;
use crate::{
    error::Error,
    manage::delegates::{self, Undone},
};

/// Under which name a session holds what came of the last deed on several delegates.
const REPORT: &str = "selected";

const NOT_REACHED: &str = "There was no time left for it: select it again.";

#[async_trait]
impl Delegates for Operator {
    async fn list_delegates(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError> {
        self.answer(delegates::list(&self.context()?, &self.scope, &filter).await)
    }

    async fn waiting_delegates(&self, filter: DelegateFilter) -> Result<Vec<DelegateRow>, ConsoleError> {
        self.answer(delegates::waiting(&self.context()?, &self.scope, &filter).await)
    }

    async fn inherited_delegates(&self) -> Result<Vec<(Scope, u64)>, ConsoleError> {
        self.answer(delegates::inherited(&self.context()?, &self.scope).await)
    }

    async fn count_delegates(&self, filter: DelegateFilter) -> Result<Vec<StatusCount>, ConsoleError> {
        self.answer(delegates::count_by_status(&self.context()?, &self.scope, &filter).await)
    }

    async fn filter_names(
        &self,
        profile: Option<ProfileId>,
        token: Option<TokenId>,
    ) -> Result<FilterNames, ConsoleError> {
        self.answer(delegates::filter_names(&self.context()?, &self.scope, profile, token).await)
    }

    async fn some_delegates(&self, ids: Vec<DelegateId>) -> Result<Vec<DelegateRow>, ConsoleError> {
        self.answer(delegates::some(&self.context()?, &self.scope, &ids).await)
    }

    async fn act_on_delegates(&self, deed: Deed, selected: Vec<Selected>) -> Result<(), ConsoleError> {
        let outcomes = self.answer(delegates::act_on(&self.context()?, deed, &selected).await)?;
        let outcome = |(Selected { id, .. }, name, outcome): (Selected, String, Result<(), Undone>)| {
            let problem = match outcome {
                Ok(()) => None,
                Err(Undone::NotReached) => Some(NOT_REACHED.to_owned()),
                Err(Undone::Failed(error)) => self.answer::<()>(Err(error)).err().map(|error| error.to_string()),
            };
            Outcome { id, name, problem }
        };
        let report = Report { act: act(deed), outcomes: outcomes.into_iter().map(outcome).collect() };
        self.answer(self.session.insert(REPORT, report).await.map_err(Error::from))
    }

    async fn act_report(&self) -> Result<Option<Report>, ConsoleError> {
        self.context()?;
        self.answer(self.session.get(REPORT).await.map_err(Error::from))
    }

    async fn delegate(&self, id: DelegateId, record: Cursor) -> Result<DelegateDetail, ConsoleError> {
        self.answer(delegates::get(&self.context()?, id, &record).await)
    }

    async fn approve_delegate(&self, id: DelegateId, seen: i32, note: Option<Note>) -> Result<(), ConsoleError> {
        self.answer(delegates::approve(&self.context()?, id, seen, note).await.map(drop))
    }

    async fn reject_delegate(&self, id: DelegateId, seen: i32, note: Option<Note>) -> Result<(), ConsoleError> {
        self.answer(delegates::reject(&self.context()?, id, seen, note).await.map(drop))
    }

    async fn take_back_delegate(&self, id: DelegateId) -> Result<(), ConsoleError> {
        self.answer(delegates::take_back(&self.context()?, id).await.map(drop))
    }

    async fn disable_delegate(&self, id: DelegateId, note: Option<Note>) -> Result<(), ConsoleError> {
        self.answer(delegates::disable(&self.context()?, id, note).await.map(drop))
    }

    async fn enable_delegate(&self, id: DelegateId) -> Result<(), ConsoleError> {
        self.answer(delegates::enable(&self.context()?, id).await.map(drop))
    }

    async fn delete_delegate(&self, id: DelegateId) -> Result<(), ConsoleError> {
        self.answer(delegates::delete(&self.context()?, id).await)
    }

    async fn switch_profile(&self, id: DelegateId, profile: ProfileId) -> Result<(), ConsoleError> {
        self.answer(delegates::switch_profile(&self.context()?, id, profile).await.map(drop))
    }

    async fn edit_selectors(&self, id: DelegateId, selectors: Option<Selectors>) -> Result<(), ConsoleError> {
        self.answer(delegates::edit_selectors(&self.context()?, id, selectors).await.map(drop))
    }

    async fn edit_description(&self, id: DelegateId, description: Option<String>) -> Result<(), ConsoleError> {
        self.answer(delegates::edit_description(&self.context()?, id, description).await.map(drop))
    }
}

const fn act(deed: Deed) -> Act {
    match deed {
        Deed::Approve => Act::Approve,
        Deed::Reject => Act::Reject,
        Deed::SwitchProfile(_) => Act::SwitchProfile,
        Deed::Disable => Act::Disable,
        Deed::Delete => Act::Delete,
    }
}
