//! The page of an organization or a project.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    page::count_label,
    scope::{ScopeDetail, ScopeRow},
    user::Role,
};

use super::{api::LIST, dialogs::load_scope};
use crate::{
    session::Toast,
    ui::{
        button::NavButton,
        href::{Href, at_scope},
        live::Follows,
        load::render,
        menu::{Menu, MenuCopy, MenuLink, Weight},
        params::use_id,
        plain_table::plain_table,
        record::record_table,
        time::Time,
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn ScopePage() -> impl IntoView {
    view! {
        <Title text="Organization or project" />
        <Follows topics="scopes delegates tokens profiles secrets roles" />
        <p class="crumb">
            <a class="link" href=at_scope(LIST)>
                "Organizations & Projects"
            </a>
        </p>
        {render(load_scope(use_id()), about)}
        <Outlet />
    }
}

fn about(ScopeDetail { row, people, record }: ScopeDetail) -> impl IntoView {
    view! {
        {head(&row)}
        <Toast />
        {facts(row)}
        <section class="block">
            <h2>"People with a role of their own here"</h2>
            {with_role(people)}
        </section>
        <section class="block">
            <h2>"Record"</h2>
            {record_table(record)}
        </section>
    }
}

fn head(row: &ScopeRow) -> impl IntoView + use<> {
    let (id, name) = (row.named.id, row.named.name.to_string());
    let to = |dialog: &str| Href::new(format!("{LIST}/{id}/{dialog}")).with("from", "page");
    let (rename, delete) = (to("rename"), to("delete"));
    let open = Href::new("/").in_scope(&row.named.scope);
    let can_manage = row.can_manage;
    let identifiers = row.named.scope.identifiers();
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 translate="no">{name.clone()}</h1>
            <div class="grow"></div>
            <NavButton to=open class="btn primary">
                "Switch to it"
            </NavButton>
            <Menu label=format!("Actions for {name}") class="btn">
                {can_manage.then(|| view! { <MenuLink to=rename label="Rename" keep_scroll=true /> })}
                <MenuCopy text=identifiers label="Copy identifier" />
                {can_manage
                    .then(|| view! { <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true /> })}
            </Menu>
        </div>
    }
}

fn facts(row: ScopeRow) -> impl IntoView {
    let ScopeRow { named, contents, .. } = row;
    let scope = named.scope;
    let counted = [
        ("Delegates", "/delegates", contents.delegates),
        ("Tokens", "/tokens", contents.tokens),
        ("Profiles", "/profiles", contents.profiles),
        ("Secrets", "/secrets", contents.secrets),
    ];
    let counted = counted.map(|(label, page, count)| {
        let to = Href::new(page).in_scope(&scope).to_string();
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <a class="link" href=to>
                        {count_label(count)}
                    </a>
                </dd>
            </div>
        }
    });
    let projects = scope.project.is_none().then(|| {
        let to = Href::new(LIST).in_scope(&scope).to_string();
        view! {
            <div>
                <dt>"Projects"</dt>
                <dd>
                    <a class="link" href=to>
                        {count_label(contents.projects)}
                    </a>
                </dd>
            </div>
        }
    });
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Identifier"</dt>
                <dd class="mono">{scope.identifiers()}</dd>
            </div>
            {projects}
            {counted.into_iter().collect_view()}
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=named.created_at />
                    <span class="second">{format!("by {}", named.created_by)}</span>
                </dd>
            </div>
        </dl>
    }
}

fn with_role(people: Vec<(String, Role)>) -> AnyView {
    if people.is_empty() {
        return view! { <p class="card muted empty-note">"Nobody. Roles from above count here, too."</p> }.into_any();
    }
    plain_table(&["Person", "Role"], people, |(name, role)| {
        view! {
            <tr translate="no">
                <td data-label="Person">{name}</td>
                <td data-label="Role">{role.label()}</td>
            </tr>
        }
    })
}
