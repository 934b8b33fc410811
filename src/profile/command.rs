//! What is asked for about profiles: a [`ProfileSpec`], read from a form, and what becomes of its script.

use serde::{Deserialize, Serialize};

use super::{ProfileName, ProfileSpec};
use crate::{
    named_enum::named_enum,
    text::{InvalidField, Selectors},
};

/// A change of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEdit {
    /// The revision that was changed.
    pub seen: i32,
    /// What a person wrote.
    pub spec: ProfileSpec,
    /// Whether the profile's delegates are to run the script, where it is another or was saved without running it.
    pub run: bool,
    /// On how many delegates the person has said that it may run: more than a few are asked about.
    pub confirmed: u64,
}

named_enum! {
    /// Which delegates of a profile are to run its script.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub enum RunOn: slug {
        /// All that are admitted.
        All = "all";
        /// Those on which it failed.
        Failed = "failed";
        /// Those that were not asked to run it, because it was saved without running it.
        Earlier = "earlier";
    }
}

/// The fields of a profile's form, as a person filled them in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileFields {
    /// **Name**
    pub name: String,
    /// **Description**
    pub description: String,
    /// **Startup Script**
    pub startup_script: String,
    /// **Delegate Requires Approval**
    pub requires_approval: bool,
    /// **Selectors**, separated by commas.
    pub selectors: String,
}

impl ProfileFields {
    /// Reads them.
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(&self) -> Result<ProfileSpec, InvalidField> {
        let (description, script) = (&self.description, &self.startup_script);
        Ok(ProfileSpec {
            name: ProfileName::parse(&self.name).map_err(|error| error.of_field("name"))?,
            description: ProfileSpec::parse_description(description).map_err(|error| error.of_field("description"))?,
            startup_script: ProfileSpec::parse_script(script).map_err(|error| error.of_field("startup_script"))?,
            requires_approval: self.requires_approval,
            selectors: Selectors::parse(&self.selectors).map_err(|error| error.of_field("selectors"))?,
        })
    }
}
