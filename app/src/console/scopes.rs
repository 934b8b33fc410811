//! What the console asks about organizations and projects.

use async_trait::async_trait;
use muster::{
    id::ScopeId,
    page::{Cursor, Page},
    scope::{NamedScope, NewScope, ScopeChoice, ScopeDetail, ScopeName, ScopeRow},
};

use crate::error::ConsoleError;

/// What the console asks about organizations and projects.
#[async_trait]
pub trait Scopes {
    /// One page of those that lie under the scope of the request.
    async fn list_scopes(&self, cursor: Cursor) -> Result<Page<ScopeRow>, ConsoleError>;
    /// Where who asks can go, the account first; none where there is nothing but the account.
    async fn scope_choices(&self) -> Result<Vec<ScopeChoice>, ConsoleError>;
    /// Everything about one.
    async fn scope_detail(&self, id: ScopeId) -> Result<ScopeDetail, ConsoleError>;
    /// Makes one.
    async fn create_scope(&self, command: NewScope) -> Result<NamedScope, ConsoleError>;
    /// Gives one another name.
    async fn rename_scope(&self, id: ScopeId, name: ScopeName) -> Result<(), ConsoleError>;
    /// Deletes one that is empty.
    async fn delete_scope(&self, id: ScopeId) -> Result<(), ConsoleError>;
}
