//! The list of profiles.

use leptos::prelude::*;
use muster::{page::count_label, profile::ProfileRow};
use uuid::Uuid;

use super::api::list_profiles;
use crate::{
    scopes::place_badge,
    session::{ManagersOnly, Toast},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuLink, Weight},
        pagination::{use_cursor, with_cursor},
        search::{SearchBar, use_search},
        time::Time,
    },
};

static TABLE: TableSpec<ProfileRow> = TableSpec {
    class: "table profiles",
    columns: &[
        Column::Text("Name"),
        Column::Text("Description"),
        Column::Text("Approval"),
        Column::Text("Script"),
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
    let (cursor, search) = (use_cursor(), use_search());
    let actions = || {
        view! {
            <ManagersOnly>
                <NavButton to=Href::new("/profiles/new") class="btn primary">
                    "Add Delegate Profile"
                </NavButton>
            </ManagersOnly>
        }
    };
    let list = Href::new("/profiles").with("q", &search);
    let here = with_cursor(list.clone(), &cursor);
    let searched = search.clone();
    view! {
        <ListPage
            title="Delegate Profiles"
            actions=actions
            page=list_profiles(search.clone(), cursor.clone())
            table=&TABLE
            topics="profiles delegates"
            nouns=["profile", "profiles"]
            href=move |cursor| with_cursor(list.clone(), &cursor)
            cursor=cursor
            row=move |id, row| view! { <ProfileLine id=id row=row list=here.clone() /> }
            empty=Box::new(move |_, _| no_profiles(&searched))
        >
            <Toast otherwise="Whether delegates wait for approval, which script they run, and which selectors they share." />
            <SearchBar action="/profiles" value=search placeholder="Search name, description or selector" />
        </ListPage>
    }
}

fn no_profiles(search: &str) -> AnyView {
    let title =
        if search.is_empty() { "This page is empty".to_owned() } else { format!("No profile holds “{search}”") };
    view! {
        <EmptyState icon=Icon::Profiles title=title>
            <NavButton to=Href::new("/profiles") class="btn">
                "All profiles"
            </NavButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn ProfileLine(
    id: Uuid,
    row: ProfileRow,
    /// The list as it is, which a dialog returns to.
    list: Href,
) -> impl IntoView {
    let ProfileRow { profile, delegates, .. } = row;
    let lines = profile.spec.startup_script.lines().count();
    let has_script = profile.has_script();
    let spec = profile.spec;
    let name = spec.name.to_string();
    let selectors: Vec<String> = spec.selectors.iter().map(str::to_owned).collect();
    let delete = (!profile.primary).then(|| list.at(format!("/profiles/{id}/delete")));
    let delegates_of = Href::new("/delegates").with("profile", id).to_string();
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <a class="t" href=Href::new(format!("/profiles/{id}")).in_scope(&profile.scope).to_string()>
                    {name.clone()}
                </a>
                {place_badge(&profile.scope)}
                {profile.primary.then(|| view! { <span class="tag default">"default"</span> })}
            </td>
            <td data-label="Description" class="muted text-cell">
                {spec.description}
            </td>
            <td data-label="Approval">{spec.approval.label()}</td>
            <td data-label="Script" class="script-cell" class:muted=!has_script>
                {match (has_script, lines) {
                    (false, _) => "None".to_owned(),
                    (true, 1) => "1 line".to_owned(),
                    (true, lines) => format!("{lines} lines"),
                }}
            </td>
            <td data-label="Selectors" class="tags-cell">
                <span class="tags">
                    {selectors.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()}
                </span>
            </td>
            <td data-label="Delegates" class="number">
                <a class="link" href=delegates_of>
                    {count_label(delegates)}
                </a>
            </td>
            <td data-label="Updated" class="muted time-cell">
                <Time at=profile.updated_at />
            </td>
            <td class="actions-cell">
                <ManagersOnly>
                    <Menu label=format!("Actions for {name}")>
                        <MenuLink to=Href::new(format!("/profiles/{id}/edit")) label="Edit" />
                        <MenuLink to=Href::new("/profiles/new").with("from", id) label="Duplicate" />
                        {delete.map(|to| {
                            view! { <MenuLink to=to label="Delete" weight=Weight::Grave keep_scroll=true /> }
                        })}
                    </Menu>
                </ManagersOnly>
            </td>
        </tr>
    }
}
