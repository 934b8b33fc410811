//! The link that hands the files out once, for a host without a browser.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::install::{InstallKind, InstallLink};

use super::{
    api::{CreateInstallLink, LINK_ID},
    query::{InstallQuery, hidden_fields},
};
use crate::{
    error::ConsoleError,
    ui::{button::SubmitButton, copy::Command, field::TextField, form::Form, icon::Icon, time::Time},
};

/// The link, where one was made, and the button that makes one.
#[component]
pub fn Link(
    kind: InstallKind,
    query: InstallQuery,
    #[prop(optional_no_strip)] link: Option<Result<InstallLink, ConsoleError>>,
    /// What starts the delegate once its files are there.
    #[prop(optional_no_strip)]
    start: Option<String>,
) -> impl IntoView {
    let works = matches!(link, Some(Ok(InstallLink { line: Some(_), .. })));
    let label = if works { "Get another link" } else { "Get a download link" };
    let for_hosts = matches!(kind, InstallKind::Shell | InstallKind::Docker);
    let since = query.since.map(|since| since.as_millis().to_string());
    view! {
        <section class="block" id=LINK_ID>
            <h2>"Or fetch it with one line"</h2>
            <p class="sub">
                "A line for a shell that fetches the files where they are needed and starts the delegate. It works once \
                on each host, within an hour, and nobody has to be signed in there."
            </p>
            <div class="link-card">
                {link.map(|link| match link {
                    Ok(link) => state(link, start),
                    Err(error) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
                })}
                <Form action=CreateInstallLink::PATH class="link-form">
                    <input type="hidden" name="kind" value=kind.slug() />
                    {hidden_fields(&query.fields)}
                    {since.map(|since| view! { <input type="hidden" name="since" value=since /> })}
                    {for_hosts.then(|| {
                        view! {
                            <TextField
                                name="hosts"
                                label="For how many hosts"
                                kind="number"
                                value="1"
                                hint="With more than one, each delegate is called after its host, too: the name that was \
                                chosen, a dash, and the host's name."
                            />
                        }
                    })}
                    <SubmitButton label=label busy="Making a link…" class="btn" />
                </Form>
            </div>
        </section>
    }
}

fn state(link: InstallLink, start: Option<String>) -> AnyView {
    match link {
        InstallLink { line: Some(line), expires_at, hosts, fetched, .. } => {
            view! {
                {start.map(|start| {
                    view! {
                        <p>"Fetch the files and start the delegate, in one line:"</p>
                        <Command line=format!("{{ {line}; }} && {start}") />
                        <p>"Or fetch them only:"</p>
                    }
                })}
                <Command line=line.clone() />
                {(hosts > 1).then(|| view! { <p role="status">{format!("{fetched} of {hosts} hosts have fetched.")}</p> })}
                <p class="hint">
                    "Expires " <Time at=expires_at /> ". Whoever has this line gets the token's value: keep it as you keep \
                    the token."
                </p>
            }
            .into_any()
        }
        InstallLink { used: Some((at, from)), .. } => {
            view! {
                <p class="link-used" role="status">
                    {Icon::Done.draw()}
                    <span>"This link was used " <Time at=at /> " from " <code>{from}</code> ". It does not work again."</span>
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
