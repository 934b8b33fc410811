//! Where delegates reach this manager.

use std::net::IpAddr;

use muster::text::Invalid;

use crate::{error::Error, state::State};

/// The manager's address: as it is set, else as the browser reached it. `host` is what the browser asked for.
///
/// # Errors
/// Where neither is there.
pub fn manager_url(state: &State, host: &str) -> Result<String, Error> {
    if let Some(url) = &state.public_url {
        return Ok(url.clone());
    }
    let plain = !host.is_empty() && host.bytes().all(|c| c.is_ascii_alphanumeric() || b".-:[]_".contains(&c));
    if !plain {
        let sentence = "Muster does not know its own address. Set MUSTER_PUBLIC_URL and restart it.";
        return Err(Error::field("", Invalid::new(sentence)));
    }
    Ok(format!("http://{host}"))
}

/// Whether only this machine reaches an address.
pub fn is_only_here(url: &str) -> bool {
    let uri: Option<http::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let ip: Option<IpAddr> = host.parse().ok();
    ip.is_some_and(|ip| ip.is_loopback() || ip.is_unspecified()) || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::is_only_here;

    #[test]
    fn loopback_is_only_here() {
        for url in [
            "http://127.0.0.1:3000",
            "http://localhost",
            "http://LOCALHOST:1",
            "http://muster.localhost",
            "http://[::1]:3000",
            "http://0.0.0.0:3000",
        ] {
            assert!(is_only_here(url), "{url}");
        }
        for url in ["http://10.0.0.1", "https://muster.example.com", "http://[2001:db8::1]:3000", "http://mylocalhost"]
        {
            assert!(!is_only_here(url), "{url}");
        }
    }
}
