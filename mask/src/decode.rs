//! All decodings of a text.

use crate::{
    carry::After,
    decoding::Decoding,
    escapes::{Escape, RULES, RULES_AGAIN, Rule},
    lookahead::Lookahead,
    radix,
    surface::{DecodedByte, Surface, surface},
};

/// All decodings of a text, in which nothing shorter than `shortest` bytes is looked for.
pub(crate) fn all(text: &str, shortest: usize, after: After) -> Vec<Decoding> {
    let mut decodings = all_of(text, true, shortest, after);
    if text.contains('\u{1b}') {
        // What a terminal would take for the end of a sequence may be the beginning of a value.
        decodings.append(&mut all_of(text, false, shortest, after));
    }
    decodings
}

fn all_of(text: &str, colours: bool, shortest: usize, after: After) -> Vec<Decoding> {
    let Surface { bytes, sequences, open } = surface(text, colours);
    let plain = Decoding { bytes, open: open.into_iter().collect(), ..Decoding::default() };
    // They are torn no more than escapes are.
    let mut decodings = vec![Decoding { bytes: sequences, is_escaped: true, ..Decoding::default() }];
    let mut bases = Vec::new();
    for (first_bytes, rule) in RULES {
        // Where nothing is escaped, what would read escapes reads the same.
        if text.bytes().any(|byte| first_bytes.contains(&byte)) {
            unescape_all(&plain, text.len(), rule, after, &mut bases);
        }
    }
    let mut twice = Vec::new();
    for base in bases.iter().filter(|base| base.has_escapes()) {
        for (first_byte, rule) in RULES_AGAIN {
            if base.bytes.iter().any(|byte| byte.value == Some(first_byte)) {
                unescape_all(base, text.len(), rule, after, &mut twice);
            }
        }
    }
    bases.push(plain);
    decodings.extend(bases.iter().flat_map(|base| radix::all(base, text.len(), shortest)));
    decodings.append(&mut bases);
    decodings.append(&mut twice);
    decodings
}

/// Reads a text with escapes in it, in both ways where its end leaves two.
fn unescape_all(base: &Decoding, end: usize, rule: Rule, after: After, decodings: &mut Vec<Decoding>) {
    let decoding = unescape(base, end, rule, false);
    if after == After::End && !decoding.open.is_empty() {
        // Where nothing follows, an escape that is not finished is none, or is torn.
        decodings.push(unescape(base, end, rule, true));
    }
    decodings.push(decoding);
}

/// Reads a text with escapes in it. With `whole`, one that is not finished at the end is none.
fn unescape(base: &Decoding, text_end: usize, escape: Rule, whole: bool) -> Decoding {
    let mut decoding = Decoding {
        bytes: Vec::with_capacity(base.bytes.len()),
        open: base.open.clone(),
        is_escaped: true,
        is_encoded: false,
    };
    let (mut rest, end) = (base.bytes.as_slice(), base.end(text_end));
    while let Some(byte) = rest.first() {
        let end_of = |length: usize| rest.get(length - 1).map_or(byte.end, |last| last.end);
        let length = match escape(&Lookahead { bytes: rest, end }) {
            Escape::Open if !whole => {
                decoding.open = vec![byte.start];
                return decoding;
            }
            Escape::No | Escape::Open => {
                decoding.bytes.push(*byte);
                1
            }
            Escape::Byte(value, length) => {
                decoding.bytes.push(DecodedByte { value: Some(value), start: byte.start, end: end_of(length) });
                length
            }
            Escape::Character(character, length) => {
                let (mut buffer, end) = ([0; 4], end_of(length));
                let all = character.encode_utf8(&mut buffer).bytes();
                decoding.bytes.extend(all.map(|value| DecodedByte { value: Some(value), start: byte.start, end }));
                length
            }
        };
        rest = &rest[length..];
    }
    decoding
}
