//! A new link of a person, shown once: whoever has it comes in as that person.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::user::LinkKind;

use super::api::{ForgetLink, reveal_link};
use crate::{
    console::RevealedLink,
    ui::{
        dialog::{MessageDialog, render_dialog},
        href::Href,
        params::{parse_id, use_id},
        shown_once::{ShownOnce, Words},
        time::absolute,
    },
};

/// Shows the link that was just made for the person in the address.
#[component]
pub fn UserLinkDialog() -> impl IntoView {
    let id = use_id();
    let back = Href::new("/users").with("done", &id);
    // The server shows it once, so this asks once.
    let link = {
        let id = id.clone();
        async move { reveal_link(parse_id(&id)?).await }
    };
    render_dialog(link, back.clone(), move |link| match link {
        Some(link) => {
            let words = words(&link);
            view! { <ShownOnce words=words value=link.url forget=ForgetLink::PATH id=id back=back /> }.into_any()
        }
        None => view! { <Spent back=back /> }.into_any(),
    })
}

fn words(RevealedLink { user, link, .. }: &RevealedLink) -> Words {
    let (email, until) = (&user.email, absolute(link.expires_at));
    let (title, what) = match link.kind {
        LinkKind::Invitation => ("Invitation link", "Whoever opens it first comes in under this address"),
        LinkKind::PasswordReset => ("Password reset link", "Whoever opens it first chooses the password"),
    };
    Words {
        title,
        noun: "link",
        label: title,
        ready: format!("The link for {email} is ready. Copy it now, and send it to nobody else."),
        copied: format!("The link for {email} is in your clipboard. Send it to nobody else."),
        notice: format!("{what}. It works once, until {until}. It cannot be shown again; a new one can be made."),
        done: "I have copied it",
    }
}

#[component]
fn Spent(back: Href) -> impl IntoView {
    view! {
        <MessageDialog title="This link was shown before" back=back>
            <p>
                "A link is shown once, right after it was made, and only to the person who made it. Where it was not \
                copied, make a new one: the one before does not work any more then."
            </p>
        </MessageDialog>
    }
}
