//! What the address of the list of delegates says: the filters, the order, the page, and which decision is open.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::{
    delegate::{DelegateFilter, DelegateType, Flag, Sort, Status},
    id::DelegateId,
    page::{Cursor, Mark},
};

use crate::ui::{
    href::Href,
    pagination::{cursor_of, offset_of, with_cursor, with_offset},
};

/// The word in the address of a dialog that was opened from the delegate's own page.
const FROM_DETAIL: &str = "detail";

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Which delegates.
    pub filter: DelegateFilter,
    /// How many rows come before the page, where that is known.
    pub offset: Option<u64>,
    /// The delegate whose decision is open.
    pub decide: Option<DelegateId>,
    /// Whether a dialog was opened from the delegate's own page.
    pub from_detail: bool,
}

impl ListQuery {
    /// Reads what an address says.
    #[must_use]
    pub fn read(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get_str(name).unwrap_or_default().trim().to_owned();
        Self {
            filter: DelegateFilter {
                search: text("q"),
                status: query.get_str("status").and_then(Status::from_slug),
                kind: query.get_str("type").and_then(kind_from_word),
                profile: query.get_str("profile").and_then(|id| id.parse().ok()),
                token: query.get_str("token").and_then(|id| id.parse().ok()),
                tag: text("tag"),
                flag: query.get_str("is").and_then(Flag::from_slug),
                sort: query.get_str("sort").and_then(Sort::from_slug).unwrap_or_default(),
                cursor: cursor_of(query),
            },
            offset: offset_of(query).filter(|offset| *offset > 0),
            decide: query.get_str("decide").and_then(|id| id.parse().ok()),
            from_detail: query.get_str("from") == Some(FROM_DETAIL),
        }
    }

    /// A page on top of this list.
    #[must_use]
    pub fn href(&self, path: impl Into<String>) -> Href {
        let filter = &self.filter;
        let href = Href::new(path)
            .with("q", &filter.search)
            .with_some("status", filter.status.map(Status::slug))
            .with_some("type", filter.kind.map(kind_word))
            .with_some("profile", filter.profile)
            .with_some("token", filter.token)
            .with("tag", &filter.tag)
            .with_some("is", filter.flag.map(Flag::slug))
            .with_some("sort", Some(filter.sort).filter(|sort| *sort != Sort::default()).map(Sort::slug));
        let href = with_offset(with_cursor(href, &filter.cursor), &filter.cursor, self.offset);
        href.with_some("decide", self.decide)
    }

    /// The list itself.
    #[must_use]
    pub fn list(&self) -> Href {
        self.href("/delegates")
    }

    /// The page of one delegate, from which this list can be returned to.
    #[must_use]
    pub fn detail(&self, id: DelegateId) -> Href {
        self.deciding(None).href(format!("/delegates/{id}"))
    }

    /// The page of one delegate, with a page of its record in sight.
    #[must_use]
    pub fn record(&self, id: DelegateId, mark: (&str, Option<&Mark>)) -> Href {
        self.detail(id).with_some(mark.0, mark.1)
    }

    /// A dialog that was opened from the page of one delegate.
    #[must_use]
    pub fn dialog(&self, id: DelegateId, dialog: &str) -> Href {
        self.deciding(None).href(format!("/delegates/{id}/{dialog}")).with("from", FROM_DETAIL)
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

    /// The list with something of its filter changed, from its first page.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut DelegateFilter)) -> Self {
        let mut query = self.at(Cursor::First);
        change(&mut query.filter);
        query
    }

    /// Whether the list shows everything it can.
    #[must_use]
    pub fn is_unfiltered(&self) -> bool {
        let all = DelegateFilter { sort: self.filter.sort, cursor: self.filter.cursor.clone(), ..Default::default() };
        self.filter == all
    }
}

/// The word of a type in the address.
#[must_use]
pub fn kind_word(kind: DelegateType) -> String {
    kind.code().to_lowercase().replace('_', "-")
}

/// The type behind a word of the address.
#[must_use]
pub fn kind_from_word(word: &str) -> Option<DelegateType> {
    DelegateType::ALL.into_iter().find(|kind| kind_word(*kind) == word)
}

/// The filter in an address of the list, or of something that is made of it; none where that is no page of this site.
#[must_use]
pub fn filter_in(address: &str) -> Option<DelegateFilter> {
    let href = Href::parse(address)?;
    Some(ListQuery::read(&href.query().iter().cloned().collect()).filter)
}

/// What the address of this page says.
#[must_use]
pub fn use_list_query() -> ListQuery {
    use_query_map().with_untracked(ListQuery::read)
}

/// The words in the address of the page of a delegate's record.
pub const RECORD_AFTER: &str = "record-after";
pub const RECORD_BEFORE: &str = "record-before";

/// Which page of a delegate's record the address means.
#[must_use]
pub fn use_record_cursor() -> Cursor {
    use_query_map().with_untracked(|query| {
        let mark = |name: &str| query.get_str(name).and_then(Mark::parse);
        match (mark(RECORD_AFTER), mark(RECORD_BEFORE)) {
            (Some(after), _) => Cursor::After(after),
            (None, Some(before)) => Cursor::Before(before),
            (None, None) => Cursor::First,
        }
    })
}

/// The page of one delegate.
#[must_use]
pub fn detail_href(id: DelegateId) -> Href {
    Href::new(format!("/delegates/{id}"))
}

#[cfg(test)]
mod tests {
    use muster::id::{ProfileId, TokenId};

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
                cursor: Cursor::Before(id.into()),
                ..Default::default()
            },
            offset: Some(50),
            decide: Some(DelegateId(id)),
            from_detail: false,
        };
        assert_eq!(ListQuery::read(&map(&query.list())), query);
        assert_eq!(
            query.decided().to_string(),
            format!("/delegates?q=edge%20%26%20co&status=pending&before={id}&at=50")
        );
        assert_eq!(ListQuery::default().list().to_string(), "/delegates");
    }

    #[test]
    fn every_filter_and_order_survives_an_address() {
        let id = uuid::Uuid::from_u128(7);
        for kind in DelegateType::ALL {
            for sort in Sort::ALL {
                let filter = DelegateFilter {
                    kind: Some(kind),
                    profile: Some(ProfileId(id)),
                    token: Some(TokenId(id)),
                    tag: "Frankfurt am Main".into(),
                    flag: Some(Flag::Outdated),
                    sort,
                    cursor: Cursor::After(Mark::new("7:edge:1")),
                    ..Default::default()
                };
                let query = ListQuery { filter, ..ListQuery::default() };
                assert_eq!(ListQuery::read(&map(&query.list())), query);
                assert!(!query.is_unfiltered());
                let without = query.with(|filter| (filter.kind, filter.tag) = (None, String::new()));
                assert_eq!((without.filter.cursor, without.filter.token), (Cursor::First, Some(TokenId(id))));
            }
        }
        let sorted = ListQuery::default().with(|filter| filter.sort = Sort::Name);
        assert!(sorted.is_unfiltered());
        assert_eq!(sorted.list().to_string(), "/delegates?sort=name");
    }

    #[test]
    fn what_nobody_wrote_is_ignored() {
        let href = Href::new("/delegates").with("status", "nonsense").with("decide", "1").with("type", "x");
        assert_eq!(ListQuery::read(&map(&href.with("token", "x").with("sort", "x"))), ListQuery::default());
    }
}
