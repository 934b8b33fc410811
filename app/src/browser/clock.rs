//! Times that go on: once there is a clock, a point in time says how long ago it is, and what goes on for how long it has.

use std::time::Duration;

use web_sys::Element;

use super::dom::{Interval, all, clock, document, write};
use crate::spans::{lasted, relative};

/// Keeps the times of the page up to date.
pub fn watch() {
    // It lives as long as the page.
    std::mem::forget(Interval::new(1000, || {
        if !document().hidden() {
            tick();
        }
    }));
}

/// Writes the times of the page anew.
pub fn tick() {
    let Some(body) = document().body() else { return };
    let now = clock() / 1000;
    let seconds = |element: &Element, name| element.get_attribute(name).and_then(|text| text.parse::<i64>().ok());
    for time in all(&body, "time[data-at]") {
        if let Some(at) = seconds(&time, "data-at") {
            // So long ago that the day says more.
            let day = || time.get_attribute("datetime").and_then(|text| text.get(..10).map(str::to_owned));
            if let Some(text) = relative(at, now).or_else(day) {
                write(&time, &text);
            }
        }
    }
    for elapsed in all(&body, "[data-since]") {
        if let Some(since) = seconds(&elapsed, "data-since") {
            write(&elapsed, &lasted(Duration::from_secs(now.saturating_sub(since).try_into().unwrap_or_default())));
        }
    }
}
