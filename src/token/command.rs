//! What is asked for about tokens.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{MAX_LIFETIME_DAYS, RestrictionFields, Restrictions, TokenName};
use crate::{
    delegate::parse_profile,
    form::{FormReader, InvalidFields},
    id::ProfileId,
    named_enum::named_enum,
    page::Cursor,
    text::{Invalid, InvalidField},
    time::Timestamp,
};

/// What stands in the place of a number of days where a date is chosen.
pub const ON_A_DATE: &str = "date";
/// The days that a form offers at first: what never expires is forgotten.
pub const DEFAULT_DAYS: &str = "90";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Until when a token is to be good, as somebody chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// For ever.
    Never,
    /// For this long from now on.
    In(Duration),
    /// Up to a point in time.
    At(Timestamp),
}

impl Expiry {
    /// Reads a form: a number of days, nothing for never, or [`ON_A_DATE`] and a date and time in UTC, as browsers write
    /// it (`2026-11-21T09:30`).
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(expires_in_days: &str, expires_at: &str) -> Result<Self, InvalidField> {
        match expires_in_days.trim() {
            "" => Ok(Self::Never),
            ON_A_DATE => {
                let at = Timestamp::parse_minute(expires_at.trim());
                at.map(Self::At).ok_or_else(|| Invalid::new("Choose a date and a time, in UTC.").of_field("expires_at"))
            }
            days => {
                let days: Option<u32> = days.parse().ok().filter(|days| (1..=MAX_LIFETIME_DAYS).contains(days));
                let days = days.ok_or_else(|| {
                    let sentence = format!("Choose a whole number of days from 1 to {MAX_LIFETIME_DAYS}, or never.");
                    Invalid::new(sentence).of_field("expires_in_days")
                })?;
                Ok(Self::In(DAY * days))
            }
        }
    }

    /// The point in time; none for never.
    ///
    /// # Errors
    /// Where it is past, or further away than tokens live.
    pub fn from(self, now: Timestamp) -> Result<Option<Timestamp>, InvalidField> {
        let wrong = |sentence: String| Err(Invalid::new(sentence).of_field("expires_at"));
        match self {
            Self::Never => Ok(None),
            Self::In(span) => Ok(Some(now.plus(span))),
            Self::At(at) if at <= now => wrong("Choose a time in the future.".to_owned()),
            Self::At(at) if at.since(now) > DAY * MAX_LIFETIME_DAYS => {
                wrong(format!("Choose a time within {MAX_LIFETIME_DAYS} days, or never."))
            }
            Self::At(at) => Ok(Some(at)),
        }
    }
}

/// What of a token can be changed: its name, and how it admits delegates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// What people call it.
    pub name: TokenName,
    /// The profile of delegates that name none; none for the account's Primary.
    pub default_profile: Option<ProfileId>,
    /// Whether every delegate that registers with it for the first time waits for approval.
    pub requires_approval: bool,
    /// What it is good for.
    pub restrictions: Restrictions,
}

impl TokenSettings {
    /// Reads a form. `profile` (an id) may be empty.
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(
        name: &str,
        profile: &str,
        requires_approval: bool,
        restrictions: &RestrictionFields,
    ) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", TokenName::parse(name));
        let chosen = (!profile.trim().is_empty()).then(|| parse_profile(profile));
        let default_profile = form.part(chosen.transpose());
        let restrictions = form.part(restrictions.parse());
        form.finish(|| {
            let (name, default_profile, restrictions) = (name?, default_profile?, restrictions?);
            Some(Self { name, default_profile, requires_approval, restrictions })
        })
    }
}

named_enum! {
    /// In which order a list of tokens is.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum TokenSort: slug {
        /// The newest first.
        #[default]
        Newest = "newest";
        /// The first to expire first; those that never do last.
        Expiry = "expiry";
    }
}

/// Which tokens a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Whether the revoked ones are among them.
    pub with_revoked: bool,
    /// A part of the name, in any case; empty for all.
    pub search: String,
    /// In which order.
    pub sort: TokenSort,
    /// Which page.
    pub cursor: Cursor,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called, and how it admits delegates.
    pub settings: TokenSettings,
    /// Until when it is good.
    pub expiry: Expiry,
}

impl NewToken {
    /// Reads a form, of what its two parts are read of: see [`TokenSettings::parse`] and [`Expiry::parse`].
    ///
    /// # Errors
    /// Says which fields of both are wrong and how.
    pub fn of(
        settings: Result<TokenSettings, InvalidFields>,
        expiry: Result<Expiry, InvalidField>,
    ) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let (settings, expiry) = (form.part(settings), form.part(expiry));
        form.finish(|| Some(Self { settings: settings?, expiry: expiry? }))
    }
}

/// A token that takes another one's place. It admits delegates as that one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// What people will call it.
    pub name: TokenName,
    /// Until when it is good.
    pub expiry: Expiry,
}

impl Successor {
    /// Reads a form: see [`Expiry::parse`].
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(name: &str, expires_in_days: &str, expires_at: &str) -> Result<Self, InvalidFields> {
        let mut form = FormReader::default();
        let name = form.field("name", TokenName::parse(name));
        let expiry = form.part(Expiry::parse(expires_in_days, expires_at));
        form.finish(|| Some(Self { name: name?, expiry: expiry? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whole_or_names_the_fields_that_are_wrong() {
        let parse = |name, profile, waits| TokenSettings::parse(name, profile, waits, &RestrictionFields::default());
        let settings = parse(" edge ", "", true).unwrap();
        assert_eq!(
            (settings.name.as_str(), settings.default_profile, settings.requires_approval),
            ("edge", None, true)
        );
        let names = |wrong: InvalidFields| wrong.iter().map(|wrong| wrong.field).collect::<Vec<_>>();
        assert_eq!(names(parse("", "", false).unwrap_err()), ["name"]);
        assert_eq!(names(parse("edge", "Primary", false).unwrap_err()), ["profile"]);
        let (settings, expiry) = (parse("", "Primary", false), Expiry::parse("soon", ""));
        assert_eq!(names(NewToken::of(settings, expiry).unwrap_err()), ["name", "profile", "expires_in_days"]);
        assert_eq!(names(Successor::parse("", "date", "").unwrap_err()), ["name", "expires_at"]);
        for (days, at, expiry) in [
            (" 7 ", "", Expiry::In(DAY * 7)),
            ("", "ignored", Expiry::Never),
            ("date", "1970-01-01T00:01", Expiry::At(Timestamp::from_millis(60_000))),
        ] {
            assert_eq!(Successor::parse("edge", days, at).unwrap().expiry, expiry);
        }
        for (days, at, field) in [
            ("soon", "", "expires_in_days"),
            ("0", "", "expires_in_days"),
            ("3651", "", "expires_in_days"),
            ("-1", "", "expires_in_days"),
            ("date", "", "expires_at"),
            ("date", "tomorrow", "expires_at"),
        ] {
            assert_eq!(Expiry::parse(days, at).unwrap_err().field, field, "{days} {at}");
        }
    }

    #[test]
    fn a_token_expires_in_the_future() {
        let at = Timestamp::from_millis;
        assert_eq!(Expiry::Never.from(at(5)), Ok(None));
        assert_eq!(Expiry::In(Duration::from_secs(1)).from(at(5)), Ok(Some(at(1005))));
        assert_eq!(Expiry::At(at(6)).from(at(5)), Ok(Some(at(6))));
        assert!(Expiry::At(at(5)).from(at(5)).is_err());
        assert!(Expiry::At(at(5).plus(DAY * 3651)).from(at(5)).is_err());
    }
}
