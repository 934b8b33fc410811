//! What is asked for about profiles: a [`ProfileSpec`], read from a form, and what becomes of its script.

use serde::{Deserialize, Serialize};

use super::{Approval, ProfileName, ProfileSpec};
use crate::{
    form::{FormReader, InvalidFields},
    named_enum::named_enum,
    text::Selectors,
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
    /// **Delegate Requires Approval**: off, warn or require.
    pub approval: String,
    /// **Selectors**, separated by commas.
    pub selectors: String,
}

impl ProfileFields {
    /// Reads them.
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(&self) -> Result<ProfileSpec, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", ProfileName::parse(&self.name));
        let description = form.field("description", ProfileSpec::parse_description(&self.description));
        let script = form.field("startup_script", ProfileSpec::parse_script(&self.startup_script));
        let approval = form.field("approval", Approval::parse(&self.approval));
        let selectors = form.field("selectors", Selectors::parse(&self.selectors));
        form.finish(|| {
            Some(ProfileSpec {
                name: name?,
                description: description?,
                startup_script: script?,
                approval: approval?,
                selectors: selectors?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fields_that_are_wrong_are_named_at_once() {
        let fields = ProfileFields {
            name: " ".to_owned(),
            description: "fine".to_owned(),
            startup_script: "\0".to_owned(),
            approval: "sometimes".to_owned(),
            selectors: "x".repeat(129),
        };
        let wrong = fields.parse().unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(names, ["name", "startup_script", "approval", "selectors"]);
    }
}
