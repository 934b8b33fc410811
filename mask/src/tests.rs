//! Whatever a text is cut into, no value comes out of it, in no form; and nothing else is changed.

mod forms;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use self::forms::{base32, escaped, forms, hex, percent, with_line_ends};
use super::*;

const PLAIN: &str = "hunter-22~Zebra";
const ODD: &str = "pä \"ss\\wörd'/=100% &+<😀>";
const KEY: &str = "-----BEGIN KEY-----\n  q83vEjRWeJq83vEj\nRWeJ\n\n-----END KEY-----";
/// Values in which tools that quote see much to do.
const QUOTED: &str = "it's-a-Secret9";
const FOREIGN: &str = "pässwörd-9x";
const MARKUP: &str = "a&b<c>\"d\"-'e'f";
/// Values that begin like each other, and within each other.
const ALIKE: [&str; 4] = ["abcabcabd", "abcabc", "bcabca", "aaaaaa"];

fn masker(values: &[&str]) -> Masker {
    Masker::new([Arc::new(Patterns::of_texts(values.iter().copied()).unwrap())])
}

/// Gives a text in pieces, as a run would.
fn fed(masker: &Masker, pieces: &[&str]) -> String {
    let (mut all, mut rest) = (String::new(), Carry::default());
    for piece in pieces {
        let done;
        // As it is kept between two reports.
        let kept = Carry::from_bytes(&rest.to_bytes()).unwrap();
        (done, rest) = masker.feed(kept, piece, Before::Known, After::More);
        all.push_str(&done);
    }
    let (done, rest) = masker.feed(rest, "", Before::Known, After::End);
    assert!(rest.text.is_empty());
    all + &done
}

/// In pieces of one character.
fn letters(text: &str) -> Vec<&str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
}

/// What a person could read back: the text itself, and what it holds encoded, without line ends.
fn leaks(masked: &str, value: &str) -> bool {
    let squeeze = |text: &str| text.replace(['\n', '\r'], "");
    let (text, value) = (squeeze(masked), squeeze(value));
    let lower = text.to_lowercase();
    let decoded = |skip: usize| {
        let end = text.len() - text.len().saturating_sub(skip) % 4;
        text.get(skip..end).and_then(|part| STANDARD.decode(part.replace('-', "+").replace('_', "/")).ok())
    };
    text.contains(&value)
        || lower.contains(&hex(value.as_bytes()))
        || (0..4).filter_map(decoded).any(|bytes| String::from_utf8_lossy(&bytes).contains(&value))
        || lower.contains(&percent(&value, true).to_lowercase())
        || lower.contains(&escaped(&value).to_lowercase())
}

#[test]
fn d32_every_form_is_masked_where_tools_break_its_lines() {
    let masker = masker(&[PLAIN, ODD, KEY, QUOTED, FOREIGN, MARKUP]);
    for value in [PLAIN, ODD, KEY, QUOTED, FOREIGN, MARKUP] {
        for form in forms(value) {
            for (columns, line_end) in [
                (100_000, "\n"),
                (76, "\r\n"),
                (64, "\n"),
                (48, "\n"),
                (50, "\n\n"),
                (10, "\n"),
                (7, "\n    "),
                (11, "\u{1b}[0m\u{1b}[38;5;154m"),
            ] {
                let broken = with_line_ends(&form, columns, line_end);
                let masked = masker.mask(&format!("<{broken}>"));
                assert!(masked.contains(MASK) && !leaks(&masked, value), "{broken} became {masked}");
                let left = masked.replace(MASK, "").replace("\\u003d", "");
                assert!(left.starts_with('<') && left.ends_with('>'), "{broken} became {masked}");
                // What is left of base64 are its neighbours, and of what is broken off at once the first two characters.
                let most = if columns < 12 { 32 } else { 7 };
                assert!(
                    left.trim_end_matches('>').replace(['\r', '\n', ' ', '='], "").len() <= most,
                    "{broken}: {masked}"
                );
            }
        }
    }
}

#[test]
fn a_value_stands_for_itself_alone() {
    let masker = masker(&[PLAIN]);
    assert_eq!(masker.mask(&format!("password={PLAIN}\nok 100%\n")), "password=***\nok 100%\n");
    assert_eq!(masker.mask(&format!("{PLAIN}{PLAIN}")), "******");
    assert_eq!(masker.mask(&format!("printf 'hunter-22~/Zebra' {PLAIN}\\n")), "printf 'hunter-22~/Zebra' ***\\n");
    assert_eq!(masker.mask("<hunter-2"), "<***", "a beginning at the very end");
    assert_eq!(masker.mask("<hunter-2.\n"), "<hunter-2.\n", "nothing that goes on");
    assert_eq!(masker.mask("hunte\n"), "hunte\n", "too little to be taken for one");
}

