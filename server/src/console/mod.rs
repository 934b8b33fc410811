//! Use cases for people: what the console asks of the server, for the operator who asks.
//!
//! Each begins with the permission it needs: a server function is a public endpoint, and its body also runs in
//! process while a page is rendered, where no middleware stands before it.

mod delegates;
mod install;
mod profiles;
mod refusals;
mod rotation;
mod scripts;
mod secrets;
mod session;
mod tokens;

pub use profiles::primary;

use std::net::IpAddr;

use axum::http::{
    HeaderName, HeaderValue, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use leptos_axum::ResponseOptions;
use muster::{
    audit::{Actor, Origin},
    page::{Cursor, PAGE_SIZE},
    scope::Scope,
    time::Timestamp,
    user::{Permission, User},
};
use muster_app::{console::Console, error::ConsoleError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use tower_sessions::Session;

use crate::{auth::device::Device, error::Error, state::State};

/// A request of the console: what it can reach, and who asks.
#[derive(Clone)]
pub struct Operator {
    /// What every request can reach.
    pub state: State,
    /// Who is signed in.
    pub user: Option<User>,
    /// The session.
    pub session: Session,
    /// The address of who asks.
    pub address: IpAddr,
    /// What the browser is known by, where it is.
    pub device: Option<Device>,
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
    /// The person who asks, where the role includes `permission`.
    ///
    /// # Errors
    /// [`Error::SignedOut`] or [`Error::Forbidden`].
    pub fn may(&self, permission: Permission) -> Result<&User, Error> {
        let user = self.user.as_ref().ok_or(Error::SignedOut)?;
        if user.role.may(permission) { Ok(user) } else { Err(Error::Forbidden) }
    }

    fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// Where this person's objects are. So far everybody works at the account.
    pub(crate) fn scope(&self) -> Scope {
        Scope::account(self.state.account)
    }

    /// Who asks, for the audit trail.
    pub(crate) fn origin(&self, user: &User) -> Origin {
        Origin { actor: Actor::User { id: user.id, email: user.email.clone() }, address: Some(self.address) }
    }

    fn out<T>(&self, result: Result<T, Error>) -> Result<T, ConsoleError> {
        result.map_err(|error| error.into_console(&self.request_id))
    }
}

impl Console for Operator {
    fn tell(&self, error: &ConsoleError) {
        if let Ok(status) = StatusCode::from_u16(error.status()) {
            self.response.set_status(status);
        }
        if let Some(seconds) = error.retry_after() {
            self.response.insert_header(RETRY_AFTER, seconds.into());
        }
    }

    fn redirect(&self, path: &str) {
        // The names by which server functions tell their client to go elsewhere; `web::forms` turns them into a real
        // redirect for a browser without JavaScript.
        if let Ok(path) = HeaderValue::from_str(path) {
            self.response.insert_header(LOCATION, path);
            self.response.insert_header(HeaderName::from_static("serverfnredirect"), HeaderValue::from_static(""));
        }
    }
}

/// Cuts one page out of a query, by keyset on `id`: the newest rows first. One row more than a page holds is fetched,
/// which tells whether there is another page.
fn page_of<E: EntityTrait>(query: Select<E>, id: E::Column, cursor: Cursor) -> Select<E> {
    let query = match cursor {
        Cursor::First => query.order_by_desc(id),
        Cursor::After(row) => query.filter(id.lt(row)).order_by_desc(id),
        Cursor::Before(row) => query.filter(id.gt(row)).order_by_asc(id),
    };
    query.limit(u64::from(PAGE_SIZE) + 1)
}
