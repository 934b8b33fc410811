//! Text of a file, with colours. The text itself is never changed: what is selected by hand is what the file holds.

use leptos::prelude::*;
use muster::install::Language;

use crate::highlight::{
    self, Look, json,
    scan::{Part, Scan},
    shell, yaml,
};

/// What stands in a file in place of a secret.
const DOT: char = '•';

/// The pieces of a text. Together they are the text.
fn parts(language: Language, text: &str) -> Vec<Part<'_>> {
    let scan = Scan::new(text);
    let parts = match language {
        Language::Yaml => yaml::read(scan),
        Language::Json => json::read(scan),
        Language::Shell => shell::read(scan),
        Language::Text => vec![(Look::Plain, text)],
    };
    parts.into_iter().flat_map(|(look, text)| hidden(look, text)).collect()
}

/// Cuts the dots out of a piece.
fn hidden(look: Look, text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(from) = rest.find(DOT) {
        let (before, dots) = rest.split_at(from);
        let until = dots.find(|c| c != DOT).unwrap_or(dots.len());
        let (dots, after) = dots.split_at(until);
        parts.extend([(look, before), (Look::Hidden, dots)]);
        rest = after;
    }
    parts.push((look, rest));
    parts.retain(|(_, text)| !text.is_empty());
    parts
}

/// The text as HTML. As inner HTML, not as elements: a file has thousands of pieces, and none of them ever changes.
fn html(language: Language, text: &str) -> String {
    highlight::html(&parts(language, text))
}

/// The text of a file.
#[component]
pub fn Code(
    /// What it is called, for those who do not see it.
    #[prop(into)]
    label: String,
    language: Language,
    text: String,
) -> impl IntoView {
    view! {
        <pre class="code" tabindex="0" role="region" aria-label=label>
            <code inner_html=html(language, &text)></code>
        </pre>
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const ALL: [Language; 4] = [Language::Yaml, Language::Json, Language::Shell, Language::Text];

    /// The pieces that are not plain, as `look text`.
    pub(crate) fn looks(language: Language, text: &str) -> Vec<(Look, &str)> {
        parts(language, text)
            .into_iter()
            .filter(|(look, text)| *look != Look::Plain && !text.trim().is_empty())
            .collect()
    }

    #[test]
    fn the_text_is_unchanged() {
        let texts = [
            "",
            "\n",
            "#",
            "a: \"b",
            "a: 'it''s' # c\r\n  - |\n    x: 1\n\n  y: \"\\\"\"\n",
            "{\"a\\\"\": [1e3, -2, true, null, \"\u{2028}•••\"], \"open",
            "x=$y ${z} \"$(a 'b') $\" '\\' # c\ncat <<'END' <<-OTHER\nit's\nEND\n\tOTHER\ncat <<",
            "$ ${ ${a $1 $? \\$b `c` \"\\",
            "é: ü\u{1f980} #\u{85}\t$é \"é\" <é",
            "\0\u{feff}<script>&amp;</script>",
        ];
        for language in ALL {
            for text in texts {
                let joined: String = parts(language, text).into_iter().map(|(_, text)| text).collect();
                assert_eq!(joined, text, "{language:?}");
                // Wherever it is cut.
                for (cut, _) in text.char_indices() {
                    let joined: String = parts(language, &text[cut..]).into_iter().map(|(_, text)| text).collect();
                    assert_eq!(joined, text[cut..], "{language:?}");
                }
            }
        }
    }

    #[test]
    fn dots_are_told_apart() {
        assert_eq!(looks(Language::Text, "token •••• and •"), [(Look::Hidden, "••••"), (Look::Hidden, "•")]);
        assert_eq!(
            looks(Language::Yaml, "a: \"••\""),
            [(Look::Key, "a"), (Look::Text, "\""), (Look::Hidden, "••"), (Look::Text, "\""),]
        );
    }

    #[test]
    fn a_text_cannot_become_markup() {
        for language in ALL {
            let html = html(language, "a: \"</code></pre><script>alert('&lt;')</script>\" # <b>");
            let tags: Vec<&str> = html.split('<').skip(1).filter_map(|tag| tag.split(['>', ' ']).next()).collect();
            assert!(tags.iter().all(|tag| ["span", "/span"].contains(tag)), "{html}");
            assert!(html.contains("&amp;lt;"), "{html}");
        }
    }
}
