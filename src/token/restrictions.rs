//! What a token is good for: how many delegates may register with it, from where, and which.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{
    audit::FactChange,
    delegate::{DelegateType, Facts},
    form::{FormReader, InvalidFields},
    named_enum::named_enum,
    networks::Networks,
    text::{Invalid, line_type},
};

line_type!(
    /// Which names delegates may have: `*` stands for any characters, also for none.
    NamePattern, "The name pattern", 253
);

/// How many networks a token may allow: each request looks at them.
const MAX_NETWORKS: usize = 100;
/// How many first registrations a limit may allow.
pub const MAX_REGISTRATIONS: u32 = 1_000_000;

impl NamePattern {
    /// Whether a name is one of those. In time proportional to both, whatever they are.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.as_str().split('*');
        let first = parts.next().unwrap_or_default();
        let Some(last) = parts.next_back() else { return name == first };
        let Some(rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
        // The earliest place of each part leaves the most for those that follow.
        parts.try_fold(rest, |rest, part| rest.find(part).map(|at| &rest[at + part.len()..])).is_some()
    }
}

named_enum! {
    /// What a token is not good for, where a call asks for that. Each is answered with status 403: the credential is
    /// good.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
    pub enum Restriction: code {
        /// The call comes from elsewhere than it may.
        #[error("This delegate token cannot be used from this address: it is not in the networks that the token allows.")]
        Network = "NETWORK_NOT_ALLOWED";
        /// As many delegates have registered with it as may.
        #[error("This delegate token is used up: as many delegates have registered with it as may. Use another token.")]
        UsedUp = "REGISTRATIONS_USED_UP";
        /// It registers no delegates of this type.
        #[error("This delegate token cannot register delegates of this type. Use another token.")]
        Kind = "DELEGATE_TYPE_NOT_ALLOWED";
        /// It registers no delegates of this name.
        #[error("This delegate token cannot register a delegate of this name. Use another name, or another token.")]
        Name = "DELEGATE_NAME_NOT_ALLOWED";
    }
}

impl Restriction {
    /// Why calls were turned away, as a phrase.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Network => "the token cannot be used from that address",
            Self::UsedUp => "the token is used up",
            Self::Kind => "the token registers no delegates of that type",
            Self::Name => "the token registers no delegates of that name",
        }
    }
}

/// What a token is good for. By default everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restrictions {
    /// How many delegates may register with it for the first time; any number where not set. One that is known comes
    /// back without being counted.
    pub max_registrations: Option<u32>,
    /// From where it can be used, for whatever; from everywhere where empty.
    pub networks: Networks,
    /// The types of delegates that may register with it, each once; all where empty.
    pub kinds: Vec<DelegateType>,
    /// The names that delegates which register with it may have; any where not set.
    pub name_pattern: Option<NamePattern>,
}

impl Restrictions {
    /// What of it restricts, for the record.
    #[must_use]
    pub fn facts(&self) -> Vec<FactChange> {
        let kinds = (!self.kinds.is_empty()).then(|| kinds_label(&self.kinds));
        let networks = (!self.networks.is_empty()).then(|| self.networks.to_string());
        [
            ("registrations", self.max_registrations.map(|most| most.to_string())),
            ("networks", networks),
            ("types", kinds),
            ("names", self.name_pattern.as_ref().map(ToString::to_string)),
        ]
        .into_iter()
        .filter_map(|(what, is)| Some(FactChange::fact(what, is?)))
        .collect()
    }

    /// Whether the token can be used from an address.
    ///
    /// # Errors
    /// [`Restriction::Network`].
    pub fn check_address(&self, address: IpAddr) -> Result<(), Restriction> {
        if self.networks.is_empty() || self.networks.contains(address) { Ok(()) } else { Err(Restriction::Network) }
    }

