//! What a delegate says of itself.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    audit::FactChange,
    named_enum::named_enum,
    text::{Invalid, Selectors, line_type},
};

line_type!(
    /// The name a delegate registers with. Clients of the protocol choose freely; ours follow [`InstallName`].
    DelegateName, "The delegate's name", 253
);
line_type!(
    /// The name of the host a delegate runs on.
    HostName, "The host name", 253
);

/// A name for a delegate that Muster installs: it has to do as a Kubernetes object's name (RFC 1123 label, RFC 1035).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstallName(String);

impl InstallName {
    /// The most characters it may have.
    pub const MAX_LENGTH: usize = 63;

    /// Reads a name.
    ///
    /// # Errors
    /// Says what of it has to be another.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let wrong = |sentence: String| Err(Invalid::new(sentence));
        // What is wrong with this one; the rule itself stands beside the field.
        if text.is_empty() {
            return wrong("Give it a name.".to_owned());
        }
        if let Some(c) = text.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')) {
            return wrong(match c {
                ' ' => "The name has a space in it. Write a dash instead.".to_owned(),
                c if c.is_ascii_uppercase() => format!("Write {} instead of {c}.", c.to_ascii_lowercase()),
                c if c.is_ascii_graphic() => {
                    format!("The name has “{c}” in it. Leave it out, or write a dash instead.")
                }
                c => format!("The name has U+{:04X} in it. Leave it out, or write a dash instead.", u32::from(c)),
            });
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return wrong("Put a letter first.".to_owned());
        }
        if text.ends_with('-') {
            return wrong("Leave out the dash at its end.".to_owned());
        }
        if text.len() > Self::MAX_LENGTH {
            return wrong(format!("The name has {} characters. Make it shorter.", text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for InstallName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<InstallName> for String {
    fn from(name: InstallName) -> Self {
        name.0
    }
}

named_enum! {
    /// How a delegate was installed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum DelegateType: code or Other, label {
        /// By a script on a host.
        ShellScript = "SHELL_SCRIPT", "Shell Script";
        /// As a Docker container.
        Docker = "DOCKER", "Docker";
        /// In a Kubernetes cluster.
        Kubernetes = "KUBERNETES", "Kubernetes";
        /// As an ECS task.
        Ecs = "ECS", "ECS Task";
        /// By a Helm chart.
        Helm = "HELM_DELEGATE", "Helm";
        /// In a way that it did not tell, or that Muster does not know.
        Other = "OTHER", "Other";
    }
}

impl DelegateType {
    /// The type that somebody names by its code; none where there is no such. What a delegate says of itself is read by
    /// [`Self::from_code`], which takes anything.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The characters of a fingerprint. None of them looks like another one, nor like one that is missing: 0, 1, I and O.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The thumbprint of a delegate's own key: base64url of a SHA-256 digest, 43 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Thumbprint(String);

impl Thumbprint {
    /// Reads a thumbprint.
    ///
    /// # Errors
    /// Says what a thumbprint looks like.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let alphabet = text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_');
        if text.len() == 43 && alphabet {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("keyThumbprint must be 43 characters of base64url: a SHA-256 digest."))
        }
    }

    /// The thumbprint that is this digest.
    #[must_use]
    pub fn of_digest(digest: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest))
    }

    /// The whole thumbprint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people compare: the first 100 bits, as twenty characters that are told apart by eye, in groups of four.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let bits = self.0.bytes().flat_map(|c| (0..6).rev().map(move |bit| value(c) >> bit & 1));
        let bits: Vec<u8> = bits.take(100).collect();
        let number = |five: &[u8]| five.iter().fold(0, |number, bit| number << 1 | usize::from(*bit));
        let characters: Vec<char> = bits.chunks(5).map(|five| char::from(ALPHABET[number(five)])).collect();
        characters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
    }

    /// The same key as delegates of older versions print it: the first sixteen characters (96 bits), in groups of four.
    #[must_use]
    pub fn former_fingerprint(&self) -> String {
        [&self.0[..4], &self.0[4..8], &self.0[8..12], &self.0[12..16]].join(" ")
    }
}

