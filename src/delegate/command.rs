//! What is asked for about delegates.

use serde::{Deserialize, Serialize};

use super::{DelegateType, Facts, Flag, Note, Status};
use crate::{
    id::{DelegateId, ProfileId, TokenId},
    named_enum::named_enum,
    page::Cursor,
    profile::ProfileName,
    text::{Invalid, InvalidField, Selectors, block},
};

/// Which delegates a list shows. `PartialEq` so that a page refetches only where it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateFilter {
    /// What somebody typed: see [`super::Search::parse`]; empty for all.
    pub search: String,
    /// One status; none for all but the rejected.
    pub status: Option<Status>,
    /// One type.
    #[serde(default)]
    pub kind: Option<DelegateType>,
    /// One profile.
    #[serde(default)]
    pub profile: Option<ProfileId>,
    /// One token.
    #[serde(default)]
    pub token: Option<TokenId>,
    /// A selector of their own, as it is written; empty for any.
    #[serde(default)]
    pub tag: String,
    /// What is the matter with them.
    #[serde(default)]
    pub flag: Option<Flag>,
    /// In which order.
    #[serde(default)]
    pub sort: Sort,
    /// Where the page lies in the list.
    pub cursor: Cursor,
}

named_enum! {
    /// The order of a list of delegates.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Sort: slug {
        /// Those that registered last come first.
        #[default]
        Newest = "newest";
        /// By name, from A to Z.
        Name = "name";
        /// By name, from Z to A.
        NameBackwards = "name-backwards";
        /// Those that were heard of last come first. Connected delegates are heard of all the time: they come before all
        /// others, the newest first.
        Heard = "heard";
        /// Those that are silent for longest come first.
        Silent = "silent";
    }
}

/// Reads the profile that was chosen in a form.
///
/// # Errors
/// Asks to choose one that exists.
pub fn parse_profile(text: &str) -> Result<ProfileId, InvalidField> {
    text.trim().parse().map_err(|_| unknown_profile())
}

/// A form chose a profile that does not exist.
#[must_use]
pub fn unknown_profile() -> InvalidField {
    Invalid::new("Choose a profile that exists.").of_field("profile")
}

/// Reads the selectors that a person gives a delegate; with `own` none, so that those which it says itself count again.
///
/// # Errors
/// Says which selector is wrong and how.
pub fn parse_selectors(text: &str, own: bool) -> Result<Option<Selectors>, InvalidField> {
    let selectors = Selectors::parse(text).map_err(|error| error.of_field("selectors"))?;
    Ok((!own).then_some(selectors))
}

/// The most characters that the description of a delegate may have.
pub const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// Reads what a person writes that a delegate is for; with `own` nothing, so that its own word counts again.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse_description(text: &str, own: bool) -> Result<Option<String>, InvalidField> {
    let text = block(text.trim(), "The description", MAX_DESCRIPTION_LENGTH);
    Ok((!own).then_some(text.map_err(|error| error.of_field("description"))?))
}

/// Reads what a person notes of a decision; none where nothing was written.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse_note(text: &str) -> Result<Option<Note>, InvalidField> {
    let written = !text.trim().is_empty();
    written.then(|| Note::parse(text)).transpose().map_err(|error| error.of_field("note"))
}

/// A delegate that registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What it says of itself.
    pub facts: Facts,
    /// The id that it was given before, where it has one.
    pub former_id: Option<DelegateId>,
    /// The profile that it asks for; none where the token's is to decide.
    pub profile: Option<AskedProfile>,
}

/// A profile, as a delegate asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedProfile {
    /// What it wrote, made fit to be shown: at most [`AskedProfile::MAX_CHARS`] characters, none of them a control
    /// character.
    pub text: String,
    /// What it wrote, where that is an id.
    pub id: Option<ProfileId>,
    /// What it wrote, where that can be a name.
    pub name: Option<ProfileName>,
}

impl AskedProfile {
    /// How many characters of what a client wrote are kept.
    pub const MAX_CHARS: usize = 100;

    /// Reads what a delegate asks for: the id or the name of a profile; none where it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        (!text.is_empty()).then(|| Self {
            text: plain.take(Self::MAX_CHARS).collect(),
            id: text.parse().ok(),
            name: ProfileName::parse(text).ok(),
        })
    }
}
