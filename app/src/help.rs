//! What a person can look up without leaving the console: what its words mean, and its keys.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::{delegate::Status, user::Role};

use crate::delegates::DelegateStatus;
use crate::ui::href::at_scope;

/// The keys of the console, in a list.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let keys = [
        ("Ctrl K", "Search everything; on a Mac also ⌘ K"),
        ("/", "Search the list that is open"),
        ("?", "Show these keys"),
        ("Esc", "Close a dialog, or the open decision"),
    ];
    view! {
        <dl class="keys">
            {keys
                .map(|(key, what)| {
                    view! {
                        <dt>
                            <kbd>{key}</kbd>
                        </dt>
                        <dd>{what}</dd>
                    }
                })
                .into_iter()
                .collect_view()}
        </dl>
    }
}

fn meaning(status: Status) -> &'static str {
    match status {
        Status::Connected => "It may work and is heard of.",
        Status::NotConnected => "It may work, and has not been heard of for longer than it said that it would take.",
        Status::PendingApproval => {
            "A person has to decide. Compare the fingerprint of its key with the one in its log, then approve or reject it."
        }
        Status::Rejected => "A person turned it away. It gets neither work nor scripts; that can be taken back.",
        Status::Disabled => "A person put it out of work, whatever its token; it can be enabled again.",
    }
}

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let statuses = Status::ALL.map(|status| {
        view! {
            <div>
                <dt>
                    <DelegateStatus status=status />
                </dt>
                <dd>{meaning(status)}</dd>
            </div>
        }
    });
    let roles = Role::ALL.map(|role| {
        view! {
            <div>
                <dt>{role.label()}</dt>
                <dd>{role.meaning()}</dd>
            </div>
        }
    });
    view! {
        <Title text="Documentation" />
        <div class="head">
            <h1>"Documentation"</h1>
        </div>
        <div class="text">
            <section class="block">
                <h2>"From nothing to an approved delegate"</h2>
                <ol class="steps">
                    <li>
                        <p>
                            <a class="link" href=at_scope("/profiles/new")>"Make a profile"</a>
                            ": what delegates of a kind have in common – the script that prepares their host, and whether a \
                            person has to approve them."
                        </p>
                    </li>
                    <li>
                        <p>
                            <a class="link" href=at_scope("/install")>"Download the delegate"</a>
                            " with that profile and a token. The token lets it register; who has its value can register, too."
                        </p>
                    </li>
                    <li>
                        <p>
                            "Start it. It shows up under "
                            <a class="link" href=at_scope("/delegates")>"Delegates"</a>
                            " by itself, and waits there where its profile or its token asks for approval."
                        </p>
                    </li>
                    <li>
                        <p>
                            "To cut it off, disable it on its page. To cut off everybody who has a token's value, revoke the "
                            <a class="link" href=at_scope("/tokens")>"token"</a>
                            ": the very next request with it is refused."
                        </p>
                    </li>
                </ol>
            </section>
            <section class="block">
                <h2>"What a delegate is"</h2>
                <dl class="meanings">{statuses.into_iter().collect_view()}</dl>
            </section>
            <section class="block">
                <h2>"What people may do"</h2>
                <dl class="meanings">{roles.into_iter().collect_view()}</dl>
            </section>
            <section class="block">
                <h2>"Keys"</h2>
                <Shortcuts />
            </section>
            <section class="block">
                <h2>"For who runs Muster"</h2>
                <p>
                    <code>"/healthz"</code>
                    " says that the process runs, "
                    <code>"/readyz"</code>
                    " that it can serve. "
                    <code>"muster --help"</code>
                    " lists commands and settings. README.md in the release says how to install, upgrade and back it up."
                </p>
            </section>
        </div>
    }
}
