//! The page of one secret: what it is for, who may use it, and to whom it was handed out. Its value is on no page.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::secret::{Handout, Secret, SecretDetail};

use super::{
    dialogs::load_secret,
    page::{Reference, links},
};
use crate::{
    session::{ManagersOnly, Toast},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        href::{Href, at_scope},
        live::Follows,
        load::render,
        menu::{Menu, MenuCopy, MenuLink, Weight},
        params::use_id,
        plain_table::plain_table,
        record::record_table,
        time::{Time, time_or},
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn SecretPage() -> impl IntoView {
    view! {
        <Title text="Secret" />
        <Follows topics="secrets profiles" />
        <p class="crumb">
            <a class="link" href=at_scope("/secrets")>
                "Secrets"
            </a>
        </p>
        {render(load_secret(use_id()), about)}
        <Outlet />
    }
}

fn about(detail: SecretDetail) -> impl IntoView {
    let handouts = detail.handouts.clone();
    view! {
        {head(&detail.row.secret)}
        <Toast />
        {facts(&detail)}
        <section class="block">
            <h2>"Handed out"</h2>
            {handed_out(handouts)}
        </section>
        <section class="block">
            <h2>"Record"</h2>
            {record_table(detail.record)}
        </section>
    }
}

fn head(secret: &Secret) -> impl IntoView + use<> {
    let (id, name) = (secret.id, secret.name.to_string());
    let to = |dialog: &str| Href::new(format!("/secrets/{id}/{dialog}"));
    let (replace, edit, delete) = (to("replace").with("from", "page"), to("edit"), to("delete").with("from", "page"));
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 class="mono" translate="no">
                {name.clone()}
            </h1>
            {secret.limited.then(|| view! { <Badge kind=Kind::Plain label="limited" /> })}
            <div class="grow"></div>
            <ManagersOnly>
                <NavButton to=replace class="btn primary" keep_scroll=true>
                    "Replace value"
                </NavButton>
                <Menu label=format!("Actions for {name}") class="btn">
                    <MenuLink to=edit label="Edit" keep_scroll=true />
                    <MenuCopy text=id.to_string() label="Copy id" />
                    <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true />
                </Menu>
            </ManagersOnly>
        </div>
    }
}

fn facts(detail: &SecretDetail) -> impl IntoView + use<> {
    let secret = detail.row.secret.clone();
    let allowed: Vec<_> = detail.choices.iter().filter(|choice| choice.allowed).collect();
    let allowed: Vec<_> = allowed.into_iter().map(|choice| (choice.id, choice.name.clone())).collect();
    let none = || view! { <span class="muted">"none"</span> };
    let made_by = Some(secret.created_by).filter(|by| !by.is_empty());
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Description"</dt>
                <dd class="multiline">
                    {if secret.description.is_empty() { none().into_any() } else { secret.description.into_any() }}
                </dd>
            </div>
            <div>
                <dt>"In scripts of"</dt>
                <dd>{links(detail.row.used_by.clone())}</dd>
            </div>
            <div>
                <dt>"May be used by"</dt>
                <dd>
                    {match (secret.limited, allowed.is_empty()) {
                        (false, _) => "all profiles of its own scope, and those under it that are chosen".into_any(),
                        (true, true) => "no profile".into_any(),
                        (true, false) => links(allowed),
                    }}
                </dd>
            </div>
            <div>
                <dt>"Value given"</dt>
                <dd>
                    <Time at=secret.updated_at />
                    <span class="second">{format!("by {}", secret.updated_by)}</span>
                </dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=secret.created_at />
                    {made_by.map(|by| view! { <span class="second">{format!("by {by}")}</span> })}
                </dd>
            </div>
            <div>
                <dt>"Last handed out"</dt>
                <dd>{time_or(detail.row.handed_out, "not lately")}</dd>
            </div>
            <div class="whole">
                <dt>"In a script"</dt>
                <dd>
                    <Reference name=secret.name />
                </dd>
            </div>
        </dl>
    }
}

fn handed_out(handouts: Vec<Handout>) -> AnyView {
    if handouts.is_empty() {
        return view! { <p class="sub">"No delegate was handed a script with it lately."</p> }.into_any();
    }
    plain_table(&["Delegate", "Last time"], handouts, |handout: Handout| {
        view! {
            <tr>
                <td data-label="Delegate">
                    <a class="link" href=at_scope(&format!("/delegates/{}", handout.delegate))>
                        {handout.name}
                    </a>
                </td>
                <td data-label="Last time">
                    <Time at=handout.at />
                </td>
            </tr>
        }
    })
}
