//! One delegate in the list, and the decision under it where that is open.

use leptos::prelude::*;
use muster::{
    delegate::{DelegateFilter, DelegateRow, Sort, Status},
    id::DelegateId,
};
use uuid::Uuid;

use super::{
    decision::Decision,
    facts::{StatusWithReason, WaitingNote, selectors},
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
        load::computed,
        rows::LiveRow,
        time::Time,
    },
};

const NAME: &str = "Delegate";
const LAST_HEARTBEAT: &str = "Last heartbeat";

/// Where the headings lead that the list can be sorted by. One that is pressed again turns the order round.
pub fn sorting(query: Memo<ListQuery>) -> Sorting {
    Callback::new(move |column: &'static str| {
        let now = query.with(|query| query.filter.sort);
        let (to, ascending) = match (column, now) {
            (NAME, Sort::Name) => (Sort::NameBackwards, Some(true)),
            (NAME, Sort::NameBackwards) => (Sort::Name, Some(false)),
            (NAME, _) => (Sort::Name, None),
            (_, Sort::Heard) => (Sort::Silent, Some(false)),
            (_, Sort::Silent) => (Sort::Heard, Some(true)),
            (_, _) => (Sort::Heard, None),
        };
        SortLink { to: query.with(|query| query.with(|filter| filter.sort = to)).list(), ascending }
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

/// The row.
#[component]
pub fn Row(id: Uuid, row: Signal<LiveRow<DelegateRow>>, query: Memo<ListQuery>) -> impl IntoView {
    let just_done = use_just_done(id);
    let id = DelegateId(id);
    let may = may_manage();
    let gone = Memo::new(move |_| row.with(|row| row.gone));
    let row = Signal::derive(move || row.with(|row| row.data.clone()));
    let status = Memo::new(move |_| row.with(|row| row.status));
    let open = computed(move |_| may.get() && query.with(|query| query.decide == Some(id)));
    let of = move |part: fn(&DelegateRow) -> String| move || row.with(part);
    let name = of(|row| row.delegate.facts.name.to_string());
    view! {
        <tr
            class="row"
            class:gone=move || gone.get()
            class:just-done=just_done
            class:deciding=move || open.get()
        >
            <td class="main-cell" data-label="Delegate">
                <a class="t" href=detail_href(id).to_string()>
                    {name}
                </a>
                <span class="s">{of(|row| row.delegate.facts.host_name.to_string())}</span>
            </td>
            <td class="status-cell" data-label="Status">
                {move || if gone.get() {
                    view! { <span class="muted">"No longer in this list"</span> }.into_any()
                } else if status.get() == Status::PendingApproval && may.get() {
                    view! {
                        <DecideButton id=id open=open query=query />
                        <WaitingNote row=row />
                    }
                    .into_any()
                } else {
                    view! { <StatusWithReason row=row just_done=just_done /> }.into_any()
                }}
            </td>
            <td data-label="Profile">
                {narrows(query, row, "profile", |row| row.profile.clone(), |row, filter| {
                    filter.profile = Some(row.delegate.profile_id);
                })}
            </td>
            <td data-label="Type" class="muted">
                {narrows(query, row, "type", |row| row.delegate.facts.kind.label().to_owned(), |row, filter| {
                    filter.kind = Some(row.delegate.facts.kind);
                })}
            </td>
            <td data-label="Tags" class="tags-cell">{selectors(row, query.into())}</td>
            <td data-label="Token" class="muted">
                {narrows(query, row, "token", |row| row.token.clone(), |row, filter| {
                    filter.token = Some(row.delegate.token_id);
                })}
            </td>
            <td data-label="Version" class="muted">
                {of(|row| row.delegate.facts.version.clone())}
            </td>
            <td data-label="Last heartbeat" class="muted time-cell">
                <Time at=Signal::derive(move || row.with(|row| row.delegate.last_heartbeat_at)) />
            </td>
            <td class="actions-cell">
                {move || (may.get() && !gone.get()).then(|| {
                    let name = name();
                    let delete = Signal::derive(move || query.get().href(format!("/delegates/{id}/delete")));
                    view! {
                        {(status.get() == Status::Rejected)
                            .then(|| {
                                let back = Signal::derive(move || query.with(ListQuery::decided));
                                view! { <TakeBackForm id=id back=back class="btn small" name=format!("Take back {name}") /> }
                            })}
                        <NavButton to=delete class="btn small ghost" label=format!("Delete {name}") keep_scroll=true>
                            "Delete"
                        </NavButton>
                    }
                })}
            </td>
        </tr>
        {move || open.get().then(|| {
            let back = Signal::derive(move || query.with(ListQuery::decided));
            let reject = Signal::derive(move || query.get().href(format!("/delegates/{id}/reject")));
            view! {
                <tr class="decide" id=panel_id(id)>
                    <td colspan=TABLE.columns.len().to_string()>
                        <Decision row=row gone=gone back=back reject=reject />
                    </td>
                </tr>
            }
        })}
    }
}

/// What a delegate has in common with others: a link that leaves those alone in the list.
fn narrows(
    query: Memo<ListQuery>,
    row: Signal<DelegateRow>,
    what: &'static str,
    text: fn(&DelegateRow) -> String,
    by: fn(&DelegateRow, &mut DelegateFilter),
) -> impl IntoView {
    let to = move || row.with(|row| query.with(|query| query.with(|filter| by(row, filter)))).list().to_string();
    let title = move || format!("Show only delegates with the {what} {}", row.with(text));
    view! {
        <a class="narrows" href=to title=title data-noscroll="">
            {move || row.with(text)}
        </a>
    }
}

fn panel_id(id: DelegateId) -> String {
    format!("decide-{id}")
}

/// The button that opens and closes the decision.
#[component]
fn DecideButton(id: DelegateId, open: Signal<bool>, query: Memo<ListQuery>) -> impl IntoView {
    let to = Signal::derive(move || {
        let decide = (!open.get()).then_some(id);
        query.with(|query| query.deciding(decide).list())
    });
    view! {
        <NavButton to=to class="btn small wait" expanded=open controls=panel_id(id) replace_history=true>
            {Icon::Waiting.draw()}
            "Pending Approval"
        </NavButton>
    }
}
