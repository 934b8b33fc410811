//! What a person types to find delegates: words, which stand anywhere in a row, and terms `key:value`.

use serde::{Deserialize, Serialize};

use super::{DelegateType, Status};
use crate::{named_enum::named_enum, text::Invalid};

/// The keys of terms, as a sentence lists them.
const KEYS: &str = "status:, type:, profile:, token:, tag:, version:, host:, group: and is:";

named_enum! {
    /// What is the matter with a delegate, whatever its status.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Flag: slug, label {
        /// It is of a version before the manager's: see [`super::Delegate::is_outdated`].
        Outdated = "outdated", "Outdated";
        /// The last run of its startup script failed.
        ScriptFailed = "script-failed", "Script failed";
        /// It was turned away since it last registered.
        Refused = "refused", "Refused";
        /// It has the host and the name of another one, and another key.
        KeyDiffers = "key-differs", "Key differs";
    }
}

/// A term: what a delegate has to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A status.
    Status(Status),
    /// A type.
    Kind(DelegateType),
    /// A profile whose name is this, or else has this in it; in lower case.
    Profile(String),
    /// A token whose name is this, or else has this in it; in lower case.
    Token(String),
    /// A tag, its own or inherited, as it is written.
    Tag(String),
    /// A version that begins so; in lower case.
    Version(String),
    /// A host name that has this in it; in lower case.
    Host(String),
    /// Exactly this name, as all replicas of one delegate have; in lower case.
    Group(String),
    /// Something that is the matter with it.
    Is(Flag),
}

/// A search, as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What a row has to show somewhere; in lower case.
    pub words: Vec<String>,
    /// What else it has to have.
    pub terms: Vec<Term>,
    /// What could not be read, and why: such a search finds nothing.
    pub problem: Option<Invalid>,
}

impl Search {
    /// Reads what somebody typed. A term without a value is one that is being typed, and means nothing yet; text in
    /// quotes is a word, whatever it holds.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut search = Self::default();
        for Piece { key, value } in pieces(text) {
            match key {
                None if value.is_empty() => {}
                None => search.words.push(value.to_lowercase()),
                Some(_) if value.trim().is_empty() => {}
                Some(key) => match term(&key.to_lowercase(), value.trim()) {
                    Ok(term) => search.terms.push(term),
                    Err(problem) => search.problem = search.problem.or(Some(problem)),
                },
            }
        }
        search
    }
}

/// A piece of a search between blanks.
#[derive(Debug, Default, PartialEq, Eq)]
struct Piece {
    key: Option<String>,
    value: String,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut piece, mut quoted, mut was_quoted) = (Piece::default(), false, false);
    for c in text.chars() {
        match c {
            '"' => (quoted, was_quoted) = (!quoted, true),
            c if c.is_whitespace() && !quoted => {
                pieces.push(std::mem::take(&mut piece));
                was_quoted = false;
            }
            ':' if !quoted && !was_quoted && piece.key.is_none() && is_key(&piece.value) => {
                piece.key = Some(std::mem::take(&mut piece.value));
            }
            c => piece.value.push(c),
        }
    }
    pieces.push(piece);
    pieces
}

/// Whether what stands before a colon can be a key: other words with colons are addresses.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

fn term(key: &str, value: &str) -> Result<Term, Invalid> {
    let lower = value.to_lowercase();
    Ok(match key {
        "status" => Term::Status(status(&lower).ok_or_else(|| one_of(key, &lower, Status::ALL.map(Status::slug)))?),
        "type" => {
            let kinds = DelegateType::ALL.map(|kind| word(kind.code()));
            let kind = DelegateType::ALL.into_iter().find(|kind| {
                let names = [word(kind.code()), word(kind.label())];
                names.iter().any(|name| name.starts_with(&lower))
            });
            Term::Kind(kind.ok_or_else(|| one_of(key, &lower, kinds))?)
        }
        "profile" => Term::Profile(lower),
        "token" => Term::Token(lower),
        "tag" => Term::Tag(value.to_owned()),
        "version" => Term::Version(lower),
        "host" => Term::Host(lower),
        "group" => Term::Group(lower),
        "is" => match (Flag::ALL.into_iter().find(|flag| flag.slug().starts_with(&lower)), status(&lower)) {
            (Some(flag), _) => Term::Is(flag),
            (None, Some(status)) => Term::Status(status),
            (None, None) => return Err(one_of(key, &lower, Flag::ALL.map(Flag::slug))),
        },
        _ => {
            return Err(Invalid::new(format!(
                "There is no filter “{key}:”. There are {KEYS} – to search for the text itself, put it in quotes."
            )));
        }
    })
}

/// A status by its word, or by the beginning of it: so the list follows while it is typed.
fn status(word: &str) -> Option<Status> {
    if "waiting".starts_with(word) {
        return Some(Status::PendingApproval);
    }
    Status::ALL.into_iter().find(|status| status.slug().starts_with(word))
}

/// The word of a name in a term.
fn word(name: &str) -> String {
    name.to_lowercase().replace(['_', ' '], "-")
}

fn one_of(key: &str, value: &str, all: impl IntoIterator<Item = impl Into<String>>) -> Invalid {
    let all: Vec<String> = all.into_iter().map(Into::into).collect();
    Invalid::new(format!("There is no {key} “{value}”: it is one of {}.", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<Term>, bool) {
        let Search { words, terms, problem } = Search::parse(text);
        (words, terms, problem.is_some())
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn words_and_terms_are_told_apart() {
        assert_eq!(read("  Edge GRÜN "), (words(&["edge", "grün"]), vec![], false));
        let (found, terms, bad) = read("edge status:pending TYPE:kubernetes tag:\"Frankfurt am Main\" is:outdated");
        let expected = vec![
            Term::Status(Status::PendingApproval),
            Term::Kind(DelegateType::Kubernetes),
            Term::Tag("Frankfurt am Main".to_owned()),
            Term::Is(Flag::Outdated),
        ];
        assert_eq!((found, terms, bad), (words(&["edge"]), expected, false));
        assert_eq!(read("is:waiting").1, [Term::Status(Status::PendingApproval)]);
        assert_eq!(read("is:connected").1, [Term::Status(Status::Connected)]);
        assert_eq!(read("type:ecs-task").1, [Term::Kind(DelegateType::Ecs)]);
    }

    #[test]
    fn addresses_and_what_is_quoted_are_words() {
        for (text, word) in [
            ("10.0.0.1:8080", "10.0.0.1:8080"),
            ("fe80::1", "fe80::1"),
            ("\"status:x\"", "status:x"),
            (":x", ":x"),
            ("\"a b\"c", "a bc"),
            ("\"open", "open"),
        ] {
            assert_eq!(read(text), (words(&[word]), vec![], false), "{text}");
        }
        assert_eq!(read("\"\" ''"), (words(&["''"]), vec![], false));
    }

    #[test]
    fn what_is_being_typed_means_nothing_yet() {
        assert_eq!(read("tag: status: x"), (words(&["x"]), vec![], false));
        assert_eq!(read("status:p").1, [Term::Status(Status::PendingApproval)]);
    }

    #[test]
    fn what_is_unknown_is_said() {
        for (text, says) in [
            ("stauts:pending", "no filter “stauts:”"),
            ("status:good x", "no status “good”: it is one of connected, not-connected, pending, rejected"),
            ("type:balloon", "no type “balloon”"),
            ("is:fine", "no is “fine”"),
        ] {
            let problem = Search::parse(text).problem.expect("a problem").to_string();
            assert!(problem.contains(says), "{problem}");
        }
    }
}
