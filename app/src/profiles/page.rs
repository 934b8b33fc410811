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
        list::ListPage,
        live_table::{Column, TableSpec},
        pagination::{use_cursor, with_cursor},
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
            page=list_profiles(cursor.clone())
            table=&TABLE
            topics="profiles delegates"
            nouns=["profile", "profiles"]
            href=|cursor| with_cursor(Href::new("/profiles"), &cursor)
            cursor=cursor.clone()
            row=move |id, row| view! { <ProfileLine id=id row=row cursor=cursor.clone() /> }
        >
            <Toast otherwise="How delegates are admitted, which script they run, and which selectors they share." />
        </ListPage>
    }
}

#[component]
fn ProfileLine(id: Uuid, row: ProfileRow, cursor: Cursor) -> impl IntoView {
    let ProfileRow { profile, delegates, .. } = row;
    let spec = profile.spec;
    let name = spec.name.to_string();
    let selectors: Vec<String> = spec.selectors.iter().map(str::to_owned).collect();
    let delete = (may_manage() && !profile.primary).then(|| {
        let to = with_cursor(Href::new(format!("/profiles/{id}/delete")), &cursor);
        view! {
            <NavButton to=to class="btn small ghost" label=format!("Delete {name}") keep_scroll=true>
                "Delete"
            </NavButton>
        }
    });
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <a class="t" href=format!("/profiles/{id}")>
                    {name.clone()}
                </a>
                {profile.primary.then(|| view! { <span class="tag default">"default"</span> })}
            </td>
            <td data-label="Description" class="muted text-cell">
                {spec.description}
            </td>
            <td data-label="Approval">{if spec.requires_approval { "Required" } else { "Not required" }}</td>
            <td data-label="Selectors" class="tags-cell">
                <span class="tags">
                    {selectors.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()}
                </span>
            </td>
            <td data-label="Delegates" class="number">
                {count_label(delegates)}
            </td>
            <td data-label="Updated" class="muted time-cell">
                <Time at=profile.updated_at />
            </td>
            <td class="actions-cell">{delete}</td>
        </tr>
    }
}
