//! What the console asks about the account of who asks.

use async_trait::async_trait;
use muster::{
    id::UserId,
    user::{self, Password, PersonName},
};

use crate::error::ConsoleError;

/// What the console asks about the account of who asks. It needs somebody who is signed in, and no more.
#[async_trait]
pub trait Account {
    /// The person, and the sessions that stand.
    async fn account(&self) -> Result<user::Account, ConsoleError>;
    /// Gives the person another name.
    async fn rename_account(&self, name: PersonName) -> Result<UserId, ConsoleError>;
    /// Gives the person another password, and ends the other sessions.
    async fn change_password(&self, old: Password, new: Password) -> Result<UserId, ConsoleError>;
    /// Ends a session: see [`user::SessionRow::id`].
    async fn end_session(&self, session: &str) -> Result<UserId, ConsoleError>;
    /// Ends all sessions but the one that asks.
    async fn end_other_sessions(&self) -> Result<UserId, ConsoleError>;
}
