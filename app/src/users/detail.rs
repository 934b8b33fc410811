//! The page of one person: what the person is, and what was done.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::{
    access::Grant,
    page::count_label,
    user::{Permission, UserDetail, UserRow},
};

use super::{
    dialogs::{ADD, load_user},
    page::{link_note, user_menu},
    status::user_status,
};
use crate::{
    scopes::{in_sentence, place},
    session::{Only, Toast},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        href::{Href, at_scope},
        live::Follows,
        load::render,
        menu::{Menu, MenuLink, Weight},
        params::use_id,
        plain_table::plain_table,
        record::record_table,
        time::{Time, time_or},
    },
};

/// The page.
#[component]
pub fn UserPage() -> impl IntoView {
    view! {
        <Title text="User" />
        <Follows topics="users roles" />
        <p class="crumb">
            <a class="link" href=at_scope("/users")>
                "Users"
            </a>
        </p>
        {render(load_user(use_id()), about)}
    }
}

fn about(detail: UserDetail) -> impl IntoView {
    view! {
        {head(&detail.row)}
        <Toast />
        {facts(detail.row.clone())}
        {roles(&detail.row, detail.is_last_administrator)}
        <section class="block">
            <h2>"Record"</h2>
            {record_table(detail.record)}
        </section>
    }
}

fn head(row: &UserRow) -> impl IntoView + use<> {
    let (id, called) = (row.user.id, row.user.called().to_owned());
    // Dialogs stand over the list, and return here.
    let here = Href::new("/users").with("from", "page");
    let menu = user_menu(row, &here, "btn");
    let role = here.at(format!("/users/{id}/role"));
    let has_account_role = row.user.account_role().is_some();
    view! {
        <div class="head">
            <Title text=called.clone() />
            <h1 translate="no">{called}</h1>
            <div class="head-status">
                {user_status(row.user.status)}
                {row.is_you.then(|| view! { <Badge kind=Kind::Plain label="you" /> })}
            </div>
            <div class="grow"></div>
            <Only may=Permission::ManageUsers>
                {has_account_role
                    .then(|| {
                        view! {
                            <NavButton to=role class="btn primary" keep_scroll=true>
                                "Change role"
                            </NavButton>
                        }
                    })}
                {menu}
            </Only>
        </div>
    }
}

/// The roles, and what can be done with each.
fn roles(row: &UserRow, is_last_administrator: bool) -> impl IntoView + use<> {
    let id = row.user.id;
    let here = Href::new("/users").with("from", "page");
    let to = move |dialog: &str, at: &str| here.clone().at(format!("/users/{id}/{dialog}")).with("at", at);
    let add = to("role", ADD);
    let line = move |grant: Grant| {
        let at = grant.scope.identifiers();
        let (change, remove) = (to("role", &at), to("remove-role", &at));
        let stays = (is_last_administrator && at.is_empty()).then_some("The only one, who stays.");
        let label = format!("Actions for the role at {}", in_sentence(&grant.scope));
        view! {
            <tr translate="no">
                <td data-label="Role">
                    {grant.role.label()}
                    <span class="second">{grant.role.meaning()}</span>
                    {stays.map(|stays| view! { <span class="second">{stays}</span> })}
                </td>
                <td data-label="Where">{place(&grant.scope)}</td>
                <td class="actions-cell">
                    <Menu label=label>
                        <MenuLink to=change label="Change role" keep_scroll=true />
                        <MenuLink to=remove label="Take away" weight=Weight::Grave keep_scroll=true />
                    </Menu>
                </td>
            </tr>
        }
    };
    let grants = row.user.grants.clone();
    let table = if grants.is_empty() {
        let none = "No role: whoever logs in with it sees nothing.";
        view! { <p class="card muted empty-note">{none}</p> }.into_any()
    } else {
        plain_table(&["Role", "Where", ""], grants, line)
    };
    view! {
        <section class="block">
            <div class="block-head">
                <h2>"Roles"</h2>
                <div class="grow"></div>
                <NavButton to=add class="btn small" keep_scroll=true>
                    "Add role"
                </NavButton>
            </div>
            {table}
        </section>
    }
}

fn facts(row: UserRow) -> impl IntoView {
    let user = row.user;
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Email"</dt>
                <dd>{user.email.to_string()}</dd>
            </div>
            <div>
                <dt>"Last logged in"</dt>
                <dd>{time_or(row.signed_in_at, "never")}</dd>
            </div>
            <div>
                <dt>"Second factor"</dt>
                <dd>
                    {match user.second_factor_since {
                        Some(since) => view! { "on since " <Time at=since /> }.into_any(),
                        None => "off".into_any(),
                    }}
                </dd>
            </div>
            <div>
                <dt>"Sessions"</dt>
                <dd>{count_label(row.sessions)}</dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=user.created_at />
                </dd>
            </div>
            {row
                .link
                .map(|link| {
                    view! {
                        <div>
                            <dt>{link.kind.label()}</dt>
                            <dd>{link_note(link)}</dd>
                        </div>
                    }
                })}
        </dl>
    }
}
