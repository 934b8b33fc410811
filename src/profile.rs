//! Delegate profiles: how delegates are admitted, and which startup script they run.

mod command;
mod rollout;
mod version;
mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    command::{ProfileEdit, ProfileFields, RunOn},
    rollout::{ProfileDelegate, Progress, Rollout},
    version::{MAX_VERSIONS, ScriptVersion},
    view::{ChangeSince, ProfileDetail, ProfileRow, VersionDetail, VersionRow},
};
use crate::{
    id::ProfileId,
    named_enum::named_enum,
    scope::Scope,
    script::normalized,
    text::{Invalid, Selectors, block, line_type, script},
    time::Timestamp,
};

line_type!(
    /// The name of a profile; unique in its scope.
    ProfileName, "The profile's name", 64
);

/// The name of the profile that always exists.
pub const PRIMARY: &str = "Primary";
/// The most characters of a startup script.
pub const MAX_SCRIPT_LENGTH: usize = 64 * 1024;
/// The most characters of a description.
pub const MAX_DESCRIPTION_LENGTH: usize = 1000;

named_enum! {
    /// Whether delegates that register with a profile for the first time wait for a person.
    #[derive(
        Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
    )]
    pub enum Approval: slug, label {
        /// They work at once.
        #[default]
        Off = "off", "Not required";
        /// They work at once, and are marked as such that would have waited.
        Warn = "warn", "Warns";
        /// They wait.
        Require = "require", "Required";
    }
}

impl Approval {
    /// Reads what a form holds. Nothing does not mean off: a form of a version before, which has another field for it,
    /// lowers nothing.
    ///
    /// # Errors
    /// Where it is none of the three.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::from_slug(text.trim()).ok_or_else(|| Invalid::new("Choose off, warn or require."))
    }
}

/// What a person writes into a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSpec {
    /// What people call it.
    pub name: ProfileName,
    /// What it is for.
    pub description: String,
    /// What the delegate runs after admission; empty for nothing.
    pub startup_script: String,
    /// Whether a delegate that registers with this profile waits for a person.
    pub approval: Approval,
    /// Labels that every delegate of this profile inherits.
    pub selectors: Selectors,
}

impl ProfileSpec {
    /// Checks the free text of a profile: its description.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse_description(text: &str) -> Result<String, Invalid> {
        block(text, "The description", MAX_DESCRIPTION_LENGTH).map(|text| text.trim().to_owned())
    }

    /// Checks a startup script.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse_script(text: &str) -> Result<String, Invalid> {
        script(text, "The startup script", MAX_SCRIPT_LENGTH).map(|text| normalized(&text))
    }
}

/// A delegate profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// By which URLs and other rows name it; UUIDv7, so that newer ones sort behind.
    pub id: ProfileId,
    /// Where it belongs.
    pub scope: Scope,
    /// What a person wrote.
    pub spec: ProfileSpec,
    /// Whether it is the Primary profile of its account.
    pub primary: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who changed it last; empty where that was not recorded yet.
    pub updated_by: String,
    /// When its startup script was last changed: the newest version of it. Another description or selector makes no
    /// script run again.
    pub script_changed_at: Timestamp,
    /// Counts the changes: a change made on sight of an older revision is refused.
    pub revision: i32,
}

/// Why a profile cannot do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The Primary profile keeps its name.
    #[error("Primary cannot be renamed.")]
    PrimaryKeepsItsName,
    /// The Primary profile stays.
    #[error("Primary cannot be deleted.")]
    PrimaryStays,
    /// Somebody else changed it since the person saw it.
    #[error("{0} was changed while you edited it. What you typed is still here, and not saved.")]
    Changed(ProfileName),
}

