//! Installing a delegate: what the pages show and ask for.
//!
//! The install files themselves come from a plain form: POST [`BUNDLE_PATH`] with `name`, `description`, `profile`,
//! `token` (ids) and `tags` answers with the archive, or returns to the form with an error beside the field.

use async_trait::async_trait;
use leptos::prelude::*;
use muster::id::{ProfileId, TokenId};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::console::ask;
use crate::error::ConsoleError;

/// Where the form of the shell delegate goes.
pub const BUNDLE_PATH: &str = "/install/shell/harness-delegate.tar.gz";

/// What there is to choose from; the newest first, at most 200 each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallOptions {
    /// Profiles: id, name, and whether they require approval. Primary is the first.
    pub profiles: Vec<(ProfileId, String, bool)>,
    /// Active tokens: id and name.
    pub tokens: Vec<(TokenId, String)>,
}

/// What the console asks about installing.
#[async_trait]
pub trait Install {
    /// What there is to choose from.
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError>;
}

/// What there is to choose from.
#[server(endpoint = "install/options")]
pub async fn get_install_options() -> Result<InstallOptions, ConsoleError> {
    ask(|console| async move { console.install_options().await }).await
}
