//! The address of who asks: the peer's, or where that is a trusted proxy, the one that the proxy tells.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use muster::networks::Networks;

/// The header in which proxies name whom they speak for, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// How many bytes of an IPv6 address name a network: one subscriber has all addresses behind them.
const NETWORK: usize = 8;

/// The proxies whose word about addresses is believed. None by default: anybody could write that header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Networks);

impl TrustedProxies {
    /// Reads addresses and networks, with commas between.
    ///
    /// # Errors
    /// Names the one that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        Networks::parse(text).map(Self).map_err(|wrong| wrong.to_string())
    }

    /// Whether an address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(address)
    }

    /// The address of who asks: the right-most one that no trusted proxy has. What stands further left was written by
    /// whoever asks, and proves nothing.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED_FOR).iter().rev().map(|line| line.to_str().unwrap_or_default());
        let mut told = lines.flat_map(|line| line.rsplit(','));
        while self.contains(client) {
            // What is no address was not written by a proxy that can be trusted: the last one that is known counts.
            let Some(address) = told.next().and_then(address_in) else { break };
            client = address;
        }
        client
    }

    /// Writes the address of who asks over the peer's, so that everything behind finds it there.
    pub fn rewrite<B>(&self, request: &mut http::Request<B>) {
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() else { return };
        let client = self.client(peer.ip(), request.headers());
        let port = if client == peer.ip().to_canonical() { peer.port() } else { 0 };
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, port)));
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address of who asks, for the log.
#[must_use]
pub fn client_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(client)| client.ip())
}

/// Whom limits count an address to: an IPv6 address to its network.
#[must_use]
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mut bytes = address.octets();
            bytes[NETWORK..].fill(0);
            bytes.into()
        }
    }
}

/// An address as proxies write it: bare, or with a port behind it.
fn address_in(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        TrustedProxies::parse(trusted).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn b15_without_trusted_proxies_the_header_means_nothing() {
        assert_eq!(client("", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn b15_the_client_is_the_right_most_that_is_no_trusted_proxy() {
        let trusted = "10.0.0.0/8, fd00::/8,192.0.2.9";
        for (peer, lines, expected) in [
            ("10.0.0.1", &["198.51.100.7"][..], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.66, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, 10.2.0.1 , 192.0.2.9"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.66", "198.51.100.7", "10.2.0.1"], "198.51.100.7"),
            ("10.0.0.1", &["10.9.9.9, 10.2.0.1"], "10.9.9.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.66, unknown, 10.2.0.1"], "10.2.0.1"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("fd00::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("fd00::1", &["[2001:db8::7]"], "2001:db8::7"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
        ] {
            assert_eq!(client(trusted, peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn c24_an_ipv4_address_is_one_however_it_is_written() {
        assert_eq!(client("", "::ffff:127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", "::ffff:127.0.0.1", &["::ffff:192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("::ffff:10.0.0.0/104", "10.1.1.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(subscriber("::ffff:192.0.2.7".parse().unwrap()).to_string(), "192.0.2.7");
    }

    #[test]
    fn b15_limits_count_an_ipv6_network_as_one() {
        let of = |text: &str| subscriber(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn b15_what_is_no_address_is_named() {
        let error = TrustedProxies::parse("10.0.0.0/8, proxy.example.com").unwrap_err();
        assert!(error.starts_with("\"proxy.example.com\" is neither"), "{error}");
        assert!(TrustedProxies::parse("10.0.0.0/40").is_err());
        assert_eq!(TrustedProxies::parse(" 10.0.0.7 ,, fd00::/8 ").unwrap().to_string(), "10.0.0.7/32, fd00::/8");
    }
}
