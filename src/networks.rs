//! Networks of addresses, as people write them.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::text::Invalid;

/// Some networks; none at first. A single address is a network of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads addresses and networks, with commas, blanks or line ends between.
    ///
    /// # Errors
    /// Names the one that is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let one = |part: &str| {
            let net = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            net.map(canonical).map_err(|_| {
                let part: String = part.chars().take(60).collect();
                Invalid::new(format!(
                    "{part:?} is neither an address nor a network: write them like 10.0.0.7, 10.0.0.0/8, fd00::/8."
                ))
            })
        };
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        let mut all: Vec<IpNet> = Vec::new();
        for net in parts.map(one) {
            let net = net?;
            if !all.contains(&net) {
                all.push(net);
            }
        }
        Ok(Self(all))
    }

    /// Whether an address is in one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As a person writes them: separated by a comma and a space.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nets: Vec<String> = self.iter().map(IpNet::to_string).collect();
        f.write_str(&nets.join(", "))
    }
}

impl TryFrom<String> for Networks {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Networks> for String {
    fn from(networks: Networks) -> Self {
        networks.to_string()
    }
}

/// A network of IPv4 addresses that is written as IPv6 means the IPv4 addresses.
fn canonical(net: IpNet) -> IpNet {
    match (net.addr().to_canonical(), net.prefix_len().checked_sub(96)) {
        (address @ IpAddr::V4(_), Some(prefix)) if net.addr().is_ipv6() => {
            IpNet::new(address, prefix).map_or(net, |net| net.trunc())
        }
        _ => net.trunc(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_as_people_write_them() {
        let networks = Networks::parse(" 10.0.0.7,\r\n10.1.2.3/16 fd00::1/8, ,10.0.0.7 ::ffff:192.0.2.9/120").unwrap();
        assert_eq!(networks.to_string(), "10.0.0.7/32, 10.1.0.0/16, fd00::/8, 192.0.2.0/24");
        assert_eq!(Networks::parse(&networks.to_string()).unwrap(), networks);
        for (address, is_in) in [
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("10.1.255.255", true),
            ("::ffff:10.1.0.1", true),
            ("fdff::1", true),
            ("192.0.2.200", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(networks.contains(address.parse().unwrap()), is_in, "{address}");
        }
        assert!(Networks::parse(" , \n").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_network_is_named() {
        for wrong in ["10.0.0.0/40", "edge.example.com", "10.0.0", "10.0.0.0/8x", "::/129"] {
            let error = Networks::parse(&format!("10.0.0.7, {wrong}")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{wrong:?} is neither")), "{error}");
        }
    }
}
