//! When a delegate was connected, as a strip: a day and a month.

use leptos::prelude::*;
use muster::delegate::{Strip, Uptime};

/// The two strips, as facts.
pub fn strips(uptime: &Uptime) -> impl IntoView + use<> {
    view! {
        {strip("Last 24 hours", &uptime.day)}
        {strip("Last 30 days", &uptime.month)}
    }
}

fn strip(name: &'static str, strip: &Strip) -> impl IntoView + use<> {
    let words = in_words(strip);
    let slot = |share: &Option<u16>| {
        let class = match share {
            None => "none",
            Some(0) => "gap",
            Some(995..) => "on",
            Some(_) => "part",
        };
        view! { <i class=class></i> }
    };
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <div class="uptime" aria-hidden="true">
                    {strip.slots.iter().map(slot).collect_view()}
                </div>
                <span class="second plain-text">{words}</span>
            </dd>
        </div>
    }
}

/// What the strip shows.
fn in_words(strip: &Strip) -> String {
    let lost = match strip.losses {
        0 => String::new(),
        1 => ", lost once".to_owned(),
        times => format!(", lost {times} times"),
    };
    let percent = f64::from(strip.connected) / 10.0;
    format!("connected {percent} % of the time{lost}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_said_in_words() {
        let strip = |connected, losses| in_words(&Strip { slots: Vec::new(), connected, losses });
        assert_eq!(strip(1000, 0), "connected 100 % of the time");
        assert_eq!(strip(979, 1), "connected 97.9 % of the time, lost once");
        assert_eq!(strip(0, 12), "connected 0 % of the time, lost 12 times");
    }
}
