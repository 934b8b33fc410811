//! That registrations with a token are turned away because there are too many; and rejecting what waits.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::{
    id::TokenId,
    page::{count_label, grouped},
    token::Flood,
};

use super::{
    api::{RejectWaiting, get_floods},
    change::back_to_token,
    dialogs::{Users, load_token},
    query::{token_dialog, token_href},
};
use crate::{
    session::may_manage,
    ui::{
        dialog::render_dialog,
        form_dialog::{FormDialog, Submit},
        href::Href,
        icon::Icon,
        load::render_or,
        params::use_id,
        time::Time,
    },
};

/// Warns of floods: of all tokens, or of one.
#[component]
pub fn Floods(
    #[prop(optional)] token: Option<TokenId>,
    /// The page that it stands on.
    here: Href,
) -> impl IntoView {
    let may = may_manage();
    let all = move |floods: Vec<Flood>| floods.into_iter().map(|flood| notice(flood, may, &here)).collect_view();
    // Where they cannot be counted, the page below says what is the matter.
    render_or(get_floods(token), |_| ().into_any(), all)
}

fn notice(flood: Flood, may: bool, here: &Href) -> impl IntoView + use<> {
    let Flood { token, name, waiting, turned_away, since, last_at } = flood;
    let reject = token_dialog(token, "reject-waiting", here).to_string();
    let calls = if turned_away == 1 { "registration was" } else { "registrations were" };
    view! {
        <div class="notice notice-wait flood" role="status">
            {Icon::Warning.draw()}
            <p>
                {grouped(turned_away)}
                " "
                {calls}
                " turned away with the token "
                <a class="link" href=token_href(token).to_string() translate="no">
                    {name}
                </a>
                " since "
                <Time at=since />
                ", the last one "
                <Time at=last_at />
                ": too many wait for approval, or register at once. "
                {(waiting > 0).then(|| format!("{} wait for approval now.", count_label(waiting)))}
            </p>
            {(may && waiting > 0)
                .then(|| {
                    view! {
                        <a class="btn small" href=reject>
                            "Reject all from this token"
                        </a>
                    }
                })}
        </div>
    }
}

/// Asks once more before everything that waits with a token is rejected.
#[component]
pub fn RejectWaitingDialog() -> impl IntoView {
    let id = use_id();
    let back = back_to_token(&id);
    render_dialog(load_token(id), back.clone(), move |token| {
        let (id, name) = (token.row.token.id.to_string(), token.row.token.name.to_string());
        let waiting = token.waiting;
        view! {
            <FormDialog
                title=format!("Reject all that wait with {name}?")
                back=back.clone()
                action=RejectWaiting::PATH
                id=id
                returns_to=back
                submit=Submit::removes("Reject all", "Rejecting…")
                possible={waiting > 0}
            >
                {if waiting == 0 {
                    view! { <p>"No delegate of this token waits for approval."</p> }.into_any()
                } else {
                    view! {
                        <p>
                            <b>{count_label(waiting)}</b>
                            {if waiting == 1 { " delegate waits" } else { " delegates wait" }}
                            " for approval. All of them are rejected, also those that register until you press the \
                            button. Their processes keep running, but Muster will not use them."
                        </p>
                        <p>
                            "Whoever has the token can go on registering: revoke or restrict it where you do not know \
                            where they come from. Delegates of this token that are approved go on working."
                        </p>
                        <Users token=token />
                    }
                    .into_any()
                }}
            </FormDialog>
        }
    })
}
