//! What the console needs of a server: the one seam between the pages and everything behind them.
//!
//! The server implements these traits for an operator that knows who is asking, made anew for each request, so that a
//! server function cannot forget it. Each method checks permission first.

mod account;
mod api_keys;
mod delegates;
mod everything;
mod install;
mod invitation;
mod profiles;
mod scopes;
mod scripts;
mod second_factor;
mod secrets;
mod session;
mod tokens;
mod users;

use std::sync::Arc;

use futures_util::FutureExt as _;
use leptos::{prelude::*, task};
use muster::{scope::Scope, user::Permission};
use tracing::instrument::{Instrument as _, WithSubscriber as _};

pub use self::{
    account::Account,
    api_keys::{ApiKeys, Holder, RevealedKey},
    delegates::Delegates,
    everything::Everything,
    install::Install,
    invitation::Invitation,
    profiles::Profiles,
    scopes::Scopes,
    scripts::Scripts,
    second_factor::SecondFactors,
    secrets::Secrets,
    session::{Frame, Session, SignedIn},
    tokens::{RevealedToken, Tokens},
    users::{RevealedLink, Users},
};
use crate::error::ConsoleError;

/// Everything the console asks of a server.
pub trait Console:
    Delegates
    + Profiles
    + Tokens
    + Secrets
    + Scripts
    + Install
    + Everything
    + Session
    + Users
    + Account
    + SecondFactors
    + ApiKeys
    + Scopes
    + Invitation
    + Send
    + Sync
{
    /// Asks whether who asks may do something anywhere. A call whose form is still to be read asks this first, so that
    /// only who may is told what is wrong with the form; the use case then asks again, of the object itself.
    ///
    /// # Errors
    /// [`ConsoleError::SignedOut`] or [`ConsoleError::Forbidden`].
    fn authorize(&self, permission: Permission) -> Result<(), ConsoleError>;

    /// Gives the reply to the call under way the status of an error, and what else tells of it.
    fn tell(&self, error: &ConsoleError);

    /// The scope that the request names.
    fn scope(&self) -> Scope;

    /// Sends the browser to another page of the console once the call has succeeded: one of the same scope, where the path
    /// names none.
    fn redirect(&self, path: &str) {
        self.redirect_in(&self.scope(), path);
    }

    /// The same, to a page of another scope.
    fn redirect_in(&self, scope: &Scope, path: &str);
}

/// Runs a call on the console of this request, in a task of its own: the parts of a page are begun together and then waited
/// for one after the other, and one that nobody looks at meanwhile must not keep a connection to the database. Takes the context before the first `.await`, for it is gone after
/// that where a client went away, and gives an error its HTTP status, for it would be 500 by default.
///
/// # Errors
/// What the call returns; an internal error outside of a request.
pub async fn ask<T, F>(call: impl FnOnce(Arc<dyn Console>) -> F) -> Result<T, ConsoleError>
where
    F: Future<Output = Result<T, ConsoleError>> + Send + 'static,
    T: Send + 'static,
{
    let console = use_context::<Arc<dyn Console>>()
        .ok_or_else(|| ConsoleError::Internal("(none: called outside of a request)".to_owned()))?;
    let (work, answer) = call(Arc::clone(&console)).remote_handle();
    task::spawn(work.in_current_span().with_current_subscriber());
    let answer = answer.await;
    if let Err(error) = &answer {
        console.tell(error);
    }
    answer
}

/// Gives a page that cannot show what it is about the status of the reason. Does nothing in the browser.
pub fn tell_status(error: &ConsoleError) {
    if let Some(console) = use_context::<Arc<dyn Console>>() {
        console.tell(error);
    }
}
