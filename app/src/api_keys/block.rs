//! The keys of a person or a service account, as a part of that one's page.

use leptos::prelude::*;
use muster::{
    api_key::{ApiKeyRow, ApiKeyStatus},
    scope::Scope,
};

use super::api::page_of;
use crate::{
    console::Holder,
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        href::Href,
        menu::{Menu, MenuCopy, MenuLink, Weight},
        plain_table::plain_table,
        time::{Time, time_or},
    },
};

/// The keys, and what can be done with each.
pub fn keys_block(holder: Holder, keys: Vec<ApiKeyRow>) -> impl IntoView {
    let new = Href::new(format!("{}/keys/new", page_of(holder)));
    let table = if keys.is_empty() {
        view! {
            <p class="card muted empty-note">
                "No keys yet. A program sends one with each request to the API, in the header x-api-key."
            </p>
        }
        .into_any()
    } else {
        let headings = &["Name", "Role", "Expires", "Last used", ""];
        plain_table(headings, keys, move |key| line(holder, key))
    };
    view! {
        <section class="block">
            <div class="block-head">
                <h2>"API keys"</h2>
                <a class="link" href="/api/v1" data-native="">
                    "API reference"
                </a>
                <div class="grow"></div>
                <NavButton to=new class="btn small" keep_scroll=true>
                    "New API key"
                </NavButton>
            </div>
            {table}
        </section>
    }
}

/// Where a key or an account counts, where that is not the whole account.
pub fn place_of(scope: &Scope) -> Option<AnyView> {
    let identifiers = scope.identifiers();
    (!identifiers.is_empty()).then(|| view! { <span class="second mono">{identifiers}</span> }.into_any())
}

fn line(holder: Holder, row: ApiKeyRow) -> impl IntoView {
    let ApiKeyRow { key, status, used_at, used_from } = row;
    let to = |dialog: &str| Href::new(format!("{}/keys/{}/{dialog}", page_of(holder), key.id));
    let (rotate, delete, id) = (to("rotate"), to("delete"), key.id.to_string());
    let from =
        (!used_from.is_empty()).then(|| view! { <span class="second mono">{format!("from {used_from}")}</span> });
    let old = key.previous_until.map(|until| {
        view! {
            <span class="second">
                "the old value works until "
                <Time at=until />
            </span>
        }
    });
    view! {
        <tr translate="no">
            <td data-label="Name">
                {key.name.to_string()}
                {(status == ApiKeyStatus::Expired).then(|| view! { " " <Badge kind=Kind::Bad label="Expired" /> })}
                {old}
            </td>
            <td data-label="Role">{key.role.label()} {place_of(&key.scope)}</td>
            <td data-label="Expires">{time_or(key.expires_at, "never")}</td>
            <td data-label="Last used">{time_or(used_at, "never")} {from}</td>
            <td class="actions-cell">
                <Menu label=format!("Actions for {}", key.name)>
                    <MenuLink to=rotate label="Rotate" keep_scroll=true />
                    <MenuCopy text=id label="Copy id" />
                    <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true />
                </Menu>
            </td>
        </tr>
    }
}
