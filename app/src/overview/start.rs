//! What somebody does first who has no delegate yet.

use leptos::prelude::*;

use crate::session::ManagersOnly;
use crate::ui::href::at_scope;

/// The steps to the first delegate.
#[component]
pub fn FirstSteps() -> impl IntoView {
    view! {
        <section class="card form-card">
            <h2>"Your first delegate"</h2>
            <p class="sub">
                "A delegate is a small process inside your network that works for you. It calls Muster, so nothing has to be \
                opened for it."
            </p>
            <ol class="steps first-steps">
                <ManagersOnly>
                    <li>
                        <p>
                            <a class="link" href=at_scope("/profiles/new")>"Make a profile"</a>
                            " that requires approval: then nobody works for you whom you have not looked at."
                        </p>
                    </li>
                    <li>
                        <p>
                            <a class="link" href=at_scope("/install")>"Download the delegate"</a>
                            " for your host, container or cluster, and start it there."
                        </p>
                    </li>
                </ManagersOnly>
                <li>
                    <p>
                        "It shows up under "
                        <a class="link" href=at_scope("/delegates")>"Delegates"</a>
                        " by itself. Compare its key's fingerprint with the one in its log, and approve it."
                    </p>
                </li>
            </ol>
        </section>
    }
}
