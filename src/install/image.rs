//! References to container images: registry, path, tag and digest.

use crate::text::Invalid;

/// The longest reference that is taken, in characters.
const MAX_CHARS: usize = 512;
/// The longest tag, in characters (OCI distribution specification).
const MAX_TAG_CHARS: usize = 128;

/// The image that containers run where nobody names another: the one that `deploy/Dockerfile` makes, in this version.
pub const DEFAULT: &str = concat!("muster-delegate:", env!("CARGO_PKG_VERSION"));

/// Reads a reference, as `docker pull` takes it.
///
/// # Errors
/// Says what a reference looks like.
pub fn parse(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.len() <= MAX_CHARS && is_reference(text) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new("Write an image as docker pull takes it, such as registry.example.com/muster-delegate:1.2.3"))
    }
}

/// `[host[:port]/]path[:tag][@digest]`, the grammar of the OCI distribution specification.
fn is_reference(text: &str) -> bool {
    let (text, digest) = text.split_once('@').map_or((text, None), |(before, digest)| (before, Some(digest)));
    if !digest.is_none_or(is_digest) {
        return false;
    }
    // A colon before a slash belongs to the registry's port.
    let (name, tag) = match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (text, None),
    };
    if !tag.is_none_or(is_tag) {
        return false;
    }
    match name.split_once('/') {
        Some((first, path)) if is_registry(first) => path.split('/').all(is_component),
        _ => name.split('/').all(is_component),
    }
}

/// The first part is a registry where it cannot be part of a path on Docker Hub.
fn is_registry(part: &str) -> bool {
    let (host, port) = part.split_once(':').map_or((part, None), |(host, port)| (host, Some(port)));
    let marked = part == "localhost" || part.contains(['.', ':']) || part.bytes().any(|c| c.is_ascii_uppercase());
    let label = |label: &str| {
        let inside = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(inside)
    };
    marked && host.split('.').all(label) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn is_component(part: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(edge)
        && part.ends_with(edge)
        && part.chars().all(|c| edge(c) || matches!(c, '.' | '_' | '-'))
        && !part.contains("..")
}

fn is_tag(tag: &str) -> bool {
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    tag.len() <= MAX_TAG_CHARS
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|c| word(c) || matches!(c, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    algorithm.bytes().next().is_some_and(|c| c.is_ascii_alphabetic())
        && algorithm.bytes().all(|c| c.is_ascii_alphanumeric() || b"+._-".contains(&c))
        && hex.len() >= 32
        && hex.bytes().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_as_docker_takes_them() {
        let digest = format!("a/b@sha256:{}", "0".repeat(64));
        for good in [
            DEFAULT,
            "delegate",
            "team/muster_delegate:latest",
            "localhost:5000/delegate",
            "registry.example.com:8443/team/x-y.z:1.0_a-b",
            "Registry/delegate",
            &digest,
        ] {
            assert_eq!(parse(&format!(" {good} ")).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "a b",
            "-a",
            "--privileged",
            "A",
            "a//b",
            "/a",
            "a/",
            "a:",
            "a:-x",
            "a:b:c",
            "host:port/a",
            "a@sha256:0",
            "a@x",
            "a$(id)",
            "a`id`",
            "a\nb",
            "a\u{2028}b",
            "ä",
            "https://example.com/a",
            &"a".repeat(513),
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