    /// Whether a delegate may register with the token. Of one that is known, `before` is what it was: what it was allowed
    /// then it may stay.
    ///
    /// # Errors
    /// [`Restriction::Kind`], or [`Restriction::Name`].
    pub fn check_facts(&self, facts: &Facts, before: Option<&Facts>) -> Result<(), Restriction> {
        let is_kind_new = before.is_none_or(|before| before.kind != facts.kind);
        if is_kind_new && !self.kinds.is_empty() && !self.kinds.contains(&facts.kind) {
            return Err(Restriction::Kind);
        }
        let is_name_new = before.is_none_or(|before| before.name != facts.name);
        let matches = |pattern: &NamePattern| pattern.matches(facts.name.as_str());
        if is_name_new && !self.name_pattern.as_ref().is_none_or(matches) {
            return Err(Restriction::Name);
        }
        Ok(())
    }
}

/// The fields of a form that ask for them, as a person filled them in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestrictionFields {
    /// **Number of registrations**: empty for any.
    pub max_registrations: String,
    /// **Allowed networks**: empty for all.
    pub networks: String,
    /// **Delegate types**, by their codes: none for all.
    pub kinds: Vec<String>,
    /// **Delegate names**: empty for any.
    pub name_pattern: String,
}

impl RestrictionFields {
    /// Reads them.
    ///
    /// # Errors
    /// Says which fields are wrong and how.
    pub fn parse(&self) -> Result<Restrictions, InvalidFields> {
        let mut form = FormReader::default();
        let max_registrations = form.field("max_registrations", parse_count(&self.max_registrations));
        let networks = form.field("networks", parse_networks(&self.networks));
        let kinds = form.field("kinds", parse_kinds(self.kinds.iter().map(String::as_str)));
        let pattern = Some(self.name_pattern.trim()).filter(|text| !text.is_empty() && *text != "*");
        let name_pattern = form.field("name_pattern", pattern.map(NamePattern::parse).transpose());
        form.finish(|| {
            Some(Restrictions {
                max_registrations: max_registrations?,
                networks: networks?,
                kinds: kinds?,
                name_pattern: name_pattern?,
            })
        })
    }
}

fn parse_count(text: &str) -> Result<Option<u32>, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let count = text.parse().ok().filter(|count| (1..=MAX_REGISTRATIONS).contains(count));
    count.map(Some).ok_or_else(|| {
        Invalid::new(format!("Write a whole number from 1 to {MAX_REGISTRATIONS}, or leave it empty for any number."))
    })
}

fn parse_networks(text: &str) -> Result<Networks, Invalid> {
    let networks = Networks::parse(text)?;
    if networks.len() > MAX_NETWORKS {
        return Err(Invalid::new(format!("There are {} networks: name at most {MAX_NETWORKS}.", networks.len())));
    }
    Ok(networks)
}

/// Reads codes of types. All of them are as good as none.
///
/// # Errors
/// Where one is no type.
pub fn parse_kinds<'a>(codes: impl Iterator<Item = &'a str>) -> Result<Vec<DelegateType>, Invalid> {
    let mut chosen = Vec::new();
    for code in codes.map(str::trim).filter(|code| !code.is_empty()) {
        let kind = DelegateType::named(code);
        chosen.push(kind.ok_or_else(|| Invalid::new("Choose the delegate types again: one of them is not known."))?);
    }
    let kinds: Vec<_> = DelegateType::ALL.into_iter().filter(|kind| chosen.contains(kind)).collect();
    Ok(if kinds.len() == DelegateType::ALL.len() { Vec::new() } else { kinds })
}

