//! Whatever a text is cut into, the same comes out of it, and no value in the clear.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use muster_mask::{After, Before, Carry, MASK, Masker, Patterns};

const VALUES: [&str; 5] = ["hunter-22~Zebra", "it's \"a\" Secret\\9", "pässwörd-9x", "abcabcabd", "aaaaaa"];

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let patterns = Patterns::of_texts(VALUES).unwrap_or_else(|error| panic!("{error}"));
    Masker::new([Arc::new(patterns)])
});

// The first byte says how long pieces are; in the text, digits before the control character 1 stand for values.
fuzz_target!(|data: &[u8]| {
    let Some((length, text)) = data.split_first() else { return };
    let mut text = String::from_utf8_lossy(text).into_owned();
    for (digit, value) in ('0'..).zip(VALUES) {
        text = text.replace(&format!("{digit}\u{1}"), value);
    }
    let whole = MASKER.mask(&text);
    for value in VALUES {
        assert!(!whole.contains(value), "{text:?} became {whole:?}");
    }
    let (mut out, mut carry, mut rest) = (String::new(), Carry::default(), text.as_str());
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.ceil_char_boundary(usize::from(*length).clamp(1, rest.len())));
        let (masked, waits) = MASKER.feed(carry, piece, Before::Known, After::More);
        carry = Carry::from_bytes(&waits.to_bytes()).unwrap_or_default();
        out.push_str(&masked);
        rest = more;
    }
    out.push_str(&MASKER.feed(carry, "", Before::Known, After::End).0);
    assert_eq!(out, whole, "of {text:?}, masked with {MASK}");
});
