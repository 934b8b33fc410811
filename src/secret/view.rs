//! What is shown of secrets. None of it holds a value.

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::id::ProfileId;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    /// The secret, without its value.
    pub secret: Secret,
    /// The profiles whose scripts name it: id and name.
    pub used_by: Vec<(ProfileId, String)>,
}
