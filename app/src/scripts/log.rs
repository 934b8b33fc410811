//! The log of a run: as a terminal would leave it, without colours, and following its end while it grows.

use leptos::prelude::*;

/// A pane that scrolls. It stays at the end of the text until somebody scrolls up, and again once he is back there.
#[component]
pub fn Log(
    /// The text, made [`plain`].
    text: String,
) -> impl IntoView {
    view! {
        <pre class="log" role="region" aria-label="Log" tabindex="0" data-tail="">
            {text}
        </pre>
    }
}

/// What a terminal would show of a text in the end, without colours: escape sequences are left out, and what a line was
/// overwritten with, as progress bars do, takes its place. Begins with a line that is not empty.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut line = String::new();
    // After a carriage return the line stays until something is written over it.
    let mut returned = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => {
                if !(shown.is_empty() && line.trim().is_empty()) {
                    shown.push_str(&line);
                    shown.push('\n');
                }
                line.clear();
                returned = false;
            }
            '\r' => returned = true,
            '\u{8}' => _ = line.pop(),
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_sequence(&mut chars),
            c if c.is_control() && c != '\t' => {}
            c => {
                if std::mem::take(&mut returned) {
                    line.clear();
                }
                line.push(c);
            }
        }
    }
    shown.push_str(&line);
    shown
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Leaves out what follows an escape character (ECMA-48).
fn skip_escape(chars: &mut Chars) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_sequence(chars);
        }
        // Titles, links and other strings: until a bell or a string terminator, at most to the end of the line.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            while let Some(c) = chars.next_if(|c| *c != '\n') {
                match c {
                    '\u{7}' | '\u{9c}' => return,
                    '\u{1b}' => {
                        chars.next_if_eq(&'\\');
                        return;
                    }
                    _ => {}
                }
            }
        }
        _ => {
            while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
            chars.next_if(|c| ('0'..='~').contains(c));
        }
    }
}

/// Leaves out the parameters and the end of a control sequence.
fn skip_sequence(chars: &mut Chars) {
    while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
    chars.next_if(|c| ('@'..='~').contains(c));
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_and_other_sequences_are_left_out() {
        for (text, shown) in [
            ("\u{1b}[1;31merror\u{1b}[0m: no\n", "error: no\n"),
            ("a\u{9b}32mb", "ab"),
            ("\u{1b}]0;title\u{7}x\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\", "xlink"),
            ("\u{1b}]never ended\nnext", "next"),
            ("\u{1b}(Bplain\u{1b}7\u{1b}=", "plain"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
            ("a\tb\u{0}\u{7}\u{c}c", "a\tbc"),
            ("größe \u{1b}[32m✓\u{1b}[m", "größe ✓"),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_was_overwritten_shows_what_it_was_in_the_end() {
        assert_eq!(plain("10 %\r50 %\r100 %\ndone\n"), "100 %\ndone\n");
        assert_eq!(plain("one\r\ntwo\r\n"), "one\ntwo\n");
        assert_eq!(plain("kept\r"), "kept");
        assert_eq!(plain("ab\u{8}c"), "ac");
    }

    #[test]
    fn empty_lines_stay_but_for_the_first() {
        assert_eq!(plain("\n \n\na\n\nb\n"), "a\n\nb\n");
    }
}
