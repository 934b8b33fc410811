//! The list of profiles.

use leptos::prelude::*;
use muster::{
    page::{Cursor, count_label},
    profile::ProfileRow,
};
use uuid::Uuid;

use super::api::list_profiles;
use crate::{
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        href::{Href, use_just_done},
        list::{ListPage, load_list},
        live::use_live,
        live_table::{Column, TableSpec},
        pagination::{use_cursor, with_cursor},
        rows::LiveRow,
        time::Time,
    },
};

static TABLE: TableSpec<ProfileRow> = TableSpec {
    class: "table profiles",
    columns: &[
        Column::Text("Name"),
        Column::Text("Description"),
        Column::Text("Approval"),
        Column::Text("Selectors"),
        Column::Number("Delegates"),
        Column::Text("Updated"),
        Column::Actions,
    ],
    key: |row| row.profile.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ProfilesPage() -> impl IntoView {
    let cursor = use_cursor();
    let live = use_live();
    let version = move || live.map(|live| (live.profiles.version(), live.delegates.version()));
    let profiles = load_list(cursor, version, list_profiles);
    let actions = || {
        view! {
            <ManagersOnly>
                <NavButton to=Href::new("/profiles/new") class="btn primary">
                    "Add Delegate Profile"
                </NavButton>
            </ManagersOnly>
        }
    };
    view! {
        <ListPage
            title="Delegate Profiles"
            actions=actions
            listing=profiles
            table=&TABLE
            nouns=["profile", "profiles"]
            href=|cursor| with_cursor(Href::new("/profiles"), &cursor)
            row=move |id, row| view! { <ProfileLine id=id row=row cursor=cursor /> }
        >
            <Toast otherwise="How delegates are admitted, which script they run, and which selectors they share." />
        </ListPage>
    }
}

#[component]
fn ProfileLine(id: Uuid, row: Signal<LiveRow<ProfileRow>>, cursor: Memo<Cursor>) -> impl IntoView {
    let may = may_manage();
    let just_done = use_just_done(id);
    let profile = Signal::derive(move || row.with(|row| row.data.profile.clone()));
    let name = move || profile.with(|profile| profile.spec.name.to_string());
    let primary = Memo::new(move |_| profile.with(|profile| profile.primary));
    let delete = Signal::derive(move || with_cursor(Href::new(format!("/profiles/{id}/delete")), &cursor.get()));
    let selectors = move || {
        let selectors: Vec<String> = profile.with(|profile| profile.spec.selectors.iter().map(str::to_owned).collect());
        selectors.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()
    };
    view! {
        <tr
            class="row"
            class:gone=move || row.with(|row| row.gone)
            class:just-done=just_done
        >
            <td class="main-cell" data-label="Name">
                <a class="t" href=format!("/profiles/{id}")>
                    {name}
                </a>
                {move || primary.get().then(|| view! { <span class="tag default">"default"</span> })}
            </td>
            <td data-label="Description" class="muted text-cell">
                {move || profile.with(|profile| profile.spec.description.clone())}
            </td>
            <td data-label="Approval">
                {move || if profile.with(|profile| profile.spec.requires_approval) { "Required" } else { "Not required" }}
            </td>
            <td data-label="Selectors" class="tags-cell">
                <span class="tags">{selectors}</span>
            </td>
            <td data-label="Delegates" class="number">
                {move || row.with(|row| count_label(row.data.delegates))}
            </td>
            <td data-label="Updated" class="muted time-cell">
                <Time at=Signal::derive(move || profile.with(|profile| profile.updated_at)) />
            </td>
            <td class="actions-cell">
                {move || (may.get() && !primary.get() && !row.with(|row| row.gone)).then(|| {
                    view! {
                        <NavButton
                            to=delete
                            class="btn small ghost"
                            label=format!("Delete {}", name())
                            keep_scroll=true
                        >
                            "Delete"
                        </NavButton>
                    }
                })}
            </td>
        </tr>
    }
}
