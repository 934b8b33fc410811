//! What a person chose last in the guided page that installs a delegate: the browser keeps it, sealed.

use axum::http::{HeaderMap, HeaderValue};
use muster::user::User;
use muster_app::install::Remembered;
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::Duration;

use super::cookie;
use crate::{encryption::EncryptionKey, state::State};

const COOKIE: &str = "muster_install";
/// The longest that browsers allow.
const LASTS: Duration = Duration::days(400);

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Whose choice it was: a browser may have several people.
    email: String,
    choice: Remembered,
}

/// What a person chose last with this browser; nothing where somebody else did.
pub fn read(encryption: &EncryptionKey, headers: &HeaderMap, user: &User) -> Remembered {
    let kept = cookie::read::<Kept>(encryption, headers, COOKIE).filter(|kept| kept.email == user.email.as_str());
    kept.map(|kept| kept.choice).unwrap_or_default()
}

/// The `Set-Cookie` header that has the browser keep a choice from now on.
pub fn keep(state: &State, user: &User, choice: Remembered) -> Option<HeaderValue> {
    cookie::write(state, COOKIE, &Kept { email: user.email.to_string(), choice }, LASTS)
}
