//! Masks secrets in what comes back from delegates.
//!
//! A text is read in several ways at once: as it is, and as what it says where it is percent-encoded, escaped with
//! backslashes, hexadecimal or base64 (see `reading.rs`). Line ends that tools put into long words are left out. In each
//! reading, values are looked for as they are, so no encoder's habits have to be foreseen: which characters it escapes,
//! in which case, with which alphabet, at which alignment.
//!
//! A text comes in pieces. What stands at the end of a piece and may be the beginning of a value waits for the next one
//! in a [`Rest`]; wherever a text is cut into pieces, what comes out is the same.

mod needles;
mod reading;
#[cfg(test)]
mod tests;

use std::{fmt, ops::Range, sync::Arc};

use zeroize::{ZeroizeOnDrop, Zeroizing};

pub use self::needles::{Needles, NeedlesError};
use self::{
    needles::Finds,
    reading::{readings, word_after},
};

/// What stands in the place of a value.
pub const MASK: &str = "***";
/// How many bytes a whole text is cut into.
const CHUNK: usize = 64 * 1024;

/// Masks values.
#[derive(Clone, Debug)]
pub struct Masker(Vec<Arc<Needles>>);

/// The end of a text, which may be the beginning of a value. It does not print: it holds part of one.
#[derive(Clone, Default, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Rest {
    /// How many bytes at its beginning are part of a value that was masked before.
    covered: usize,
    /// How long the word is that it goes on with.
    word: usize,
    text: String,
}

impl fmt::Debug for Rest {
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

impl Rest {
    /// As bytes, to be sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let numbers = [self.covered, self.word].map(|number| (number as u64).to_le_bytes());
        [numbers.as_flattened(), self.text.as_bytes()].concat().into()
    }

    /// Reads [`Rest::to_bytes`]; none where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (covered, bytes) = bytes.split_first_chunk::<8>()?;
        let (word, text) = bytes.split_first_chunk::<8>()?;
        let [covered, word] = [covered, word].map(|bytes| usize::try_from(u64::from_le_bytes(*bytes)).ok());
        let (covered, word, text) = (covered?, word?, str::from_utf8(text).ok()?.to_owned());
        text.is_char_boundary(covered).then_some(Self { covered, word, text })
    }
}

impl Masker {
    /// Masks what any of these finds.
    pub fn new(needles: impl IntoIterator<Item = Arc<Needles>>) -> Self {
        Self(needles.into_iter().filter(|needles| !needles.is_empty()).collect())
    }

    /// Masks a whole text.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let (mut masked, mut rest, mut from) = (String::with_capacity(text.len()), Rest::default(), 0);
        while from < text.len() {
            let to = text.floor_char_boundary((from + CHUNK).min(text.len()));
            let after = if to == text.len() { After::End } else { After::More };
            let done;
            (done, rest) = self.feed(rest, &text[from..to], Before::Known, after);
            masked.push_str(&done);
            from = to;
        }
        masked
    }

    /// Masks what was left and the next piece. Gives what is done, and what has to wait for more; after the end
    /// nothing waits.
    #[must_use]
    pub fn feed(&self, rest: Rest, piece: &str, before: Before, after: After) -> (String, Rest) {
        let (covered, word) = (rest.covered, rest.word);
        let mut text = Zeroizing::new(String::with_capacity(rest.text.len() + piece.len()));
        text.push_str(&rest.text);
        text.push_str(piece);
        let gap = self.0.iter().map(|needles| needles.gap).max().unwrap_or(0);
        let mut finds = Finds { found: Vec::new(), cut: text.len(), end: text.len() };
        if !self.0.is_empty() {
            let readings = readings(&text, word, gap, after);
            for (reading, needles) in readings.iter().flat_map(|reading| self.0.iter().map(move |one| (reading, one))) {
                needles.find(reading, after, &mut finds);
                if before == Before::Lost {
                    needles.find_torn(reading, &mut finds);
                }
            }
            finds.cut = text.floor_char_boundary(finds.cut);
            // What is escaped is not torn: the end of an escape would be read as other characters.
            for reading in readings.iter().filter(|reading| reading.is_escaped) {
                finds.cut = reading.sign_at(finds.cut).unwrap_or(finds.cut);
            }
        }
        let Finds { found, cut, .. } = finds;
        let (masked, covered) = replace(&text, covered, found, cut);
        let rest = Rest { covered, word: word_after(&text[..cut], word), text: text[cut..].to_owned() };
        (masked, rest)
    }
}

/// The text up to `cut` with what was found replaced, each bunch of overlapping finds by one mask; and how many bytes
/// after `cut` belong to a find that was replaced. `covered` is that number of the text itself.
fn replace(text: &str, covered: usize, found: Vec<Range<usize>>, cut: usize) -> (String, usize) {
    let mut found: Vec<Range<usize>> = found
        .into_iter()
        .map(|range| text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end))
        .filter(|range| range.start < cut)
        .collect();
    found.sort_unstable_by_key(|range| range.start);
    let (mut masked, mut done) = (String::with_capacity(cut), covered);
    for range in found {
        if range.start >= done {
            masked.push_str(&text[done..range.start]);
            masked.push_str(MASK);
        }
        done = done.max(range.end);
    }
    if done < cut {
        masked.push_str(&text[done..cut]);
    }
    (masked, done.saturating_sub(cut))
}
