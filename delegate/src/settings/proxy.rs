//! The proxy on the way to the manager: `proxyUrl` in the config file, or the PROXY_ variables of install files.

use std::fmt;

use muster::text::Invalid;
use reqwest::Url;

use super::{Key, SettingsError, Source, boolean};

const URL: Key = Key::file("proxyUrl");
const EXCEPT: Key = Key::both("noProxy", "NO_PROXY");
const HOST: Key = Key::env("PROXY_HOST");
const PORT: Key = Key::env("PROXY_PORT");
const SCHEME: Key = Key::env("PROXY_SCHEME");
const USER: Key = Key::env("PROXY_USER");
const PASSWORD: Key = Key::env("PROXY_PASSWORD");
const MANAGER: Key = Key::env("PROXY_MANAGER");

/// Every setting of the proxy.
pub(super) const KEYS: [Key; 8] = [URL, EXCEPT, HOST, PORT, SCHEME, USER, PASSWORD, MANAGER];

/// A proxy. Its user and password are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    except: String,
}

impl Proxy {
    /// Its address, with user and password.
    pub(crate) const fn expose(&self) -> &Url {
        &self.url
    }

    /// The hosts that are reached without it, separated by commas.
    pub(crate) fn except(&self) -> &str {
        &self.except
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = (self.url.scheme(), self.url.host_str(), self.url.port_or_known_default());
        write!(f, "{scheme}://{}:{}", host.unwrap_or_default(), port.unwrap_or_default())
    }
}

/// Reads the proxy, where there is one for the way to the manager.
pub(super) fn read(source: &Source<'_>) -> Result<Option<Proxy>, SettingsError> {
    let except = source.optional(EXCEPT, |text| Ok(text.trim().to_owned()))?.unwrap_or_default();
    if let Some(url) = source.optional(URL, proxy_url)? {
        return Ok(Some(Proxy { url, except }));
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
    if let Some(user) = source.first(&[USER]) {
        let _ = url.set_username(user.text.trim());
        let password = source.first(&[PASSWORD]);
        let _ = url.set_password(password.as_ref().map(|found| found.text.as_str()));
    }
    Ok(Some(Proxy { url, except }))
}

fn proxy_url(text: &str) -> Result<Url, Invalid> {
    let url = Url::parse(text.trim()).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Invalid::new("Write the proxy's address, such as http://proxy.example.com:3128"))
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
