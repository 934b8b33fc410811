//! The proxy on the way to the manager: `proxyUrl` in the config file, or the PROXY_ variables of install files.

mod no_proxy;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use muster::{escape::percent_decoded, text::Invalid};
use reqwest::{Url, header::HeaderValue};

use super::{Key, SettingsError, Source, boolean};

const URL: Key = Key::file("proxyUrl");
const NO_PROXY: Key = Key::both("noProxy", "NO_PROXY");
const HOST: Key = Key::env("PROXY_HOST");
const PORT: Key = Key::env("PROXY_PORT");
const SCHEME: Key = Key::env("PROXY_SCHEME");
const USER: Key = Key::env("PROXY_USER");
const PASSWORD: Key = Key::env("PROXY_PASSWORD");
const MANAGER: Key = Key::env("PROXY_MANAGER");

/// Every setting of the proxy.
pub(super) const KEYS: [Key; 8] = [URL, NO_PROXY, HOST, PORT, SCHEME, USER, PASSWORD, MANAGER];

/// A proxy. Its user and password are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Without user and password.
    url: Url,
    auth: Option<BasicAuth>,
    no_proxy: String,
}

/// User and password, byte for byte.
#[derive(Clone, PartialEq, Eq)]
struct BasicAuth {
    user: Vec<u8>,
    password: Vec<u8>,
}

impl Proxy {
    /// Its address, without user and password.
    pub(crate) const fn expose(&self) -> &Url {
        &self.url
    }

    /// What it is told of who asks: the value of the header `Proxy-Authorization`. Made here, because an address would
    /// have to be decoded again on the way.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let BasicAuth { user, password } = self.auth.as_ref()?;
        let text = format!("Basic {}", STANDARD.encode([user.as_slice(), b":", password].concat()));
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The hosts that are reached without it, as the HTTP client reads them.
    pub(crate) fn no_proxy(&self) -> &str {
        &self.no_proxy
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = (self.url.scheme(), self.url.host_str(), self.url.port_or_known_default());
        write!(f, "{scheme}://{}:{}", host.unwrap_or_default(), port.unwrap_or_default())
    }
}

/// Reads the proxy, where there is one for the way to this manager.
pub(super) fn read(source: &Source<'_>, manager: &Url) -> Result<Option<Proxy>, SettingsError> {
    // Read only where there is a proxy: the environment may have it for other programs, in whichever form.
    let no_proxy = || source.optional(NO_PROXY, |text| no_proxy::read(text, manager)).map(Option::unwrap_or_default);
    if let Some((url, auth)) = source.optional(URL, proxy_url)? {
        return Ok(Some(Proxy { url, auth, no_proxy: no_proxy()? }));
    }
    // Existing files set this to false where the proxy is meant for other ways only.
    let wanted = source.optional(MANAGER, boolean)?.unwrap_or(true);
    let Some(host) = source.first(&[HOST]).filter(|_| wanted) else { return Ok(None) };
    let scheme = source
        .optional(SCHEME, |text| match text.trim().to_ascii_lowercase().as_str() {
            "http" => Ok("http"),
            "https" => Ok("https"),
            _ => Err(Invalid::new("Write http or https.")),
        })?
        .unwrap_or("http");
    let mut url = host.parse(|text| bare_host(scheme, text.trim()))?;
    if let Some(port) = source.optional(PORT, port)? {
        let _ = url.set_port(Some(port));
    }
    let auth = match source.optional(USER, user)? {
        Some(user) => Some(BasicAuth { user, password: source.optional(PASSWORD, verbatim)?.unwrap_or_default() }),
        None => None,
    };
    Ok(Some(Proxy { url, auth, no_proxy: no_proxy()? }))
}

/// A user or a password as it is, but for the line end that files bring.
fn verbatim(text: &str) -> Result<Vec<u8>, Invalid> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("Write it in one line, without control characters."));
    }
    Ok(text.as_bytes().to_vec())
}

fn user(text: &str) -> Result<Vec<u8>, Invalid> {
    let user = verbatim(text)?;
    if user.contains(&b':') {
        return Err(Invalid::new("Write the user alone, without a colon; the password stands in PROXY_PASSWORD."));
    }
    Ok(user)
}

fn proxy_url(text: &str) -> Result<(Url, Option<BasicAuth>), Invalid> {
    let expected = || {
        Invalid::new(
            "Write the proxy's address, such as http://proxy.example.com:3128, or http://USER:PASSWORD@proxy.example.com:3128 \
             with user and password percent-encoded (# is %23, % is %25, / is %2F, ? is %3F, @ is %40, \\ is %5C).",
        )
    };
    let mut url = Url::parse(text.trim()).map_err(|_| expected())?;
    // What is not encoded in a password still reads as an address: of another host.
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !bare {
        return Err(expected());
    }
    let user = percent_decoded(url.username()).ok_or_else(expected)?;
    let password = percent_decoded(url.password().unwrap_or_default()).ok_or_else(expected)?;
    let auth = (!user.is_empty() || !password.is_empty()).then_some(BasicAuth { user, password });
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, auth))
}

fn bare_host(scheme: &str, host: &str) -> Result<Url, Invalid> {
    let url = Url::parse(&format!("{scheme}://{host}")).ok();
    url.filter(|url| url.port().is_none() && url.path() == "/" && url.username().is_empty() && url.query().is_none())
        .ok_or_else(|| Invalid::new("Write the proxy's host name alone; PROXY_SCHEME and PROXY_PORT tell the rest."))
}

fn port(text: &str) -> Result<u16, Invalid> {
    let port = text.trim().parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| Invalid::new("Write a port, from 1 to 65535."))
}
