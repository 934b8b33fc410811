//! Ending own sessions, asked about once more.

use leptos::{prelude::*, server_fn::ServerFn};
use muster::user::{Account, SessionRow};

use super::{
    api::{EndOtherSessions, EndSession, get_account},
    page::called,
};
use crate::{
    error::ConsoleError,
    ui::{
        dialog::render_dialog,
        form_dialog::{FormDialog, Submit},
        href::Href,
        params::use_id,
    },
};

/// The session that an address names.
async fn load_session(id: String) -> Result<SessionRow, ConsoleError> {
    let Account { sessions, .. } = get_account().await?;
    let meant = sessions.into_iter().find(|session| session.id == id);
    meant.ok_or_else(|| ConsoleError::not_found("This session has ended already."))
}

/// Asks before a session is ended.
#[component]
pub fn EndSessionDialog() -> impl IntoView {
    let back = Href::new("/account");
    render_dialog(load_session(use_id()), back.clone(), move |session| {
        let mut what = called(&session);
        if !session.address.is_empty() {
            what = format!("{what} at {}", session.address);
        }
        view! {
            <FormDialog
                title="End this session?"
                back=back
                action=EndSession::PATH
                id=session.id
                submit=Submit::removes("End session", "Ending…")
            >
                <p>
                    <b translate="no">{what}</b>
                    " is logged out at once. Where you do not know this session, change your password, too."
                </p>
            </FormDialog>
        }
    })
}

/// Asks before all other sessions are ended.
#[component]
pub fn EndOtherSessionsDialog() -> impl IntoView {
    view! {
        <FormDialog
            title="End all other sessions?"
            back=Href::new("/account")
            action=EndOtherSessions::PATH
            submit=Submit::removes("End sessions", "Ending…")
        >
            <p>"You are logged out everywhere but here, at once."</p>
        </FormDialog>
    }
}
