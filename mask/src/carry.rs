//! What waits between two pieces of a text, and what is known of what lies around them.

use std::fmt;

use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The end of a text, which may be the beginning of a value. It does not print: it holds part of one.
#[derive(Clone, Default, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Carry {
    /// How many bytes at its beginning came out already, as they are or masked. They are only needed to read on.
    pub(crate) done: usize,
    pub(crate) text: String,
}

impl fmt::Debug for Carry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What comes after a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// More of the text.
    More,
    /// Nothing, or nothing that is known: the beginning of a value is masked as the value is.
    End,
}

/// What came before a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// What was given before, or nothing.
    Known,
    /// Something that is lost: the end of a value is masked as the value is.
    Lost,
}

impl Carry {
    /// As bytes, to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        [&(self.done as u64).to_le_bytes(), self.text.as_bytes()].concat().into()
    }

    /// Reads [`Carry::to_bytes`]; none where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (done, text) = bytes.split_first_chunk::<8>()?;
        let (done, text) = (usize::try_from(u64::from_le_bytes(*done)).ok()?, str::from_utf8(text).ok()?.to_owned());
        // Part of a mask may still be to come.
        (done > text.len() || text.is_char_boundary(done)).then_some(Self { done, text })
    }
}
