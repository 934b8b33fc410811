//! Objects by id or by name, and lists page by page.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    api::{Api, Query},
    failure::Failure,
    output::note,
};

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Delegates.
    Delegate,
    /// Tokens.
    Token,
    /// Profiles.
    Profile,
    /// Secrets.
    Secret,
}

impl Noun {
    /// Where the API has them.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Delegate => "delegates",
            Self::Token => "tokens",
            Self::Profile => "profiles",
            Self::Secret => "secrets",
        }
    }

    /// What one is called.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Delegate => "delegate",
            Self::Token => "token",
            Self::Profile => "profile",
            Self::Secret => "secret",
        }
    }

    /// The lists in which those of a name are.
    fn searches(self, name: &str) -> Vec<Vec<(&'static str, String)>> {
        match self {
            Self::Delegate => {
                let q = exactly(name);
                vec![vec![("q", q.clone())], vec![("q", q), ("status", "rejected".to_owned())]]
            }
            Self::Token => vec![vec![("q", name.to_owned()), ("with_revoked", "true".to_owned())]],
            Self::Profile | Self::Secret => vec![vec![("q", name.to_owned())]],
        }
    }
}

/// A search for delegates of a name. A term cannot hold quotes: then every word of the name is searched for.
fn exactly(name: &str) -> String {
    if name.contains('"') { name.replace(['"', ':'], " ") } else { format!("group:\"{name}\"") }
}

/// The id of an object.
pub fn id_of(object: &Value) -> &str {
    object.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// What an object is called.
pub fn name_of(object: &Value) -> &str {
    object.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// The object of an id or of a name.
///
/// # Errors
/// Where there is none, or there are several of the name.
pub async fn find(api: &Api, noun: Noun, text: &str) -> Result<Value, Failure> {
    if Uuid::parse_str(text).is_ok() {
        return api.get(&[noun.path(), text], &[]).await;
    }
    let mut found = Vec::new();
    for search in noun.searches(text) {
        let list = list(api, noun.path(), &search, usize::MAX).await?;
        found.extend(list.items.into_iter().filter(|item| name_of(item) == text));
    }
    // A name is free again once its token is revoked.
    if noun == Noun::Token && found.iter().any(is_good) {
        found.retain(is_good);
    }
    match found.len() {
        0 => Err(Failure::NotFound(format!("there is no {} {text}", noun.one()))),
        1 => Ok(found.swap_remove(0)),
        _ => Err(Failure::Usage(ambiguous(noun, text, &found))),
    }
}

fn is_good(token: &Value) -> bool {
    token.get("status").and_then(Value::as_str) != Some("revoked")
}

fn ambiguous(noun: Noun, name: &str, found: &[Value]) -> String {
    let word = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let lines = found.iter().map(|one| {
        let beside = [word(one, "host_name"), word(one, "status")];
        let beside: Vec<_> = beside.into_iter().filter(|text| !text.is_empty()).collect();
        format!("\n  {}  {}", id_of(one), beside.join("  "))
    });
    format!("several are called {name}; name the {} by its id:{}", noun.one(), lines.collect::<String>())
}

/// A list, as far as it was read.
#[derive(Debug)]
pub struct List {
    /// What it holds.
    pub items: Vec<Value>,
    more: Option<String>,
}

impl List {
    /// Says on standard error where there is more.
    pub fn tell_rest(&self) {
        if let Some(total) = &self.more {
            note(&format!("{} of {total}; --limit or --all shows more.", self.items.len()));
        }
    }
}

/// Reads a list page by page, up to a number of items.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn list(api: &Api, path: &str, filter: &Query<'_>, most: usize) -> Result<List, Failure> {
    let mut list = List { items: Vec::new(), more: None };
    let mut query = filter.to_vec();
    loop {
        let mut page = api.get(&[path], &query).await?;
        let rows = page.get_mut("items").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        list.items.extend(rows);
        let next = page.get("next").and_then(Value::as_str);
        if list.items.len() > most || (list.items.len() == most && next.is_some()) {
            list.items.truncate(most);
            list.more = Some(total(&page));
            return Ok(list);
        }
        let Some(next) = next else { return Ok(list) };
        query.retain(|(name, _)| *name != "after");
        query.push(("after", next.to_owned()));
    }
}

/// How many there are in all.
fn total(page: &Value) -> String {
    let total = page.get("total").and_then(Value::as_u64).unwrap_or_default();
    let or_more = page.get("total_is_at_least").and_then(Value::as_bool) == Some(true);
    format!("{total}{}", if or_more { " or more" } else { "" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn several_of_a_name_are_told_apart() {
        let found = [
            json!({"id": "1", "name": "edge", "host_name": "a", "status": "connected"}),
            json!({"id": "2", "name": "edge", "host_name": "b", "status": "pending"}),
        ];
        let told = ambiguous(Noun::Delegate, "edge", &found);
        assert_eq!(told, "several are called edge; name the delegate by its id:\n  1  a  connected\n  2  b  pending");
    }

    #[test]
    fn a_name_is_searched_for_as_a_whole() {
        assert_eq!(exactly("edge 1"), "group:\"edge 1\"");
        assert_eq!(exactly("is:\"x\""), "is  x ");
    }
}
