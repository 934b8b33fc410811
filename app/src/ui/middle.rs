//! Text that loses its middle where there is too little room: of a host name both ends tell something. The browser does
//! it by style alone: the beginning gives way, the end stays.

use leptos::prelude::*;

/// How many characters stay at the end, at most.
const END_CHARS: usize = 14;

/// A text that is whole on hover, and copied on a press.
#[component]
pub fn Middle(
    #[prop(into)] text: String,
    /// What it is, as a noun: "host name".
    what: &'static str,
    /// Further classes.
    #[prop(default = "")]
    class: &'static str,
    /// Whether it has a tab stop of its own. Where a list has hundreds, what they copy is better also in a menu.
    #[prop(default = true)]
    tab_stop: bool,
) -> impl IntoView {
    let (start, end) = halves(&text);
    let (start, end) = (start.to_owned(), end.to_owned());
    let title = format!("{text} – press to copy the {what}");
    view! {
        <button
            type="button"
            class=format!("middle {class}")
            title=title
            data-copy=text
            tabindex=(!tab_stop).then_some("-1")
        >
            <span class="middle-start">{start}</span>
            <span class="middle-end">{end}</span>
        </button>
    }
}

/// Cuts a text where its middle may go. Its end is half of it at most, so that of a short one something stands before it.
fn halves(text: &str) -> (&str, &str) {
    let chars = text.chars().count();
    let end = END_CHARS.min(chars / 2);
    let at = text.char_indices().nth(chars - end).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn the_end_is_half_of_a_text_at_most() {
        assert_eq!(halves(""), ("", ""));
        assert_eq!(halves("é"), ("é", ""));
        assert_eq!(halves("édge"), ("éd", "ge"));
        let host = "ip-10-0-1-57.eu-west-1.compute.internal";
        assert_eq!(halves(host), ("ip-10-0-1-57.eu-west-1.co", "mpute.internal"));
    }
}
