//! What the address of the list of delegates says: the filter, the page, and which decision is open.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::{
    delegate::{DelegateFilter, Status},
    id::DelegateId,
    page::Cursor,
};

use crate::ui::{
    href::Href,
    pagination::{cursor_of, with_cursor},
};

/// The word in the address of a dialog that was opened from the delegate's own page.
const FROM_DETAIL: &str = "detail";

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Which delegates.
    pub filter: DelegateFilter,
    /// The delegate whose decision is open.
    pub decide: Option<DelegateId>,
    /// Whether a dialog was opened from the delegate's own page.
    pub from_detail: bool,
}

impl ListQuery {
    fn read(query: &ParamsMap) -> Self {
        Self {
            filter: DelegateFilter {
                search: query.get_str("q").unwrap_or_default().trim().to_owned(),
                status: query.get_str("status").and_then(Status::from_slug),
                cursor: cursor_of(query),
            },
            decide: query.get_str("decide").and_then(|id| id.parse().ok()),
            from_detail: query.get_str("from") == Some(FROM_DETAIL),
        }
    }

    /// A page on top of this list.
    #[must_use]
    pub fn href(&self, path: impl Into<String>) -> Href {
        let href =
            Href::new(path).with("q", &self.filter.search).with_some("status", self.filter.status.map(Status::slug));
        with_cursor(href, self.filter.cursor).with_some("decide", self.decide)
    }

    /// The list itself.
    #[must_use]
    pub fn list(&self) -> Href {
        self.href("/delegates")
    }

    /// The list with no decision open: where one returns to that was taken.
    #[must_use]
    pub fn decided(&self) -> Href {
        self.deciding(None).list()
    }

    /// The same list with another decision open.
    #[must_use]
    pub fn deciding(&self, decide: Option<DelegateId>) -> Self {
        Self { decide, ..self.clone() }
    }

    /// The same filter on another page.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { filter: DelegateFilter { cursor, ..self.filter.clone() }, ..Self::default() }
    }

    /// Another filter, from its first page.
    #[must_use]
    pub fn filtered(search: &str, status: Option<Status>) -> Self {
        let filter = DelegateFilter { search: search.trim().to_owned(), status, cursor: Cursor::First };
        Self { filter, ..Self::default() }
    }

    /// Whether the list shows everything it can.
    #[must_use]
    pub fn is_unfiltered(&self) -> bool {
        self.filter.search.is_empty() && self.filter.status.is_none()
    }
}

/// What the address says now.
pub fn use_list_query() -> Memo<ListQuery> {
    let query = use_query_map();
    Memo::new(move |_| query.with(ListQuery::read))
}

/// The page of one delegate.
#[must_use]
pub fn detail_href(id: DelegateId) -> Href {
    Href::new(format!("/delegates/{id}"))
}

/// A dialog that lies on a delegate's own page.
#[must_use]
pub fn dialog_on_detail(id: DelegateId, dialog: &str) -> Href {
    Href::new(format!("/delegates/{id}/{dialog}"))
}

/// A dialog that lies on the list, opened from the delegate's own page.
#[must_use]
pub fn dialog_from_detail(id: DelegateId, dialog: &str) -> Href {
    Href::new(format!("/delegates/{id}/{dialog}")).with("from", FROM_DETAIL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(href: &Href) -> ParamsMap {
        href.query().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        let id = uuid::Uuid::from_u128(7);
        let query = ListQuery {
            filter: DelegateFilter {
                search: "edge & co".into(),
                status: Some(Status::PendingApproval),
                cursor: Cursor::Before(id),
            },
            decide: Some(DelegateId(id)),
            from_detail: false,
        };
        assert_eq!(ListQuery::read(&map(&query.list())), query);
        assert_eq!(query.decided().to_string(), format!("/delegates?q=edge%20%26%20co&status=pending&before={id}"));
        assert_eq!(ListQuery::default().list().to_string(), "/delegates");
    }

    #[test]
    fn what_nobody_wrote_is_ignored() {
        let href = Href::new("/delegates").with("status", "nonsense").with("decide", "1").with("after", "x");
        assert_eq!(ListQuery::read(&map(&href)), ListQuery::default());
    }
}
