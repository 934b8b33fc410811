//! What follows at a place of a text, as far as it belongs together.

use crate::surface::{DecodedByte, MAX_GAP};

/// What stands at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Byte(u8),
    /// Nothing yet: the text ends.
    End,
    /// Nothing that belongs to what stands before.
    Far,
}

/// The bytes of a text from a place on.
pub(crate) struct Lookahead<'a> {
    pub bytes: &'a [DecodedByte],
    /// Where the next byte may begin.
    pub end: usize,
}

impl Lookahead<'_> {
    /// The byte at an index.
    pub(crate) fn next(&self, index: usize) -> Next {
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

    /// Whether the byte at an index is this one.
    pub(crate) fn is(&self, index: usize, value: u8) -> bool {
        self.next(index) == Next::Byte(value)
    }

    /// From `min` to `max` digits of a base: their number and how many there are. An error where the text ends
    /// before they do; none where something else stands there.
    pub(crate) fn number(&self, from: usize, min: usize, max: usize, base: u32) -> Result<Option<(u32, usize)>, ()> {
        let mut number = 0;
        for index in 0..max {
            match self.next(from + index) {
                Next::End => return Err(()),
                Next::Byte(byte) if let Some(digit) = char::from(byte).to_digit(base) => number = number * base + digit,
                _ => return Ok((index >= min).then_some((number, index))),
            }
        }
        Ok(Some((number, max)))
    }
}
