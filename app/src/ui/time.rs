//! Points in time, as people read them: absolute in UTC from the server, relative once the browser has a clock
//! (`browser/clock.rs`).

use leptos::prelude::*;
use muster::time::Timestamp;

use crate::spans::lasted;

/// A point in time.
#[component]
pub fn Time(at: Timestamp) -> impl IntoView {
    view! {
        <time translate="no" datetime=at.to_string() data-at=at.as_seconds().to_string() title=exact(at)>
            {absolute(at)}
        </time>
    }
}

/// A point in time, or what to say where there is none.
pub fn time_or(at: Option<Timestamp>, otherwise: &'static str) -> impl IntoView {
    match at {
        Some(at) => view! { <Time at=at /> }.into_any(),
        None => view! { <span class="muted">{otherwise}</span> }.into_any(),
    }
}

/// How long ago something was, as "for 54 min" once the browser has a clock; until then since when.
#[component]
pub fn Since(at: Timestamp) -> impl IntoView {
    view! {
        <time
            translate="no"
            datetime=at.to_string()
            data-at=at.as_seconds().to_string()
            data-for=""
            title=exact(at)
        >
            {format!("since {}", absolute(at))}
        </time>
    }
}

/// How long something took; where it goes on, how long it has been going on, once the browser has a clock.
#[component]
pub fn Elapsed(since: Timestamp, until: Option<Timestamp>) -> impl IntoView {
    match until {
        Some(until) => lasted(until.since(since)).into_any(),
        None => view! { <span data-since=since.as_seconds().to_string()></span> }.into_any(),
    }
}

fn parts(at: Timestamp) -> Option<(String, String, String)> {
    let text = at.to_string();
    Some((text.get(..10)?.to_owned(), text.get(11..16)?.to_owned(), text.get(11..19)?.to_owned()))
}

/// To the minute: `2026-11-21 09:30 UTC`.
/// A point in time in UTC, to the minute.
pub fn absolute(at: Timestamp) -> String {
    parts(at).map_or_else(|| at.to_string(), |(day, minute, _)| format!("{day} {minute} UTC"))
}

/// To the second: `2026-11-21 09:30:07 UTC`.
fn exact(at: Timestamp) -> String {
    parts(at).map_or_else(|| at.to_string(), |(day, _, second)| format!("{day} {second} UTC"))
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
}
