//! The log of a run: as a terminal would leave it, without colours, its lines with numbers and times.

use leptos::prelude::*;
use muster::{script::DelegateScripts, time::Timestamp};

/// How many lines a page shows: the newest.
const MAX_SHOWN_LINES: usize = 1000;

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from 1.
    pub number: u64,
    /// What it says, with its end where it has one.
    pub text: String,
    /// When its beginning came; none of logs of older versions.
    pub at: Option<Timestamp>,
}

/// The lines that are shown, and whether there are more.
pub fn lines(scripts: &DelegateScripts) -> (Vec<Line>, bool) {
    let all: Vec<&str> = scripts.log.split_inclusive('\n').collect();
    // One that was asked for stands at the beginning.
    let skip = if scripts.asked_for_line { 0 } else { all.len().saturating_sub(MAX_SHOWN_LINES) };
    let more = scripts.more || all.len() > MAX_SHOWN_LINES;
    let line = |(number, raw): (u64, &str)| {
        let since = scripts.arrivals.partition_point(|(first, _)| *first <= number);
        let at = since.checked_sub(1).map(|index| scripts.arrivals[index].1);
        Line { number, text: plain(raw), at }
    };
    let numbered = (scripts.first_line..).zip(all).skip(skip).take(MAX_SHOWN_LINES);
    let mut lines: Vec<Line> = numbered.map(line).collect();
    // As a terminal begins.
    let blank = lines.iter().take_while(|line| line.text.trim().is_empty()).count();
    lines.drain(..blank);
    (lines, more)
}

/// A pane that scrolls. With `follows` it stays at the end of the text until somebody scrolls up, and again once he is
/// back there.
#[component]
pub fn Log(
    lines: Vec<Line>,
    follows: bool,
    /// Whether it is shown when lines came.
    times: bool,
    /// The number of a line that was asked for.
    marked: Option<u64>,
) -> impl IntoView {
    let line = |line: Line| {
        let Line { number, text, at } = line;
        let id = format!("L{number}");
        let time = at.map(|at| at.to_string());
        let clock = time.as_deref().and_then(|time| time.get(11..19)).map(str::to_owned);
        let title = time.map(|time| format!("Came {time}"));
        view! {
            <span class="line" id=id.clone() class:marked=marked == Some(number)>
                <a
                    class="number"
                    href=format!("#{id}")
                    data-n=number.to_string()
                    data-t=clock
                    title=title
                    tabindex="-1"
                    aria-hidden="true"
                ></a>
                {text}
            </span>
        }
    };
    view! {
        <pre
            class="log"
            class:timed=times
            role="region"
            aria-label="Log"
            tabindex="0"
            data-tail=follows.then_some("")
        >
            {lines.into_iter().map(line).collect_view()}
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
    use super::*;

    #[test]
    fn lines_have_numbers_and_times() {
        let at = Timestamp::from_millis;
        let scripts = DelegateScripts {
            log: "\none\r\n\u{1b}[31mtwo\u{1b}[0m\nthr".to_owned(),
            first_line: 7,
            arrivals: vec![(8, at(1000)), (10, at(2000))],
            ..DelegateScripts::default()
        };
        let line = |number, text: &str, millis| Line { number, text: text.to_owned(), at: Some(at(millis)) };
        let expected = vec![line(8, "one\n", 1000), line(9, "two\n", 1000), line(10, "thr", 2000)];
        assert_eq!(lines(&scripts), (expected, false));
        let long = DelegateScripts { log: "x\n".repeat(1500), first_line: 1, ..DelegateScripts::default() };
        let (shown, more) = lines(&long);
        assert_eq!((shown.len(), shown[0].number, shown[0].at, more), (1000, 501, None, true));
    }

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
