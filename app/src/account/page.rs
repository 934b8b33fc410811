//! The page of the own account: name, password, second factor, sessions, theme.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::components::Outlet;
use muster::user::{Account, PersonName, SessionRow, User};

use super::api::{ChangePassword, RenameAccount, get_account};
use crate::{
    api_keys::{api::list_api_keys, keys_block},
    second_factor::second_factor_block,
    session::{ThemeSwitch, Toast},
    ui::{
        badge::{Badge, Kind},
        button::{NavButton, SubmitButton},
        field::TextField,
        form::Form,
        href::Href,
        live::Follows,
        load::render,
        plain_table::plain_table,
        time::{Time, time_or},
    },
};

/// The page, and a dialog on top of it where the address names one.
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Title text="Your account" />
        <Follows topics="users roles" />
        <div class="head">
            <h1>"Your account"</h1>
        </div>
        <Toast otherwise="Your name, your password, where you are logged in, and the keys of your programs." />
        {render(get_account(), about)}
        <Outlet />
    }
}

fn about(Account { user, has_password, second_factor, sessions }: Account) -> impl IntoView {
    view! {
        {facts(&user)}
        <section class="block">
            <h2>"Name"</h2>
            {name_form(&user)}
        </section>
        // Who has none proves who it is elsewhere, also by a second factor.
        {has_password
            .then(|| {
                view! {
                    <section class="block">
                        <h2>"Password"</h2>
                        {password_form(&user)}
                    </section>
                    {second_factor_block(second_factor)}
                }
            })}
        {sessions_block(sessions)}
        {render(list_api_keys(None), |keys| keys_block(None, keys))}
        <section class="block">
            <h2>"Appearance"</h2>
            <ThemeSwitch label_id="account-theme" class="account-theme" />
        </section>
    }
}

fn facts(user: &User) -> impl IntoView + use<> {
    view! {
        <dl class="card facts facts-card" translate="no">
            <div>
                <dt>"Email"</dt>
                <dd>{user.email.to_string()}</dd>
            </div>
            <div>
                <dt>"Role"</dt>
                <dd>
                    {match user.grants.as_slice() {
                        [only] if only.scope.organization.is_none() => {
                            view! { {only.role.label()} <span class="second">{only.role.meaning()}</span> }.into_any()
                        }
                        _ => crate::users::roles(user).into_any(),
                    }}
                </dd>
            </div>
            <div>
                <dt>"Created"</dt>
                <dd>
                    <Time at=user.created_at />
                </dd>
            </div>
        </dl>
    }
}

fn name_form(user: &User) -> impl IntoView + use<> {
    let name = user.name.as_ref().map_or("", PersonName::as_str).to_owned();
    view! {
        <Form action=RenameAccount::PATH class="form card account-form">
            <TextField
                name="name"
                label="Name"
                value=name
                autocomplete="name"
                max_length=PersonName::MAX_LENGTH
                hint="Others see it beside your address."
            />
            <div>
                <SubmitButton label="Save name" busy="Saving…" class="btn" />
            </div>
        </Form>
    }
}

fn password_form(user: &User) -> impl IntoView + use<> {
    let email = user.email.to_string();
    view! {
        <Form action=ChangePassword::PATH class="form card account-form">
            // For password managers: whose password it is.
            <input type="text" name="username" autocomplete="username" value=email readonly hidden />
            <TextField
                name="current_password"
                label="Current password"
                kind="password"
                autocomplete="current-password"
            />
            <TextField
                name="password"
                label="New password"
                kind="password"
                autocomplete="new-password"
                hint="At least 12 characters. Your other sessions end."
            />
            <div>
                <SubmitButton label="Change password" busy="Changing…" class="btn" />
            </div>
        </Form>
    }
}

fn sessions_block(sessions: Vec<SessionRow>) -> impl IntoView {
    let others = sessions.len() > 1;
    view! {
        <section class="block">
            <div class="block-head">
                <h2>"Sessions"</h2>
                <div class="grow"></div>
                {others
                    .then(|| {
                        view! {
                            <NavButton to=Href::new("/account/end-others") class="btn small" keep_scroll=true>
                                "End all others"
                            </NavButton>
                        }
                    })}
            </div>
            {plain_table(&["Browser", "Address", "Logged in", "Last used", ""], sessions, session_line)}
        </section>
    }
}

/// What a session is called.
pub(super) fn called(session: &SessionRow) -> String {
    let browser = Some(session.browser.as_str()).filter(|browser| !browser.is_empty());
    browser.unwrap_or("Unknown browser").to_owned()
}

fn session_line(session: SessionRow) -> impl IntoView {
    let called = called(&session);
    let address = if session.address.is_empty() { "unknown".to_owned() } else { session.address };
    let label = format!("End the session of {called} at {address}");
    let to = Href::new(format!("/account/sessions/{}/end", session.id));
    let end = (!session.is_current).then(|| {
        view! {
            <NavButton to=to class="btn small ghost" label=label keep_scroll=true>
                "End"
            </NavButton>
        }
    });
    view! {
        <tr translate="no">
            <td data-label="Browser">
                {called}
                {session.is_current.then(|| view! { " " <Badge kind=Kind::Plain label="this one" /> })}
            </td>
            <td data-label="Address" class="mono">
                {address}
            </td>
            <td data-label="Logged in">{time_or(session.began_at, "unknown")}</td>
            <td data-label="Last used">
                <Time at=session.used_at />
            </td>
            <td class="actions-cell">{end}</td>
        </tr>
    }
}
