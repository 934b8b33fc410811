//! Points in time, as people read them: absolute in UTC from the server, relative once the browser has a clock.

use std::time::Duration;

use leptos::prelude::*;
use muster::time::Timestamp;

use super::hydrated::when_hydrated;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The browser's clock in two speeds, shared by all times of the page; stands still on the server, so that the
/// server and the browser render the same first.
#[derive(Clone, Copy)]
pub struct Ticker {
    seconds: RwSignal<Option<i64>>,
    quarters: RwSignal<Option<i64>>,
}

impl Ticker {
    /// The time, tracked as often as a point in time at this distance needs it.
    fn now(self, at: Timestamp) -> Option<i64> {
        let now = self.quarters.get()?;
        let soon = (now - at.as_seconds()).abs() < MINUTE + 15;
        if soon { self.seconds.get() } else { Some(now) }
    }
}

/// The browser's clock, in milliseconds since the epoch.
pub(super) fn clock() -> i64 {
    // They fit into the integers that a double holds exactly.
    #[allow(clippy::cast_possible_truncation)]
    let now = js_sys::Date::now() as i64;
    now
}

/// Makes the clock of this page.
pub fn provide_ticker() {
    let ticker = Ticker { seconds: RwSignal::new(None), quarters: RwSignal::new(None) };
    provide_context(ticker);
    when_hydrated(move || {
        let tick = move |all: bool| {
            let now = clock() / 1000;
            ticker.seconds.set(Some(now));
            if all {
                ticker.quarters.set(Some(now));
            }
        };
        tick(true);
        let every = |seconds, all| set_interval_with_handle(move || tick(all), Duration::from_secs(seconds)).ok();
        let handles = [every(1, false), every(15, true)];
        on_cleanup(move || handles.into_iter().flatten().for_each(|handle| handle.clear()));
    });
}

/// A point in time.
#[component]
pub fn Time(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let ticker = use_context::<Ticker>();
    let text = Memo::new(move |_| {
        let at = at.get();
        match ticker.and_then(|ticker| ticker.now(at)) {
            Some(now) => relative(at, now),
            None => absolute(at),
        }
    });
    view! {
        <time translate="no" datetime=move || at.get().to_string() title=move || exact(at.get())>
            {text}
        </time>
    }
}

/// A point in time, or what to say where there is none.
pub fn time_or(at: Signal<Option<Timestamp>>, otherwise: &'static str) -> impl IntoView {
    move || match at.get() {
        Some(at) => view! { <Time at=at /> }.into_any(),
        None => view! { <span class="muted">{otherwise}</span> }.into_any(),
    }
}

/// How long something took; where it goes on, how long it has been going on, once the browser has a clock.
#[component]
pub fn Elapsed(since: Timestamp, until: Option<Timestamp>) -> impl IntoView {
    let ticker = use_context::<Ticker>();
    move || match until {
        Some(until) => Some(lasted(until.since(since))),
        None => ticker.and_then(|ticker| ticker.seconds.get()).map(|now| {
            let now = Timestamp::from_millis(now.saturating_mul(1000)).since(since);
            lasted(Duration::from_secs(now.as_secs()))
        }),
    }
}

/// A span of time: tenths of a second while it is short, whole seconds and minutes after that.
fn lasted(span: Duration) -> String {
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

fn parts(at: Timestamp) -> Option<(String, String, String)> {
    let text = at.to_string();
    Some((text.get(..10)?.to_owned(), text.get(11..16)?.to_owned(), text.get(11..19)?.to_owned()))
}

/// To the minute: `2026-11-21 09:30 UTC`.
fn absolute(at: Timestamp) -> String {
    parts(at).map_or_else(|| at.to_string(), |(day, minute, _)| format!("{day} {minute} UTC"))
}

/// To the second: `2026-11-21 09:30:07 UTC`.
fn exact(at: Timestamp) -> String {
    parts(at).map_or_else(|| at.to_string(), |(day, _, second)| format!("{day} {second} UTC"))
}

/// How far it lies from `now`, in the largest unit that says enough; a day of the calendar where that is long.
fn relative(at: Timestamp, now: i64) -> String {
    let age = now - at.as_seconds();
    let distance = age.abs();
    let span = match distance {
        _ if distance < MINUTE => format!("{distance} s"),
        _ if distance < HOUR => format!("{} min", distance / MINUTE),
        _ if distance < 2 * DAY => format!("{} h", distance / HOUR),
        _ if distance < 60 * DAY => format!("{} days", distance / DAY),
        _ => return parts(at).map_or_else(|| at.to_string(), |(day, ..)| day),
    };
    // Two clocks never agree to the second.
    match age {
        -2..=0 => "just now".to_owned(),
        1.. => format!("{span} ago"),
        _ => format!("in {span}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_times_name_their_zone() {
        let at = Timestamp::from_millis(1_000_000_000_999);
        assert_eq!(absolute(at), "2001-09-09 01:46 UTC");
        assert_eq!(exact(at), "2001-09-09 01:46:40 UTC");
        assert_eq!(absolute(Timestamp::from_millis(i64::MAX)), "out of range");
    }

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
    fn relative_times_use_the_largest_unit_that_says_enough() {
        let at = Timestamp::from_millis(1_000_000_000_000);
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
            (61 * DAY, "2001-09-09"),
            (-30 * DAY, "in 30 days"),
        ] {
            assert_eq!(relative(at, 1_000_000_000 + age), text, "{age}");
        }
    }
}
