//! The list of secrets. Only those see it who may manage delegates.

use leptos::prelude::*;
use muster::{
    id::ProfileId,
    page::Cursor,
    secret::{SecretName, SecretRow},
};
use uuid::Uuid;

use super::api::list_secrets;
use crate::{
    scopes::place_badge,
    session::{ManagersOnly, Toast},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        editor::reference,
        empty::EmptyState,
        href::{Href, at_scope, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuLink, Weight},
        pagination::{use_cursor, with_cursor},
        search::{SearchBar, use_search},
        time::{Time, time_or},
    },
};

static TABLE: TableSpec<SecretRow> = TableSpec {
    class: "table secrets",
    columns: &[
        Column::Text("Name"),
        Column::Text("Used by"),
        Column::Text("Handed out"),
        Column::Text("Updated"),
        Column::Actions,
    ],
    key: |row| row.secret.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn SecretsPage() -> impl IntoView {
    let (cursor, search) = (use_cursor(), use_search());
    let new = with_cursor(Href::new("/secrets/new"), &cursor);
    let actions = move || {
        view! {
            <ManagersOnly>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "Add Secret"
                </NavButton>
            </ManagersOnly>
        }
    };
    let first = cursor == Cursor::First && search.is_empty();
    let list = Href::new("/secrets").with("q", &search);
    let here = with_cursor(list.clone(), &cursor);
    view! {
        <ListPage
            title="Secrets"
            actions=actions
            page=list_secrets(search.clone(), cursor.clone())
            table=&TABLE
            topics="secrets profiles"
            nouns=["secret", "secrets"]
            href=move |cursor| with_cursor(list.clone(), &cursor)
            cursor=cursor.clone()
            row=move |id, row| view! { <SecretLine id=id row=row list=here.clone() /> }
            empty=Box::new(move |_, _| view! { <NoSecrets first=first /> }.into_any())
        >
            <Toast otherwise="Passwords and keys that startup scripts use. Nobody can read them here once they are saved." />
            <SearchBar action="/secrets" value=search placeholder="Search name or description" />
        </ListPage>
    }
}

#[component]
fn SecretLine(
    id: Uuid,
    row: SecretRow,
    /// The list as it is, which a dialog returns to.
    list: Href,
) -> impl IntoView {
    let SecretRow { secret, used_by, handed_out } = row;
    let name = secret.name;
    let to = |path: &str| list.clone().at(format!("/secrets/{id}/{path}"));
    let (replace, delete) = (to("replace"), to("delete"));
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <a class="t mono" href=Href::new(format!("/secrets/{id}")).in_scope(&secret.scope).to_string()>
                    {name.to_string()}
                </a>
                {place_badge(&secret.scope)}
                {secret.limited.then(|| view! { " " <Badge kind=Kind::Plain label="limited" /> })}
                {(!secret.description.is_empty()).then(|| view! { <span class="second">{secret.description}</span> })}
                <Reference name=name.clone() />
            </td>
            <td data-label="Used by" class="text-cell">
                {links(used_by)}
            </td>
            <td data-label="Handed out">
                {time_or(handed_out, "not lately")}
            </td>
            <td data-label="Updated">
                <Time at=secret.updated_at />
                <span class="second">"by " {secret.updated_by}</span>
            </td>
            <td class="actions-cell">
                <ManagersOnly>
                    <Menu label=format!("Actions for {name}")>
                        <MenuLink to=replace label="Replace value" keep_scroll=true />
                        <MenuLink to=Href::new(format!("/secrets/{id}/edit")) label="Edit" keep_scroll=true />
                        <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true />
                    </Menu>
                </ManagersOnly>
            </td>
        </tr>
    }
}

/// The profiles whose scripts name a secret.
pub(super) fn links(profiles: Vec<(ProfileId, String)>) -> AnyView {
    if profiles.is_empty() {
        return view! { <span class="muted">"No script"</span> }.into_any();
    }
    let link = |(index, (id, name)): (usize, (ProfileId, String))| {
        view! {
            {(index > 0).then_some(", ")}
            <a class="link" href=at_scope(&format!("/profiles/{id}"))>
                {name}
            </a>
        }
    };
    profiles.into_iter().enumerate().map(link).collect_view().into_any()
}

/// What a script writes to get a secret's value, to be copied.
#[component]
pub(super) fn Reference(name: SecretName) -> impl IntoView {
    let text = reference(&name);
    let label = format!("Copy the reference to {name}");
    view! {
        <span class="reference">
            <code>{text.clone()}</code>
            <button type="button" class="btn small ghost needs-scripts" aria-label=label data-copy=text>
                <span class="copy-before">{Icon::Copy.draw()}</span>
                <span class="copy-after">{Icon::Tick.draw()}</span>
                // There is no room for a word: it is for those alone who do not see the icon.
                <span class="visually-hidden" aria-live="polite" data-copied="Copied"></span>
            </button>
        </span>
    }
}

/// What secrets are for, and the one next step.
#[component]
fn NoSecrets(
    /// Whether this is the first page: there are none at all then.
    first: bool,
) -> impl IntoView {
    let text = "A secret keeps a password or a key out of the startup script that needs it. The script names it, and the \
                value takes that place when the script is handed to an approved delegate.";
    if first {
        view! {
            <EmptyState icon=Icon::Secrets title="No secrets yet" text=text>
                <ManagersOnly>
                    <NavButton to=Href::new("/secrets/new") class="btn" keep_scroll=true>
                        "Add Secret"
                    </NavButton>
                </ManagersOnly>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState icon=Icon::Secrets title="This page is empty" text=text>
                <NavButton to=Href::new("/secrets") class="btn">
                    "First page"
                </NavButton>
            </EmptyState>
        }
        .into_any()
    }
}
