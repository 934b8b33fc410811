//! The page of one token.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::{
    id::TokenId,
    token::{TokenDetail, TokenRow, TokenStatus},
};

use super::{
    about::{delegates, facts, handed_out, refused},
    api::{get_token, get_token_record},
    flood::Floods,
    query::{token_dialog, token_href},
    record::record,
    rotation::rotation_href,
    status::TokenMark,
};
use crate::{
    error::ConsoleError,
    session::{Toast, may_manage},
    ui::{
        button::NavButton,
        href::{Href, at_scope},
        icon::Icon,
        live::Follows,
        load::render,
        menu::{Menu, MenuLink, Weight},
        pagination::use_cursor,
        params::{parse_id, use_id},
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn TokenPage() -> impl IntoView {
    let (id, cursor) = (use_id(), use_cursor());
    let page = Suspend::new(async move {
        let found = async {
            let id: TokenId = parse_id(&id)?;
            Ok::<_, ConsoleError>((get_token(id).await?, get_token_record(id, cursor).await?))
        };
        let found = found.await;
        let head = found.as_ref().map_or_else(|_| no_head(), |(detail, _)| head(&detail.row));
        view! {
            {head}
            <Toast />
            {render(std::future::ready(found), |(detail, recorded)| {
                let id = detail.row.token.id;
                view! {
                    <Floods token=id here=token_href(id) />
                    {about(&detail)}
                    <section class="block" aria-labelledby="token-record">
                        <h2 id="token-record">"Record"</h2>
                        {record(id, recorded)}
                    </section>
                }
            })}
        }
    });
    view! {
        <Title text="Token" />
        <Follows topics="tokens delegates heartbeats" />
        <p class="crumb">
            <a class="link" href=at_scope("/tokens")>
                "Tokens"
            </a>
        </p>
        {page}
        <Outlet />
    }
}

fn no_head() -> AnyView {
    view! {
        <div class="head">
            <h1>"Token"</h1>
        </div>
    }
    .into_any()
}

/// The heading: what it is, and what can be done with it.
fn head(row: &TokenRow) -> AnyView {
    let name = row.token.name.to_string();
    let waits = row.token.requires_approval;
    let actions = may_manage().then(|| actions(row));
    view! {
        <div class="head">
            <Title text=name.clone() />
            <h1 translate="no">{name}</h1>
            <TokenMark status=row.status />
            {waits.then(|| view! { <span class="badge">"Every new delegate waits"</span> })}
            <div class="grow"></div>
            {actions}
        </div>
    }
    .into_any()
}

/// What can be done with it: the way on as buttons, what ends it in the menu.
fn actions(row: &TokenRow) -> impl IntoView + use<> {
    let (id, name) = (row.token.id, row.token.name.to_string());
    let here = token_href(id);
    let dialog = |dialog: &str| token_dialog(id, dialog, &here);
    let to_list = |dialog: &str| token_dialog(id, dialog, &Href::new("/tokens"));
    let revoked = row.status == TokenStatus::Revoked;
    let button = |to: Href, label: &'static str| {
        view! {
            <NavButton to=to keep_scroll=true>
                {label}
            </NavButton>
        }
    };
    let extend = (!revoked && row.token.expires_at.is_some()).then(|| button(dialog("extend"), "Extend"));
    let rotate = (!revoked).then(|| match row.token.rotation {
        Some(_) => button(rotation_href(id), "See rotation"),
        None => button(dialog("rotate"), "Rotate"),
    });
    let edit = (!revoked).then(|| button(dialog("edit"), "Edit"));
    let revoke = dialog("revoke");
    let delete = to_list("delete");
    let active = row.status == TokenStatus::Active;
    view! {
        {extend}
        {rotate}
        {edit}
        <Menu label=format!("Actions for {name}") class="btn">
            {(!revoked).then(|| view! { <MenuLink to=revoke label="Revoke" weight=Weight::Grave keep_scroll=true /> })}
            {(!active).then(|| view! { <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true /> })}
        </Menu>
    }
}

fn about(detail: &TokenDetail) -> impl IntoView + use<> {
    view! {
        {rotating(detail)}
        <section class="block" aria-label="Facts">
            {facts(detail)}
        </section>
        <section class="block" aria-labelledby="token-delegates">
            <h2 id="token-delegates">"Delegates"</h2>
            {delegates(detail)}
        </section>
        <section class="block" aria-labelledby="token-refused">
            <h2 id="token-refused">"Refused in the last seven days"</h2>
            {refused(&detail.refused)}
        </section>
        <section class="block" aria-labelledby="token-files">
            <h2 id="token-files">"Install files and links"</h2>
            {handed_out(&detail.handed_out)}
        </section>
    }
}

/// That another token takes its place.
fn rotating(detail: &TokenDetail) -> Option<AnyView> {
    let token = &detail.row.token;
    token.rotation.as_ref()?;
    let successor = detail.successor.clone().unwrap_or_else(|| "a token that was deleted since".to_owned());
    let href = rotation_href(token.id).to_string();
    let notice = view! {
        <div class="notice notice-info">
            {Icon::Info.draw()}
            <p>
                "It is being replaced by "
                <b translate="no">{successor}</b>
                ". "
                <a class="link" href=href>
                    "See how far that is"
                </a>
            </p>
        </div>
    };
    Some(notice.into_any())
}
