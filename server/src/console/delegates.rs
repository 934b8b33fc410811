//! What the console asks about delegates.

use async_trait::async_trait;
use muster::{
    delegate::{DelegateDetail, DelegateFilter, DelegateRow, FilterNames, Note},
    id::{DelegateId, ProfileId, TokenId},
    page::Page,
    text::Selectors,
};
use muster_app::{console::Delegates, error::ConsoleError};

use super::Operator;
use crate::manage::delegates;

#[async_trait]
impl Delegates for Operator {
    async fn list_delegates(&self, filter: DelegateFilter) -> Result<Page<DelegateRow>, ConsoleError> {
        self.answer(delegates::list(&self.context()?, &self.scope(), &filter).await)
    }

    async fn filter_names(
        &self,
        profile: Option<ProfileId>,
        token: Option<TokenId>,
    ) -> Result<FilterNames, ConsoleError> {
        self.answer(delegates::filter_names(&self.context()?, &self.scope(), profile, token).await)
    }

    async fn delegate(&self, id: DelegateId) -> Result<DelegateDetail, ConsoleError> {
        self.answer(delegates::get(&self.context()?, id).await)
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
}
