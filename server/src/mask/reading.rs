//! The ways to read a text.

use super::After;

/// How many backslashes may stand before one character: as many as after escaping it four times.
const BACKSLASHES_MOST: usize = 15;

/// The characters of the longest escape, without backslashes that count as one.
pub const ESCAPE_LONGEST: usize = 12;

/// After how long a word a line end may be a tool's, which breaks what is too long for a line: tools for hexadecimal and
/// base64 break at 60 characters and more. After shorter ones it ends what stands before it, so that the end of an
/// ordinary line need not wait for the next.
const WORD_FEWEST: usize = 48;

/// One byte that a text says, and where it says so: a character as it is, or an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The byte; none where nothing can go on, as after too many line ends.
    pub byte: Option<u8>,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Something at the end of a text that cannot be read before more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Where it begins.
    pub start: usize,
    /// What is known of its byte: so many of the highest bits.
    pub known: u32,
    /// Those bits.
    pub bits: u8,
}

/// A text, read in one way.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What it says, in order.
    pub signs: Vec<Sign>,
    /// What may follow, where more comes; nothing else follows then.
    pub open: Option<Open>,
    /// Whether a sign may be more than one character.
    pub is_escaped: bool,
    /// Whether what is read is no text of its own, but bytes.
    pub is_bytes: bool,
}

impl Reading {
    /// Where the sign begins that a place lies within; none where the place lies between signs.
    pub fn sign_at(&self, place: usize) -> Option<usize> {
        let next = self.signs.partition_point(|sign| sign.end <= place);
        self.signs.get(next).filter(|sign| sign.start < place).map(|sign| sign.start)
    }

    fn push(&mut self, byte: u8, start: usize, end: usize) {
        if !is_line_end(byte) {
            self.signs.push(Sign { byte: Some(byte), start, end });
        }
    }

    fn stop(&mut self, at: usize) {
        self.signs.push(Sign { byte: None, start: at, end: at });
    }
}

/// Whether a byte ends a line.
pub const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// How long the word is that a text ends with, where the text goes on with a word of this length.
pub fn word_after(text: &str, word: usize) -> usize {
    let rest = text.bytes().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    // More does not matter.
    if rest == text.len() { (word + rest).min(WORD_FEWEST) } else { rest.min(WORD_FEWEST) }
}

/// All readings of a text that goes on with a word of this length. Nothing goes on after more than `gap` line ends in a
/// row: however many come, what waits for more stays small.
pub fn readings(text: &str, word: usize, gap: usize, after: After) -> Vec<Reading> {
    let (exact, plain) = plain(text, word, gap);
    // Where nothing is escaped, what would read escapes reads the same.
    let has = |byte| text.as_bytes().contains(&byte);
    let mut bases = Vec::new();
    let mut read = |escape: fn(&[Sign], usize) -> Escape| {
        let reading = escapes(&plain.signs, escape, false);
        if after == After::End && reading.open.is_some() {
            // Where nothing follows, an escape that is not finished is none, or is torn.
            bases.push(escapes(&plain.signs, escape, true));
        }
        bases.push(reading);
    };
    if has(b'+') {
        read(form);
    }
    if has(b'%') {
        read(percent);
    }
    if has(b'\\') {
        read(backslash);
        read(backslashes);
    }
    bases.push(plain);
    let mut readings = vec![exact];
    for base in &bases {
        readings.extend((0..2).map(|skip| hexadecimal(&base.signs, skip)));
        readings.extend((0..4).map(|skip| base64(&base.signs, 2 * skip)));
    }
    readings.append(&mut bases);
    readings
}

/// The text as it is, with each row of line ends as one; and without those after long words.
fn plain(text: &str, mut word: usize, gap: usize) -> (Reading, Reading) {
    let (mut exact, mut joined) = (Reading::default(), Reading::default());
    let mut line_ends = 0;
    for (at, byte) in text.bytes().enumerate() {
        if is_line_end(byte) {
            line_ends += 1;
            if line_ends == 1 {
                exact.signs.push(Sign { byte: Some(b'\n'), start: at, end: at + 1 });
            } else if line_ends == gap + 1 {
                exact.stop(at);
            }
            if line_ends == gap + 1 || (line_ends == 1 && word < WORD_FEWEST) {
                joined.stop(at);
            }
            word = 0;
        } else {
            line_ends = 0;
            word = if byte.is_ascii_whitespace() { 0 } else { word + 1 };
            exact.push(byte, at, at + 1);
            joined.push(byte, at, at + 1);
        }
    }
    (exact, joined)
}