impl Profile {
    /// Changes what a person wrote.
    ///
    /// # Errors
    /// [`ProfileError::PrimaryKeepsItsName`], or [`ProfileError::Changed`] where `seen` is not the current revision.
    pub fn edit(mut self, spec: ProfileSpec, seen: i32, by: &str, now: Timestamp) -> Result<Self, ProfileError> {
        if self.revision != seen {
            return Err(ProfileError::Changed(self.spec.name));
        }
        if self.primary && spec.name != self.spec.name {
            return Err(ProfileError::PrimaryKeepsItsName);
        }
        if spec.startup_script != self.spec.startup_script {
            // Two changes within a millisecond are two versions.
            self.script_changed_at = now.max(self.script_changed_at.plus(Duration::from_millis(1)));
        }
        self.spec = spec;
        self.updated_at = now;
        by.clone_into(&mut self.updated_by);
        self.revision += 1;
        Ok(self)
    }

    /// Whether it has a startup script.
    #[must_use]
    pub fn has_script(&self) -> bool {
        !self.spec.startup_script.trim().is_empty()
    }

    /// Checks that the profile may be deleted.
    ///
    /// # Errors
    /// [`ProfileError::PrimaryStays`].
    pub const fn check_delete(&self) -> Result<(), ProfileError> {
        if self.primary { Err(ProfileError::PrimaryStays) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;

    fn profile(primary: bool) -> Profile {
        Profile {
            id: ProfileId(uuid::Uuid::from_u128(7)),
            scope: Scope::account(AccountId(uuid::Uuid::nil())),
            spec: ProfileSpec {
                name: ProfileName::parse(PRIMARY).unwrap(),
                description: String::new(),
                startup_script: String::new(),
                approval: Approval::Off,
                selectors: Selectors::default(),
            },
            primary,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            updated_by: String::new(),
            script_changed_at: Timestamp::from_millis(0),
            revision: 3,
        }
    }

    #[test]
    fn primary_can_be_edited_but_neither_renamed_nor_deleted() {
        let mut spec = profile(true).spec;
        spec.approval = Approval::Require;
        let edited = profile(true).edit(spec.clone(), 3, "ada", Timestamp::from_millis(9)).unwrap();
        assert_eq!(edited.spec.approval, Approval::Require);
        assert_eq!((edited.revision, edited.updated_at.as_millis()), (4, 9));

        spec.name = ProfileName::parse("Other").unwrap();
        assert_eq!(
            profile(true).edit(spec.clone(), 3, "ada", Timestamp::from_millis(9)),
            Err(ProfileError::PrimaryKeepsItsName)
        );
        assert_eq!(profile(true).check_delete(), Err(ProfileError::PrimaryStays));
        assert!(profile(false).edit(spec, 3, "ada", Timestamp::from_millis(9)).is_ok());
        assert!(profile(false).check_delete().is_ok());
    }

    #[test]
    fn only_another_script_is_another_version() {
        let mut spec = profile(false).spec;
        spec.description = "new".into();
        let described = profile(false).edit(spec.clone(), 3, "ada", Timestamp::from_millis(9)).unwrap();
        assert_eq!((described.updated_at.as_millis(), described.script_changed_at.as_millis()), (9, 0));
        spec.startup_script = "true\n".into();
        let scripted = described.edit(spec, 4, "ada", Timestamp::from_millis(10)).unwrap();
        assert_eq!((scripted.script_changed_at.as_millis(), scripted.updated_by.as_str()), (10, "ada"));
        let mut spec = scripted.spec.clone();
        spec.startup_script = "false\n".into();
        let again = scripted.edit(spec, 5, "bob", Timestamp::from_millis(10)).unwrap();
        assert_eq!(again.script_changed_at.as_millis(), 11, "two versions within a millisecond");
    }

    #[test]
    fn an_edit_on_sight_of_an_older_revision_is_refused() {
        let spec = profile(false).spec;
        assert!(matches!(
            profile(false).edit(spec, 2, "ada", Timestamp::from_millis(9)),
            Err(ProfileError::Changed(_))
        ));
    }

    #[test]
    fn scripts_are_bounded_and_lose_the_carriage_returns_of_forms() {
        assert_eq!(ProfileSpec::parse_script("a\r\nb\r\n").unwrap(), "a\nb\n");
        assert!(ProfileSpec::parse_script(&"x".repeat(MAX_SCRIPT_LENGTH + 1)).is_err());
        assert!(ProfileSpec::parse_script("a\0").is_err());
    }
}
