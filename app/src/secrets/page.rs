//! The list of secrets. Only those see it who may manage delegates.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_query_map};
use muster::{
    id::ProfileId,
    page::Cursor,
    secret::{SecretName, SecretRow},
};
use uuid::Uuid;

use super::api::list_secrets;
use crate::{
    session::{ManagersOnly, Toast, may_manage},
    ui::{
        button::NavButton,
        copy::copy_text,
        href::{Href, use_done},
        icon::Icon,
        live::use_live,
        load::{Asked, show},
        table::{Foot, Hold, Kept, Listing, body, cursor_of, follow, with_cursor},
        time::Time,
    },
};

type Secrets = Listing<Cursor, SecretRow>;

fn key(row: &SecretRow) -> Uuid {
    row.secret.id.0
}

/// Which page of the list the address means.
pub(super) fn use_cursor() -> Memo<Cursor> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| cursor_of(query.get_str("after"), query.get_str("before"))))
}

/// A page on top of the list, or the list itself.
pub(super) fn href(path: impl Into<String>, cursor: Cursor) -> Href {
    with_cursor(Href::new(path), cursor)
}

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn SecretsPage() -> impl IntoView {
    let cursor = use_cursor();
    let live = use_live();
    let version = move || live.map(|live| (live.secrets.version(), live.profiles.version()));
    let secrets = Asked::<Secrets>::new(
        move || (cursor.get(), version()),
        |(list, _)| async move { list_secrets(list).await.map(|page| Listing { list, page }) },
    );
    let new = Signal::derive(move || href("/secrets/new", cursor.get()));
    view! {
        <Title text="Secrets" />
        <div class="head">
            <h1>"Secrets"</h1>
            <div class="grow"></div>
            <ManagersOnly>
                <NavButton to=new class="btn primary" still=true>
                    "Add Secret"
                </NavButton>
            </ManagersOnly>
        </div>
        <Toast otherwise="Passwords and keys that startup scripts use. Nobody can read them here once they are saved." />
        {show(secrets, move |secrets| view! { <SecretTable cursor=cursor secrets=secrets /> })}
        <Outlet />
    }
}

#[component]
fn SecretTable(cursor: Memo<Cursor>, secrets: Signal<Secrets>) -> impl IntoView {
    let hold = Hold::default();
    let shown = follow(secrets, key, Signal::derive(move || hold.held()));
    let may = may_manage();
    let done = use_done();
    let empty = Memo::new(move |_| shown.with(|shown| shown.rows.is_empty()));
    let page = move |to: fn(&Secrets) -> Option<Uuid>, at: fn(Uuid) -> Cursor| {
        Signal::derive(move || secrets.with(to).map(|id| href("/secrets", at(id))))
    };
    let count = Signal::derive(move || {
        u64::try_from(shown.with(|shown| shown.rows.iter().filter(|row| !row.gone).count())).unwrap_or_default()
    });
    view! {
        <div class="card">
            <table class="table secrets" class:hidden=move || empty.get()>
                <thead>
                    <tr>
                        <th>"Name"</th>
                        <th>"Used by"</th>
                        <th>"Updated"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                {body(shown, key, hold, move |id, row| {
                    view! { <SecretLine id=id row=row cursor=cursor may=may done=done /> }
                })}
            </table>
            {move || empty.get().then(|| view! { <NoSecrets cursor=cursor may=may /> })}
        </div>
        <Foot
            shown=count
            total=Signal::derive(move || secrets.with(|secrets| secrets.page.total))
            nouns=["secret", "secrets"]
            previous=page(|secrets| secrets.page.previous, Cursor::Before)
            next=page(|secrets| secrets.page.next, Cursor::After)
        />
    }
}

#[component]
fn SecretLine(
    id: Uuid,
    row: Signal<Kept<SecretRow>>,
    cursor: Memo<Cursor>,
    may: Signal<bool>,
    done: Memo<Option<Uuid>>,
) -> impl IntoView {
    // A name never changes.
    let name = row.with_untracked(|kept| kept.row.secret.name.clone());
    let gone = Memo::new(move |_| row.with(|kept| kept.gone));
    let to = move |path: &'static str| Signal::derive(move || href(format!("/secrets/{id}/{path}"), cursor.get()));
    let (replace, delete) = (format!("Replace value of {name}"), format!("Delete {name}"));
    view! {
        <tr class="row" class:gone=move || gone.get() class:just-done=move || done.get() == Some(id)>
            <td class="main-cell" data-label="Name">
                <span class="t mono">{name.to_string()}</span>
                <Reference name=name />
            </td>
            <td data-label="Used by" class="text-cell">
                {move || used_by(row.with(|kept| kept.row.used_by.clone()))}
            </td>
            <td data-label="Updated">
                <Time at=Signal::derive(move || row.with(|kept| kept.row.secret.updated_at)) />
                <span class="second">"by " {move || row.with(|kept| kept.row.secret.updated_by.clone())}</span>
            </td>
            <td class="actions-cell">
                {move || (may.get() && !gone.get()).then(|| {
                    view! {
                        <NavButton to=to("replace") class="btn small ghost" label=replace.clone() still=true>
                            "Replace value"
                        </NavButton>
                        <NavButton to=to("delete") class="btn small ghost" label=delete.clone() still=true>
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
fn NoSecrets(cursor: Memo<Cursor>, may: Signal<bool>) -> impl IntoView {
    let paged = move || cursor.get() != Cursor::First;
    view! {
        <div class="empty">
            <span class="empty-icon">{Icon::Secrets.draw()}</span>
            <p class="empty-title">{move || if paged() { "This page is empty" } else { "No secrets yet" }}</p>
            <p>
                "A secret keeps a password or a key out of the startup script that needs it. The script names it, and \
                the value takes that place when the script is handed to an approved delegate."
            </p>
            {move || if paged() {
                view! {
                    <NavButton to=Href::new("/secrets") class="btn">
                        "First page"
                    </NavButton>
                }
                .into_any()
            } else {
                may.get()
                    .then(|| {
                        view! {
                            <NavButton to=Href::new("/secrets/new") class="btn" still=true>
                                "Add Secret"
                            </NavButton>
                        }
                    })
                    .into_any()
            }}
        </div>
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