/// Hexadecimal digits at a place: their number. An error where the text ends before they do; none where something else
/// stands there.
fn digits(signs: &[Sign], at: usize, count: usize) -> Result<Option<u32>, ()> {
    let mut number = 0;
    for place in at..at + count {
        let Some(sign) = signs.get(place) else { return Err(()) };
        match sign.byte.and_then(digit) {
            Some(digit) => number = number * 16 + u32::from(digit),
            None => return Ok(None),
        }
    }
    Ok(Some(number))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// What [`escapes`] finds where an escape may begin.
enum Escape {
    /// None: the sign stands for itself.
    No,
    /// The text ends too early to tell.
    Open,
    /// A character of so many signs.
    Character(char, usize),
    /// A byte of so many signs.
    Byte(u8, usize),
}

/// Reads signs with escapes among them. With `whole`, an escape that is not finished at the end is none.
fn escapes(signs: &[Sign], escape: impl Fn(&[Sign], usize) -> Escape, whole: bool) -> Reading {
    let mut reading = Reading { signs: Vec::with_capacity(signs.len()), is_escaped: true, ..Reading::default() };
    let mut at = 0;
    while let Some(sign) = signs.get(at) {
        let end_of = |length: usize| signs.get(at + length - 1).map_or(sign.end, |last| last.end);
        at += match escape(signs, at) {
            Escape::Open if !whole => {
                reading.open = Some(Open { start: sign.start, known: 0, bits: 0 });
                return reading;
            }
            Escape::No | Escape::Open => {
                reading.signs.push(*sign);
                1
            }
            Escape::Byte(byte, length) => {
                reading.push(byte, sign.start, end_of(length));
                length
            }
            Escape::Character(character, length) => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    reading.push(byte, sign.start, end_of(length));
                }
                length
            }
        };
    }
    reading
}

/// Percent-encoded (RFC 3986, section 2.1).
fn percent(signs: &[Sign], at: usize) -> Escape {
    if signs[at].byte != Some(b'%') {
        return Escape::No;
    }
    match digits(signs, at + 1, 2) {
        Ok(Some(byte)) => Escape::Byte(u8::try_from(byte).unwrap_or_default(), 3),
        Ok(None) => Escape::No,
        Err(()) => Escape::Open,
    }
}

/// The same as forms have it: a plus is a space.
fn form(signs: &[Sign], at: usize) -> Escape {
    if signs[at].byte == Some(b'+') { Escape::Byte(b' ', 1) } else { percent(signs, at) }
}

/// Escaped with backslashes, as in JSON (RFC 8259, section 7); shells escape their own signs so, too.
fn backslash(signs: &[Sign], at: usize) -> Escape {
    if signs[at].byte != Some(b'\\') {
        return Escape::No;
    }
    let Some(next) = signs.get(at + 1) else { return Escape::Open };
    match next.byte {
        Some(b'n') => Escape::Byte(b'\n', 2),
        Some(b'r') => Escape::Byte(b'\r', 2),
        Some(b't') => Escape::Byte(b'\t', 2),
        Some(b'b') => Escape::Byte(8, 2),
        Some(b'f') => Escape::Byte(12, 2),
        Some(b'u') => utf16(signs, at),
        Some(byte) if byte.is_ascii_punctuation() || byte == b' ' => Escape::Byte(byte, 2),
        _ => Escape::No,
    }
}

/// The same where it was escaped again and again, or follows a backslash: many count as one.
fn backslashes(signs: &[Sign], at: usize) -> Escape {
    let count = count_backslashes(signs, at);
    if count == 0 || count > BACKSLASHES_MOST {
        return Escape::No;
    }
    match backslash(signs, at + count - 1) {
        Escape::No => Escape::Byte(b'\\', count),
        Escape::Open => Escape::Open,
        Escape::Byte(byte, length) => Escape::Byte(byte, length + count - 1),
        Escape::Character(character, length) => Escape::Character(character, length + count - 1),
    }
}

