//! One delegate in the list, and the decision under it where that is open.

use leptos::prelude::*;
use muster::{
    delegate::{DelegateFilter, DelegateRow, Sort, Status},
    id::DelegateId,
};

use super::{
    decision::Decision,
    enable::EnableForm,
    facts::{selectors, status_with_reason, waiting_note},
    query::{ListQuery, detail_href},
    take_back::TakeBackForm,
};
use crate::{
    session::may_manage,
    ui::{
        button::NavButton,
        href::use_just_done,
        icon::Icon,
        live_table::{Column, SortLink, Sorting, TableSpec},
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

/// The table of delegates. What is open under a row spans all of its columns.
pub static TABLE: TableSpec<DelegateRow> = TableSpec {
    class: "table delegates",
    columns: &[
        Column::Sortable(NAME),
        Column::Text("Status"),
        Column::Text("Profile"),
        Column::Text("Type"),
        Column::Text("Tags"),
        Column::Text("Token"),
        Column::Text("Version"),
        Column::Sortable(LAST_HEARTBEAT),
        Column::Actions,
    ],
    key: |row| row.delegate.id.0,
};

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
            {decide_button(id, open, query)}
            {waiting_note(&row)}
        }
        .into_any()
    } else {
        status_with_reason(&row, just_done).into_any()
    };
    let profile = narrows(query, "profile", &row.profile, |filter| filter.profile = Some(row.delegate.profile_id));
    let kind = narrows(query, "type", facts.kind.label(), |filter| filter.kind = Some(facts.kind));
    let token = narrows(query, "token", &row.token, |filter| filter.token = Some(row.delegate.token_id));
    let line = view! {
        <tr class="row" class:gone=left class:just-done=just_done class:deciding=open data-key=id.to_string()>
            <td class="main-cell" data-label="Delegate">
                <a class="t" href=detail_href(id).to_string()>
                    {facts.name.to_string()}
                </a>
                <span class="s">{facts.host_name.to_string()}</span>
            </td>
            <td class="status-cell" data-label="Status">
                {status}
            </td>
            <td data-label="Profile">{profile}</td>
            <td data-label="Type" class="muted">
                {kind}
            </td>
            <td data-label="Tags" class="tags-cell">
                {selectors(&row, query)}
            </td>
            <td data-label="Token" class="muted">
                {token}
            </td>
            <td data-label="Version" class="muted">
                {facts.version.clone()}
            </td>
            <td data-label="Last heartbeat" class="muted time-cell">
                <Time at=row.delegate.last_heartbeat_at />
            </td>
            <td class="actions-cell">{(may && !left).then(|| actions(&row, query))}</td>
        </tr>
    };
    let decision = open.then(|| {
        view! {
            <tr class="decide" id=panel_id(id) data-key=panel_id(id) data-with=id.to_string()>
                <td colspan=TABLE.columns.len().to_string()>
                    <Decision row=row back=query.decided() reject=query.href(format!("/delegates/{id}/reject")) />
                </td>
            </tr>
        }
    });
    (line, decision)
}

/// What can be done with it, apart from the decision.
fn actions(row: &DelegateRow, query: &ListQuery) -> impl IntoView + use<> {
    let (id, name) = (row.delegate.id, &row.delegate.facts.name);
    let delete = query.href(format!("/delegates/{id}/delete"));
    let take_back = (row.status == Status::Rejected).then(|| {
        view! { <TakeBackForm id=id back=query.decided() class="btn small" name=format!("Take back {name}") /> }
    });
    let enable = (row.status == Status::Disabled).then(|| {
        view! { <EnableForm id=id back=query.decided() class="btn small" name=format!("Enable {name}") /> }
    });
    view! {
        {take_back}
        {enable}
        <NavButton to=delete class="btn small ghost" label=format!("Delete {name}") keep_scroll=true>
            "Delete"
        </NavButton>
    }
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
