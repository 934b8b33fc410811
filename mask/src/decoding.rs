//! One decoding of a text.

use crate::surface::DecodedByte;

/// What a text says, decoded in one way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decoding {
    /// What it says, in order.
    pub bytes: Vec<DecodedByte>,
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

    /// Whether it is not the text as it stands.
    pub(crate) fn has_escapes(&self) -> bool {
        !self.open.is_empty() || self.bytes.iter().any(|byte| byte.end - byte.start > 1)
    }

    /// Where the escape begins that a place lies within; none where the place lies between two.
    pub(crate) fn torn_at(&self, place: usize) -> Option<usize> {
        let next = self.bytes.partition_point(|byte| byte.end as usize <= place);
        let byte = self.bytes.get(next).filter(|byte| self.is_escaped && (byte.start as usize) < place);
        byte.map(|byte| byte.start as usize)
    }
}
