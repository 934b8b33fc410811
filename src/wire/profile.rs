//! The profile that a delegate applies.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{profile::Profile, time::Timestamp};

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

/// The resource of the reply, where there is something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileParams {
    /// The profile's name.
    pub name: String,
    /// The profile's id.
    pub profile_id: String,
    /// When the profile was last changed, in milliseconds since the Unix epoch.
    pub profile_last_updated_at: Timestamp,
    /// The startup script.
    pub script_content: String,
}

impl ProfileParams {
    /// What an approved delegate of this profile is told: nothing where it has this very state.
    #[must_use]
    pub fn newer(profile: &Profile, has: &ProfileQuery) -> Option<Self> {
        let same = has.profile_id == profile.id.to_string() && has.last_updated_at >= profile.updated_at.as_millis();
        (!same).then(|| Self {
            name: profile.spec.name.to_string(),
            profile_id: profile.id.to_string(),
            profile_last_updated_at: profile.updated_at,
            script_content: profile.spec.startup_script.clone(),
        })
    }
}
