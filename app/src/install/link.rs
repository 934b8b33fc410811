//! The link that hands the files out once, for a host without a browser.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::install::{InstallKind, InstallLink};

use super::{
    api::{CreateInstallLink, LINK_ID},
    query::{InstallQuery, hidden_fields},
};
use crate::{
    error::ConsoleError,
    ui::{button::SubmitButton, copy::Command, form::Form, icon::Icon, time::Time},
};

/// The link, where one was made, and the button that makes one.
#[component]
pub fn Link(
    kind: InstallKind,
    query: InstallQuery,
    #[prop(optional_no_strip)] link: Option<Result<InstallLink, ConsoleError>>,
) -> impl IntoView {
    let works = matches!(link, Some(Ok(InstallLink { line: Some(_), .. })));
    let label = if works { "Get another link" } else { "Get a download link" };
    let since = query.since.map(|since| since.as_millis().to_string());
    view! {
        <section class="block" id=LINK_ID>
            <h2>"Or fetch it with curl"</h2>
            <p class="sub">
                "A line for a shell that downloads the files where they are needed. It works once, within an hour, and \
                nobody has to be signed in there."
            </p>
            <div class="link-card">
                {link.map(|link| match link {
                    Ok(link) => state(link),
                    Err(error) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
                })}
                <Form action=CreateInstallLink::PATH class="row-form">
                    <input type="hidden" name="kind" value=kind.slug() />
                    {hidden_fields(&query.fields)}
                    {since.map(|since| view! { <input type="hidden" name="since" value=since /> })}
                    <SubmitButton label=label busy="Making a link…" class="btn" />
                </Form>
            </div>
        </section>
    }
}

fn state(link: InstallLink) -> AnyView {
    match link {
        InstallLink { used: Some((at, from)), .. } => {
            view! {
                <p class="link-used" role="status">
                    {Icon::Done.draw()}
                    <span>"This link was used " <Time at=at /> " from " <code>{from}</code> ". It does not work again."</span>
                </p>
            }
            .into_any()
        }
        InstallLink { line: Some(line), expires_at, .. } => {
            view! {
                <Command line=line />
                <p class="hint">
                    "Expires " <Time at=expires_at /> ". Whoever has this line gets the token's value: keep it as you keep \
                    the token."
                </p>
            }
            .into_any()
        }
        InstallLink { line: None, .. } => {
            view! {
                <p class="muted">"This link has expired, or was made in another session: it is not shown here. Make a new one."</p>
            }
            .into_any()
        }
    }
}
