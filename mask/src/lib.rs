//! Masks secrets in text that comes in pieces, such as the log of a script while it runs.
//!
//! A text is read in several ways at once: as it is, and as what it says where it is percent-encoded, escaped with
//! backslashes, as XML, quoted-printable, as `cat -v` shows it, hexadecimal, base32 or base64 (see `escapes.rs` and
//! `radix.rs`). In each decoding, values are looked for without what tools put in or leave out: quotes, backslashes,
//! blanks, line ends, colours. So no encoder's habits have to be foreseen: how it quotes, what it escapes, in which
//! case, with which alphabet, at which alignment, and where it breaks lines.
//!
//! What stands at the end of a piece and may be the beginning of a value waits for the next piece in a [`Carry`], which
//! is bounded by the longest value. Wherever a text is cut into pieces, what comes out is the same.
//!
//! ```
//! use std::sync::Arc;
//! use muster_mask::{After, Before, Carry, Masker, Patterns};
//!
//! # fn main() -> Result<(), muster_mask::PatternsError> {
//! let masker = Masker::new([Arc::new(Patterns::of_texts(["it's-a-Secret9"])?)]);
//! assert_eq!(masker.mask(r"+ login 'it'\''s-a-Secret9'"), "+ login '***'");
//!
//! let (first, carry) = masker.feed(Carry::default(), "login it's-a-", Before::Known, After::More);
//! let (second, _) = masker.feed(carry, "Secret9 done", Before::Known, After::End);
//! assert_eq!(first + &second, "login *** done");
//! # Ok(())
//! # }
//! ```
//!
//! What it cannot find: a value that was compressed, encrypted, hashed, or written backwards or in another case; and the
//! first two characters of one that is broken off right after them by a line end.

mod carry;
mod decode;
mod decoding;
mod escapes;
mod lookahead;
mod patterns;
mod radix;
mod surface;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc};

use zeroize::Zeroizing;

use self::patterns::Matches;
pub use self::{
    carry::{After, Before, Carry},
    patterns::{Patterns, PatternsError},
};

/// What stands in the place of a value.
pub const MASK: &str = "***";
/// How many bytes of a piece are looked at together: all decodings of them are in memory at once.
const CHUNK: usize = 16 * 1024;
/// How many bytes may wait: more than a value of 16384 characters in its longest form. What is longer was made to be, and
/// is masked as it stands.
const MAX_CARRY: usize = 320 * 1024;

/// Masks values.
#[derive(Clone, Debug)]
pub struct Masker(Vec<Arc<Patterns>>);

impl Masker {
    /// Masks what any of these finds.
    pub fn new(patterns: impl IntoIterator<Item = Arc<Patterns>>) -> Self {
        Self(patterns.into_iter().filter(|patterns| !patterns.is_empty()).collect())
    }

    /// Masks a whole text.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.feed(Carry::default(), text, Before::Known, After::End).0
    }

    /// Masks what waited and the next piece. Gives what is done, and what has to wait for more; after the end nothing
    /// waits.
    #[must_use]
    pub fn feed(&self, mut carry: Carry, piece: &str, mut before: Before, after: After) -> (String, Carry) {
        let (mut masked, mut rest) = (String::with_capacity(piece.len()), piece);
        loop {
            let (chunk, more) = rest.split_at(rest.floor_char_boundary(CHUNK));
            let now = if more.is_empty() { after } else { After::More };
            carry = self.step(&carry, chunk, before, now, &mut masked);
            if more.is_empty() {
                return (masked, carry);
            }
            (rest, before) = (more, Before::Known);
        }
    }

    fn step(&self, carry: &Carry, chunk: &str, before: Before, after: After, masked: &mut String) -> Carry {
        let mut text = Zeroizing::new(String::with_capacity(carry.text.len() + chunk.len()));
        text.push_str(&carry.text);
        text.push_str(chunk);
        let mut matches = Matches { found: Vec::new(), keep: text.len(), hold: text.len() };
        if let Some(shortest) = self.0.iter().map(|patterns| patterns.shortest(before)).min() {
            let decodings = decode::all(&text, shortest, after);
            for (decoding, patterns) in decodings.iter().flat_map(|one| self.0.iter().map(move |of| (one, of))) {
                patterns.find(decoding, &text, after, &mut matches);
                if before == Before::Lost {
                    patterns.find_torn(decoding, &mut matches);
                }
            }
            if text.len() - matches.keep > MAX_CARRY {
                matches.found.push((matches.hold, matches.hold..text.len()));
                (matches.keep, matches.hold) = (text.len(), text.len());
            }
            matches.hold = text.floor_char_boundary(matches.hold);
            // What cannot be masked yet is to be found again.
            let later = matches.found.iter().filter(|(_, range)| text.floor_char_boundary(range.start) >= matches.hold);
            matches.keep = later.map(|(begin, _)| *begin).fold(matches.keep, usize::min);
            matches.keep = text.floor_char_boundary(matches.keep.min(matches.hold));
            // What is escaped is not torn: the end of an escape would be read as other characters.
            while let Some(start) = decodings.iter().find_map(|decoding| decoding.torn_at(matches.keep)) {
                matches.keep = start;
            }
        }
        let Matches { found, keep, hold } = matches;
        let done = replace(&text, carry.done, found, hold, masked);
        Carry { done: done - keep, text: text[keep..].to_owned() }
    }
}

/// Writes the text up to `hold`, of which `done` bytes came out before, with what was found replaced: each bunch of
/// overlapping finds by one mask. Gives how many bytes are done then; a find may go on after `hold`.
fn replace(text: &str, mut done: usize, found: Vec<(usize, Range<usize>)>, hold: usize, masked: &mut String) -> usize {
    let mut found: Vec<Range<usize>> = found
        .into_iter()
        .map(|(_, range)| text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end))
        .filter(|range| range.start < hold)
        .collect();
    found.sort_unstable_by_key(|range| range.start);
    for range in found {
        if range.start >= done {
            masked.push_str(&text[done..range.start]);
            masked.push_str(MASK);
        }
        done = done.max(range.end);
    }
    if done < hold {
        masked.push_str(&text[done..hold]);
        done = hold;
    }
    done
}
