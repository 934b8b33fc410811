//! Addresses of the console's own pages: a path and its query, kept apart, because a button that navigates without
//! scripts is a form and has to send the query as fields.

use std::fmt;

use leptos::prelude::*;
use leptos_router::hooks::use_url;

/// An address inside the console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Href {
    path: String,
    query: Vec<(String, String)>,
}

impl Href {
    /// The page at a path, without a query.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
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

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The parameters.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (index, (key, value)) in self.query.iter().enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            write!(f, "{separator}{}={}", encode(key), encode(value))?;
        }
        Ok(())
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The page that is shown now.
pub fn use_here() -> Signal<Href> {
    let url = use_url();
    Signal::derive(move || {
        url.with(|url| {
            let query = url.search_params().clone().into_iter();
            query.fold(Href::new(url.path()), |href, (key, value)| href.with(&key, value))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::Href;

    #[test]
    fn text_is_encoded_and_what_is_empty_left_out() {
        let href = Href::new("/delegates").with("q", "a&b=c é").with("status", "").with_some("after", Some(7));
        assert_eq!(href.to_string(), "/delegates?q=a%26b%3Dc%20%C3%A9&after=7");
        assert_eq!(Href::new("/tokens").with_some("after", None::<u8>).to_string(), "/tokens");
    }
}
