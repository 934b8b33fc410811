//! Bytes that are written as digits: hexadecimal, base32 and base64 (RFC 4648).

use crate::{
    decoding::Decoding,
    surface::{DecodedByte, MAX_GAP},
};

/// A way to write bytes as digits.
struct Radix {
    /// How many bits a digit holds.
    bits: usize,
    /// Bytes begin at every so many bits of eight, as whole digits come before them.
    step: usize,
    /// What a character stands for.
    digit: fn(u8) -> Option<u8>,
    /// What may stand between digits.
    separators: &'static [u8],
}

const RADIXES: [Radix; 3] = [
    Radix { bits: 4, step: 4, digit: hexadecimal, separators: b" \t:-" },
    Radix { bits: 5, step: 1, digit: base32, separators: b"" },
    Radix { bits: 6, step: 2, digit: base64, separators: b"" },
];

/// What a character stands for in hexadecimal.
pub(crate) fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn base32(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Both alphabets.
fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// What a text says where it is digits, for each place within a digit at which bytes may begin: a stretch of digits may
/// be cut out of anywhere. Stretches that are too short for `shortest` bytes say nothing, and those of a text with
/// escapes that have none say what they say without.
pub(crate) fn all(base: &Decoding, text_end: usize, shortest: usize) -> Vec<Decoding> {
    RADIXES.iter().flat_map(|radix| radix.decode(base, text_end, (8 * shortest).div_ceil(radix.bits))).collect()
}

impl Radix {
    fn decode(&self, base: &Decoding, text_end: usize, min_digits: usize) -> Vec<Decoding> {
        let new = || Decoding { open: base.open.clone(), is_encoded: true, ..Decoding::default() };
        let mut decodings: Vec<Decoding> = (0..8).step_by(self.step).map(|_| new()).collect();
        let mut run: Vec<DecodedByte> = Vec::new();
        for byte in &base.bytes {
            let digit = byte.value.and_then(self.digit);
            let is_far = run.last().is_some_and(|last| byte.start.saturating_sub(last.end) > MAX_GAP);
            if is_far || (digit.is_none() && !byte.value.is_some_and(|value| self.separators.contains(&value))) {
                self.take(&mut run, base, false, min_digits, &mut decodings);
            }
            if digit.is_some() {
                run.push(DecodedByte { value: digit, ..*byte });
            }
        }
        let is_last =
            run.last().is_some_and(|last| base.end(text_end).saturating_sub(last.end as usize) <= MAX_GAP as usize);
        self.take(&mut run, base, is_last, min_digits, &mut decodings);
        decodings
    }

    /// Reads a stretch of digits, and empties it. The last one may go on.
    fn take(
        &self,
        run: &mut Vec<DecodedByte>,
        base: &Decoding,
        is_last: bool,
        min_digits: usize,
        decodings: &mut [Decoding],
    ) {
        let says_more = !base.is_escaped || run.iter().any(|digit| digit.end - digit.start > 1);
        if is_last || (run.len() >= min_digits && says_more) {
            for (index, decoding) in decodings.iter_mut().enumerate() {
                self.read(run, index * self.step, is_last, decoding);
            }
        }
        run.clear();
    }

    /// Reads a stretch of digits whose bytes begin at bit `skip`.
    fn read(&self, run: &[DecodedByte], skip: usize, is_last: bool, decoding: &mut Decoding) {
        decoding.bytes.push(DecodedByte::BREAK);
        for bit in (skip..).step_by(8) {
            let (first, last) = (bit / self.bits, (bit + 7) / self.bits);
            let Some(digits) = run.get(first..=last) else {
                if is_last && let Some(digit) = run.get(first) {
                    // An escape that is not finished is the next digit. Perhaps the next byte begins with it.
                    let begins = (bit + 8) / self.bits == run.len();
                    decoding.open.retain(|_| begins);
                    decoding.open.insert(0, digit.start);
                }
                break;
            };
            let number =
                digits.iter().fold(0_u32, |number, digit| number << self.bits | u32::from(digit.value.unwrap_or(0)));
            let value = (number >> ((last + 1) * self.bits - bit - 8)) as u8;
            let (start, end) = (digits[0].start, digits[last - first].end);
            decoding.bytes.push(DecodedByte { value: Some(value), start, end });
        }
        if !is_last {
            decoding.bytes.push(DecodedByte::BREAK);
        }
    }
}
