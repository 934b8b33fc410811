//! The chain that the entries of the audit trail form: each is bound by a hash to the one before it. What it came to is
//! told here; how it is computed is the server's business.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{text::Invalid, time::Timestamp};

/// An entry's place in the chain, and the hash that binds it to all before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The first entry has number 1.
    pub seq: u64,
    /// In hexadecimal digits.
    pub hash: String,
}

impl Link {
    /// Reads one that was noted, like `123:0af3…`.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("Write a number, a colon and the 64 digits of its hash.");
        let (seq, hash) = text.split_once(':').ok_or_else(invalid)?;
        let (seq, hash) = (seq.trim().parse().map_err(|_| invalid())?, hash.trim().to_ascii_lowercase());
        if hash.len() != 64 || !hash.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        Ok(Self { seq, hash })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// What the chain says of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How many entries are as they were written, each at its place: those up to the first that is not.
    pub verified: u64,
    /// How many of these an older version wrote, before there was a chain.
    pub adopted: u64,
    /// When the chain was begun; none where it is not yet.
    pub began_at: Option<Timestamp>,
    /// How many older entries went when they had been kept for as long as they are.
    pub expired: u64,
    /// How many of the newest are not in the chain yet.
    pub waiting: u64,
    /// The last entry that is verified.
    pub last: Option<Link>,
    /// The first thing that is not as it was written.
    pub broken: Option<Break>,
}

/// Where the audit trail is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// What was done to it.
    pub kind: BreakKind,
    /// Which entry; none of what is gone.
    pub entry: Option<Uuid>,
    /// The entry's number; none of one that is not in the chain.
    pub seq: Option<u64>,
}

/// What was done to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakKind {
    /// It says something else than it did.
    Altered,
    /// It is gone.
    Removed,
    /// It was not written by Muster.
    Inserted,
    /// It is gone, and so is everything after it.
    CutOff,
    /// What says where the chain ends is gone, was altered, or was put back to what it was earlier.
    Head,
    /// It is not the one that was noted of it earlier: the whole chain was made anew, or put back to what it was earlier.
    Unexpected,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            _ if self.kind == BreakKind::Head => {
                return f.write_str("the head of the chain, which says where it ends, is missing or altered");
            }
            Some(seq) => write!(f, "entry {seq}")?,
            None => f.write_str("an entry that is not in the chain")?,
        }
        if let Some(id) = self.entry {
            write!(f, " ({id})")?;
        }
        f.write_str(match self.kind {
            BreakKind::Altered => " was altered",
            BreakKind::Removed => " was removed",
            BreakKind::Inserted => " was inserted: Muster did not write it like this",
            BreakKind::CutOff | BreakKind::Head => " and what came after it were cut off at the end",
            BreakKind::Unexpected => " is not there with the hash that was noted of it",
        })
    }
}

/// For who asked at the command line.
impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} verified", counted(self.verified))?;
        if let Some(last) = &self.last {
            write!(f, ", the last one is {last}")?;
        }
        f.write_str(".")?;
        if let Some(began_at) = self.began_at {
            write!(f, "\nThe chain was begun on {began_at}")?;
            match self.adopted {
                0 => f.write_str(".")?,
                adopted => {
                    write!(f, ", with {} that were there before and were taken as they stood.", counted(adopted))?
                }
            }
        }
        if self.expired > 0 {
            write!(f, "\n{} at its beginning were removed for their age.", counted(self.expired))?;
        }
        if self.waiting > 0 {
            write!(
                f,
                "\nThe newest {} not in the chain yet, and verified each by itself.",
                match self.waiting {
                    1 => "entry is".to_owned(),
                    waiting => format!("{waiting} entries are"),
                }
            )?;
        }
        Ok(())
    }
}

fn counted(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_was_noted_is_read_again() {
        let link = Link { seq: 7, hash: "0a".repeat(32) };
        assert_eq!(Link::parse(&link.to_string()), Ok(link.clone()));
        assert_eq!(Link::parse(&format!(" 7 : {}", "0A".repeat(32))), Ok(link));
        for text in ["", "7", "7:0a", "x:00", &format!("-1:{}", "0a".repeat(32)), &format!("7:{}", "zz".repeat(32))] {
            assert!(Link::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_break_is_a_sentence() {
        let told = |kind, seq| Break { kind, entry: None, seq }.to_string();
        assert_eq!(told(BreakKind::Altered, Some(7)), "entry 7 was altered");
        assert_eq!(
            told(BreakKind::Inserted, None),
            "an entry that is not in the chain was inserted: Muster did not write it like this"
        );
        assert_eq!(told(BreakKind::CutOff, Some(8)), "entry 8 and what came after it were cut off at the end");
    }
}
