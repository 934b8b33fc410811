//! The value of a new token, shown once.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{ForgetTokenValue, reveal_token},
    query::use_token_list,
};
use crate::{
    console::RevealedToken,
    ui::{
        copy::copy_face,
        dialog::{CancelButton, Dialog, MessageDialog, render_dialog},
        href::{Href, use_here},
        icon::Icon,
        params::{parse_id, use_id},
    },
};

/// Shows the value of the token in the address on top of the list of tokens, or of the page that the address tells to
/// return to.
#[component]
pub fn CreatedTokenDialog() -> impl IntoView {
    let id = use_id();
    let asked = use_here().get("back").and_then(Href::parse);
    let back = asked.unwrap_or_else(|| use_token_list().list().with("done", &id));
    created_dialog(id, back)
}

/// Shows a token's value, has the browser put it into the clipboard where it lets it, and not let go of it unasked.
pub fn created_dialog(id: String, back: Href) -> impl IntoView {
    // The server shows the value once, so this asks once.
    let value = {
        let id = id.clone();
        async move { reveal_token(parse_id(&id)?).await }
    };
    render_dialog(value, back.clone(), move |value| match value {
        Some(token) => view! { <Value id=id token=token back=back /> }.into_any(),
        None => view! { <Spent back=back /> }.into_any(),
    })
}

#[component]
fn Value(id: String, token: RevealedToken, back: Href) -> impl IntoView {
    let RevealedToken { name, value } = token;
    view! {
        <Dialog title="New Token" back=back>
            // Fetched anew, the page would not have the value any more. The browser copies it by itself, and a slip
            // would leave it in the clipboard alone, until something else is copied: leaving has to be asked for.
            <div data-guard="" data-once="">
                // Sent once the page is shown: from then on nobody sees the value again. Where this does not get
                // through it is forgotten a little later.
                <form method="post" action=ForgetTokenValue::PATH data-send="" hidden>
                    <input type="hidden" name="id" value=id />
                </form>
                <div class="dialog-body">
                    <p
                        role="status"
                        data-copied-text=format!("{name} is ready and its value is in your clipboard.")
                    >
                        {format!("{name} is ready. Copy its value now.")}
                    </p>
                    <div class="secret">
                        <input
                            class="mono"
                            type="text"
                            readonly
                            aria-label="Token value"
                            value=value.clone()
                            autocomplete="off"
                            spellcheck="false"
                        />
                        <button type="button" class="needs-scripts" data-copy=value data-copy-at-once="">
                            {copy_face()}
                        </button>
                    </div>
                    <div class="notice notice-wait">
                        {Icon::Warning.draw()}
                        <p>"Save the new token value. You cannot retrieve the token value after this."</p>
                    </div>
                </div>
                <footer data-calm="">
                    <CancelButton label="I have saved it" class="btn primary" />
                </footer>
                <footer class="asks" data-asks="" hidden>
                    <p
                        role="alert"
                        data-copied-text="The value is in your clipboard, and nowhere else. It cannot be shown again."
                        data-uncopied-text="You have not copied the value. It cannot be shown again."
                    ></p>
                    <button type="button" class="btn" data-calm-again="">
                        "Go back"
                    </button>
                    <CancelButton label="Close anyway" class="btn danger" autofocus=false />
                </footer>
            </div>
        </Dialog>
    }
}

#[component]
fn Spent(back: Href) -> impl IntoView {
    view! {
        <MessageDialog title="This value was shown before" back=back>
            <p>
                "A token's value is shown once, right after it was made, and only to the person who made it. Muster \
                cannot show this one again."
            </p>
            <p>
                "If it was not saved, make a new token and revoke this one. Install files that you download hold the \
                value of the token you choose, so for those nothing has to be copied."
            </p>
        </MessageDialog>
    }
}
