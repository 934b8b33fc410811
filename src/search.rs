//! Searching everything by name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest text that is searched for, in characters.
pub const MAX_TEXT: usize = 200;
/// How many of each kind are found.
pub const MAX_FOUND: usize = 6;

/// What was found, the best first within each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Delegates, by what a search of their list looks at.
    pub delegates: Vec<Hit>,
    /// Profiles, by name.
    pub profiles: Vec<Hit>,
    /// Tokens that are not revoked, by name.
    pub tokens: Vec<Hit>,
    /// Secrets, by name, for those who may see that there are any.
    pub secrets: Vec<Hit>,
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What else tells it from others of the name; may be empty.
    pub beside: String,
}
