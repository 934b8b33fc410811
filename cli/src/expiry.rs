//! Until when something is good, as people say it.

use std::time::Duration;

use muster::time::Timestamp;

/// Until when; nothing for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// For ever.
    Never,
    /// For so long, from now on.
    After(Duration),
    /// Until then.
    At(Timestamp),
}

impl Expiry {
    /// Reads `never`, a span as `90d`, `12h` or `30m`, or a point in time (RFC 3339).
    ///
    /// # Errors
    /// Says what to write.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "never" {
            return Ok(Self::Never);
        }
        if let Some(at) = Timestamp::parse(text) {
            return Ok(Self::At(at));
        }
        span(text).map(Self::After).ok_or("write a span as 90d, 12h or 30m, a time as 2026-11-21T09:30:00Z, or never")
    }

    /// As the API takes it.
    pub fn at(self, now: Timestamp) -> Option<String> {
        match self {
            Self::Never => None,
            Self::After(span) => Some(now.plus(span).to_string()),
            Self::At(at) => Some(at.to_string()),
        }
    }
}

fn span(text: &str) -> Option<Duration> {
    let (at, unit) = text.char_indices().next_back()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u32 = text[..at].parse().ok()?;
    Some(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_say_it_in_three_ways() {
        let now = Timestamp::parse("2026-11-21T09:30:00Z").unwrap();
        let at = |text| Expiry::parse(text).map(|expiry| expiry.at(now));
        assert_eq!(at("never"), Ok(None));
        assert_eq!(at("2d"), Ok(Some("2026-11-23T09:30:00Z".to_owned())));
        assert_eq!(at("12h"), Ok(Some("2026-11-21T21:30:00Z".to_owned())));
        assert_eq!(at("30m"), Ok(Some("2026-11-21T10:00:00Z".to_owned())));
        assert_eq!(at("2027-01-01T00:00:00+01:00"), Ok(Some("2026-12-31T23:00:00Z".to_owned())));
        for text in ["", "d", "-1d", "1 d", "90", "1y", "1.5h", "ä", "99999999999d"] {
            assert!(at(text).is_err(), "{text}");
        }
    }
}
