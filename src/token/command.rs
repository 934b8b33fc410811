//! What is asked for about tokens.

use std::time::Duration;

use super::{MAX_LIFETIME_DAYS, TokenName};
use crate::{
    delegate::parse_profile,
    id::ProfileId,
    text::{Invalid, InvalidField},
};

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What people will call it.
    pub name: TokenName,
    /// For how long it is good; none for ever.
    pub lifetime: Option<Duration>,
    /// The profile of delegates that name none; none for the account's Primary.
    pub default_profile: Option<ProfileId>,
    /// Whether every delegate that registers with it for the first time waits for approval.
    pub requires_approval: bool,
}

impl NewToken {
    /// Reads a form. `expires_in_days` and `profile` (an id) may be empty.
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(
        name: &str,
        expires_in_days: &str,
        profile: &str,
        requires_approval: bool,
    ) -> Result<Self, InvalidField> {
        let Successor { name, lifetime } = Successor::parse(name, expires_in_days)?;
        let default_profile = if profile.trim().is_empty() { None } else { Some(parse_profile(profile)?) };
        Ok(Self { name, lifetime, default_profile, requires_approval })
    }
}

/// A token that takes another one's place. It admits delegates as that one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// What people will call it.
    pub name: TokenName,
    /// For how long it is good; none for ever.
    pub lifetime: Option<Duration>,
}

impl Successor {
    /// Reads a form. `expires_in_days` may be empty.
    ///
    /// # Errors
    /// Says which field is wrong and how.
    pub fn parse(name: &str, expires_in_days: &str) -> Result<Self, InvalidField> {
        let name = TokenName::parse(name).map_err(|error| error.of_field("name"))?;
        Ok(Self { name, lifetime: parse_lifetime(expires_in_days)? })
    }
}

fn parse_lifetime(days: &str) -> Result<Option<Duration>, InvalidField> {
    let days = days.trim();
    if days.is_empty() {
        return Ok(None);
    }
    let days: Option<u32> = days.parse().ok().filter(|days| *days <= MAX_LIFETIME_DAYS);
    let days = days.ok_or_else(|| {
        let sentence = format!("Choose a whole number of days from 1 to {MAX_LIFETIME_DAYS}, or never.");
        Invalid::new(sentence).of_field("expires_in_days")
    })?;
    Ok(Some(Duration::from_secs(u64::from(days) * 24 * 60 * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whole_or_names_the_field_that_is_wrong() {
        let token = NewToken::parse(" edge ", " 7 ", "", true).unwrap();
        assert_eq!((token.name.as_str(), token.default_profile), ("edge", None));
        assert_eq!(token.lifetime, Some(Duration::from_secs(7 * 86_400)));
        assert_eq!(NewToken::parse("edge", "", "", false).unwrap().lifetime, None);
        for (name, days, profile, field) in [
            ("", "", "", "name"),
            ("edge", "soon", "", "expires_in_days"),
            ("edge", "3651", "", "expires_in_days"),
            ("edge", "-1", "", "expires_in_days"),
            ("edge", "7", "Primary", "profile"),
        ] {
            assert_eq!(NewToken::parse(name, days, profile, false).unwrap_err().field, field);
        }
    }
}
