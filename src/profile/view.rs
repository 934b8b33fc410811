//! What is shown of profiles.

use serde::{Deserialize, Serialize};

use super::Profile;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// The profile.
    pub profile: Profile,
    /// How many delegates it has, the rejected ones included.
    pub delegates: u64,
}

/// One profile and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDetail {
    /// As in the list.
    pub row: ProfileRow,
    /// The names of its newest delegates, at most 20.
    pub used_by: Vec<String>,
}
