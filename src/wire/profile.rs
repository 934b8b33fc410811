//! The profile that a delegate applies.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{delegate::Standing, time::Timestamp};

/// The query of the profile call: what the delegate has applied.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileQuery {
    /// The profile it applied, by id.
    pub profile_id: String,
    /// The `profileLastUpdatedAt` it applied, in milliseconds since the Unix epoch; absent, empty or 0 for none.
    #[serde(deserialize_with = "empty_is_none")]
    pub last_updated_at: i64,
}

fn empty_is_none<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(0) } else { text.parse().map_err(serde::de::Error::custom) }
}

fn null_is_empty<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.unwrap_or_default())
}

/// The resource of the reply, where there is something new.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileParams {
    /// The profile's name.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub name: String,
    /// The profile's id.
    pub profile_id: String,
    /// The version of the script that this delegate is to apply ([`Standing::script_version`]), in milliseconds since
    /// the Unix epoch.
    pub profile_last_updated_at: Timestamp,
    /// The startup script; secrets stand in it in clear.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub script_content: String,
}

/// Does not print the script: it holds secrets.
impl fmt::Debug for ProfileParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileParams")
            .field("name", &self.name)
            .field("profile_id", &self.profile_id)
            .field("profile_last_updated_at", &self.profile_last_updated_at)
            .finish_non_exhaustive()
    }
}

impl ProfileQuery {
    /// Whether a delegate that asks so has applied what it is to apply.
    #[must_use]
    pub fn is_current(&self, delegate: &Standing) -> bool {
        self.profile_id == delegate.profile_id.to_string()
            && self.last_updated_at >= delegate.script_version.as_millis()
    }
}
