//! One delegate in the list, and the decision under it where that is open.

use leptos::prelude::*;
use muster::{
    delegate::{DelegateFilter, DelegateRow, Sort, Status},
    id::DelegateId,
};

use super::{
    cells,
    decision::Decision,
    facts::waiting_note,
    menu::row_menu,
    query::ListQuery,
    replicas::{Line, line_key},
};
use crate::{
    session::may_manage,
    ui::{
        button::NavButton,
        href::{use_done, use_just_done},
        icon::Icon,
        live_table::{Column, SortLink, Sorting, TableSpec},
        pick::PickRow,
        time::Time,
    },
};

const NAME: &str = "Delegate";
const LAST_HEARTBEAT: &str = "Last heartbeat";

/// Where the headings lead that the list can be sorted by. One that is pressed again turns the order round.
pub fn sorting(query: ListQuery) -> Sorting {
    Box::new(move |column| {
        let (to, ascending) = match (column, query.filter.sort) {
            (NAME, Sort::Name) => (Sort::NameBackwards, Some(true)),
            (NAME, Sort::NameBackwards) => (Sort::Name, Some(false)),
            (NAME, _) => (Sort::Name, None),
            (_, Sort::Heard) => (Sort::Silent, Some(false)),
            (_, Sort::Silent) => (Sort::Heard, Some(true)),
            (_, _) => (Sort::Heard, None),
        };
        SortLink { to: query.with(|filter| filter.sort = to).list(), ascending }
    })
}

/// The columns; what is open under a row spans all of them.
const COLUMNS: [Column; 10] = [
    Column::Pick,
    Column::Sortable(NAME),
    Column::Text("Status"),
    Column::Text("Profile"),
    Column::Text("Type"),
    Column::Text("Tags"),
    Column::Text("Token"),
    Column::Text("Version"),
    Column::Sortable(LAST_HEARTBEAT),
    Column::Actions,
];

/// The table of delegates, for those who may change them.
static TABLE: TableSpec<Line> = TableSpec { class: "table dense delegates", columns: &COLUMNS, key: line_key };

/// The same for those who may not: they select none.
static TABLE_TO_READ: TableSpec<Line> =
    TableSpec { class: "table dense delegates", columns: COLUMNS.split_at(1).1, key: line_key };

/// The table for this viewer.
pub fn table() -> &'static TableSpec<Line> {
    if may_manage() { &TABLE } else { &TABLE_TO_READ }
}

/// The row; one that has left the list says so.
pub fn row(row: DelegateRow, query: &ListQuery, left: bool) -> impl IntoView + use<> {
    let id = row.delegate.id;
    let facts = &row.delegate.facts;
    let may = may_manage();
    let just_done = use_just_done(id.0);
    let open = may && query.decide == Some(id);
    let status = if left {
        view! { <span class="muted">"No longer in this list"</span> }.into_any()
    } else if may && row.status == Status::PendingApproval {
        view! {
            // After a decision the next one is where the person goes on.
            <span data-next=use_done().is_some().then_some("")>{decide_button(id, open, query)}</span>
            {waiting_note(&row)}
        }
        .into_any()
    } else {
        cells::status(&row, query, just_done, may).into_any()
    };
    let profile = narrows(query, "profile", &row.profile, |filter| filter.profile = Some(row.delegate.profile_id));
    let kind = narrows(query, "type", facts.kind.label(), |filter| filter.kind = Some(facts.kind));
    let token = narrows(query, "token", &row.token, |filter| filter.token = Some(row.delegate.token_id));
    let line = view! {
        <tr class="row" class:gone=left class:just-done=just_done class:deciding=open data-key=id.to_string()>
            {may.then(|| {
                let label = format!("Select {}", facts.name);
                view! { <td class="pick-cell">{(!left).then(|| view! { <PickRow value=id.to_string() label=label /> })}</td> }
            })}
            <td class="main-cell" data-label="Delegate">
                {cells::name(&row, query)}
            </td>
            <td class="status-cell" data-label="Status">
                {status}
            </td>
            <td data-label="Profile">{profile}</td>
            <td data-label="Type" class="muted">
                {kind}
            </td>
            <td data-label="Tags" class="tags-cell">
                {cells::tags(&row, query)}
            </td>
            <td data-label="Token" class="muted">
                {token}
            </td>
            <td data-label="Version" class="muted" title=facts.version.clone()>
                {facts.version.clone()}
            </td>
            <td data-label="Last heartbeat" class="muted time-cell">
                <Time at=row.delegate.last_heartbeat_at />
            </td>
            // While the decision is open, the menu stands behind its buttons.
            <td class="actions-cell">{(!left && !open).then(|| row_menu(&row, query, may))}</td>
        </tr>
    };
    let decision = open.then(|| {
        let menu = (!left).then(|| row_menu(&row, query, may));
        view! {
            <tr class="decide" id=panel_id(id) data-key=panel_id(id) data-with=id.to_string()>
                <td colspan=COLUMNS.len().to_string()>
                    <Decision
                        row=row
                        back=query.decided()
                        approve=query.href(format!("/delegates/{id}/approve"))
                        reject=query.href(format!("/delegates/{id}/reject"))
                    />
                    <div class="decide-more">{menu}</div>
                </td>
            </tr>
        }
    });
    (line, decision)
}

/// What a delegate has in common with others: a link that leaves those alone in the list.
fn narrows<F: FnOnce(&mut DelegateFilter)>(
    query: &ListQuery,
    what: &'static str,
    text: &str,
    by: F,
) -> impl IntoView + use<F> {
    let to = query.with(by).list();
    view! {
        <a
            class="narrows"
            href=to.to_string()
            title=format!("Show only delegates with the {what} {text}")
            data-noscroll=""
        >
            {text.to_owned()}
        </a>
    }
}

fn panel_id(id: DelegateId) -> String {
    format!("decide-{id}")
}

/// The button that opens and closes the decision.
fn decide_button(id: DelegateId, open: bool, query: &ListQuery) -> impl IntoView + use<> {
    let to = query.deciding((!open).then_some(id)).list();
    view! {
        <NavButton to=to class="btn small wait" expanded=open controls=panel_id(id) replace_history=true>
            {Icon::Waiting.draw()}
            "Pending Approval"
        </NavButton>
    }
}
