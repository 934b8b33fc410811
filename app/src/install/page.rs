//! The choice of how a delegate is to run.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::icon::Icon;

/// A way to install a delegate.
struct Kind {
    icon: Icon,
    name: &'static str,
    text: &'static str,
    to: &'static str,
}

const KINDS: &[Kind] = &[Kind {
    icon: Icon::Terminal,
    name: "Shell Script",
    text: "An archive for a Linux host. Unpack it, start it, and it registers; nothing else is downloaded.",
    to: "/install/shell",
}];

/// The page.
#[component]
pub fn InstallPage() -> impl IntoView {
    view! {
        <Title text="Download Delegate" />
        <p class="crumb">
            <a class="link" href="/delegates">
                "Delegates"
            </a>
        </p>
        <div class="head">
            <h1>"Download Delegate"</h1>
        </div>
        <p class="sub">"Choose how the delegate is to run."</p>
        <ul class="kinds">
            {KINDS
                .iter()
                .map(|kind| {
                    view! {
                        <li class="card kind">
                            <span class="kind-icon">{kind.icon.draw()}</span>
                            <h2>
                                <a href=kind.to>{kind.name}</a>
                            </h2>
                            <p>{kind.text}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}
