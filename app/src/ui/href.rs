//! Addresses of the console's own pages: a path and its query, kept apart, because a button that navigates without
//! scripts is a form and has to send the query as fields.
//!
//! Every address names its scope: that of an organization or a project begins with it (see [`Scope::path`]). Pages know
//! only what follows; the beginning is added where an address is written.

use std::fmt;

use leptos::prelude::*;
use leptos_router::hooks::{use_query_map, use_url};
use muster::{
    escape::{read_query, url_component},
    id::AccountId,
    scope::Scope,
};
use uuid::Uuid;

/// What the addresses on a page begin with: the scope that it is about. The server provides it as a context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopePath(pub String);

fn scope_path() -> String {
    use_context::<ScopePath>().unwrap_or_default().0
}

/// The address of a path at the scope of this page.
#[must_use]
pub fn at_scope(path: &str) -> String {
    scope_path() + path
}

/// An address inside the console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Href {
    /// What it begins with; none where that is the scope of the page that it is written on.
    scope: Option<String>,
    path: String,
    query: Vec<(String, String)>,
}

impl Href {
    /// The page at a path, without a query.
    pub fn new(path: impl Into<String>) -> Self {
        Self { scope: None, path: path.into(), query: Vec::new() }
    }

    /// The same at a scope, whatever page it is written on.
    #[must_use]
    pub fn in_scope(self, scope: &Scope) -> Self {
        Self { scope: Some(scope.path()), ..self }
    }

    /// The address that a text holds; none where it is no page of this site.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split('#').next().filter(|text| is_page(text))?;
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let (scope, path) = Scope::split(AccountId(Uuid::nil()), path);
        let scope = Some(scope.path()).filter(|scope| *scope != scope_path());
        Some(Self { scope, ..Self::read(path, query) })
    }

    /// A path and the query that stands behind its question mark. The router's own map of parameters does not do: it
    /// decodes them twice.
    fn read(path: &str, query: &str) -> Self {
        query.split('&').fold(Self::new(path), |href, pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            href.with(&read_query(key), read_query(value))
        })
    }

    /// The same with one parameter more; an empty value adds nothing.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        if !value.is_empty() {
            self.query.push((key.to_owned(), value));
        }
        self
    }

    /// The same with a parameter where there is a value for it.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Another page with the same parameters.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// The path, without the scope that it begins with: which page it is.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole path, for a form that sends the query as fields.
    #[must_use]
    pub fn action(&self) -> String {
        self.scope.clone().unwrap_or_else(scope_path) + &self.path
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The parameters.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.action())?;
        for (index, (key, value)) in self.query.iter().enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            write!(f, "{separator}{}={}", url_component(key), url_component(value))?;
        }
        Ok(())
    }
}

/// Whether a text is a path of this site. Browsers drop tabs and line ends from an address before they read it.
#[must_use]
pub fn is_page(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// Where a form returns to: its own list with the filters as they were, and the object that was acted on, so that the
/// page can say what was done. Anything but a path of this site is replaced by `fallback`.
#[must_use]
pub fn back_to(back: &str, fallback: &str, done: impl fmt::Display) -> String {
    let back = if is_page(back) { back } else { fallback };
    let separator = if back.contains('?') { '&' } else { '?' };
    format!("{back}{separator}done={done}")
}

/// The object that the last form on this page acted on: what [`back_to`] wrote into the address.
pub fn use_done() -> Option<Uuid> {
    use_query_map().with_untracked(|query| query.get_str("done").and_then(|id| Uuid::parse_str(id).ok()))
}

/// Whether the last form on this page acted on an object.
pub fn use_just_done(object: Uuid) -> bool {
    use_done() == Some(object)
}

/// The page that is asked for.
pub fn use_here() -> Href {
    use_url().with_untracked(|url| Href::read(url.path(), url.search()))
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;
    use muster::{id::AccountId, scope::Scope};
    use uuid::Uuid;

    use super::{Href, ScopePath, back_to};

    #[test]
    fn text_is_encoded_and_what_is_empty_left_out() {
        let href = Href::new("/delegates").with("q", "a&b=c é").with("status", "").with_some("after", Some(7));
        assert_eq!(href.to_string(), "/delegates?q=a%26b%3Dc%20%C3%A9&after=7");
        assert_eq!(Href::new("/tokens").with_some("after", None::<u8>).to_string(), "/tokens");
    }

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        for text in ["a&b=c é", "100%", "%41", "a+b", "\n\u{2028}", "'\"<>#?"] {
            let href = Href::new("/install/shell").with("name", "edge-1").with("description", text);
            assert_eq!(Href::parse(&href.to_string()), Some(href), "{text:?}");
        }
        let lenient = Href::parse("/a?x=1+2&y&=&z=%4&w=%ff&v=%+1#part");
        let expected = Href::new("/a").with("x", "1 2").with("z", "%4").with("w", "\u{fffd}").with("v", "% 1");
        assert_eq!(lenient, Some(expected));
    }

    #[test]
    fn an_address_begins_with_its_scope() {
        let account = AccountId(Uuid::nil());
        let (edge, whole) = (Scope::parse(account, "platform/edge").unwrap(), Scope::account(account));
        let on = |scope: &Scope, href: &Href| {
            let owner = Owner::new();
            owner.with(|| {
                provide_context(ScopePath(scope.path()));
                (href.to_string(), Href::parse(&href.to_string()).as_ref() == Some(href))
            })
        };
        let here = Href::new("/tokens").with("q", "a");
        assert_eq!(on(&edge, &here), ("/orgs/platform/projects/edge/tokens?q=a".to_owned(), true));
        assert_eq!(on(&whole, &here), ("/tokens?q=a".to_owned(), true));
        assert_eq!(on(&edge, &here.clone().in_scope(&whole)), ("/tokens?q=a".to_owned(), true));
        let there = here.in_scope(&edge);
        assert!(on(&whole, &there).1);
        assert_eq!((there.path(), there.action().as_str()), ("/tokens", "/orgs/platform/projects/edge/tokens"));
    }

    #[test]
    fn only_a_page_of_this_site_is_an_address() {
        for text in
            ["", "tokens", "//evil.example/x", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/a\r\nb"]
        {
            assert_eq!(Href::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_form_returns_to_its_own_site_only() {
        assert_eq!(back_to("/delegates?q=a", "/delegates", 7), "/delegates?q=a&done=7");
        assert_eq!(back_to("/delegates", "/delegates", 7), "/delegates?done=7");
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb"] {
            assert_eq!(back_to(bad, "/tokens", 7), "/tokens?done=7");
        }
    }
}