#[test]
fn a_value_of_what_is_overlooked_is_looked_for_as_it_is() {
    let masker = masker(&["'\"'\"' '", "a \"b\" c"]);
    assert_eq!(masker.mask("<'\"'\"' '> <'\"'\"' > <a \"b\" c> <abc>"), "<***> <'\"'\"' > <***> <abc>");
    assert_eq!(masker.mask(&hex(b"'\"'\"' '")), "***");
}

#[test]
fn d33_longer_parts_that_a_shell_makes_are_masked_by_themselves() {
    let masker = masker(&["correct horse-battery-staple;$(id-of-user)&short"]);
    assert_eq!(masker.mask("sh: horse-battery-staple: command not found"), "sh: ***: command not found");
    assert_eq!(masker.mask("id-of-user: command not found; correct short"), "***: command not found; correct short");
}

#[test]
fn d32_what_ends_a_terminals_sequence_may_begin_a_value() {
    for before in
        ["\u{1b}", "\u{1b}[", "\u{1b}[1;", "\u{1b}[31m", "\u{1b}(", "\u{1b}]8;;https://example.org/", "\u{9b}1;"]
    {
        for value in [PLAIN, &STANDARD.encode(PLAIN), &hex(PLAIN.as_bytes()), &escaped(PLAIN)] {
            let (text, masked) = (format!("{before}{value}>"), format!("{before}***>"));
            assert_eq!(masker(&[PLAIN]).mask(&text), masked);
            assert_eq!(fed(&masker(&[PLAIN]), &letters(&text)), masked);
        }
    }
}

#[test]
fn lines_of_a_value_are_masked_by_themselves() {
    let masker = masker(&[KEY]);
    let indented = KEY.lines().map(|line| format!("    | {line}\n")).collect::<String>();
    assert_eq!(masker.mask(&indented), "    | ***\n    |   ***\n    | RWeJ\n    | \n    | ***\n");
    assert_eq!(masker.mask(&format!("<{KEY}>")), "<***>");
    assert_eq!(masker.mask(&format!("{} .", STANDARD.encode("q83vEjRWeJq83vEj"))), "***== .");
}

#[test]
fn values_that_overlap_are_all_masked() {
    let masker = masker(&ALIKE);
    for (text, masked) in [
        ("<abcabcabd>", "<***>"),
        ("<abcabcabcabd>", "<***>"),
        ("<abcabcx>", "<***x>"),
        ("<xbcabcax>", "<x***x>"),
        ("<aaaaaaaaabcabcabc>", "<***>"),
        ("<abcab>", "<abcab>"),
        // What came out before it was known to be a beginning is followed by what is masked.
        ("<a\r\r+\raaaaa>", "<a\r\r+\r***>"),
        // An escape stays one, also where its end looks like a beginning.
        ("<\\bc\\u0061\\u0062\\u0063\\u0061\\u0062\\u0063\\u0061>", "<\\bc***>"),
    ] {
        assert_eq!(masker.mask(text), masked);
        assert_eq!(fed(&masker, &letters(text)), masked, "letter by letter");
    }
}

#[test]
fn bytes_are_masked_where_they_are_encoded() {
    let key = *b"\x80\xbf0123456789\xe2\x82\xac\xff";
    let text = hex(&key);
    let patterns = [Patterns::of_texts([text.as_str()]).unwrap(), Patterns::of_bytes([key.as_slice()]).unwrap()];
    let masker = Masker::new(patterns.map(Arc::new));
    for form in [text.clone(), text.to_uppercase(), STANDARD.encode(&text), STANDARD.encode(key), base32(&key)] {
        let masked = masker.mask(&format!("token: {form}\n"));
        assert_eq!(masked.replace(['=', '\n'], ""), "token: ***", "{form}");
    }
    assert_eq!(masker.mask("0123456789€"), "0123456789€");
}

#[test]
fn what_is_torn_apart_is_masked_on_both_sides() {
    let masker = masker(&[PLAIN, ODD, KEY]);
    for form in forms(PLAIN).into_iter().filter(|form| !form.contains('\n')).take(17) {
        let middle = form.ceil_char_boundary(form.len() / 2);
        let (head, tail) = form.split_at(middle);
        let (before, rest) = masker.feed(Carry::default(), &format!("<{head}"), Before::Known, After::End);
        assert!(rest.text.is_empty() && before.starts_with("<***") && before.len() < 7, "{head} became {before}");
        let (after, _) = masker.feed(Carry::default(), &format!("{tail}> and more"), Before::Lost, After::End);
        assert!(after.starts_with(MASK), "{tail} became {after}");
        assert!(after.ends_with("> and more"), "{tail} became {after}");
    }
    let (after, _) = masker.feed(Carry::default(), "nothing of theirs", Before::Lost, After::End);
    assert_eq!(after, "nothing of theirs");
}

