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
    session::{ManagersOnly, Toast},
    ui::{
        button::NavButton,
        empty::EmptyState,
        href::{Href, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        pagination::{use_cursor, with_cursor},
        time::Time,
    },
};

static TABLE: TableSpec<SecretRow> = TableSpec {
    class: "table secrets",
    columns: &[Column::Text("Name"), Column::Text("Used by"), Column::Text("Updated"), Column::Actions],
    key: |row| row.secret.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn SecretsPage() -> impl IntoView {
    let cursor = use_cursor();
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
    let first = cursor == Cursor::First;
    view! {
        <ListPage
            title="Secrets"
            actions=actions
            page=list_secrets(cursor.clone())
            table=&TABLE
            topics="secrets profiles"
            nouns=["secret", "secrets"]
            href=|cursor| with_cursor(Href::new("/secrets"), &cursor)
            cursor=cursor.clone()
            row=move |id, row| view! { <SecretLine id=id row=row cursor=cursor.clone() /> }
            empty=Box::new(move |_, _| view! { <NoSecrets first=first /> }.into_any())
        >
            <Toast otherwise="Passwords and keys that startup scripts use. Nobody can read them here once they are saved." />
        </ListPage>
    }
}

#[component]
fn SecretLine(id: Uuid, row: SecretRow, cursor: Cursor) -> impl IntoView {
    let SecretRow { secret, used_by } = row;
    let name = secret.name;
    let to = |path: &str| with_cursor(Href::new(format!("/secrets/{id}/{path}")), &cursor);
    let (replace, delete) = (to("replace"), to("delete"));
    let (replaces, deletes) = (format!("Replace value of {name}"), format!("Delete {name}"));
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Name">
                <span class="t mono">{name.to_string()}</span>
                <Reference name=name />
            </td>
            <td data-label="Used by" class="text-cell">
                {links(used_by)}
            </td>
            <td data-label="Updated">
                <Time at=secret.updated_at />
                <span class="second">"by " {secret.updated_by}</span>
            </td>
            <td class="actions-cell">
                <ManagersOnly>
                    <NavButton to=replace class="btn small ghost" label=replaces keep_scroll=true>
                        "Replace value"
                    </NavButton>
                    <NavButton to=delete class="btn small ghost" label=deletes keep_scroll=true>
                        "Delete"
                    </NavButton>
                </ManagersOnly>
            </td>
        </tr>
    }
}

/// The profiles whose scripts name a secret.
fn links(profiles: Vec<(ProfileId, String)>) -> AnyView {
    if profiles.is_empty() {
        return view! { <span class="muted">"No script"</span> }.into_any();
    }
    let link = |(index, (id, name)): (usize, (ProfileId, String))| {
        view! {
            {(index > 0).then_some(", ")}
            <a class="link" href=format!("/profiles/{id}")>
                {name}
            </a>
        }
    };
    profiles.into_iter().enumerate().map(link).collect_view().into_any()
}

/// What a script writes to get a secret's value.
fn reference(name: &SecretName) -> String {
    format!("${{secrets.getValue(\"{name}\")}}")
}

/// The same, to be copied.
#[component]
fn Reference(name: SecretName) -> impl IntoView {
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

#[cfg(test)]
mod tests {
    use muster::secret::{SecretName, references};

    use super::reference;

    #[test]
    fn what_is_copied_is_what_scripts_are_read_for() {
        let name = SecretName::parse("npm_token-2.x").unwrap();
        assert_eq!(reference(&name), r#"${secrets.getValue("npm_token-2.x")}"#);
        assert_eq!(references(&reference(&name)).unwrap(), [name]);
    }
}
