//! What is shown of secrets. None of it holds a value.

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::{
    audit::AuditRow,
    id::{DelegateId, ProfileId},
    time::Timestamp,
};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    /// The secret, without its value.
    pub secret: Secret,
    /// The profiles whose scripts name it: id and name.
    pub used_by: Vec<(ProfileId, String)>,
    /// When it was last handed out; none where it was not lately.
    pub handed_out: Option<Timestamp>,
}

/// That a delegate was handed a script with a secret in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handout {
    /// The delegate, which may have been deleted since.
    pub delegate: DelegateId,
    /// What it was called then.
    pub name: String,
    /// When it was handed one last.
    pub at: Timestamp,
}

/// A profile that a secret can be limited to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChoice {
    /// The profile.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether it is among those that may use a secret which is limited.
    pub allowed: bool,
}

/// Everything about one secret, but its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretDetail {
    /// As in the list.
    pub row: SecretRow,
    /// The profiles that could use it, by their names; at most 500.
    pub choices: Vec<ProfileChoice>,
    /// The delegates that it was handed out to, the last one first; at most 50.
    pub handouts: Vec<Handout>,
    /// How many admitted delegates run scripts that name it: counted as lists are.
    pub delegates: u64,
    /// What was done to it, the newest first; at most 50 entries.
    pub record: Vec<AuditRow>,
}
