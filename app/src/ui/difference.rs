//! What differs between two scripts, as people read it: a sign and a colour for each line, and the numbers of both sides.

use leptos::prelude::*;
use muster::script::{Difference, LineChange, LineOfDifference};

/// What differs between two scripts.
#[component]
pub fn DifferenceView(
    /// What it is called, for those who do not see it.
    #[prop(into)]
    label: String,
    difference: Difference,
) -> impl IntoView {
    if difference.places.is_empty() {
        return view! { <p class="muted">"They are the same."</p> }.into_any();
    }
    view! {
        <div class="difference" tabindex="0" role="region" aria-label=label translate="no">
            <table inner_html=html(&difference)></table>
        </div>
    }
    .into_any()
}

/// The rows of the table. As inner HTML, not as elements: a script has thousands of lines, and none of them ever changes.
fn html(difference: &Difference) -> String {
    let mut html = String::new();
    for place in &difference.places {
        html.push_str("<tbody>");
        place.iter().for_each(|line| html.push_str(&row(line)));
        html.push_str("</tbody>");
    }
    html
}

fn row(line: &LineOfDifference) -> String {
    let (class, sign, name) = match line.change {
        LineChange::Kept => ("", "", ""),
        LineChange::Removed => ("removed", "−", "removed: "),
        LineChange::Added => ("added", "+", "added: "),
    };
    let number = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = line.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<tr class=\"{class}\"><td class=\"line\">{}</td><td class=\"line\">{}</td><td class=\"sign\" \
         aria-hidden=\"true\">{sign}</td><td class=\"text\"><span class=\"visually-hidden\">{name}</span>{text}</td></tr>",
        number(line.before),
        number(line.after),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_cannot_become_markup() {
        let html = html(&Difference::between("<b>&\n", "</table><script>alert(1)</script>\n"));
        assert!(!html.contains("<script") && !html.contains("</table>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&lt;b&gt;&amp;</td>"), "{html}");
    }
}
