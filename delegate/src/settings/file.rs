//! The config file `config-delegate.yml`: one mapping of names to values.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use muster::token::TokenValue;
use muster_client::log_safe;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{KEYS, SettingsError, TAGS, proxy};

/// The file that is meant: where it does not exist and one with the other of the two usual endings does, that one.
pub(super) fn find(path: &Path) -> PathBuf {
    let other = match path.extension().and_then(|extension| extension.to_str()) {
        Some("yml") => path.with_extension("yaml"),
        Some("yaml") => path.with_extension("yml"),
        _ => return path.to_owned(),
    };
    if !path.exists() && other.exists() { other } else { path.to_owned() }
}

/// What a config file says.
#[derive(Default, Debug)]
pub(super) struct File {
    /// The settings, as text.
    pub texts: BTreeMap<&'static str, String>,
    /// The names that are no settings of ours, fit to be printed.
    pub unknown: Vec<String>,
}

impl File {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = fs::read_to_string(path)
            .map_err(|error| SettingsError::Unreadable { path: path.to_owned(), why: error.to_string() })?;
        Self::parse(&text).map_err(|line| SettingsError::Malformed { path: path.to_owned(), line })
    }

    /// Reads a file's content. The error is the line: the parser's own words would show what stands there, and that
    /// may be the token.
    pub(super) fn parse(text: &str) -> Result<Self, Option<u64>> {
        // A file without a single setting is no mapping to the parser.
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(text).map_err(|error| error.location().map(|location| location.line()))
    }
}

fn known(name: &str) -> Option<&'static str> {
    KEYS.iter().chain(&proxy::KEYS).filter_map(|key| key.file).find(|known| *known == name)
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Settings;
        impl<'de> Visitor<'de> for Settings {
            type Value = File;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
                let mut file = File::default();
                while let Some(name) = map.next_key::<String>()? {
                    let Some(known) = known(&name) else {
                        map.next_value::<IgnoredAny>()?;
                        file.unknown.push(printable(&name));
                        continue;
                    };
                    // Asked for as text, a value keeps its spelling: a token may look like a number.
                    let text = if TAGS.file == Some(known) {
                        map.next_value::<Option<List>>()?.map(|list| list.0)
                    } else {
                        map.next_value::<Option<String>>()?
                    };
                    if let Some(text) = text {
                        file.texts.insert(known, text);
                    }
                }
                Ok(file)
            }
        }
        from.deserialize_map(Settings)
    }
}

fn printable(name: &str) -> String {
    if TokenValue::parse(name).is_ok() { "[redacted]".to_owned() } else { log_safe(name) }
}

/// A list of texts, or one text with commas; kept with commas.
struct List(String);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = List;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or a text with commas")
            }

            fn visit_str<E>(self, text: &str) -> Result<List, E> {
                Ok(List(text.to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<List, E> {
                Ok(List(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<List, E> {
                Ok(List(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<List, E> {
                Ok(List(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<List, E> {
                Ok(List(value.to_string()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element::<String>()? {
                    texts.push(text);
                }
                Ok(List(texts.join(",")))
            }
        }
        from.deserialize_any(Texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "12345678901234567890123456789012";

    #[test]
    fn values_keep_their_spelling() {
        let file = File::parse(&format!(
            "# a comment\naccountId: 007\ndelegateToken: {HEX}\npollForTasks: true\nheartbeatIntervalMs: 60000\n\
             description: ~\nlocalDiskPath: \"/tmp/a b\"\ndelegateName: null\nmanagerUrl:\n"
        ))
        .unwrap();
        let get = |name| file.texts.get(name).map(String::as_str);
        assert_eq!((get("accountId"), get("delegateToken")), (Some("007"), Some(HEX)));
        assert_eq!((get("pollForTasks"), get("heartbeatIntervalMs")), (Some("true"), Some("60000")));
        assert_eq!(get("localDiskPath"), Some("/tmp/a b"));
        assert_eq!((get("description"), get("delegateName"), get("managerUrl")), (None, None, None));
        assert!(file.unknown.is_empty());
    }

    #[test]
    fn tags_are_a_list_or_a_text() {
        for (text, tags) in [
            ("delegateTags: [a, 7, true]", Some("a,7,true")),
            ("delegateTags:\n  - a\n  - b c", Some("a,b c")),
            ("delegateTags: a, b", Some("a, b")),
            ("delegateTags: 7", Some("7")),
            ("delegateTags: []", Some("")),
            ("delegateTags:", None),
        ] {
            assert_eq!(File::parse(text).unwrap().texts.get("delegateTags").map(String::as_str), tags, "{text}");
        }
    }

    #[test]
    fn names_that_are_not_ours_are_told_and_a_token_among_them_is_not() {
        let file = File::parse(&format!("doUpgrade: true\nvideo:\n  deep: [1]\n\"{HEX}\": x\n")).unwrap();
        assert_eq!(file.unknown, ["doUpgrade", "video", "[redacted]"]);
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for text in ["", "\n# nothing\n\n"] {
            assert!(File::parse(text).unwrap().texts.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line_alone() {
        for (text, line) in
            [("accountId: a\ndelegateToken: [secret]\n", Some(2)), ("accountId: a\naccountId: b", Some(2))]
        {
            assert_eq!(File::parse(text).unwrap_err(), line, "{text:?}");
        }
        for text in ["secret", "- secret", "a: 'secret", "a: b\n\tsecret"] {
            assert!(File::parse(text).is_err(), "{text:?}");
        }
    }
}
