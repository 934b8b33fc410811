//! Times that go on: once there is a clock, a point in time says how long ago it is, and what goes on for how long it has.

use std::time::Duration;

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Element, MouseEvent};

use super::dom::{Interval, all, clock, closest, document, listen, set, window, write};
use crate::spans::{lasted, lasting, relative};

/// Keeps the times of the page up to date, and says exactly, in the person's zone, when that was to whoever points there.
pub fn watch() {
    listen(&document(), "mouseover", false, |event: MouseEvent| {
        let time = event.target().and_then(|target| closest(&target, "time[data-at]"));
        if let Some((time, at)) = time.and_then(|time| Some((time.clone(), seconds(&time, "data-at")?))) {
            set(&time, "title", &exactly(at));
        }
    });
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
    for time in all(&body, "time[data-at]") {
        if let Some(at) = seconds(&time, "data-at") {
            // So long ago that the day says more.
            let text = relative(at, now).or_else(|| day(at));
            match text {
                // How long it has been so, in place of when it began.
                Some(text) if time.has_attribute("data-for") => write(&time, &lasting(&text)),
                Some(text) => write(&time, &text),
                None => {}
            }
        }
    }
    for elapsed in all(&body, "[data-since]") {
        if let Some(since) = seconds(&elapsed, "data-since") {
            write(&elapsed, &lasted(Duration::from_secs(now.saturating_sub(since).try_into().unwrap_or_default())));
        }
    }
}

fn seconds(element: &Element, name: &str) -> Option<i64> {
    element.get_attribute(name)?.parse().ok()
}

fn date(at: i64) -> Date {
    // Integers of such a size are exact in a double.
    #[allow(clippy::cast_precision_loss)]
    let millis = at as f64 * 1000.0;
    Date::new(&JsValue::from_f64(millis))
}

/// The day of a point in time in the person's zone, as the server writes days; none where the browser has none for it.
fn day(at: i64) -> Option<String> {
    let date = date(at);
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    (!date.get_time().is_nan()).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// A point in time to the second, in the person's zone and as it is written where the person is.
fn exactly(at: i64) -> String {
    let options = Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "long")] {
        let _ = Reflect::set(&options, &name.into(), &style.into());
    }
    let language = window().navigator().language().unwrap_or_else(|| "en".to_owned());
    String::from(date(at).to_locale_string(&language, &options))
}
