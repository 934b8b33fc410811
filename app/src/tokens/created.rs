//! The value of a new token, shown once.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{ForgetTokenValue, reveal_token},
    query::use_token_list,
};
use crate::{
    console::RevealedToken,
    ui::{
        dialog::{MessageDialog, render_dialog},
        href::{Href, use_here},
        params::{parse_id, use_id},
        shown_once::{ShownOnce, Words},
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
        Some(RevealedToken { name, value }) => {
            let words = words(&name);
            view! { <ShownOnce words=words value=value forget=ForgetTokenValue::PATH id=id back=back /> }.into_any()
        }
        None => view! { <Spent back=back /> }.into_any(),
    })
}

fn words(name: &str) -> Words {
    Words {
        title: "New Token",
        noun: "value",
        label: "Token value",
        ready: format!("{name} is ready. Copy its value now."),
        copied: format!("{name} is ready and its value is in your clipboard."),
        notice: "Save the new token value. You cannot retrieve the token value after this.".to_owned(),
        done: "I have saved it",
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
