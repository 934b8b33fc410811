//! The list of people. Only those see it who may manage users.

use leptos::prelude::*;
use muster::{
    access::Grant,
    page::count_label,
    user::{LinkKind, OpenLink, Permission, User, UserRow, UserStatus},
};
use uuid::Uuid;

use super::{api::list_users, dialogs::ADD, status::user_status};
use crate::{
    api_keys::people_tabs,
    session::{Only, Toast},
    ui::{
        badge::{Badge, Kind},
        button::NavButton,
        empty::EmptyState,
        href::{Href, at_scope, use_just_done},
        icon::Icon,
        list::ListPage,
        live_table::{Column, TableSpec},
        menu::{Menu, MenuCopy, MenuLink, Weight},
        pagination::{use_cursor, with_cursor},
        search::{SearchBar, use_search},
        time::{Time, time_or},
    },
};

/// How many roles a row names.
const MAX_SHOWN_ROLES: usize = 3;

static TABLE: TableSpec<UserRow> = TableSpec {
    class: "table users",
    columns: &[
        Column::Text("Person"),
        Column::Text("Role"),
        Column::Text("Status"),
        Column::Text("Last logged in"),
        Column::Number("Sessions"),
        Column::Actions,
    ],
    key: |row| row.user.id.0,
};

/// The list, and a dialog on top of it where the address names one.
#[component]
pub fn UsersPage() -> impl IntoView {
    let (cursor, search) = (use_cursor(), use_search());
    let list = Href::new("/users").with("q", &search);
    let here = with_cursor(list.clone(), &cursor);
    let new = here.clone().at("/users/new");
    let actions = move || {
        view! {
            <Only may=Permission::ManageUsers>
                <NavButton to=new class="btn primary" keep_scroll=true>
                    "Invite"
                </NavButton>
            </Only>
        }
    };
    view! {
        <ListPage
            title="Users"
            actions=actions
            page=list_users(search.clone(), cursor.clone())
            table=&TABLE
            topics="users roles"
            nouns=["user", "users"]
            href=move |cursor| with_cursor(list.clone(), &cursor)
            cursor=cursor
            row=move |id, row| view! { <UserLine id=id row=row list=here.clone() /> }
            empty=Box::new(|_, _| view! { <NoUsers /> }.into_any())
        >
            <Toast otherwise="Who may use Muster, and what each person may do." />
            {people_tabs(false)}
            <SearchBar action="/users" value=search placeholder="Search name or email" />
        </ListPage>
    }
}

#[component]
fn UserLine(
    id: Uuid,
    row: UserRow,
    /// The list as it is, which a dialog returns to.
    list: Href,
) -> impl IntoView {
    let (called, email) = (row.user.called().to_owned(), row.user.email.to_string());
    let beside = row.user.name.is_some().then_some(email);
    let waits = row.link.clone().map(link_note);
    let factor = row.user.second_factor_since.map(|_| view! { <span class="second">"second factor on"</span> });
    let menu = user_menu(&row, &list, "btn small ghost");
    view! {
        <tr class="row" class:just-done=use_just_done(id) data-key=id.to_string()>
            <td class="main-cell" data-label="Person">
                <a class="t" href=at_scope(&format!("/users/{id}"))>
                    {called}
                </a>
                {row.is_you.then(|| view! { " " <Badge kind=Kind::Plain label="you" /> })}
                {beside.map(|email| view! { <span class="second">{email}</span> })}
            </td>
            <td data-label="Role">{roles(&row.user)}</td>
            <td data-label="Status">{user_status(row.user.status)} {factor} {waits}</td>
            <td data-label="Last logged in">{time_or(row.signed_in_at, "never")}</td>
            <td data-label="Sessions" class="number">
                {count_label(row.sessions)}
            </td>
            <td class="actions-cell">
                <Only may=Permission::ManageUsers>{menu}</Only>
            </td>
        </tr>
    }
}

/// What a person may do: each role, and where it counts.
pub fn roles(user: &User) -> impl IntoView + use<> {
    let role = |grant: &Grant| {
        let at = grant.scope.organization.is_some().then(|| grant.scope.identifiers());
        view! {
            <span class="role">
                {grant.role.label()}
                {at.map(|at| view! { " " <span class="muted mono">{at}</span> })}
            </span>
        }
    };
    let shown: Vec<_> = user.grants.iter().take(MAX_SHOWN_ROLES).map(role).collect();
    let more = user.grants.len().saturating_sub(MAX_SHOWN_ROLES);
    view! {
        {shown}
        {user.grants.is_empty().then(|| view! { <span class="muted">"None"</span> })}
        {(more > 0).then(|| view! { <span class="second">{format!("and {more} more")}</span> })}
    }
}

/// That a link waits to be used.
pub fn link_note(link: OpenLink) -> impl IntoView {
    let what = match link.kind {
        LinkKind::Invitation => "link expires ",
        LinkKind::PasswordReset => "password link expires ",
    };
    view! {
        <span class="second">
            {what}
            <Time at=link.expires_at />
        </span>
    }
}

/// What can be done with a person. `here` is where dialogs return to.
pub fn user_menu(row: &UserRow, here: &Href, class: &'static str) -> impl IntoView + use<> {
    let (id, status) = (row.user.id, row.user.status);
    let to = |dialog: &str| here.clone().at(format!("/users/{id}/{dialog}"));
    let label = format!("Actions for {}", row.user.called());
    let has_account_role = row.user.account_role().is_some();
    let role = if has_account_role { to("role") } else { to("role").with("at", ADD) };
    let (delete, copied) = (to("delete"), id.to_string());
    let renew = (status == UserStatus::Invited).then(|| to("renew-invitation"));
    let factor = row.user.second_factor_since.map(|_| to("reset-second-factor"));
    let reset = (status == UserStatus::Active).then(|| to("reset-password"));
    let disable = (status == UserStatus::Active).then(|| to("disable"));
    let enable = (status == UserStatus::Disabled).then(|| to("enable"));
    let end = (row.sessions > 0).then(|| to("end-sessions"));
    let entry =
        |to: Option<Href>, label: &'static str| to.map(|to| view! { <MenuLink to=to label=label keep_scroll=true /> });
    view! {
        <Menu label=label class=class>
            <MenuLink to=role label=if has_account_role { "Change role" } else { "Add role" } keep_scroll=true />
            {entry(renew, "New invitation link")}
            {entry(reset, "Reset password")}
            {entry(factor, "Reset second factor")}
            {entry(end, "End sessions")}
            {entry(disable, "Disable")}
            {entry(enable, "Enable")}
            <MenuCopy text=copied label="Copy id" />
            <MenuLink to=delete label="Delete" weight=Weight::Grave keep_scroll=true />
        </Menu>
    }
}

/// Somebody always is here: nothing was found, or the page is beyond the last.
#[component]
fn NoUsers() -> impl IntoView {
    view! {
        <EmptyState icon=Icon::Users title="Nobody is called so" text="The search looks at names and addresses.">
            <NavButton to=Href::new("/users") class="btn">
                "Show everybody"
            </NavButton>
        </EmptyState>
    }
}