/// The six bits of a character of base64url.
const fn value(c: u8) -> u8 {
    match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'-' => 62,
        _ => 63,
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Thumbprint> for String {
    fn from(thumbprint: Thumbprint) -> Self {
        thumbprint.0
    }
}

/// What a delegate says of itself when it registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its name.
    pub name: DelegateName,
    /// The host it runs on.
    pub host_name: HostName,
    /// The address it gave, or else the one it came from.
    pub ip: String,
    /// How it was installed.
    pub kind: DelegateType,
    /// Its program's version; may be empty.
    pub version: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Its own selectors.
    pub tags: Selectors,
    /// The thumbprint that a delegate of a version before keys were proved says it has. It proves nothing.
    pub thumbprint: Option<Thumbprint>,
    /// How often it sends a heartbeat, in milliseconds, where it tells.
    pub heartbeat_interval_ms: Option<u32>,
    /// Whether it was installed by files of the next generation.
    pub next_gen: bool,
    /// Its operating system and the processor's architecture, where it tells; else empty.
    pub platform: String,
}

impl Facts {
    /// How often it sends a heartbeat, where it tells.
    #[must_use]
    pub fn heartbeat_interval(&self) -> Option<Duration> {
        self.heartbeat_interval_ms.map(|ms| Duration::from_millis(ms.into()))
    }

    /// What changed to these facts, for the record.
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<FactChange> {
        let (before_tags, tags) = (self.tags.to_string(), after.tags.to_string());
        let pairs = [
            ("name", self.name.as_str(), after.name.as_str()),
            ("host", self.host_name.as_str(), after.host_name.as_str()),
            ("stated address", self.ip.as_str(), after.ip.as_str()),
            ("type", self.kind.label(), after.kind.label()),
            ("version", self.version.as_str(), after.version.as_str()),
            ("platform", self.platform.as_str(), after.platform.as_str()),
            ("description", self.description.as_str(), after.description.as_str()),
            ("selectors", before_tags.as_str(), tags.as_str()),
        ];
        let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
        changed.map(|(what, before, after)| FactChange::new(what, before, after)).collect()
    }

    /// Whether something changed that a person looks at before deciding.
    #[must_use]
    pub fn differs_for_a_decision(&self, other: &Self) -> bool {
        let of = |facts: &Self| {
            (
                facts.name.clone(),
                facts.host_name.clone(),
                facts.ip.clone(),
                facts.kind,
                facts.version.clone(),
                facts.thumbprint.clone(),
            )
        };
        of(self) != of(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn install_names_do_as_names_of_kubernetes_objects() {
        for good in ["a", "edge-fra-2", &"a".repeat(63)] {
            assert!(InstallName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "1a", "A", "a_b", "a.b", "a b", "a$(id)", "ä", &"a".repeat(64)] {
            assert!(InstallName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_unknown_type_is_taken_as_other() {
        assert_eq!(DelegateType::from_code("HELM_DELEGATE"), DelegateType::Helm);
        assert_eq!(DelegateType::from_code("CE_KUBERNETES"), DelegateType::Other);
    }

    #[test]
    fn thumbprints_are_compared_in_groups() {
        let thumbprint = Thumbprint::parse(&"NzbL-sXh83q27w01".repeat(3)[..43]).unwrap();
        assert_eq!(thumbprint.former_fingerprint(), "NzbL -sXh 83q2 7w01");
        let digest = |byte| Thumbprint::of_digest([byte; 32]).fingerprint();
        assert_eq!(digest(0), "2222 2222 2222 2222 2222");
        assert_eq!(digest(0xff), "ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ");
        // 00000 00100 00000 10000, 00010 00000 01000 00001, and so on.
        assert_eq!(digest(1), "262J 42A3 262J 42A3 262J");
        assert!(Thumbprint::parse("short").is_err());
        assert!(Thumbprint::parse(&"ä".repeat(43)).is_err());
    }
}
