//! A dialog with something that is shown once: the browser puts it into the clipboard where it may, and does not let go of
//! it by a slip (`browser/once.rs`).

use leptos::prelude::*;

use super::{
    copy::copy_face,
    dialog::{CancelButton, Dialog},
    href::Href,
    icon::Icon,
};

/// What is said of it, beside its own value.
#[derive(Clone, Debug)]
pub struct Words {
    /// The heading.
    pub title: &'static str,
    /// What it is, in a word: "value".
    pub noun: &'static str,
    /// What it is called for who does not see the field: "Token value".
    pub label: &'static str,
    /// That it is there, and waits to be copied.
    pub ready: String,
    /// The same, once it is in the clipboard.
    pub copied: String,
    /// What to know of it.
    pub notice: String,
    /// The button that closes the dialog.
    pub done: &'static str,
}

/// The value where it can be read and selected: a field, or a list where it has several lines.
fn shown(label: &'static str, value: String) -> AnyView {
    if value.contains('\n') {
        return view! {
            <div class="secret-lines" role="group" aria-label=label>
                <code class="mono" tabindex="0">
                    {value}
                </code>
            </div>
        }
        .into_any();
    }
    view! {
        <input
            class="mono"
            type="text"
            readonly
            aria-label=label
            value=value
            autocomplete="off"
            spellcheck="false"
        />
    }
    .into_any()
}

/// Shows a value that the server does not give a second time.
#[component]
pub fn ShownOnce(
    words: Words,
    value: String,
    /// The path of the server function that forgets the value, and the object that it is told.
    forget: &'static str,
    #[prop(into)] id: String,
    /// Where closing it leads.
    back: Href,
) -> impl IntoView {
    let Words { title, noun, label, ready, copied, notice, done } = words;
    view! {
        <Dialog title=title back=back>
            // Fetched anew, the page would not have the value any more. The browser copies it by itself, and a slip
            // would leave it in the clipboard alone, until something else is copied: leaving has to be asked for.
            <div data-guard="" data-once="">
                // Sent once the page is shown: from then on nobody sees the value again. Where this does not get
                // through it is forgotten a little later.
                <form method="post" action=forget data-send="" hidden>
                    <input type="hidden" name="id" value=id />
                </form>
                <div class="dialog-body">
                    <p role="status" data-copied-text=copied>
                        {ready}
                    </p>
                    <div class="secret">
                        {shown(label, value.clone())}
                        <button type="button" class="needs-scripts" data-copy=value data-copy-at-once="">
                            {copy_face()}
                        </button>
                    </div>
                    <div class="notice notice-wait">
                        {Icon::Warning.draw()}
                        <p>{notice}</p>
                    </div>
                </div>
                <footer data-calm="">
                    <CancelButton label=done class="btn primary" />
                </footer>
                <footer class="asks" data-asks="" hidden>
                    <p
                        role="alert"
                        data-copied-text=format!("The {noun} is in your clipboard, and nowhere else. It cannot be shown again.")
                        data-uncopied-text=format!("You have not copied the {noun}. It cannot be shown again.")
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
