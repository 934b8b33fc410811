//! Spans of time in words: what the server writes and what the browser's clock puts in its place.

use std::time::Duration;

#[cfg(any(target_arch = "wasm32", test))]
const MINUTE: i64 = 60;
#[cfg(any(target_arch = "wasm32", test))]
const HOUR: i64 = 60 * MINUTE;
#[cfg(any(target_arch = "wasm32", test))]
const DAY: i64 = 24 * HOUR;

/// A span of time: tenths of a second while it is short, whole seconds and minutes after that.
#[must_use]
pub fn lasted(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        _ if span.is_zero() => "0 s".to_owned(),
        0..10 if span.subsec_millis() > 0 => {
            // Never "0.0 s" for what did take time.
            let tenths = (span.as_millis() / 100).max(1);
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How far a point in time lies from `now`, both in seconds since the epoch, in the largest unit that says enough; none
/// where that is so far that a day of the calendar says more.
#[cfg(any(target_arch = "wasm32", test))]
#[must_use]
pub fn relative(at: i64, now: i64) -> Option<String> {
    let age = now.saturating_sub(at);
    let distance = age.saturating_abs();
    let span = match distance {
        _ if distance < MINUTE => format!("{distance} s"),
        _ if distance < HOUR => format!("{} min", distance / MINUTE),
        _ if distance < 2 * DAY => format!("{} h", distance / HOUR),
        // What lies ahead is nearer to the next day than to the last: a week that began a moment ago is seven days.
        _ if distance < 60 * DAY && age < 0 => format!("{} days", (distance + DAY / 2) / DAY),
        _ if distance < 60 * DAY => format!("{} days", distance / DAY),
        _ => return None,
    };
    // Two clocks never agree to the second.
    Some(match age {
        -2..=0 => "just now".to_owned(),
        1.. => format!("{span} ago"),
        _ => format!("in {span}"),
    })
}

/// How long something has been so that began at a point in time, of the words of that: "54 min ago" is "for 54 min".
#[cfg(any(target_arch = "wasm32", test))]
#[must_use]
pub fn lasting(began: &str) -> String {
    match began.strip_suffix(" ago") {
        Some(span) => format!("for {span}"),
        None if began.starts_with(|c: char| c.is_ascii_digit()) => format!("since {began}"),
        None => began.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_as_exact_as_somebody_wants_to_know() {
        for (millis, text) in [
            (0, "0 s"),
            (7, "0.1 s"),
            (420, "0.4 s"),
            (3_000, "3 s"),
            (9_990, "9.9 s"),
            (12_700, "12 s"),
            (200_000, "3 min 20 s"),
            (600_000, "10 min 0 s"),
            (7_260_000, "2 h 1 min"),
        ] {
            assert_eq!(lasted(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn what_goes_on_is_told_by_how_long_it_has() {
        for (began, text) in
            [("54 min ago", "for 54 min"), ("2026-11-28", "since 2026-11-28"), ("just now", "just now")]
        {
            assert_eq!(lasting(began), text);
        }
    }

    #[test]
    fn relative_times_use_the_largest_unit_that_says_enough() {
        let at = 1_000_000_000;
        for (age, text) in [
            (-1, "just now"),
            (0, "just now"),
            (1, "1 s ago"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (HOUR - 1, "59 min ago"),
            (HOUR, "1 h ago"),
            (2 * DAY - 1, "47 h ago"),
            (3 * DAY, "3 days ago"),
            (61 * DAY, ""),
            (-30 * DAY, "in 30 days"),
            (15 * MINUTE - 7 * DAY, "in 7 days"),
        ] {
            assert_eq!(relative(at, at + age).unwrap_or_default(), text, "{age}");
        }
    }
}
