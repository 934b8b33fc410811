//! What stands above the form of a token that was not saved because somebody changed the token meanwhile.

use std::collections::BTreeMap;

use leptos::prelude::*;
use muster::{install::InstallOptions, token::Token};

use super::{expiry::typed_expiry, restrictions::typed_restrictions};
use crate::ui::{
    changed::{ChangedMeanwhile, Differing},
    href::use_here,
    time::absolute,
};

/// What somebody else changed, above a form that was not saved because of that.
pub fn overtaken(token: &Token, rows: Vec<Differing>) -> Option<AnyView> {
    let changed = token.changed.clone()?;
    let notice = view! { <ChangedMeanwhile by=changed.by at=changed.at rows=rows theirs=use_here() /> };
    Some(notice.into_any())
}

/// What of the settings is saved otherwise than it was typed.
pub fn differing_settings(token: &Token, options: &InstallOptions, typed: &BTreeMap<String, String>) -> Vec<Differing> {
    let of = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let profile = |id: &str| match options.profiles.iter().skip(1).find(|(of, ..)| of.to_string() == id) {
        Some((_, name, _)) => name.clone(),
        None => "Primary (default)".to_owned(),
    };
    let approval = |waits| if waits { "Every new delegate waits" } else { "As the profile says" }.to_owned();
    let saved = token.default_profile.map(|id| id.to_string()).unwrap_or_default();
    let rows = [
        ("Name", token.name.to_string(), of("name")),
        ("Profile", profile(&saved), profile(&of("profile"))),
        ("Approval", approval(token.requires_approval), approval(typed.contains_key("requires_approval"))),
    ];
    let rows = rows.into_iter().chain(typed_restrictions(&token.restrictions, typed));
    rows.filter(|(_, saved, typed)| saved != typed.trim()).collect()
}

/// Until when the token is good now, and what was chosen.
pub fn differing_expiry(token: &Token, typed: &BTreeMap<String, String>) -> Vec<Differing> {
    let saved = token.expires_at.map_or_else(|| "Never".to_owned(), absolute);
    vec![("Expires", saved, typed_expiry(typed))]
}

#[cfg(test)]
mod tests {
    use muster::{
        id::{AccountId, ProfileId, TokenId},
        scope::Scope,
        time::Timestamp,
        token::{Restrictions, TokenName},
    };
    use uuid::Uuid;

    use super::*;

    fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_is_saved_otherwise_is_named() {
        let canary = ProfileId(Uuid::from_u128(2));
        let token = Token {
            id: TokenId(Uuid::from_u128(1)),
            scope: Scope::account(AccountId(Uuid::nil())),
            name: TokenName::parse("edge").unwrap(),
            created_by: String::new(),
            created_at: Timestamp::from_millis(0),
            expires_at: Some(Timestamp::from_millis(60_000)),
            default_profile: Some(canary),
            requires_approval: true,
            restrictions: Restrictions::default(),
            revoked_at: None,
            rotation: None,
            changed: None,
            revision: 2,
        };
        let options = InstallOptions {
            profiles: vec![
                (ProfileId(Uuid::from_u128(1)), "Primary".to_owned(), false),
                (canary, "Canary".to_owned(), false),
            ],
            tokens: Vec::new(),
            image: String::new(),
            manager_url: String::new(),
            only_here: false,
        };
        let same = typed(&[("name", " edge "), ("profile", &canary.to_string()), ("requires_approval", "true")]);
        assert!(differing_settings(&token, &options, &same).is_empty());
        let other = typed(&[("name", "build"), ("profile", "")]);
        assert_eq!(
            differing_settings(&token, &options, &other),
            [
                ("Name", "edge".to_owned(), "build".to_owned()),
                ("Profile", "Canary".to_owned(), "Primary (default)".to_owned()),
                ("Approval", "Every new delegate waits".to_owned(), "As the profile says".to_owned()),
            ]
        );
        for (fields, chosen) in [
            (&[("expires_in_days", "30")][..], "In 30 days"),
            (&[("expires_in_days", "date"), ("expires_at", "2026-11-21T09:30")], "2026-11-21 09:30 UTC"),
            (&[("expires_in_days", "")], "Never"),
        ] {
            let saved = "1970-01-01 00:01 UTC".to_owned();
            assert_eq!(differing_expiry(&token, &typed(fields)), [("Expires", saved, chosen.to_owned())]);
        }
    }
}
