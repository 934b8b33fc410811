//! The ways to read a text.

use crate::{
    After, radix,
    radix::hexadecimal,
    surface::{Byte, MAX_GAP, Surface, surface},
};

/// How many backslashes may stand before one character: as many as after escaping it four times.
const MAX_BACKSLASHES: usize = 15;
/// The characters of the longest escape, without backslashes that count as one.
pub(crate) const MAX_ESCAPE: usize = 12;
/// The characters of the longest XML entity that is read, between `&` and `;`.
const MAX_ENTITY: usize = 8;

/// A text, read in one way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decoding {
    /// What it says, in order.
    pub bytes: Vec<Byte>,
    /// Where something begins at the text's end that cannot be read before more comes; the beginnings of two bytes,
    /// where the first of them is known to need part of the second.
    pub open: Vec<u32>,
    /// Whether a byte may be more than one character.
    pub is_escaped: bool,
    /// Whether what is read is no text of its own, but bytes.
    pub is_encoded: bool,
}

impl Decoding {
    /// Where the next byte may begin, once more comes.
    pub(crate) fn end(&self, text_end: usize) -> usize {
        self.open.first().map_or(text_end, |open| *open as usize)
    }

    /// Whether it is not the plain reading.
    fn has_escapes(&self) -> bool {
        !self.open.is_empty() || self.bytes.iter().any(|byte| byte.end - byte.start > 1)
    }

    /// Where the escape begins that a place lies within; none where the place lies between two.
    pub(crate) fn torn_at(&self, place: usize) -> Option<usize> {
        let next = self.bytes.partition_point(|byte| byte.end as usize <= place);
        let byte = self.bytes.get(next).filter(|byte| self.is_escaped && (byte.start as usize) < place);
        byte.map(|byte| byte.start as usize)
    }
}

/// All readings of a text, in which nothing shorter than `shortest` bytes is looked for.
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
    for (signs, rule) in RULES {
        // Where nothing is escaped, what would read escapes reads the same.
        if text.bytes().any(|byte| signs.contains(&byte)) {
            unescape_all(&plain, text.len(), rule, after, &mut bases);
        }
    }
    // What was escaped twice, as JSON in HTML or in an address. Backslashes have a rule for that.
    let mut twice = Vec::new();
    for base in bases.iter().filter(|base| base.has_escapes()) {
        for (sign, rule) in [(b'%', percent as Rule), (b'\\', backslash), (b'&', entity)] {
            if base.bytes.iter().any(|byte| byte.value == Some(sign)) {
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

/// What reads escapes, and what each of these begins with.
const RULES: [(&[u8], Rule); 7] = [
    (b"+", form),
    (b"%", percent),
    (b"\\", backslash),
    (b"\\", backslashes),
    (b"&", entity),
    (b"=", quoted_printable),
    (b"M^", caret),
];

/// Reads a text with escapes in it, in both ways where its end leaves two.
fn unescape_all(base: &Decoding, end: usize, rule: Rule, after: After, decodings: &mut Vec<Decoding>) {
    let decoding = unescape(base, end, rule, false);
    if after == After::End && !decoding.open.is_empty() {
        // Where nothing follows, an escape that is not finished is none, or is torn.
        decodings.push(unescape(base, end, rule, true));
    }
    decodings.push(decoding);
}

/// What a rule finds where an escape may begin.
enum Escape {
    /// None: the byte stands for itself.
    No,
    /// The text ends too early to tell.
    Open,
    /// A character of so many bytes of text.
    Character(char, usize),
    /// A byte of so many bytes of text.
    Byte(u8, usize),
}

/// What stands at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Byte(u8),
    /// Nothing yet: the text ends.
    End,
    /// Nothing that belongs to what stands before.
    Far,
}

/// What follows in a text.
struct Signs<'a> {
    bytes: &'a [Byte],
    /// Where the next byte may begin.
    end: usize,
}

type Rule = fn(&Signs<'_>) -> Escape;

impl Signs<'_> {
    fn next(&self, index: usize) -> Next {
        let before = index.checked_sub(1).and_then(|before| self.bytes.get(before));
        let is_far =
            |start: usize| before.is_some_and(|before| start.saturating_sub(before.end as usize) > MAX_GAP as usize);
        match self.bytes.get(index) {
            Some(byte) if is_far(byte.start as usize) => Next::Far,
            Some(byte) => byte.value.map_or(Next::Far, Next::Byte),
            None if is_far(self.end) => Next::Far,
            None => Next::End,
        }
    }

    fn is(&self, index: usize, value: u8) -> bool {
        self.next(index) == Next::Byte(value)
    }

    /// So many digits of a base, at least one: their number and how many there are. An error where the text ends
    /// before they do; none where something else stands there.
    fn number(&self, from: usize, fewest: usize, most: usize, base: u32) -> Result<Option<(u32, usize)>, ()> {
        let mut number = 0;
        for index in 0..most {
            match self.next(from + index) {
                Next::End => return Err(()),
                Next::Byte(byte)
                    if let Some(digit) = hexadecimal(byte).map(u32::from).filter(|digit| *digit < base) =>
                {
                    number = number * base + digit;
                }
                _ => return Ok((index >= fewest).then_some((number, index))),
            }
        }
        Ok(Some((number, most)))
    }
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
        let length = match escape(&Signs { bytes: rest, end }) {
            Escape::Open if !whole => {
                decoding.open = vec![byte.start];
                return decoding;
            }
            Escape::No | Escape::Open => {
                decoding.bytes.push(*byte);
                1
            }
            Escape::Byte(value, length) => {
                decoding.bytes.push(Byte { value: Some(value), start: byte.start, end: end_of(length) });
                length
            }
            Escape::Character(character, length) => {
                let (mut buffer, end) = ([0; 4], end_of(length));
                let all = character.encode_utf8(&mut buffer).bytes();
                decoding.bytes.extend(all.map(|value| Byte { value: Some(value), start: byte.start, end }));
                length
            }
        };
        rest = &rest[length..];
    }
    decoding
}

