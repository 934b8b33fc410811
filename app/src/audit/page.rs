//! The page of the audit trail.

use leptos::prelude::*;
use muster::{
    audit::{Link, Subject, TrailFilter, TrailRow},
    page::Cursor,
    user::Permission,
};
use uuid::Uuid;

use super::{
    api::list_audit_trail,
    filter::TrailFilterBar,
    query::{PATH, trail_href, use_trail_filter},
};
use crate::{
    scopes::place,
    session::{may, use_scope},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::Href,
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuLink},
        record::detail,
        time::Time,
    },
};

static TABLE: TableSpec<TrailRow> = TableSpec {
    class: "table trail",
    columns: &[Column::Text("When"), Column::Text("What"), Column::Text("Object"), Column::Text("Who")],
    key: |row| row.id,
};

/// The entries that pass the filter of the address, the newest first.
#[component]
pub fn AuditTrailPage() -> impl IntoView {
    let filter = use_trail_filter();
    let whole = filter.at(Cursor::First);
    let [csv, json] = ["csv", "jsonl"].map(|kind| trail_href(&format!("{PATH}/export.{kind}"), &whole));
    let actions = move || {
        view! {
            <Menu label="Export" face="Export" class="btn">
                <MenuLink to=csv label="As CSV" download=true />
                <MenuLink to=json label="As JSON Lines" download=true />
            </Menu>
        }
    };
    let (pages, rows) = (filter.clone(), whole.clone());
    let asks = whole != TrailFilter::default();
    view! {
        <ListPage
            title="Audit Trail"
            actions=actions
            page=list_audit_trail(filter.clone())
            table=&TABLE
            topics="delegates profiles tokens secrets scopes"
            nouns=["entry", "entries"]
            href=move |cursor| trail_href(PATH, &pages.at(cursor))
            cursor=filter.cursor.clone()
            row=move |id, row| line(id, row, &rows)
            empty=Box::new(move |_, at_least| none(asks, at_least).into_any())
        >
            <p class="sub">"Who did what, to what, when and from where."</p>
            <TrailFilterBar filter=whole />
        </ListPage>
    }
}

fn line(id: Uuid, row: TrailRow, filter: &TrailFilter) -> impl IntoView + use<> {
    let entry = row.entry;
    let to = |change: fn(&mut TrailFilter, String), value: &str| {
        let mut filter = filter.clone();
        change(&mut filter, value.to_owned());
        trail_href(PATH, &filter).to_string()
    };
    let who = to(|filter, who| filter.who = who, &entry.actor);
    let address = to(|filter, address| filter.address = address, &entry.address);
    let object = row.object.map(|object| to(|filter, id| filter.object = id, &object.to_string()));
    let page = row.object.filter(|_| row.has_page).and_then(|object| page_of(entry.action.subject(), object));
    let page = page.map(|page| page.in_scope(&row.scope));
    let here = use_scope();
    view! {
        <tr class="row" data-key=id.to_string()>
            <td data-label="When" class="time-cell">
                <Time at=entry.at />
                {place_in_chain(row.link)}
            </td>
            <td data-label="What" class="main-cell">
                <span class="t">{entry.action.label()}</span>
                {detail(entry.detail, entry.changes)}
            </td>
            <td data-label="Object">
                {match page {
                    Some(page) => view! { <a class="link" href=page.to_string()>{row.name}</a> }.into_any(),
                    None => view! { <span>{row.name}</span> }.into_any(),
                }}
                {(row.scope != here).then(|| view! { <span class="second mono">{place(&row.scope)}</span> })}
                {object.map(|only| view! { <a class="link second only" href=only data-noscroll="">"All of it"</a> })}
            </td>
            <td data-label="Who">
                <a class="narrows" href=who data-noscroll="">
                    {entry.actor}
                </a>
                {(!entry.address.is_empty())
                    .then(|| {
                        view! {
                            <a class="narrows second mono" href=address data-noscroll="">
                                {entry.address}
                            </a>
                        }
                    })}
            </td>
        </tr>
    }
}

/// The entry's number in the chain, and its hash for who points there.
fn place_in_chain(link: Option<Link>) -> impl IntoView {
    match link {
        Some(Link { seq, hash }) => view! {
            <span class="second mono" title=format!("Hash {hash}")>
                {format!("#{seq}")}
            </span>
        }
        .into_any(),
        None => view! {
            <span class="second" title="It gets its place in the chain within seconds.">
                "Not chained yet"
            </span>
        }
        .into_any(),
    }
}

/// The page of an object; none for what has no page, or none for who looks.
fn page_of(subject: Subject, id: Uuid) -> Option<Href> {
    let list = match subject {
        Subject::Delegates => "delegates",
        Subject::Profiles => "profiles",
        Subject::Tokens => "tokens",
        Subject::Secrets => "secrets",
        Subject::People if may(Permission::ManageUsers) => "users",
        Subject::Scopes => "organizations",
        Subject::InstallFiles | Subject::ApiKeys | Subject::People => return None,
    };
    Some(Href::new(format!("/{list}/{id}")))
}

/// Why there is nothing.
fn none(asks: bool, at_least: bool) -> impl IntoView {
    let (title, text) = match (asks, at_least) {
        (_, true) => (
            "None found so far",
            "None of the entries that were looked at fits. Next looks further back; a shorter time finds them faster.",
        ),
        (true, false) => ("No entry matches", "Nothing that was recorded fits what you ask for."),
        (false, false) => ("Nothing is recorded yet", "What anybody does from now on is found here."),
    };
    view! {
        <EmptyState icon=Icon::Search title=title text=text>
            {asks
                .then(|| {
                    view! {
                        <NavButton to=Href::new(PATH) class="btn">
                            "Clear filters"
                        </NavButton>
                    }
                })}
        </EmptyState>
    }
}
