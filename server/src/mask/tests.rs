//! Whatever a text is cut into, no value comes out of it, in no form; and nothing else is changed.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use muster::token::TokenValue;
use proptest::prelude::*;

use super::*;

const PLAIN: &str = "hunter-22~Zebra";
const ODD: &str = "pä \"ss\\wörd'/=100% &+<😀>";
const KEY: &str = "-----BEGIN KEY-----\n  q83vEjRWeJq83vEj\nRWeJ\n\n-----END KEY-----";
/// Values that begin like each other, and within each other.
const ALIKE: [&str; 4] = ["abcabcabd", "abcabc", "bcabca", "aaaaaa"];

fn masker(values: &[&str]) -> Masker {
    Masker::new([Arc::new(Needles::of_secrets(values.iter().copied()).unwrap())])
}

/// Gives a text in pieces, as a run would.
fn fed(masker: &Masker, pieces: &[&str]) -> String {
    let (mut all, mut rest) = (String::new(), Rest::default());
    for piece in pieces {
        let done;
        // As it is kept between two reports.
        let kept = Rest::from_bytes(&rest.to_bytes()).unwrap();
        (done, rest) = masker.feed(kept, piece, Before::Known, After::More);
        all.push_str(&done);
    }
    let (done, rest) = masker.feed(rest, "", Before::Known, After::End);
    assert!(rest.text.is_empty());
    all + &done
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All characters but the unreserved ones (RFC 3986), or simply all.
fn percent(text: &str, all: bool) -> String {
    let one = |byte: u8| {
        let kept = !all && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if kept { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}

/// JSON, with everything escaped that may be.
fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// The forms in which a value may come.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let mut forms = vec![
        value.to_owned(),
        value.replace('\n', "\r\n"),
        hex(value.as_bytes()),
        hex(value.as_bytes()).to_uppercase(),
        percent(value, false),
        percent(value, true).to_lowercase(),
        percent(value, false).replace("%20", "+"),
        json[1..json.len() - 1].to_owned(),
        json[1..json.len() - 1].replace('/', "\\/"),
        escaped(value),
        // Within each other.
        percent(&STANDARD.encode(value), false),
        escaped(&STANDARD.encode(value)),
        percent(&hex(value.as_bytes()), true),
        serde_json::to_string(&escaped(value)).unwrap().replace('"', ""),
    ];
    if !value.contains('\\') {
        forms.push(serde_json::to_string(&json).unwrap().replace("\"\\\"", "").replace("\\\"\"", ""));
    }
    for before in ["", "x", "xy"] {
        for after in ["", "z", "zz"] {
            let around = format!("{before}{value}{after}");
            forms.push(STANDARD.encode(&around));
            forms.push(STANDARD_NO_PAD.encode(&around));
            forms.push(URL_SAFE.encode(&around));
            forms.push(URL_SAFE_NO_PAD.encode(&around));
        }
    }
    forms
}

/// Breaks lines as tools do that encode.
fn with_line_ends(text: &str, columns: usize, line_end: &str) -> String {
    if text.contains(char::is_whitespace) {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(columns).map(String::from_iter).collect::<Vec<_>>().join(line_end)
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
fn every_form_is_masked_where_tools_break_its_lines() {
    let masker = masker(&[PLAIN, ODD, KEY]);
    for value in [PLAIN, ODD, KEY] {
        for form in forms(value) {
            for (columns, line_end) in [(100_000, "\n"), (76, "\r\n"), (64, "\n"), (48, "\n"), (50, "\n\n")] {
                let broken = with_line_ends(&form, columns, line_end);
                let masked = masker.mask(&format!("<{broken}>"));
                assert!(masked.contains(MASK) && !leaks(&masked, value), "{broken} became {masked}");
                let left = masked.replace(MASK, "");
                assert!(left.starts_with('<') && left.ends_with('>'), "{broken} became {masked}");
                // What is left of base64 are its neighbours.
                assert!(left.trim_end_matches('>').replace(['\r', '\n', '='], "").len() <= 7, "{broken}: {masked}");
            }
        }
    }
}

#[test]
fn a_value_stands_for_itself_alone() {
    let masker = masker(&[PLAIN]);
    assert_eq!(masker.mask(&format!("password={PLAIN}\nok 100%\n")), "password=***\nok 100%\n");
    assert_eq!(masker.mask(&format!("{PLAIN}{PLAIN}")), "******");
    assert_eq!(masker.mask(&format!("printf 'hunter-22~\\\\Zebra' {PLAIN}\\n")), "printf 'hunter-22~\\\\Zebra' ***\\n");
    assert_eq!(masker.mask("<hunter-2"), "<***", "a beginning at the very end");
    assert_eq!(masker.mask("<hunter-2\n"), "<hunter-2\n", "nothing that goes on");
    assert_eq!(masker.mask("hunte\n"), "hunte\n", "too little to be taken for one");
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
        // An escape stays one, also where its end looks like a beginning.
        ("<\\bc\\u0061\\u0062\\u0063\\u0061\\u0062\\u0063\\u0061>", "<\\bc***>"),
    ] {
        assert_eq!(masker.mask(text), masked);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        assert_eq!(fed(&masker, &letters), masked, "letter by letter");
    }
}

#[test]
fn a_delegates_own_token_is_masked() {
    let value = TokenValue::from_bytes(*b"\x80\xbf0123456789\xe2\x82\xac\xff");
    let masker = Masker::new(Needles::of_token(&value).unwrap().map(Arc::new));
    let hex = value.expose();
    for form in [hex.to_string(), hex.to_uppercase(), STANDARD.encode(&*hex), STANDARD.encode(value.key())] {
        let masked = masker.mask(&format!("token: {form}\n"));
        assert_eq!(masked.replace(['=', '\n'], ""), "token: ***", "{form}");
    }
    assert_eq!(masker.mask("€"), "€");
}

#[test]
fn what_is_torn_apart_is_masked_on_both_sides() {
    let masker = masker(&[PLAIN, ODD, KEY]);
    for form in forms(PLAIN).into_iter().take(11) {
        let middle = form.ceil_char_boundary(form.len() / 2);
        let (head, tail) = form.split_at(middle);
        let (before, rest) = masker.feed(Rest::default(), &format!("<{head}"), Before::Known, After::End);
        assert!(rest.text.is_empty() && before.starts_with("<***") && before.len() < 7, "{head} became {before}");
        let (after, _) = masker.feed(Rest::default(), &format!("{tail}> and more"), Before::Lost, After::End);
        assert!(after.starts_with(MASK), "{tail} became {after}");
        assert!(after.ends_with("> and more"), "{tail} became {after}");
    }
    let (after, _) = masker.feed(Rest::default(), "nothing of theirs", Before::Lost, After::End);
    assert_eq!(after, "nothing of theirs");
}

#[test]
fn nothing_makes_what_waits_grow() {
    let masker = masker(&[PLAIN, ODD, KEY, ALIKE[0], ALIKE[3]]);
    // Each value in its longest form, with line ends between all characters.
    let most = KEY.len() * 12 * 5;
    for flood in ["\n", "\r\n", "a", "abc", "%", "%6", "\\", "\\u00", "-", "61", "YWFh", "\\\n", "hunter\n\n\n"] {
        let after_long_word = format!("{}hunter-22~", "x".repeat(60));
        let begun = ["", "hunter-22~", "-----BEGIN KEY-----", "68756e", "aHVud", "%68%75", "\\u0068", &after_long_word];
        for begin in begun {
            let mut rest = Rest::default();
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
    let token = TokenValue::from_bytes(*b"0123456789abcdef");
    let tokens = Needles::of_token(&token).unwrap().map(Arc::new);
    let values: Vec<String> = ('0'..='z').map(|c| format!("{c}-value")).collect();
    let secrets = Needles::of_secrets(values.iter().map(String::as_str).chain([KEY])).unwrap();
    let masker = Masker::new(tokens.into_iter().chain([Arc::new(secrets)]));
    for line in ["started\n", "Unpacking to /usr/share/doc\r\n", "45%\n", "C:\\temp\\\n", "deadbeef\n\n", "\n", ".\n"] {
        let (masked, rest) = masker.feed(Rest::default(), line, Before::Known, After::More);
        assert!(masked == line && rest.text.is_empty(), "{line:?}");
    }
    assert_eq!(masker.mask("0123456789abcdef\n"), "0123456789abcdef\n", "bytes that happen to be text");
    let (masked, _) = masker.feed(Rest::default(), &"x".repeat(60), Before::Known, After::More);
    assert!(masked.len() >= 55, "nor does much of a long word: {masked}");
}

#[test]
fn what_waits_is_not_printed_and_comes_back_as_it_was() {
    let (masked, rest) = masker(&ALIKE).feed(Rest::default(), "<bcabcab", Before::Known, After::More);
    assert_eq!(masked, "<***");
    assert_eq!(format!("{rest:?}"), "[redacted]");
    assert!(rest.covered > 0 && Rest::from_bytes(&rest.to_bytes()) == Some(rest));
    let numbers = [0; 15];
    for (bad, text) in [(0, &b"\xff"[..]), (5, b"text"), (1, "ä".as_bytes())] {
        assert_eq!(Rest::from_bytes(&[&[bad], &numbers[..], text].concat()), None);
    }
    assert_eq!((Rest::from_bytes(b"short"), Rest::from_bytes(&[0; 16])), (None, Some(Rest::default())));
}

#[test]
fn without_values_nothing_waits_and_nothing_changes() {
    let masker = Masker::new([Arc::new(Needles::of_secrets([]).unwrap())]);
    let text = format!("{PLAIN}\\u00");
    let (masked, rest) = masker.feed(Rest::default(), &text, Before::Lost, After::More);
    assert!(masked == text && rest.text.is_empty());
}

/// A text made of values in their forms and of what looks like parts of them.
fn text() -> impl Strategy<Value = (String, Vec<&'static str>)> {
    let values = [PLAIN, ODD, KEY, ALIKE[0], ALIKE[1], ALIKE[2], ALIKE[3]];
    let form = (0..values.len()).prop_flat_map(move |which| {
        let value = values[which];
        let forms = forms(value);
        (0..forms.len(), 48..90_usize, 0..4_usize).prop_map(move |(form, columns, line_end)| {
            let line_end = ["", "\n", "\r\n", "\n\n"][line_end];
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
            if text.chars().rev().take(3).any(|c| c == '%') {
                text.push(';');
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
        let masker = masker(&[PLAIN, ODD, KEY, ALIKE[0], ALIKE[1], ALIKE[2], ALIKE[3]]);
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
        let letters: Vec<&str> = text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect();
        prop_assert_eq!(fed(&masker, &letters), whole, "letter by letter");
    }

    #[test]
    fn what_holds_no_value_is_not_changed(text in "(\\PC|\n|%[0-9a-f]|\\\\u00|[A-Za-z0-9+/]){0,200}") {
        // Too long to be hit by chance, and unlike what the text is made of.
        let masker = masker(&["\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}"]);
        prop_assert_eq!(masker.mask(&text), text);
    }
}