/// `\uXXXX`, and a second one where the first is half of a pair.
fn utf16(signs: &[Sign], at: usize) -> Escape {
    let unit = match digits(signs, at + 2, 4) {
        Ok(Some(unit)) => unit,
        Ok(None) => return Escape::No,
        Err(()) => return Escape::Open,
    };
    let lone = Escape::Character(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
    if !(0xd800..0xdc00).contains(&unit) {
        return lone;
    }
    let second = at + 6 + count_backslashes(signs, at + 6);
    match signs.get(second).map(|sign| sign.byte) {
        None => return Escape::Open,
        Some(Some(b'u')) if second > at + 6 => {}
        Some(_) => return lone,
    }
    match digits(signs, second + 1, 4) {
        Err(()) => Escape::Open,
        Ok(Some(low)) if (0xdc00..0xe000).contains(&low) => {
            let character = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            let character = char::from_u32(character).unwrap_or(char::REPLACEMENT_CHARACTER);
            Escape::Character(character, second + 5 - at)
        }
        Ok(_) => lone,
    }
}

/// How many backslashes stand at a place, up to one more than may stand before one character.
fn count_backslashes(signs: &[Sign], at: usize) -> usize {
    let signs = signs.get(at..).unwrap_or_default();
    signs.iter().take(BACKSLASHES_MOST + 1).take_while(|sign| sign.byte == Some(b'\\')).count()
}

/// The stretches of signs that `value` gives a number to: their signs and numbers, and whether more may follow.
fn runs(signs: &[Sign], value: impl Fn(u8) -> Option<u8>) -> impl Iterator<Item = (&[Sign], Vec<u8>, bool)> {
    let number = move |sign: &Sign| sign.byte.and_then(&value);
    let mut at = 0;
    std::iter::from_fn(move || {
        at += signs[at..].iter().position(|sign| number(sign).is_some())?;
        let values: Vec<u8> = signs[at..].iter().map_while(&number).collect();
        let run = &signs[at..at + values.len()];
        at += values.len();
        Some((run, values, at == signs.len()))
    })
}

/// Pairs of hexadecimal digits, from the first or the second digit of each stretch on.
fn hexadecimal(signs: &[Sign], skip: usize) -> Reading {
    let mut reading = Reading { is_bytes: true, ..Reading::default() };
    for (run, values, last) in runs(signs, digit) {
        reading.stop(run[0].start);
        let (run, values) = (run.get(skip..).unwrap_or_default(), values.get(skip..).unwrap_or_default());
        for (signs, values) in run.chunks(2).zip(values.chunks(2)) {
            match (signs, values) {
                ([first, second], [high, low]) => reading.push(high << 4 | low, first.start, second.end),
                ([first], [high]) if last => {
                    reading.open = Some(Open { start: first.start, known: 4, bits: *high });
                }
                _ => {}
            }
        }
        if !last {
            reading.stop(run.last().map_or(0, |sign| sign.end));
        }
    }
    reading
}

/// Base64 of both alphabets (RFC 4648, sections 4 and 5), where bytes begin at bit `skip` of each stretch: with the four
/// even ones below 8, wherever the stretch was cut out of.
fn base64(signs: &[Sign], skip: usize) -> Reading {
    let mut reading = Reading { is_bytes: true, ..Reading::default() };
    for (run, values, last) in runs(signs, sextet) {
        reading.stop(run[0].start);
        let mut bit = skip;
        while let Some(first) = run.get(bit / 6) {
            // A byte lies in two characters: what the first leaves of it stands in the second.
            let (offset, high) = (bit % 6, values[bit / 6]);
            let Some((second, low)) = run.get(bit / 6 + 1).zip(values.get(bit / 6 + 1)) else {
                if last {
                    let (known, bits) = (6 - offset, high & (0x3f >> offset));
                    reading.open = Some(Open { start: first.start, known: known as u32, bits });
                }
                break;
            };
            let both = u16::from(high) << 6 | u16::from(*low);
            reading.push((both >> (4 - offset)) as u8, first.start, second.end);
            bit += 8;
        }
        if !last {
            reading.stop(run.last().map_or(0, |sign| sign.end));
        }
    }
    reading
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
