//! Origins (RFC 6454): who wrote a page, by scheme, host and port.

/// The ports that are left out.
const DEFAULT_PORTS: [(&str, u16); 2] = [("http", 80), ("https", 443)];

/// An origin as browsers write it: lower case, without the port where that is the scheme's own. None where it is none.
pub fn normal(text: &str) -> Option<String> {
    let uri: http::Uri = text.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let (_, default) = DEFAULT_PORTS.into_iter().find(|(known, _)| *known == scheme)?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16().filter(|port| *port != default);
    Some(port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}")))
}

/// Host and port of an origin.
pub fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}
