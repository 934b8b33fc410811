//! The value of a new token, shown once.

use leptos::{prelude::*, task::spawn_local};
use muster::id::TokenId;

use super::{
    api::{forget_token_value, reveal_token},
    query::use_token_list,
};
use crate::{
    console::RevealedToken,
    ui::{
        copy::{CopyField, copy_text},
        dialog::{CancelButton, Dialog, Leave, MessageDialog, render_dialog},
        fresh::fresh,
        href::{Href, use_here},
        icon::Icon,
        load::Loaded,
        params::{parse_id, use_id},
    },
};

/// Shows the value of the token in the address on top of the list of tokens, or of the page that the address tells to
/// return to.
#[component]
pub fn CreatedTokenDialog() -> impl IntoView {
    let list = use_token_list();
    let here = use_here();
    let id = use_id();
    let back = Signal::derive(move || {
        let asked = here.with(|here| here.get("back").and_then(Href::parse));
        asked.unwrap_or_else(|| list.get().list().with("done", id.get()))
    });
    created_dialog(id, back)
}

/// Shows a token's value, puts it into the clipboard where the browser lets it, and does not let go of it unasked.
pub fn created_dialog(id: Memo<String>, back: Signal<Href>) -> impl IntoView {
    // The server shows the value once, so this asks once: by itself when it renders, and else the browser.
    let value =
        Loaded::<Option<RevealedToken>>::new(move || id.get(), |id| async move { reveal_token(parse_id(&id)?).await });
    render_dialog(value, back, move |value| match value.get_untracked() {
        Some(token) => match id.get_untracked().parse() {
            Ok(id) => view! { <Value id=id token=token back=back /> }.into_any(),
            Err(_) => view! { <Spent back=back /> }.into_any(),
        },
        None => view! { <Spent back=back /> }.into_any(),
    })
}

#[component]
fn Value(id: TokenId, token: RevealedToken, back: Signal<Href>) -> impl IntoView {
    let copied = RwSignal::new(None);
    let asks = RwSignal::new(false);
    // The page has copied it by itself: a slip would leave it in the clipboard alone, until something else is copied.
    let may_close = Callback::new(move |leave| {
        let copied = copied.get_untracked() == Some(true);
        let may = (leave == Leave::Button && copied) || asks.get_untracked();
        asks.set(!may);
        may
    });
    // Shown: from now on nobody sees it again. Where this does not get through it is forgotten a little later.
    Effect::new(move |_| spawn_local(async move { _ = forget_token_value(id).await }));
    let secret = StoredValue::new(token.value.clone());
    let go_back = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        let secret = secret.get_value();
        spawn_local(async move {
            let worked = copy_text(&secret).await;
            copied.try_set(Some(worked));
        });
    });
    // The button that had the focus has made room for this one.
    Effect::new(move |_| {
        if let Some(button) = go_back.get() {
            request_animation_frame(move || _ = button.focus());
        }
    });
    let name = token.name;
    let ready = move || {
        if copied.get() == Some(true) {
            format!("{name} is ready and its value is in your clipboard.")
        } else {
            format!("{name} is ready. Copy its value now.")
        }
    };
    view! {
        <Dialog title="New Token" back=back may_close=may_close>
            <div class="dialog-body">
                <p role="status">{fresh(ready)}</p>
                <CopyField label="Token value" value=token.value copied=copied />
                <div class="notice notice-wait">
                    {Icon::Warning.draw()}
                    <p>"Save the new token value. You cannot retrieve the token value after this."</p>
                </div>
            </div>
            {move || if asks.get() {
                view! {
                    <footer class="asks">
                        <p role="alert">
                            {fresh(move || if copied.get() == Some(true) {
                                "The value is in your clipboard, and nowhere else. It cannot be shown again."
                            } else {
                                "You have not copied the value. It cannot be shown again."
                            })}
                        </p>
                        <button type="button" class="btn" node_ref=go_back on:click=move |_| asks.set(false)>
                            "Go back"
                        </button>
                        <CancelButton label="Close anyway" class="btn danger" autofocus=false />
                    </footer>
                }
                .into_any()
            } else {
                view! {
                    <footer>
                        <CancelButton label="I have saved it" class="btn primary" />
                    </footer>
                }
                .into_any()
            }}
        </Dialog>
    }
}

#[component]
fn Spent(back: Signal<Href>) -> impl IntoView {
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