fn character(number: u32, length: usize) -> Escape {
    Escape::Character(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}

/// A byte of two hexadecimal digits after so many signs.
fn byte(signs: &Signs<'_>, after: usize) -> Escape {
    match signs.number(after, 2, 2, 16) {
        Ok(Some((number, _))) => Escape::Byte(number as u8, after + 2),
        Ok(None) => Escape::No,
        Err(()) => Escape::Open,
    }
}

/// Percent-encoded (RFC 3986, section 2.1).
fn percent(signs: &Signs<'_>) -> Escape {
    if signs.is(0, b'%') { byte(signs, 1) } else { Escape::No }
}

/// The same as forms have it: a plus is a space.
fn form(signs: &Signs<'_>) -> Escape {
    if signs.is(0, b'+') { Escape::Byte(b' ', 1) } else { percent(signs) }
}

/// Quoted-printable (RFC 2045, section 6.7), with line ends that are none.
fn quoted_printable(signs: &Signs<'_>) -> Escape {
    if !signs.is(0, b'=') {
        return Escape::No;
    }
    let breaks = signs.bytes.get(1).is_some_and(|next| next.start > signs.bytes[0].end);
    if breaks { Escape::Byte(b' ', 1) } else { byte(signs, 1) }
}

/// Escaped with backslashes, as in JSON (RFC 8259, section 7), in shells, and in most languages. What stands for a
/// control stands for a blank here.
fn backslash(signs: &Signs<'_>) -> Escape {
    if !signs.is(0, b'\\') {
        return Escape::No;
    }
    let next = match signs.next(1) {
        Next::Byte(next) => next,
        Next::End => return Escape::Open,
        Next::Far => return Escape::No,
    };
    match next {
        b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'a' | b'e' | b'E' => Escape::Byte(b' ', 2),
        b'x' | b'u' if signs.is(2, b'{') => braced(signs),
        b'x' if signs.next(2) == Next::End => Escape::Open,
        b'x' => byte(signs, 2),
        b'u' if signs.next(2) == Next::End => Escape::Open,
        b'u' => utf16(signs),
        b'U' => match signs.number(2, 8, 8, 16) {
            Ok(Some((number, _))) => character(number, 10),
            Ok(None) => Escape::No,
            Err(()) => Escape::Open,
        },
        b'0'..=b'7' => match signs.number(1, 1, 3, 8) {
            Ok(Some((number, length))) => Escape::Byte(number as u8, length + 1),
            Ok(None) => Escape::No,
            Err(()) => Escape::Open,
        },
        next if next.is_ascii_punctuation() || next == b' ' => Escape::Byte(next, 2),
        _ => Escape::No,
    }
}

/// The same where it was escaped again and again, or follows a backslash: many count as one.
fn backslashes(signs: &Signs<'_>) -> Escape {
    let count = count_backslashes(signs, 0);
    if count == 0 || count > MAX_BACKSLASHES {
        return Escape::No;
    }
    match backslash(&Signs { bytes: &signs.bytes[count - 1..], end: signs.end }) {
        Escape::No => Escape::Byte(b'\\', count),
        Escape::Open => Escape::Open,
        Escape::Byte(byte, length) => Escape::Byte(byte, length + count - 1),
        Escape::Character(character, length) => Escape::Character(character, length + count - 1),
    }
}

/// `\u{…}` or `\x{…}`.
fn braced(signs: &Signs<'_>) -> Escape {
    match signs.number(3, 1, 6, 16) {
        Err(()) => Escape::Open,
        Ok(Some((_, length))) if signs.next(3 + length) == Next::End => Escape::Open,
        Ok(Some((number, length))) if signs.is(3 + length, b'}') => character(number, 4 + length),
        Ok(_) => Escape::No,
    }
}

/// `\uXXXX`, and a second one where the first is half of a pair.
fn utf16(signs: &Signs<'_>) -> Escape {
    let unit = match signs.number(2, 4, 4, 16) {
        Ok(Some((unit, _))) => unit,
        Ok(None) => return Escape::No,
        Err(()) => return Escape::Open,
    };
    if !(0xd800..0xdc00).contains(&unit) {
        return character(unit, 6);
    }
    let count = count_backslashes(signs, 6);
    match signs.next(6 + count) {
        Next::End => return Escape::Open,
        Next::Byte(b'u') if count > 0 => {}
        _ => return character(unit, 6),
    }
    match signs.number(7 + count, 4, 4, 16) {
        Err(()) => Escape::Open,
        Ok(Some((low @ 0xdc00..0xe000, _))) => {
            character(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 11 + count)
        }
        Ok(_) => character(unit, 6),
    }
}

/// How many backslashes stand at a place, up to one more than may stand before one character.
fn count_backslashes(signs: &Signs<'_>, from: usize) -> usize {
    (from..=from + MAX_BACKSLASHES).take_while(|index| signs.is(*index, b'\\')).count()
}

/// An entity of XML: one of the five that need no definition, or a number.
fn entity(signs: &Signs<'_>) -> Escape {
    if !signs.is(0, b'&') {
        return Escape::No;
    }
    let mut name = [0; MAX_ENTITY];
    for index in 0..=MAX_ENTITY {
        match signs.next(1 + index) {
            Next::End => return Escape::Open,
            Next::Byte(b';') => {
                let named = str::from_utf8(&name[..index]).ok().and_then(|name| {
                    Some(match name {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        "nbsp" => '\u{a0}',
                        _ => {
                            let number = name.strip_prefix('#')?;
                            let number = match number.strip_prefix(['x', 'X']) {
                                Some(digits) => u32::from_str_radix(digits, 16),
                                None => number.parse(),
                            };
                            char::from_u32(number.ok()?)?
                        }
                    })
                });
                return named.map_or(Escape::No, |named| Escape::Character(named, index + 2));
            }
            Next::Byte(byte) if (byte.is_ascii_alphanumeric() || byte == b'#') && index < MAX_ENTITY => {
                name[index] = byte;
            }
            _ => return Escape::No,
        }
    }
    Escape::No
}

/// As `cat -v` shows what is not ASCII: `^` before a control, `M-` before what has its highest bit set.
fn caret(signs: &Signs<'_>) -> Escape {
    let high = match (signs.next(0), signs.next(1)) {
        (Next::Byte(b'^'), _) => 0,
        (Next::Byte(b'M'), Next::End) => return Escape::Open,
        (Next::Byte(b'M'), Next::Byte(b'-')) => 2,
        _ => return Escape::No,
    };
    let has_caret = high == 0 || signs.is(2, b'^');
    let at = high + usize::from(has_caret);
    let bit = if high == 0 { 0 } else { 0x80 };
    match signs.next(at) {
        Next::End => Escape::Open,
        // `M-^` itself, before anything else.
        Next::Byte(byte) if has_caret && matches!(byte, b'?'..=b'_') => Escape::Byte((byte ^ 0x40) | bit, at + 1),
        Next::Byte(byte) if !has_caret && byte.is_ascii() => Escape::Byte(byte | bit, at + 1),
        _ if has_caret && high > 0 => Escape::Byte(b'^' | bit, 3),
        _ => Escape::No,
    }
}