#[test]
fn nothing_makes_what_waits_grow() {
    let masker = masker(&[PLAIN, ODD, KEY, ALIKE[0], ALIKE[3]]);
    // Each value in its longest form, with as much between its characters as may be.
    let most = KEY.len() * (12 + 64 + 16 * 3);
    for flood in [
        "\n",
        "\r\n",
        "a",
        "abc",
        "%",
        "%6",
        "\\",
        "\\u00",
        "-",
        "61",
        "YWFh",
        "\\\n",
        "hunter\n\n\n",
        "&",
        "&#1",
        "=",
        "=\n",
        "M-",
        "^",
        ":",
        "\u{1b}",
        "\u{1b}[",
        "\u{1b}[1;",
        "\u{fffd}",
        "'",
    ] {
        let after_long_word = format!("{}hunter-22~", "x".repeat(60));
        let begun = ["", "hunter-22~", "-----BEGIN KEY-----", "68756e", "aHVud", "%68%75", "\\u0068", &after_long_word];
        for begin in begun {
            let mut rest = Carry::default();
            let mut out = 0;
            for piece in [begin, &flood.repeat(3000), &flood.repeat(3000)] {
                let done;
                (done, rest) = masker.feed(rest, piece, Before::Known, After::More);
                out += done.len();
                assert!(rest.text.len() <= most, "{begin:?} {flood:?}: {}", rest.text.len());
            }
            assert!(out > 0, "{begin:?} {flood:?}");
        }
    }
}

#[test]
fn an_ordinary_line_does_not_wait_for_the_next() {
    let values: Vec<String> = ('0'..='9').chain(['d', 's', '%', 'C']).map(|c| format!("{c}-value")).collect();
    let secrets = Patterns::of_texts(values.iter().map(String::as_str).chain([KEY])).unwrap();
    let masker = Masker::new([secrets, Patterns::of_bytes([&b"0123456789abcdef"[..]]).unwrap()].map(Arc::new));
    for line in ["started\n", "Unpacking to /usr/share/doc\r\n", "45%\n", "C:\\temp\\\n", "deadbeef\n\n", "\n", ".\n"] {
        let (masked, carry) = masker.feed(Carry::default(), line, Before::Known, After::More);
        assert_eq!(masked, line);
        // Nothing comes out twice.
        assert_eq!(masker.feed(carry, "next\n", Before::Known, After::End).0, "next\n", "{line:?}");
    }
    assert_eq!(masker.mask("0123456789abcdef\n"), "0123456789abcdef\n", "bytes that happen to be text");
    let (masked, _) = masker.feed(Carry::default(), &"x".repeat(60), Before::Known, After::More);
    assert!(masked.len() >= 55, "nor does much of a long word: {masked}");
}

#[test]
fn d32_what_a_line_ends_with_too_soon_to_wait_is_no_more_than_two_characters() {
    let masker = masker(&[PLAIN]);
    for columns in 1..8 {
        let broken = with_line_ends(PLAIN, columns, "\n");
        let masked = masker.mask(&format!("<{broken}>"));
        let shown = &PLAIN[..if columns < 3 { 2 / columns * columns } else { 0 }];
        assert_eq!(masked.replace('\n', ""), format!("<{shown}***>"), "{broken}");
        assert_eq!(fed(&masker, &letters(&format!("<{broken}>"))), masked);
    }
}

#[test]
fn what_waits_is_not_printed_and_comes_back_as_it_was() {
    let (masked, rest) = masker(&ALIKE).feed(Carry::default(), "<bcabcab", Before::Known, After::More);
    assert_eq!(masked, "<***");
    assert_eq!(format!("{rest:?}"), "[redacted]");
    assert!(rest.done > 0 && Carry::from_bytes(&rest.to_bytes()) == Some(rest));
    for (done, text) in [(0, &b"\xff"[..]), (1, "ä".as_bytes())] {
        assert_eq!(Carry::from_bytes(&[&[done, 0, 0, 0, 0, 0, 0, 0], text].concat()), None);
    }
    assert_eq!((Carry::from_bytes(b"short"), Carry::from_bytes(&[0; 8])), (None, Some(Carry::default())));
}

