//! Cookies that only this installation can read and write: what they hold is sealed with its key.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

use crate::{encryption::EncryptionKey, state::State};

/// The largest cookie that every browser keeps, in bytes, with room for its name and attributes.
pub const MAX_VALUE: usize = 3800;

fn purpose(name: &str) -> String {
    format!("cookie {name}")
}

/// The cookie of a name that a browser sent.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cookie<'a>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|cookie| cookie.name() == name)
}

/// What a cookie holds; none where there is none, or it was not sealed here.
pub fn read<T: DeserializeOwned>(encryption: &EncryptionKey, headers: &HeaderMap, name: &str) -> Option<T> {
    let cookie = find(headers, name)?;
    let sealed = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
    serde_json::from_slice(&encryption.open(&purpose(name), &sealed).ok()?).ok()
}

/// A `Set-Cookie` header with something sealed; none where it would be too large for browsers.
pub fn write(state: &State, name: &'static str, value: &impl Serialize, lasts: Duration) -> Option<HeaderValue> {
    let clear = serde_json::to_vec(value).ok()?;
    let value = URL_SAFE_NO_PAD.encode(state.encryption.seal(&purpose(name), &clear));
    if value.len() > MAX_VALUE {
        return None;
    }
    header_of(state, Cookie::build((name, value)).max_age(lasts).build())
}

/// A `Set-Cookie` header that removes a cookie.
pub fn remove(state: &State, name: &'static str) -> Option<HeaderValue> {
    header_of(state, Cookie::build((name, "")).max_age(Duration::ZERO).build())
}

/// A `Set-Cookie` header, with the attributes that every cookie of ours has.
pub fn header_of(state: &State, mut cookie: Cookie<'_>) -> Option<HeaderValue> {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(state.has_secure_cookies());
    HeaderValue::from_str(&cookie.to_string()).ok()
}
