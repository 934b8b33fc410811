//! The ways in which tools escape characters, and what each escape stands for.

use crate::lookahead::{Lookahead, Next};

/// How many backslashes may stand before one character: as many as after escaping it four times.
const MAX_BACKSLASHES: usize = 15;
/// The characters of the longest escape, without backslashes that count as one.
pub(crate) const MAX_ESCAPE: usize = 12;
/// The characters of the longest XML entity that is read, between `&` and `;`.
const MAX_ENTITY: usize = 8;

/// Reads the escape that a text begins with.
pub(crate) type Rule = fn(&Lookahead<'_>) -> Escape;

/// Every rule, and the bytes with which its escapes begin.
pub(crate) const RULES: [(&[u8], Rule); 7] = [
    (b"+", form),
    (b"%", percent),
    (b"\\", backslash),
    (b"\\", backslashes),
    (b"&", entity),
    (b"=", quoted_printable),
    (b"M^", caret),
];

/// The rules for what was escaped before, as JSON in HTML or in an address. Backslashes have a rule of their own.
pub(crate) const RULES_AGAIN: [(u8, Rule); 3] = [(b'%', percent), (b'\\', backslash), (b'&', entity)];

/// What a rule finds where an escape may begin.
pub(crate) enum Escape {
    /// None: the byte stands for itself.
    No,
    /// The text ends too early to tell.
    Open,
    /// A character of so many bytes of text.
    Character(char, usize),
    /// A byte of so many bytes of text.
    Byte(u8, usize),
}

fn character(number: u32, length: usize) -> Escape {
    Escape::Character(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}

/// A byte of two hexadecimal digits after so many bytes.
fn byte(input: &Lookahead<'_>, after: usize) -> Escape {
    match input.number(after, 2, 2, 16) {
        Ok(Some((number, _))) => Escape::Byte(number as u8, after + 2),
        Ok(None) => Escape::No,
        Err(()) => Escape::Open,
    }
}

/// Percent-encoded (RFC 3986, section 2.1).
fn percent(input: &Lookahead<'_>) -> Escape {
    if input.is(0, b'%') { byte(input, 1) } else { Escape::No }
}

/// The same as forms have it: a plus is a space.
fn form(input: &Lookahead<'_>) -> Escape {
    if input.is(0, b'+') { Escape::Byte(b' ', 1) } else { percent(input) }
}

/// Quoted-printable (RFC 2045, section 6.7), with line ends that are none.
fn quoted_printable(input: &Lookahead<'_>) -> Escape {
    if !input.is(0, b'=') {
        return Escape::No;
    }
    let breaks = input.bytes.get(1).is_some_and(|next| next.start > input.bytes[0].end);
    if breaks { Escape::Byte(b' ', 1) } else { byte(input, 1) }
}

/// Escaped with backslashes, as in JSON (RFC 8259, section 7), in shells, and in most languages. What stands for a
/// control stands for a blank here.
fn backslash(input: &Lookahead<'_>) -> Escape {
    if !input.is(0, b'\\') {
        return Escape::No;
    }
    let next = match input.next(1) {
        Next::Byte(next) => next,
        Next::End => return Escape::Open,
        Next::Far => return Escape::No,
    };
    match next {
        b'n' | b'r' | b't' | b'b' | b'f' | b'v' | b'a' | b'e' | b'E' => Escape::Byte(b' ', 2),
        b'x' | b'u' if input.is(2, b'{') => braced(input),
        b'x' if input.next(2) == Next::End => Escape::Open,
        b'x' => byte(input, 2),
        b'u' if input.next(2) == Next::End => Escape::Open,
        b'u' => utf16(input),
        b'U' => match input.number(2, 8, 8, 16) {
            Ok(Some((number, _))) => character(number, 10),
            Ok(None) => Escape::No,
            Err(()) => Escape::Open,
        },
        b'0'..=b'7' => match input.number(1, 1, 3, 8) {
            Ok(Some((number, length))) => Escape::Byte(number as u8, length + 1),
            Ok(None) => Escape::No,
            Err(()) => Escape::Open,
        },
        next if next.is_ascii_punctuation() || next == b' ' => Escape::Byte(next, 2),
        _ => Escape::No,
    }
}

/// The same where it was escaped again and again, or follows a backslash: many count as one.
fn backslashes(input: &Lookahead<'_>) -> Escape {
    let count = count_backslashes(input, 0);
    if count == 0 || count > MAX_BACKSLASHES {
        return Escape::No;
    }
    match backslash(&Lookahead { bytes: &input.bytes[count - 1..], end: input.end }) {
        Escape::No => Escape::Byte(b'\\', count),
        Escape::Open => Escape::Open,
        Escape::Byte(byte, length) => Escape::Byte(byte, length + count - 1),
        Escape::Character(character, length) => Escape::Character(character, length + count - 1),
    }
}

/// `\u{…}` or `\x{…}`.
fn braced(input: &Lookahead<'_>) -> Escape {
    match input.number(3, 1, 6, 16) {
        Err(()) => Escape::Open,
        Ok(Some((_, length))) if input.next(3 + length) == Next::End => Escape::Open,
        Ok(Some((number, length))) if input.is(3 + length, b'}') => character(number, 4 + length),
        Ok(_) => Escape::No,
    }
}

/// `\uXXXX`, and a second one where the first is half of a pair.
fn utf16(input: &Lookahead<'_>) -> Escape {
    let unit = match input.number(2, 4, 4, 16) {
        Ok(Some((unit, _))) => unit,
        Ok(None) => return Escape::No,
        Err(()) => return Escape::Open,
    };
    if !(0xd800..0xdc00).contains(&unit) {
        return character(unit, 6);
    }
    let count = count_backslashes(input, 6);
    match input.next(6 + count) {
        Next::End => return Escape::Open,
        Next::Byte(b'u') if count > 0 => {}
        _ => return character(unit, 6),
    }
    match input.number(7 + count, 4, 4, 16) {
        Err(()) => Escape::Open,
        Ok(Some((low @ 0xdc00..0xe000, _))) => {
            character(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 11 + count)
        }
        Ok(_) => character(unit, 6),
    }
}

/// How many backslashes stand at a place, up to one more than may stand before one character.
fn count_backslashes(input: &Lookahead<'_>, from: usize) -> usize {
    (from..=from + MAX_BACKSLASHES).take_while(|index| input.is(*index, b'\\')).count()
}

/// An entity of XML: one of the five that need no definition, or a number.
fn entity(input: &Lookahead<'_>) -> Escape {
    if !input.is(0, b'&') {
        return Escape::No;
    }
    let mut name = [0; MAX_ENTITY];
    for index in 0..=MAX_ENTITY {
        match input.next(1 + index) {
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
fn caret(input: &Lookahead<'_>) -> Escape {
    let high = match (input.next(0), input.next(1)) {
        (Next::Byte(b'^'), _) => 0,
        (Next::Byte(b'M'), Next::End) => return Escape::Open,
        (Next::Byte(b'M'), Next::Byte(b'-')) => 2,
        _ => return Escape::No,
    };
    let has_caret = high == 0 || input.is(2, b'^');
    let at = high + usize::from(has_caret);
    let bit = if high == 0 { 0 } else { 0x80 };
    match input.next(at) {
        Next::End => Escape::Open,
        // `M-^` itself, before anything else.
        Next::Byte(byte) if has_caret && matches!(byte, b'?'..=b'_') => Escape::Byte((byte ^ 0x40) | bit, at + 1),
        Next::Byte(byte) if !has_caret && byte.is_ascii() => Escape::Byte(byte | bit, at + 1),
        _ if has_caret && high > 0 => Escape::Byte(b'^' | bit, 3),
        _ => Escape::No,
    }
}
