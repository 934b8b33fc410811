//! What the browser shows of a page in its tab: the title, and the icon. Both tell how many wait for a decision.

use leptos::prelude::*;
use leptos_meta::{Link, Title};
use muster::page::count_label;

/// Where the icons are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icons {
    /// The icon.
    pub plain: String,
    /// The same with a mark: somebody waits for a decision.
    pub waiting: String,
}

/// Has every title end with the product's name and begin with how many wait, and gives the icon that goes with it. Pages
/// give the title itself.
#[component]
pub fn Tab(
    /// How many wait.
    #[prop(optional)]
    waiting: u64,
) -> impl IntoView {
    let Icons { plain, waiting: marked } =
        use_context().unwrap_or(Icons { plain: String::new(), waiting: String::new() });
    let icon = if waiting > 0 { marked } else { plain };
    view! {
        <Title formatter=move |title: String| titled(&title, waiting) />
        <Link rel="icon" type_="image/svg+xml" href=icon />
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
