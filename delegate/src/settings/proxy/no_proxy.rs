//! The hosts that are reached without the proxy, in the forms that other programs take, put into the one that the HTTP
//! client takes: names that stand for their subdomains too, addresses and networks.

use std::net::IpAddr;

use muster::text::Invalid;
use reqwest::Url;

/// Reads the list. What names another port than the manager's is left out: nothing else is reached.
///
/// # Errors
/// Says which entry is not understood, and what is.
pub(super) fn read(text: &str, manager: &Url) -> Result<String, Invalid> {
    let mut kept = Vec::new();
    let entries = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    for (index, entry) in entries.enumerate() {
        let (host, port) = parse_entry(entry).ok_or_else(|| {
            Invalid::new(format!(
                "Entry {} is not understood. Write host names (example.com and *.example.com stand for what ends so), \
                 host:port, addresses, networks such as 10.0.0.0/8, or * for all, with commas between them.",
                index + 1
            ))
        })?;
        if port.is_none() || port == manager.port_or_known_default() {
            kept.push(host);
        }
    }
    Ok(kept.join(","))
}

/// The host of an entry, and its port.
fn parse_entry(entry: &str) -> Option<(String, Option<u16>)> {
    if entry == "*" || entry.parse::<IpAddr>().is_ok() || is_network(entry) {
        return Some((entry.to_owned(), None));
    }
    let (host, port) = match entry.rsplit_once(':').filter(|_| !entry.ends_with(']')) {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (entry, None),
    };
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inner.parse::<IpAddr>().is_ok().then(|| (inner.to_owned(), port));
    }
    let name = host.strip_prefix("*.").or(host.strip_prefix('.')).unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) || name.split('.').any(str::is_empty) {
        return None;
    }
    // As the manager's address has it: in lower case, and in ASCII.
    let url = Url::parse(&format!("http://{name}/")).ok()?;
    Some((url.host_str()?.to_owned(), port))
}

fn is_network(entry: &str) -> bool {
    let Some((address, length)) = entry.split_once('/') else { return false };
    let max = address.parse::<IpAddr>().ok().map(|address| if address.is_ipv4() { 32 } else { 128 });
    max.is_some_and(|max| length.parse::<u8>().is_ok_and(|length| length <= max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Invalid> {
        read(text, &Url::parse("https://manager.corp.example:3000").unwrap())
    }

    #[test]
    fn c26_every_usual_form_of_an_exception_is_understood() {
        for (text, kept) in [
            ("*.corp.example, manager.corp.example:3000", "corp.example,manager.corp.example"),
            (" a.example\tb.example,,c.example ", "a.example,b.example,c.example"),
            (".corp.example.", "corp.example"),
            ("manager.corp.example:443,other:3000", "other"),
            ("*", "*"),
            ("10.0.0.0/8,fe80::/10,192.0.2.7,::1", "10.0.0.0/8,fe80::/10,192.0.2.7,::1"),
            ("[2001:db8::1]:3000,[2001:db8::1]:80,[::1]", "2001:db8::1,::1"),
            ("Manager.CORP.example,b\u{fc}cher.example", "manager.corp.example,xn--bcher-kva.example"),
            ("under_score.example", "under_score.example"),
            ("", ""),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn c26_any_other_form_is_refused_by_its_place() {
        for entry in [
            "zq*",
            "10.*",
            "a.*.zq",
            "http://zq",
            "zq:port",
            "zq:99999",
            "10.0.0.0/33",
            "<zq>",
            "a;zq",
            "a..zq",
            "[zq]",
        ] {
            let error = parse(&format!("a.example, {entry}")).unwrap_err().to_string();
            assert!(
                error.starts_with("Entry 2 is not understood. Write host names") && !error.contains("zq"),
                "{error}"
            );
        }
    }
}
