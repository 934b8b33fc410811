//! Links of people, as they are opened. What makes one work leaves the address at once, for a sealed cookie: so it stands
//! in no history beyond this step, in no `Referer`, and in no address that a page is asked for again at. Nothing is looked
//! up: who opens a link without using it, as mail filters do, changes nothing.

use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue,
        header::{CACHE_CONTROL, REFERRER_POLICY, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use muster_app::invitation::PATH;
use tower_sessions::cookie::time::Duration;
use zeroize::Zeroizing;

use super::cookie;
use crate::{encryption::EncryptionKey, state};

/// The cookie that holds what makes the link work.
const COOKIE: &str = "muster_link";
/// For how long the page can be come back to.
const LASTS: Duration = Duration::hours(1);
/// The longest key that is kept: ours have 43 characters.
const MAX_KEY: usize = 100;

/// Keeps the key of a link, and sends the browser to the page.
pub async fn open(State(state): State<state::State>, Path(key): Path<String>) -> Response {
    let key = Zeroizing::new(key);
    let known = (key.len() <= MAX_KEY).then(|| cookie::write(&state, COOKIE, &key.as_str(), LASTS)).flatten();
    let mut response = Redirect::to(PATH).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // The page must not show the link that was opened before this one.
    if let Some(cookie) = known.or_else(|| forget(&state)) {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// The key of the link that was opened in this browser last, where a request is about that.
pub fn key_of(encryption: &EncryptionKey, path: &str, headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let is_asked_for = path == PATH || path.strip_prefix("/api").is_some_and(|call| call.starts_with(PATH));
    is_asked_for.then(|| cookie::read(encryption, headers, COOKIE).map(Zeroizing::new)).flatten()
}

/// The `Set-Cookie` header that forgets it.
pub fn forget(state: &state::State) -> Option<HeaderValue> {
    cookie::remove(state, COOKIE)
}

/// Whether an address is that of a link, or of its page: those who open one are not signed in.
pub fn is_entrance(path: &str) -> bool {
    path == PATH || key_in(path).is_some()
}

/// A path as the log may hold it.
pub fn loggable(path: &str) -> &str {
    if key_in(path).is_some() { "/invitation/…" } else { path }
}

fn key_in(path: &str) -> Option<&str> {
    path.strip_prefix(PATH)?.strip_prefix('/').filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_with_a_key_is_logged() {
        for (path, logged) in [
            ("/invitation/abc", "/invitation/…"),
            ("/invitation/abc/def", "/invitation/…"),
            ("/invitation//", "/invitation/…"),
            ("/invitation", "/invitation"),
            ("/invitations/abc", "/invitations/abc"),
            ("/delegates/abc", "/delegates/abc"),
        ] {
            assert_eq!(loggable(path), logged);
        }
    }
}
