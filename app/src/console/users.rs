//! What the console asks about people.

use async_trait::async_trait;
use muster::{
    id::UserId,
    page::{Cursor, Page},
    scope::Scope,
    user::{Invite, LinkKind, OpenLink, Role, User, UserDetail, UserRow},
};
use serde::{Deserialize, Serialize};

use crate::error::ConsoleError;

/// A link that works once, shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedLink {
    /// Whose it is.
    pub user: User,
    /// What it is for, and until when it works.
    pub link: OpenLink,
    /// The whole address.
    pub url: String,
}

impl std::fmt::Debug for RevealedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedLink").field("user", &self.user).field("link", &self.link).finish_non_exhaustive()
    }
}

/// What the console asks about people. All of it needs the permission to manage users.
#[async_trait]
pub trait Users {
    /// One page of the list: those that hold a text.
    async fn list_users(&self, search: &str, cursor: Cursor) -> Result<Page<UserRow>, ConsoleError>;
    /// Everything about one person.
    async fn user(&self, id: UserId) -> Result<UserDetail, ConsoleError>;
    /// Invites a person. The link waits to be revealed to who asks here.
    async fn invite_user(&self, invite: Invite) -> Result<UserId, ConsoleError>;
    /// Makes a link for a person, which takes the place of the one before and waits to be revealed to who asks here.
    async fn renew_user_link(&self, id: UserId, kind: LinkKind) -> Result<(), ConsoleError>;
    /// The link that who asks made for a person, once: a second call finds nothing.
    async fn reveal_user_link(&self, id: UserId) -> Result<Option<RevealedLink>, ConsoleError>;
    /// The new link has arrived where it is shown: it is not shown again.
    async fn forget_user_link(&self, id: UserId) -> Result<(), ConsoleError>;
    /// Gives a person a role at a scope in place of the one there, or takes it away.
    async fn change_role(&self, id: UserId, scope: &Scope, role: Option<Role>) -> Result<(), ConsoleError>;
    /// Bars a person, and ends the person's sessions.
    async fn disable_user(&self, id: UserId) -> Result<(), ConsoleError>;
    /// Lets a person sign in again who was disabled.
    async fn enable_user(&self, id: UserId) -> Result<(), ConsoleError>;
    /// Ends all sessions of a person.
    async fn end_sessions_of(&self, id: UserId) -> Result<(), ConsoleError>;
    /// Turns a person's second factor off, and ends the person's sessions.
    async fn reset_second_factor(&self, id: UserId) -> Result<(), ConsoleError>;
    /// Deletes a person.
    async fn delete_user(&self, id: UserId) -> Result<(), ConsoleError>;
}