/// What people read of types.
#[must_use]
pub fn kinds_label(kinds: &[DelegateType]) -> String {
    if kinds.is_empty() {
        return "All types".to_owned();
    }
    kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegate::{Admission, DelegateName, tests::delegate};

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, matches) in [
            ("edge-*", "edge-1", true),
            ("edge-*", "edge-", true),
            ("edge-*", "edge", false),
            ("edge-*", "my-edge-1", false),
            ("edge", "edge", true),
            ("edge", "edge-1", false),
            ("*", "anything", true),
            ("**", "", true),
            ("*-prod", "a-prod", true),
            ("*-prod", "a-prod-b", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "acb", false),
            ("a*b*c", "abc", true),
            ("ab*ba", "aba", false),
            ("*ab*ab*", "ab", false),
            ("*ab*ab*", "xababx", true),
            ("Edge-*", "edge-1", false),
            ("ü*", "über", true),
            ("a.c", "abc", false),
        ] {
            assert_eq!(NamePattern::parse(pattern).unwrap().matches(name), matches, "{pattern} {name}");
        }
        // Not in exponential time.
        assert!(!NamePattern::parse(&"*a".repeat(126)).unwrap().matches(&format!("{}b", "a".repeat(252))));
    }

    #[test]
    fn a_form_is_read_whole_or_names_the_fields_that_are_wrong() {
        let fields = RestrictionFields {
            max_registrations: " 1 ".to_owned(),
            networks: "10.0.0.0/8\n192.0.2.7".to_owned(),
            kinds: vec!["ECS".to_owned(), "DOCKER".to_owned(), "ECS".to_owned()],
            name_pattern: " edge-* ".to_owned(),
        };
        let restrictions = fields.parse().unwrap();
        let text = "registrations 1; networks 10.0.0.0/8, 192.0.2.7/32; types Docker, ECS Task; names edge-*";
        assert_eq!(FactChange::phrase(&restrictions.facts()), text);
        assert_eq!(RestrictionFields::default().parse(), Ok(Restrictions::default()));
        let all = DelegateType::ALL.map(|kind| kind.code().to_owned()).to_vec();
        let all = RestrictionFields { kinds: all, name_pattern: "*".to_owned(), ..RestrictionFields::default() };
        assert_eq!(all.parse(), Ok(Restrictions::default()));
        let wrong = RestrictionFields {
            max_registrations: "0".to_owned(),
            networks: "here".to_owned(),
            kinds: vec!["VM".to_owned()],
            name_pattern: "a\nb".to_owned(),
        };
        let wrong = wrong.parse().unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(names, ["max_registrations", "networks", "kinds", "name_pattern"]);
        let many: Vec<String> = (0..=MAX_NETWORKS).map(|number| format!("10.0.0.{number}")).collect();
        assert!(parse_networks(&many.join(",")).is_err() && parse_networks(&many[1..].join(",")).is_ok());
        for count in ["-1", "1.5", "many", "1000001", "99999999999"] {
            assert!(parse_count(count).is_err(), "{count}");
        }
    }

    #[test]
    fn only_what_is_new_of_a_delegate_is_asked_about() {
        let before = delegate(Admission::Enabled).facts;
        let restrictions = Restrictions {
            kinds: vec![DelegateType::Ecs],
            name_pattern: Some(NamePattern::parse("prod-*").unwrap()),
            ..Restrictions::default()
        };
        assert_eq!(restrictions.check_facts(&before, None), Err(Restriction::Kind));
        assert_eq!(restrictions.check_facts(&before, Some(&before)), Ok(()));
        let ecs = Facts { kind: DelegateType::Ecs, ..before.clone() };
        assert_eq!(restrictions.check_facts(&ecs, None), Err(Restriction::Name));
        assert_eq!(restrictions.check_facts(&ecs, Some(&before)), Ok(()));
        let renamed = Facts { name: DelegateName::parse("stage-1").unwrap(), ..ecs };
        assert_eq!(restrictions.check_facts(&renamed, Some(&before)), Err(Restriction::Name));
        let good = Facts { name: DelegateName::parse("prod-1").unwrap(), ..renamed };
        assert_eq!(restrictions.check_facts(&good, None), Ok(()));
    }

    #[test]
    fn a_token_is_used_from_its_networks() {
        let restrictions = Restrictions { networks: Networks::parse("10.0.0.0/8").unwrap(), ..Restrictions::default() };
        let check = |text: &str| restrictions.check_address(text.parse().unwrap());
        assert_eq!((check("10.1.1.1"), check("::ffff:10.1.1.1")), (Ok(()), Ok(())));
        assert_eq!(check("192.0.2.1"), Err(Restriction::Network));
        assert_eq!(Restrictions::default().check_address([192, 0, 2, 1].into()), Ok(()));
    }
}
