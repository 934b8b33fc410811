//! The list of secrets. Only those see it who may manage delegates.

use leptos::{prelude::*, task::spawn_local};
use muster::{
    id::ProfileId,
    page::Cursor,
    secret::{SecretName, SecretRow},
};
use uuid::Uuid;

use super::api::list_secrets;
use crate::{
    session::{IfManager, ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        copy::copy_text,
        empty::EmptyState,
        href::{Href, use_just_done},
        icon::Icon,
        list::{ListPage, load_list},
        live::use_live,
        live_table::{Column, TableSpec},
        pagination::{use_cursor, with_cursor},
        rows::LiveRow,
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
    let live = use_live();
    let version = move || live.map(|live| (live.secrets.version(), live.profiles.version()));
    let secrets = load_list(cursor, version, list_secrets);
    let new = Signal::derive(move || with_cursor(Href::new("/secrets/new"), &cursor.get()));
    let actions = move || {
        view! {
            <ManagersOnly>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "Add Secret"
                </NavButton>
            </ManagersOnly>
        }
    };
    view! {
        <ListPage
            title="Secrets"
            actions=actions
            listing=secrets
            table=&TABLE
            nouns=["secret", "secrets"]
            href=|cursor| with_cursor(Href::new("/secrets"), &cursor)
            row=move |id, row| view! { <SecretLine id=id row=row cursor=cursor /> }
            empty=move |_| view! { <NoSecrets cursor=cursor /> }.into_any()
        >
            <Toast otherwise="Passwords and keys that startup scripts use. Nobody can read them here once they are saved." />
        </ListPage>
    }
}

#[component]
fn SecretLine(id: Uuid, row: Signal<LiveRow<SecretRow>>, cursor: Memo<Cursor>) -> impl IntoView {
    let may = may_manage();
    let just_done = use_just_done(id);
    // A name never changes.
    let name = row.with_untracked(|row| row.data.secret.name.clone());
    let gone = Memo::new(move |_| row.with(|row| row.gone));
    let to = move |path: &'static str| {
        Signal::derive(move || with_cursor(Href::new(format!("/secrets/{id}/{path}")), &cursor.get()))
    };
    let (replace, delete) = (format!("Replace value of {name}"), format!("Delete {name}"));
    view! {
        <tr class="row" class:gone=move || gone.get() class:just-done=just_done>
            <td class="main-cell" data-label="Name">
                <span class="t mono">{name.to_string()}</span>
                <Reference name=name />
            </td>
            <td data-label="Used by" class="text-cell">
                {move || used_by(row.with(|row| row.data.used_by.clone()))}
            </td>
            <td data-label="Updated">
                <Time at=Signal::derive(move || row.with(|row| row.data.secret.updated_at)) />
                <span class="second">"by " {move || row.with(|row| row.data.secret.updated_by.clone())}</span>
            </td>
            <td class="actions-cell">
                {move || (may.get() && !gone.get()).then(|| {
                    view! {
                        <NavButton to=to("replace") class="btn small ghost" label=replace.clone() keep_scroll=true>
                            "Replace value"
                        </NavButton>
                        <NavButton to=to("delete") class="btn small ghost" label=delete.clone() keep_scroll=true>
                            "Delete"
                        </NavButton>
                    }
                })}
            </td>
        </tr>
    }
}

/// The profiles whose scripts name a secret.
fn used_by(profiles: Vec<(ProfileId, String)>) -> AnyView {
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
    let copied = RwSignal::new(false);
    let copy = {
        let text = StoredValue::new(text.clone());
        move |_| {
            let text = text.get_value();
            spawn_local(async move {
                let worked = copy_text(&text).await;
                copied.try_set(worked);
            });
        }
    };
    let label = format!("Copy the reference to {name}");
    view! {
        <span class="reference">
            <code>{text}</code>
            <button type="button" class="btn small ghost needs-scripts" aria-label=label on:click=copy>
                {move || if copied.get() { Icon::Tick.draw().into_any() } else { Icon::Copy.draw().into_any() }}
                <span class="visually-hidden" aria-live="polite">
                    {move || if copied.get() { "Copied" } else { "" }}
                </span>
            </button>
        </span>
    }
}

/// What secrets are for, and the one next step.
#[component]
fn NoSecrets(cursor: Memo<Cursor>) -> impl IntoView {
    let text = "A secret keeps a password or a key out of the startup script that needs it. The script names it, and the \
                value takes that place when the script is handed to an approved delegate.";
    move || {
        if cursor.get() == Cursor::First {
            view! {
                <EmptyState icon=Icon::Secrets title="No secrets yet" text=text>
                    <IfManager>
                        <NavButton to=Href::new("/secrets/new") class="btn" keep_scroll=true>
                            "Add Secret"
                        </NavButton>
                    </IfManager>
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
