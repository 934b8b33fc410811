//! What the address of the list of tokens says.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::{
    id::TokenId,
    page::Cursor,
    token::{TokenFilter, TokenSort},
};

use crate::ui::{
    href::{Href, use_here},
    pagination::{cursor_of, with_cursor},
};

/// Which tokens the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenList(pub TokenFilter);

impl TokenList {
    fn read(query: &ParamsMap) -> Self {
        Self(TokenFilter {
            with_revoked: query.get_str("revoked") == Some("1"),
            search: query.get_str("q").unwrap_or_default().trim().to_owned(),
            sort: query.get_str("sort").and_then(TokenSort::from_slug).unwrap_or_default(),
            cursor: cursor_of(query),
        })
    }

    /// A page on top of this list, or the list itself.
    #[must_use]
    pub fn href(&self, path: impl Into<String>) -> Href {
        let TokenFilter { with_revoked, search, sort, cursor } = &self.0;
        let sort = Some(*sort).filter(|sort| *sort != TokenSort::default());
        let href = Href::new(path)
            .with("q", search)
            .with_some("revoked", with_revoked.then_some(1))
            .with_some("sort", sort.map(TokenSort::slug));
        with_cursor(href, cursor)
    }

    /// Another page of the list.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Href {
        Self(TokenFilter { cursor, ..self.0.clone() }).list()
    }

    /// The list itself.
    #[must_use]
    pub fn list(&self) -> Href {
        self.href("/tokens")
    }
}

/// The page of one token.
#[must_use]
pub fn token_href(id: TokenId) -> Href {
    Href::new(format!("/tokens/{id}"))
}

/// A dialog on a token's page, that leads back to where it was opened.
#[must_use]
pub fn token_dialog(id: TokenId, dialog: &str, back: &Href) -> Href {
    Href::new(format!("/tokens/{id}/{dialog}")).with("back", back)
}

/// Where a dialog leads back to: the page that it was opened from, or else this one.
pub fn use_back(otherwise: impl FnOnce() -> Href) -> Href {
    use_here().get("back").and_then(Href::parse).unwrap_or_else(otherwise)
}

/// What the address says.
pub fn use_token_list() -> TokenList {
    use_query_map().with_untracked(TokenList::read)
}
