//! What the address of the audit trail says.

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster::{
    audit::{Action, Subject, TrailFilter},
    time::Timestamp,
};

use crate::ui::{
    href::Href,
    pagination::{cursor_of, with_cursor},
};

/// Where the trail is.
pub const PATH: &str = "/audit";

/// Reads what the address says.
fn read(query: &ParamsMap) -> TrailFilter {
    let text = |name: &str| query.get_str(name).unwrap_or_default().trim().to_owned();
    let time = |name: &str| query.get_str(name).and_then(Timestamp::parse_minute);
    TrailFilter {
        who: text("who"),
        object: text("object"),
        address: text("address"),
        subject: query.get_str("kind").and_then(Subject::from_slug),
        action: query.get_str("action").and_then(|word| Action::from_code(&word.to_uppercase().replace('-', "_"))),
        since: time("since"),
        until: time("until"),
        beneath: query.get_str("beneath").is_some_and(|text| !text.is_empty()),
        cursor: cursor_of(query),
    }
}

/// What the address says.
pub fn use_trail_filter() -> TrailFilter {
    use_query_map().with_untracked(read)
}

/// Which entries an address asks for; none where it is no address of this console.
#[must_use]
pub fn trail_filter_in(address: &str) -> Option<TrailFilter> {
    Some(read(&Href::parse(address)?.query().iter().cloned().collect()))
}

/// The trail with this filter, or a file of it.
#[must_use]
pub fn trail_href(path: &str, filter: &TrailFilter) -> Href {
    let href = Href::new(path)
        .with("who", &filter.who)
        .with("object", &filter.object)
        .with("address", &filter.address)
        .with_some("kind", filter.subject.map(Subject::slug))
        .with_some("action", filter.action.map(action_word))
        .with_some("since", filter.since.map(Timestamp::to_minute))
        .with_some("until", filter.until.map(Timestamp::to_minute))
        .with_some("beneath", filter.beneath.then_some(1));
    with_cursor(href, &filter.cursor)
}

/// The word of an action in an address.
#[must_use]
pub fn action_word(action: Action) -> String {
    action.code().to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use muster::page::{Cursor, Mark};

    use super::*;

    #[test]
    fn a_filter_survives_its_address() {
        let filter = TrailFilter {
            who: "ada & co".into(),
            object: "edge".into(),
            address: "10.1".into(),
            subject: Some(Subject::InstallFiles),
            action: Some(Action::DelegateApproved),
            since: Some(Timestamp::from_millis(60_000)),
            until: Some(Timestamp::from_millis(120_000)),
            beneath: true,
            cursor: Cursor::After(Mark::from(uuid::Uuid::from_u128(7))),
        };
        let address = trail_href(PATH, &filter).to_string();
        assert!(address.contains("action=delegate-approved"), "{address}");
        assert_eq!(trail_filter_in(&address), Some(filter));
        assert_eq!(trail_href(PATH, &TrailFilter::default()).to_string(), PATH);
        assert_eq!(trail_filter_in("/audit?kind=x&action=y&since=yesterday"), Some(TrailFilter::default()));
    }
}
