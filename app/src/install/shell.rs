//! The form that makes the install files of a shell delegate, and what to do with them.

use leptos::{context::Provider, prelude::*};
use leptos_meta::Title;
use muster::delegate::InstallName;

use super::api::{BUNDLE_PATH, InstallOptions, get_install_options};
use crate::ui::{
    button::NavButton,
    copy::Command,
    field::{SelectField, TextArea, TextField},
    form::{FormError, FormState},
    href::Href,
    icon::Icon,
    live::use_live,
    load::{Asked, show},
};

/// The rule of [`InstallName`], for the browser.
const NAME_PATTERN: &str = "[a-z]([a-z0-9\\-]{0,61}[a-z0-9])?";

/// The page.
#[component]
pub fn ShellSetupPage() -> impl IntoView {
    let live = use_live();
    let version = move || live.map(|live| (live.profiles.version(), live.tokens.version()));
    let options = Asked::<InstallOptions>::new(version, |_| get_install_options());
    view! {
        <Title text="Delegate Setup" />
        <p class="crumb">
            <a class="link" href="/delegates">
                "Delegates"
            </a>
            <span aria-hidden="true">"/"</span>
            <a class="link" href="/install">
                "Download Delegate"
            </a>
        </p>
        <div class="head">
            <h1>"Delegate Setup"</h1>
        </div>
        <p class="sub">"Shell Script, for a Linux host."</p>
        {show(options, |options| {
            let none = Memo::new(move |_| options.with(|options| options.tokens.is_empty()));
            move || if none.get() {
                view! { <NoToken /> }.into_any()
            } else {
                view! { <SetupForm options=options /> }.into_any()
            }
        })}
        <section class="block">
            <h2>"Then, on the host"</h2>
            <ol class="steps">
                <li>
                    <p>"Copy the archive there and unpack it."</p>
                    <Command line="tar -xzf harness-delegate.tar.gz" />
                </li>
                <li>
                    <p>"Go to its directory."</p>
                    <Command line="cd harness-delegate" />
                </li>
                <li>
                    <p>"Start the delegate."</p>
                    <Command line="./start.sh" />
                </li>
            </ol>
            <p>
                "It shows up under "
                <a class="link" href="/delegates">
                    "Delegates"
                </a>
                " within seconds. Where its profile requires approval, it waits there for your decision."
            </p>
        </section>
    }
}

#[component]
fn NoToken() -> impl IntoView {
    view! {
        <div class="card">
            <div class="empty">
                <span class="empty-icon">{Icon::Tokens.draw()}</span>
                <p class="empty-title">"There is no active token"</p>
                <p>"A delegate needs one to register. Make one, then come back."</p>
                <NavButton to=Href::new("/tokens/new") class="btn primary">
                    "New Token"
                </NavButton>
            </div>
        </div>
    }
}

/// A plain form: its answer is a file, which only the browser itself can take.
#[component]
fn SetupForm(options: Signal<InstallOptions>) -> impl IntoView {
    let state = FormState::plain(BUNDLE_PATH);
    // Made once: a choice that somebody made is not to be replaced by newer options.
    let InstallOptions { profiles, tokens } = options.get_untracked();
    let profiles: Vec<_> = profiles
        .into_iter()
        .map(|(id, name, approval)| {
            (id.to_string(), if approval { format!("{name} (requires approval)") } else { name })
        })
        .collect();
    let tokens: Vec<_> = tokens.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let primary = profiles.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let token = tokens.first().map(|(id, _)| id.clone()).unwrap_or_default();
    view! {
        <div class="card form-card">
            <Provider value=state>
                <form class="form" method="post" action=BUNDLE_PATH autocomplete="off">
                    <FormError />
                    <TextField
                        name="name"
                        label="Name"
                        required=true
                        pattern=NAME_PATTERN
                        title="Lower case letters, digits and dashes; begins with a letter, does not end with a dash."
                        hint=NAME_HINT
                        mono=true
                    />
                    <TextArea name="description" label="Description" rows=2 />
                    <SelectField name="profile" label="Profile" options=profiles value=primary />
                    <SelectField
                        name="token"
                        label="Delegate Token"
                        options=tokens
                        value=token
                        hint="The archive holds the token's real value: keep it as you keep the token."
                    />
                    <TextField name="tags" label="Tags" hint="Separated by commas." />
                    <div class="form-actions">
                        <button type="submit" class="btn primary">
                            "Download"
                        </button>
                    </div>
                </form>
            </Provider>
        </div>
    }
}

const NAME_HINT: &str =
    "Lower case letters, digits and dashes; begins with a letter, does not end with a dash; at most 63 characters.";
const _: () = assert!(InstallName::MOST == 63);
