//! The page of one person: what the person is, and what was done.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::{
    page::count_label,
    user::{Permission, UserDetail, UserRow},
};

use super::{
    dialogs::load_user,
    page::{link_note, user_menu},
    status::user_status,
};
use crate::{
    session::{Only, Toast},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        href::Href,
        live::Follows,
        load::render,
        params::use_id,
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
            <a class="link" href="/users">
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
        {facts(detail.row, detail.is_last_administrator)}
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
                <NavButton to=role class="btn primary" keep_scroll=true>
                    "Change role"
                </NavButton>
                {menu}
            </Only>
        </div>
    }
}

fn facts(row: UserRow, is_last_administrator: bool) -> impl IntoView {
    let user = row.user;
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Email"</dt>
                <dd>{user.email.to_string()}</dd>
            </div>
            <div>
                <dt>"Role"</dt>
                <dd>
                    {user.role.label()}
                    <span class="second">{user.role.meaning()}</span>
                    {is_last_administrator.then(|| view! { <span class="second">"The only one, who stays."</span> })}
                </dd>
            </div>
            <div>
                <dt>"Last logged in"</dt>
                <dd>{time_or(row.signed_in_at, "never")}</dd>
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
