//! What the browser shows of a page in its tab: the title, which tells how many wait for a decision.

use leptos::prelude::*;
use leptos_meta::Title;
use muster::page::count_label;

/// Has every title end with the product's name and begin with how many wait. Pages give the title itself.
#[component]
pub fn Tab(
    /// How many wait.
    #[prop(optional)]
    waiting: u64,
) -> impl IntoView {
    view! {
        <Title formatter=move |title: String| titled(&title, waiting) />
    }
}

fn titled(title: &str, waiting: u64) -> String {
    match waiting {
        0 => format!("{title} · Muster"),
        _ => format!("({}) {title} · Muster", count_label(waiting)),
    }
}

#[cfg(test)]
mod tests {
    use super::titled;

    #[test]
    fn a_title_begins_with_how_many_wait() {
        assert_eq!(titled("Delegates", 0), "Delegates · Muster");
        assert_eq!(titled("Delegates", 5), "(5) Delegates · Muster");
    }
}
