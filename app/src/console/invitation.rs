//! What the console asks about a link that works once, for who has opened it in this browser.

use async_trait::async_trait;
use muster::user::{OpenedLink, Password};

use super::SignedIn;
use crate::error::ConsoleError;

/// What the console asks about the link that was opened in this browser. It needs nobody to be signed in.
#[async_trait]
pub trait Invitation {
    /// What the link is for, and whose it is.
    async fn opened_link(&self) -> Result<OpenedLink, ConsoleError>;
    /// Uses it: gives the person of this address a password, of an invitation also a name, and signs the person in.
    async fn accept_link(&self, email: &str, name: &str, password: Password) -> Result<SignedIn, ConsoleError>;
}
