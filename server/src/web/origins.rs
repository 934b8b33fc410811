//! Requests that change something come from Muster's own pages. Both sides are compared as browsers write origins, and
//! who is refused is told in words what differs.

use axum::{
    Json,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use muster_app::error::ConsoleError;
use tower_http::csrf::ProtectionError;

use crate::{install::address::is_only_here, origin, state};

/// The host that a browser asked for, as it wrote it; may be empty.
pub fn host_of(uri: &Uri, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 has it in the address.
    host.or_else(|| uri.authority().map(Authority::as_str)).unwrap_or_default().to_owned()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Middleware around the protection against other sites.
pub async fn compare(State(state): State<state::State>, mut request: Request, next: Next) -> Response {
    let host = host_of(request.uri(), request.headers());
    let theirs = text(request.headers(), ORIGIN.as_str()).map(str::to_owned);
    if let Some(same) = theirs.as_deref().and_then(|theirs| in_our_words(theirs, &host)) {
        request.headers_mut().insert(ORIGIN, same);
    }
    let for_people = text(request.headers(), ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"));
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    let sentence = refusal(state.public_url.as_deref(), &host, theirs.as_deref());
    tracing::warn!(host, origin = theirs, "a request of another site is refused");
    if for_people {
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Not taken · Muster</title>\n\
             <h1>Muster did not take this</h1>\n<p>{}</p>\n",
            escaped(&sentence)
        );
        return (StatusCode::FORBIDDEN, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    }
    (StatusCode::FORBIDDEN, Json(ConsoleError::OtherSite(sentence))).into_response()
}

/// An origin in its normal form; where it is that of the host that was asked for, with that as it was written, since
/// the two are compared byte by byte.
fn in_our_words(theirs: &str, host: &str) -> Option<HeaderValue> {
    let normal = origin::normal(theirs)?;
    let (scheme, _) = normal.split_once("://")?;
    let same_host = origin::normal(&format!("{scheme}://{host}")).is_some_and(|ours| ours == normal);
    HeaderValue::from_str(&if same_host { format!("{scheme}://{host}") } else { normal }).ok()
}

fn refusal(public_url: Option<&str>, host: &str, theirs: Option<&str>) -> String {
    let theirs = theirs.filter(|theirs| *theirs != "null");
    let from = theirs.map_or_else(|| "another site".to_owned(), |theirs| format!("a page of {theirs}"));
    let is_set = public_url.map_or_else(
        || "MUSTER_PUBLIC_URL is not set".to_owned(),
        |url| format!("its public address (MUSTER_PUBLIC_URL) is {url}"),
    );
    let advice = public_url.map_or_else(
        || "open Muster at the address in the browser's bar and try again".to_owned(),
        |url| format!("open {url} and try again"),
    );
    let mend = theirs.map_or_else(String::new, |theirs| {
        format!(
            " If {theirs} is Muster's own address, set MUSTER_PUBLIC_URL to it, or let the proxy in between pass on \
             the header Host."
        )
    });
    format!("This was sent by {from}, but Muster was asked as {host}, and {is_set}. To go on, {advice}.{mend}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where a login would be kept, where it is not here: a browser keeps a cookie that is for TLS alone only of a page that
/// came by TLS, or of its own machine.
pub fn login_is_kept_at(state: &state::State, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let public = state.public_url.as_deref().filter(|_| state.has_secure_cookies())?;
    let host = host_of(uri, headers);
    if is_only_here(&format!("http://{host}")) {
        return None;
    }
    let by_tls = match (text(headers, ORIGIN.as_str()), text(headers, "x-forwarded-proto")) {
        (Some(origin), _) if origin != "null" => origin.starts_with("https:"),
        (_, Some(scheme)) => scheme.eq_ignore_ascii_case("https"),
        // Browsers send the one only by TLS, and what asks for the public address most likely came by it.
        _ => headers.contains_key("sec-fetch-site") || host.eq_ignore_ascii_case(origin::authority(public)),
    };
    (!by_tls).then(|| public.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c23_origins_are_compared_as_browsers_write_them() {
        for (theirs, host, expected) in [
            ("http://Muster.lan:8080", "muster.lan:8080", Some("http://muster.lan:8080")),
            ("http://muster.lan", "muster.lan:80", Some("http://muster.lan:80")),
            ("https://muster.lan:443", "Muster.lan", Some("https://Muster.lan")),
            ("HTTPS://Muster.example.com:443", "127.0.0.1:3000", Some("https://muster.example.com")),
            ("http://muster.lan:81", "muster.lan", Some("http://muster.lan:81")),
            ("null", "muster.lan", None),
        ] {
            let same = in_our_words(theirs, host);
            assert_eq!(same.as_ref().map(|same| same.to_str().unwrap()), expected, "{theirs}");
        }
    }

    #[test]
    fn c23_a_refusal_says_what_differs() {
        let told = refusal(Some("https://muster.example.com"), "10.0.0.5:3000", Some("http://muster.lan"));
        for part in ["http://muster.lan", "10.0.0.5:3000", "https://muster.example.com", "MUSTER_PUBLIC_URL", "Host"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(refusal(None, "muster.lan", Some("null")).starts_with("This was sent by another site, "));
    }
}