#[test]
fn without_values_nothing_waits_and_nothing_changes() {
    let masker = Masker::new([Arc::new(Patterns::of_texts([]).unwrap())]);
    let text = format!("{PLAIN}\\u00");
    let (masked, rest) = masker.feed(Carry::default(), &text, Before::Lost, After::More);
    assert!(masked == text && rest.text.is_empty());
}

/// A text made of values in their forms and of what looks like parts of them.
fn text() -> impl Strategy<Value = (String, Vec<&'static str>)> {
    let values = [PLAIN, ODD, KEY, QUOTED, FOREIGN, MARKUP, ALIKE[0], ALIKE[1], ALIKE[2], ALIKE[3]];
    let form = (0..values.len()).prop_flat_map(move |which| {
        let value = values[which];
        let forms = forms(value);
        // The longest escapes of a value's first two characters fit into a line: what a line ends inside of them may be
        // shown in part (see `d32_what_a_line_ends_with…`), and in pieces otherwise than as a whole.
        (0..forms.len(), 24..90_usize, 0..6_usize).prop_map(move |(form, columns, line_end)| {
            let line_end = ["", "\n", "\r\n", "\n\n", "\n  ", "\u{1b}[31m"][line_end];
            (with_line_ends(&forms[form], columns, line_end), vec![value])
        })
    });
    let part = form.clone().prop_flat_map(|(text, _)| {
        let length = text.len();
        (Just(text), 0..=length, 0..=length).prop_map(|(text, one, other)| {
            let (from, to) = (text.floor_char_boundary(one.min(other)), text.floor_char_boundary(one.max(other)));
            (text[from..to].to_owned(), vec![])
        })
    });
    let noise = "[a-c%\\\\u0-9+/=\\-é\n\r \"]{0,12}".prop_map(|text| (text, vec![]));
    prop::collection::vec(prop_oneof![form, part, noise], 0..6).prop_map(|parts| {
        let mut text = String::new();
        for (part, _) in &parts {
            text.push_str(part);
            // An escape that begins in one and ends in the next would make another text of that.
            if text.chars().rev().take(3).any(|c| "%M-^".contains(c)) {
                text.push(';');
            }
            // So would a colour: a terminal takes what follows it for its end.
            let sequence = text.rsplit_once('\u{1b}').map(|(_, sequence)| sequence);
            if sequence.is_some_and(|sequence| !sequence.contains(|c: char| c.is_ascii_alphabetic())) {
                text.push('m');
            }
        }
        (text, parts.into_iter().flat_map(|part| part.1).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_split_changes_what_comes_out(
        (text, values) in text(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let masker = masker(&[PLAIN, ODD, KEY, QUOTED, FOREIGN, MARKUP, ALIKE[0], ALIKE[1], ALIKE[2], ALIKE[3]]);
        let whole = masker.mask(&text);
        for value in &values {
            prop_assert!(!leaks(&whole, value), "{text} became {whole}");
        }
        prop_assert_eq!(values.is_empty() || whole.contains(MASK), true);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| text.floor_char_boundary(cut.index(text.len() + 1))).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
        prop_assert_eq!(fed(&masker, &pieces), whole.clone(), "in {:?}", pieces);
        prop_assert_eq!(fed(&masker, &letters(&text)), whole, "letter by letter");
    }

    #[test]
    fn what_holds_no_value_is_not_changed(text in "(\\PC|\n|%[0-9a-f]|\\\\u00|[A-Za-z0-9+/]){0,200}") {
        // Too long to be hit by chance, and unlike what the text is made of.
        let masker = masker(&["\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}"]);
        prop_assert_eq!(masker.mask(&text), text);
    }

    #[test]
    fn d32_bytes_are_masked_whole_whatever_they_begin_and_end_with(
        bytes in any::<[u8; 16]>(),
        first in prop_oneof![Just(0x08_u8), Just(b' '), Just(b'"'), any::<u8>()],
        last in prop_oneof![Just(0x0d_u8), Just(b'\\'), any::<u8>()],
    ) {
        let mut bytes = bytes;
        (bytes[0], bytes[15]) = (first, last);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let patterns = [Patterns::of_texts([hex.as_str()]), Patterns::of_bytes([bytes.as_slice()])];
        let masker = Masker::new(patterns.map(|patterns| Arc::new(patterns.unwrap())));
        let text = format!("TOKEN={hex}\n{} x!\n", hex.to_uppercase());
        prop_assert_eq!(masker.mask(&text), "TOKEN=***\n*** x!\n");
    }
}
