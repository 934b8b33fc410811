//! What the console asks about the session.

use async_trait::async_trait;
use muster::{
    scope::{Scope, ScopeChoice},
    theme::Theme,
    user::{Password, Role, TypedCode},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::ConsoleError;

/// What the frame of every page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The address of the person who is signed in.
    pub email: String,
    /// What the person is called: by name, or else by address.
    pub called: String,
    /// What the person may do at the scope of the page; none where that is nothing.
    pub role: Option<Role>,
    /// What the person may do at the account; none where that is nothing.
    pub account_role: Option<Role>,
    /// The scope of the page.
    pub scope: Scope,
    /// The account's name.
    pub account: String,
    /// Where the person can go, the account first; none where there is nothing but the account.
    pub scopes: Vec<ScopeChoice>,
    /// How many delegates wait for approval.
    pub pending: u64,
    /// How many tokens expire within two weeks.
    pub expiring: u64,
    /// What the session is called where its event stream is asked for: another session's is refused.
    pub stream: String,
}

/// How far somebody has come who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The person is signed in.
    Whole,
    /// A code of the second factor is asked for.
    AwaitsCode,
}

/// What the console asks about the session.
#[async_trait]
pub trait Session {
    /// What the frame of every page shows.
    async fn frame(&self) -> Result<Frame, ConsoleError>;
    /// Makes the first administrator, with the setup code from the server's log, and signs him in.
    async fn set_up(&self, code: &str, email: &str, password: Password) -> Result<(), ConsoleError>;
    /// Signs a person in, or has the session wait for the person's code.
    async fn sign_in(&self, email: &str, password: Password) -> Result<SignedIn, ConsoleError>;
    /// Takes the code that the session waits for, and signs the person in.
    async fn give_code(&self, code: TypedCode) -> Result<(), ConsoleError>;
    /// Ends the session.
    async fn sign_out(&self) -> Result<(), ConsoleError>;
    /// Has the browser keep how the console is to look in it.
    fn choose_theme(&self, theme: Theme) -> Result<(), ConsoleError>;
    /// What the person who asks did last to an object, as a sentence; none where it was not lately.
    async fn done(&self, object: Uuid) -> Result<Option<String>, ConsoleError>;
}
