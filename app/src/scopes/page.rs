//! The list of organizations and projects.

use leptos::prelude::*;
use muster::{page::count_label, scope::ScopeRow, user::Permission};
use uuid::Uuid;

use super::api::{LIST, list_scopes};
use crate::{
    session::{Only, Toast, use_scope},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, at_scope, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuCopy, MenuLink, Weight},
        pagination::{use_cursor, with_cursor},
        time::Time,
    },
};

static TABLE: TableSpec<ScopeRow> = TableSpec {
    class: "table scopes",
    columns: &[
        Column::Text("Name"),
        Column::Number("Delegates"),
        Column::Number("Tokens"),
        Column::Number("Profiles"),
        Column::Number("Secrets"),
        Column::Text("Created"),
        Column::Actions,
    ],
    key: |row| row.named.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn ScopesPage() -> impl IntoView {
    let cursor = use_cursor();
    let scope = use_scope();
    let label = if scope.organization.is_some() { "New project" } else { "New organization" };
    let can_have_more = scope.project.is_none();
    let actions = move || {
        can_have_more.then(|| {
            view! {
                <Only may=Permission::ManageScopes>
                    <NavButton to=Href::new(format!("{LIST}/new")) class="btn primary" keep_scroll=true>
                        {label}
                    </NavButton>
                </Only>
            }
        })
    };
    let first_label = label;
    view! {
        <ListPage
            title="Organizations & Projects"
            actions=actions
            page=list_scopes(cursor.clone())
            table=&TABLE
            topics="scopes delegates tokens profiles secrets roles"
            nouns=["entry", "entries"]
            href=move |cursor| with_cursor(Href::new(LIST), &cursor)
            cursor=cursor
            row=move |id, row| view! { <ScopeLine id=id row=row /> }
            empty=Box::new(move |_, _| none(can_have_more.then_some(first_label)).into_any())
        >
            <Toast otherwise="Each has delegates, tokens, profiles and secrets of its own, and people whose role counts there alone." />
        </ListPage>
    }
}

#[component]
fn ScopeLine(id: Uuid, row: ScopeRow) -> impl IntoView {
    let ScopeRow { named, contents, can_manage } = row;
    let scope = named.scope;
    let name = named.name.to_string();
    let within = scope.project.is_some();
    let open = Href::new("/").in_scope(&scope);
    let of = |page: &str| Href::new(page).in_scope(&scope).to_string();
    let (delegates, tokens, profiles, secrets) = (of("/delegates"), of("/tokens"), of("/profiles"), of("/secrets"));
    let new = (!within).then(|| Href::new(format!("{LIST}/new")).in_scope(&scope));
    let to = |dialog: &str| Href::new(format!("{LIST}/{id}/{dialog}"));
    let (rename, delete) = (to("rename"), to("delete"));
    let waiting = (contents.waiting > 0).then(|| {
        view! {
            " "
            <span class="badge">
                {count_label(contents.waiting)}
                <span class="visually-hidden">" waiting for approval"</span>
            </span>
        }
    });
    let number = |to: String, count: u64| view! { <a class="link" href=to>{count_label(count)}</a> };
    let identifiers = scope.identifiers();
    view! {
        <tr class="row" class:just-done=use_just_done(id) class:within=within data-key=id.to_string() translate="no">
            <td class="main-cell" data-label="Name">
                <a class="t" href=at_scope(&format!("{LIST}/{id}"))>
                    {name.clone()}
                </a>
                <span class="second mono">{identifiers.clone()}</span>
            </td>
            <td data-label="Delegates" class="number">{number(delegates, contents.delegates)} {waiting}</td>
            <td data-label="Tokens" class="number">{number(tokens, contents.tokens)}</td>
            <td data-label="Profiles" class="number">{number(profiles, contents.profiles)}</td>
            <td data-label="Secrets" class="number">{number(secrets, contents.secrets)}</td>
            <td data-label="Created">
                <Time at=named.created_at />
            </td>
            <td class="actions-cell">
                <Menu label=format!("Actions for {name}")>
                    <MenuLink to=open label="Switch to it" />
                    {can_manage
                        .then(|| {
                            view! {
                                {new.map(|to| view! { <MenuLink to=to label="New project" keep_scroll=true /> })}
                                <MenuLink to=rename label="Rename" keep_scroll=true />
                            }
                        })}
                    <MenuCopy text=identifiers label="Copy identifier" />
                    {can_manage
                        .then(|| view! { <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true /> })}
                </Menu>
            </td>
        </tr>
    }
}

/// What they are for.
fn none(label: Option<&'static str>) -> impl IntoView {
    let (title, text) = match label {
        Some("New project") => (
            "No projects yet",
            "A project has delegates, tokens and people of its own, and uses what its organization has.",
        ),
        Some(_) => (
            "No organizations yet",
            "Everything belongs to the account. Where teams are to see and decide only what is theirs, give each an \
             organization, and projects in it.",
        ),
        None => ("Nothing lies in a project", "Its delegates, tokens, profiles and secrets are on their own pages."),
    };
    view! {
        <EmptyState icon=Icon::Scopes title=title text=text>
            {label
                .map(|label| {
                    view! {
                        <Only may=Permission::ManageScopes>
                            <NavButton to=Href::new(format!("{LIST}/new")) class="btn" keep_scroll=true>
                                {label}
                            </NavButton>
                        </Only>
                    }
                })}
        </EmptyState>
    }
}
