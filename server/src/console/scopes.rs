//! What the console asks about organizations and projects.

use async_trait::async_trait;
use muster::{
    id::ScopeId,
    page::{Cursor, Page},
    scope::{NamedScope, NewScope, ScopeChoice, ScopeDetail, ScopeName, ScopeRow},
};
use muster_app::{console::Scopes, error::ConsoleError};

use super::Operator;
use crate::manage::scopes;

#[async_trait]
impl Scopes for Operator {
    async fn list_scopes(&self, cursor: Cursor) -> Result<Page<ScopeRow>, ConsoleError> {
        self.answer(scopes::list(&self.context()?, &self.scope, &cursor).await)
    }

    async fn scope_choices(&self) -> Result<Vec<ScopeChoice>, ConsoleError> {
        self.answer(scopes::choices(&self.context()?, &self.state.account_name).await)
    }

    async fn scope_detail(&self, id: ScopeId) -> Result<ScopeDetail, ConsoleError> {
        self.answer(scopes::get(&self.context()?, id).await)
    }

    async fn create_scope(&self, command: NewScope) -> Result<NamedScope, ConsoleError> {
        self.answer(scopes::create(&self.context()?, command).await)
    }

    async fn rename_scope(&self, id: ScopeId, name: ScopeName) -> Result<(), ConsoleError> {
        self.answer(scopes::rename(&self.context()?, id, name).await)
    }

    async fn delete_scope(&self, id: ScopeId) -> Result<(), ConsoleError> {
        self.answer(scopes::delete(&self.context()?, id).await)
    }
}
