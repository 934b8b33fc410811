//! How the console looks in a browser, which keeps that in a cookie: so a page comes in its colours at once, and needs no
//! script for it.

use axum::http::{HeaderMap, HeaderValue};
use muster::theme::Theme;
use tower_sessions::cookie::{Cookie, time::Duration};

use super::cookie;
use crate::state::State;

/// A word, which is no secret: it is not sealed.
const COOKIE: &str = "muster_theme";
/// The longest that browsers allow.
const LASTS: Duration = Duration::days(400);

/// What a browser was told to look like.
pub fn read(headers: &HeaderMap) -> Theme {
    cookie::find(headers, COOKIE).and_then(|cookie| Theme::from_slug(cookie.value())).unwrap_or_default()
}

/// The `Set-Cookie` header that has a browser look so from now on.
pub fn keep(state: &State, theme: Theme) -> Option<HeaderValue> {
    match theme {
        Theme::System => cookie::remove(state, COOKIE),
        Theme::Light | Theme::Dark => {
            cookie::header_of(state, Cookie::build((COOKIE, theme.slug())).max_age(LASTS).build())
        }
    }
}
