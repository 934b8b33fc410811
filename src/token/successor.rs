//! What a token's successor is called, where nobody says otherwise.

use super::TokenName;

/// A name for a token's successor: the number at the end counted up, or else a number added.
#[must_use]
pub fn successor_name(name: &str) -> String {
    let counted = name.rsplit_once('-').and_then(|(base, number)| {
        let plain = !base.is_empty() && number.bytes().all(|c| c.is_ascii_digit()) && !number.starts_with('0');
        let next = number.parse::<u32>().ok()?.checked_add(1)?;
        plain.then(|| (base.to_owned(), next))
    });
    let (base, next) = counted.unwrap_or_else(|| (name.to_owned(), 2));
    let ending = format!("-{next}");
    let room = TokenName::MAX_LENGTH.saturating_sub(ending.len());
    let base: String = base.chars().take(room).collect();
    format!("{}{ending}", base.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_count_up() {
        for (name, next) in [
            ("default_token", "default_token-2"),
            ("edge-2", "edge-3"),
            ("edge-9", "edge-10"),
            ("2026-07", "2026-07-2"),
            ("edge-4294967295", "edge-4294967295-2"),
            ("-1", "-1-2"),
            ("edge-", "edge--2"),
            ("edge v1", "edge v1-2"),
        ] {
            assert_eq!(successor_name(name), next);
            assert!(TokenName::parse(&successor_name(name)).is_ok(), "{name}");
        }
    }

    #[test]
    fn successors_of_long_names_are_names() {
        for name in ["ä".repeat(64), format!("{}-9", "x".repeat(62)), format!("{} y", "x".repeat(61))] {
            let next = successor_name(&name);
            assert_eq!(TokenName::parse(&next).map(|name| name.to_string()), Ok(next));
        }
    }
}
