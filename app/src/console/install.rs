//! What the console asks about installing.

use async_trait::async_trait;
use muster::{
    delegate::InstallName,
    id::{InstallLinkId, TokenId},
    install::{Arrivals, Choices, InstallFields, InstallKind, InstallLink, InstallOptions, InstallReview},
};

use crate::error::ConsoleError;

/// What the console asks about installing.
#[async_trait]
pub trait Install {
    /// What there is to choose from.
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError>;
    /// Checks what a person chose, and remembers it for the next time.
    async fn check_install(&self, chosen: Choices) -> Result<(), ConsoleError>;
    /// The files that come of it, without the token's value.
    async fn install_review(&self, chosen: Choices) -> Result<InstallReview, ConsoleError>;
    /// Makes a link that hands the files out once to each of so many hosts, within an hour. It keeps the form: it is read anew then.
    async fn create_install_link(
        &self,
        kind: InstallKind,
        fields: InstallFields,
        hosts: u32,
    ) -> Result<InstallLinkId, ConsoleError>;
    /// A link.
    async fn install_link(&self, id: InstallLinkId) -> Result<InstallLink, ConsoleError>;
    /// The delegates of a name, and what calls with a token were turned away for.
    async fn arrivals(&self, name: Option<InstallName>, token: Option<TokenId>) -> Result<Arrivals, ConsoleError>;
}
