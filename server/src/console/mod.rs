//! The door for people: what the console asks, put to the use cases for who is signed in.
//!
//! A server function is a public endpoint, and its body also runs in process while a page is rendered, where no
//! middleware stands before it: so each asks here, and here each becomes a request of a [`Context`].

mod account;
mod api_keys;
mod delegates;
mod done;
mod everything;
mod install;
mod invitation;
mod problem;
mod profiles;
mod reveal;
mod scopes;
mod scripts;
mod second_factor;
mod secrets;
mod session;
mod single_sign_on;
mod tokens;
mod users;

use std::net::IpAddr;

use axum::http::{
    HeaderName, HeaderValue, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use leptos_axum::ResponseOptions;
use muster::{
    scope::Scope,
    user::{Permission, User},
};
use muster_app::{console::Console, error::ConsoleError, install::Remembered};
use tower_sessions::Session;
use zeroize::Zeroizing;

use crate::{
    auth::{device::Device, session::digest},
    error::{Conflict, Error},
    manage::Context,
    state::State,
};

/// A request of the console: who asks, and the reply that is being made.
#[derive(Clone)]
pub struct Operator {
    /// What every request can reach.
    pub state: State,
    /// The scope that the request names.
    pub scope: Scope,
    /// Who is signed in.
    pub user: Option<User>,
    /// The session.
    pub session: Session,
    /// The address of who asks.
    pub address: IpAddr,
    /// What the browser is known by, where it is.
    pub device: Option<Device>,
    /// What the browser is called, for the person's list of sessions; may be empty.
    pub browser: String,
    /// Whether the person has to set up a second factor before anything else.
    pub must_enrol: bool,
    /// What makes the link work that this browser has opened, where the request is about that.
    pub link: Option<Zeroizing<String>>,
    /// What the person chose last when installing a delegate.
    pub remembered: Remembered,
    /// Where a login would be kept, where it would not be kept here.
    pub login_is_kept_at: Option<String>,
    /// Whether the request tells which page its form stands on, as those of browsers do.
    pub by_form: bool,
    /// The request's id, as in the log.
    pub request_id: String,
    /// The host that the browser asked for, as it wrote it; may be empty.
    pub host: String,
    /// The reply that is being made.
    pub response: ResponseOptions,
}

impl Operator {
    /// The request as use cases take it.
    ///
    /// # Errors
    /// [`ConsoleError::SignedOut`]; a conflict where the person has to set up a second factor first.
    pub fn context(&self) -> Result<Context, ConsoleError> {
        let user = self.user.as_ref().ok_or(ConsoleError::SignedOut)?;
        // Beneath every page, form and stream: nothing is to be had without it.
        if self.must_enrol {
            return self.answer(Err(Conflict::SecondFactorRequired.into()));
        }
        Ok(self.context_of(user))
    }

    fn context_of(&self, user: &User) -> Context {
        Context { request_id: self.request_id.clone(), ..Context::person(self.state.clone(), user, self.address) }
    }

    /// What stands for the session in the database.
    pub(crate) fn session_digest(&self) -> Result<String, Error> {
        self.session.id().map(|id| digest(&id)).ok_or(Error::SignedOut)
    }

    /// What a page is told of a use case.
    pub(crate) fn answer<T>(&self, result: Result<T, Error>) -> Result<T, ConsoleError> {
        result.map_err(|error| problem::to_console(&error, &self.request_id))
    }
}

impl Console for Operator {
    fn authorize(&self, permission: Permission) -> Result<(), ConsoleError> {
        self.answer(self.context()?.authorize_anywhere(permission))
    }

    fn tell(&self, error: &ConsoleError) {
        if let Ok(status) = StatusCode::from_u16(error.status()) {
            self.response.set_status(status);
        }
        if let Some(seconds) = error.retry_after() {
            self.response.insert_header(RETRY_AFTER, seconds.into());
        }
    }

    fn scope(&self) -> Scope {
        self.scope.clone()
    }

    fn redirect_in(&self, scope: &Scope, path: &str) {
        let (named, _) = Scope::split(self.state.account, path);
        let path = if named.organization.is_some() { path.to_owned() } else { scope.path() + path };
        // The names by which server functions tell their client to go elsewhere; `web::forms` turns them into a real
        // redirect for a browser without JavaScript.
        if let Ok(path) = HeaderValue::from_str(&path) {
            self.response.insert_header(LOCATION, path);
            self.response.insert_header(HeaderName::from_static("serverfnredirect"), HeaderValue::from_static(""));
        }
    }
}
