//! How long to wait before the next call: jittered, so that many delegates never come in step.

use std::time::Duration;

/// The longest wait between two attempts, unless the manager asks for a longer one.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// The longest wait that the manager may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10 * 60);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const FIRST_SLOW_WAIT: Duration = Duration::from_secs(30);
/// The longest wait for what a person has to look at and that keeps nobody from working.
const MAX_RARE_WAIT: Duration = Duration::from_secs(5 * 60);

/// A wait around `duration`: up to a tenth shorter or longer. `random` is from 0 to 1.
pub(crate) fn jittered(duration: Duration, random: f64) -> Duration {
    duration.mul_f64(0.9 + 0.2 * random.clamp(0.0, 1.0))
}

/// The wait after a failure that may pass by itself, when `before` attempts failed before: it doubles from one second
/// to a minute, and the half of it is random.
pub(crate) fn soon(before: u32, random: f64) -> Duration {
    doubled(FIRST_WAIT, before).mul_f64(0.5 + 0.5 * random.clamp(0.0, 1.0))
}

/// The wait after a failure that a person has to look at: half a minute, then a minute.
pub(crate) fn slow(before: u32, random: f64) -> Duration {
    jittered(doubled(FIRST_SLOW_WAIT, before), random)
}

/// The wait after a failure on the side that a person has to look at: it doubles from half a minute to five.
pub(crate) fn rarely(before: u32, random: f64) -> Duration {
    jittered(doubled_to(MAX_RARE_WAIT, FIRST_SLOW_WAIT, before), random)
}

/// The wait after the manager was away, or asked to be left alone for a while: what it asked for, but never less than
/// [`soon`].
pub(crate) fn unavailable(retry_after: Option<Duration>, before: u32, random: f64) -> Duration {
    let soon = soon(before, random);
    retry_after.map_or(soon, |wait| asked(wait, random).max(soon))
}

/// The wait that the manager asked for, within reason, and a little more, so that not all come back at once.
fn asked(wait: Duration, random: f64) -> Duration {
    wait.min(MAX_RETRY_AFTER) + FIRST_WAIT.mul_f64(random.clamp(0.0, 1.0))
}

fn doubled(first: Duration, times: u32) -> Duration {
    doubled_to(MAX_WAIT, first, times)
}

fn doubled_to(max: Duration, first: Duration, times: u32) -> Duration {
    first.saturating_mul(2u32.saturating_pow(times)).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn the_wait_doubles_from_a_second_to_a_minute() {
        for (before, longest) in [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (31, 60), (32, 60), (u32::MAX, 60)] {
            assert_eq!(soon(before, 1.0), secs(longest), "{before}");
            assert_eq!(soon(before, 0.0), secs(longest) / 2, "{before}");
        }
    }

    #[test]
    fn what_a_person_has_to_look_at_is_tried_slowly() {
        for (before, wait) in [(0, 30), (1, 60), (2, 60), (u32::MAX, 60)] {
            assert_eq!(slow(before, 0.5), secs(wait), "{before}");
            assert!(slow(before, 0.0) >= secs(wait).mul_f64(0.89) && slow(before, 1.0) <= secs(wait).mul_f64(1.11));
        }
    }

    #[test]
    fn what_keeps_nobody_from_working_is_tried_rarely() {
        for (before, wait) in [(0, 30), (1, 60), (3, 240), (4, 300), (u32::MAX, 300)] {
            assert_eq!(rarely(before, 0.5), secs(wait), "{before}");
        }
    }

    #[test]
    fn the_manager_may_ask_for_a_wait_within_reason() {
        assert_eq!(asked(secs(7), 0.0), secs(7));
        assert_eq!(asked(secs(7), 1.0), secs(8));
        assert_eq!(asked(Duration::MAX, 0.0), MAX_RETRY_AFTER);
    }

    #[test]
    fn a_heartbeat_comes_a_tenth_earlier_or_later() {
        assert_eq!(jittered(secs(10), 0.0), secs(9));
        assert_eq!(jittered(secs(10), 0.5), secs(10));
        assert_eq!(jittered(secs(10), 1.0), secs(11));
    }
}
