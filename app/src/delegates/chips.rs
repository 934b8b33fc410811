//! What the list is filtered by: a chip for each filter, which takes it away. They are links, and the address holds them.

use leptos::prelude::*;
use muster::delegate::{DelegateFilter, FilterNames, Flag, Status};

use super::{api::get_filter_names, query::ListQuery};
use crate::ui::{href::Href, icon::Icon, load::render_or};

/// The chips, where there is any filter.
#[component]
pub fn Chips(query: ListQuery) -> impl IntoView {
    let (profile, token) = (query.filter.profile, query.filter.token);
    let names = async move {
        match (profile, token) {
            (None, None) => Ok(FilterNames::default()),
            (profile, token) => get_filter_names(profile, token).await,
        }
    };
    let chips = move |names: FilterNames| {
        let chips = chips(&query.filter, names);
        (!chips.is_empty()).then(|| {
            view! {
                <ul class="chips" aria-label="Filters">
                    {chips.into_iter().map(|chip| chip.draw(&query)).collect_view()}
                    <li>
                        <a class="link" href=without_filters(&query).to_string() data-noscroll="">
                            "Clear filters"
                        </a>
                    </li>
                </ul>
            }
        })
    };
    render_or(names, |_| ().into_any(), chips)
}

fn without_filters(query: &ListQuery) -> Href {
    query.with(|filter| *filter = DelegateFilter { sort: filter.sort, ..DelegateFilter::default() }).list()
}

/// A filter in words, and how it is taken away.
struct Chip {
    what: &'static str,
    value: String,
    remove: fn(&mut DelegateFilter),
}

/// The chips of a filter. What somebody searches for stands in its own field.
fn chips(filter: &DelegateFilter, names: FilterNames) -> Vec<Chip> {
    let gone = || "(deleted)".to_owned();
    let status = filter.status.map(|status| Chip {
        what: "Status",
        value: Status::label(status).to_owned(),
        remove: |filter| filter.status = None,
    });
    let kind = filter.kind.map(|kind| Chip {
        what: "Type",
        value: kind.label().to_owned(),
        remove: |filter| filter.kind = None,
    });
    let profile = filter.profile.map(|_| Chip {
        what: "Profile",
        value: names.profile.unwrap_or_else(gone),
        remove: |filter| filter.profile = None,
    });
    let token = filter.token.map(|_| Chip {
        what: "Token",
        value: names.token.unwrap_or_else(gone),
        remove: |filter| filter.token = None,
    });
    let tag = (!filter.tag.is_empty()).then(|| Chip {
        what: "Tag",
        value: filter.tag.clone(),
        remove: |filter| filter.tag.clear(),
    });
    let flag = filter.flag.map(|flag| Chip {
        what: "Issue",
        value: Flag::label(flag).to_owned(),
        remove: |filter| filter.flag = None,
    });
    [status, kind, profile, token, tag, flag].into_iter().flatten().collect()
}

impl Chip {
    fn draw(self, query: &ListQuery) -> impl IntoView + use<> {
        let Self { what, value, remove } = self;
        let label = format!("Remove the filter {what}: {value}");
        view! {
            <li class="chip">
                <span class="muted">{what}</span>
                <b translate="no">{value}</b>
                <a href=query.with(remove).list().to_string() aria-label=label.clone() title=label data-noscroll="">
                    {Icon::Remove.draw()}
                </a>
            </li>
        }
    }
}

#[cfg(test)]
mod tests {
    use muster::{
        delegate::{DelegateType, Sort},
        id::{ProfileId, TokenId},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_chip_takes_its_own_filter_away() {
        let id = Uuid::from_u128(7);
        let filter = DelegateFilter {
            search: "edge".into(),
            status: Some(Status::Connected),
            kind: Some(DelegateType::Docker),
            profile: Some(ProfileId(id)),
            token: Some(TokenId(id)),
            tag: "linux".into(),
            flag: Some(Flag::ScriptFailed),
            sort: Sort::Name,
            ..DelegateFilter::default()
        };
        let query = ListQuery { filter, ..ListQuery::default() };
        let names = FilterNames { profile: Some("Primary".into()), token: None };
        let chips = chips(&query.filter, names);
        let shown: Vec<_> = chips.iter().map(|chip| (chip.what, chip.value.as_str())).collect();
        let expected = [
            ("Status", "Connected"),
            ("Type", "Docker"),
            ("Profile", "Primary"),
            ("Token", "(deleted)"),
            ("Tag", "linux"),
            ("Issue", "Script failed"),
        ];
        assert_eq!(shown, expected);
        let mut rest = query.clone();
        for chip in chips {
            let before = rest.clone();
            rest = rest.with(chip.remove);
            assert_ne!(rest, before);
        }
        assert_eq!(rest.list().to_string(), "/delegates?q=edge&sort=name");
        assert_eq!(without_filters(&query).to_string(), "/delegates?sort=name");
    }
}
