//! What is asked for about profiles: a [`ProfileSpec`], read from a form.

use super::{ProfileName, ProfileSpec};
use crate::text::{InvalidField, Selectors};

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
