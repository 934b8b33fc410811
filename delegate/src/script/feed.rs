//! The output of a run on its way to the manager: decoded, bounded, cut into pieces.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use muster::{
    script::MAX_LOG_BYTES,
    wire::script::{MAX_OUTPUT_BYTES, ScriptEnd},
};
use tokio::sync::Notify;

/// What a run has written and the manager has not got yet: the newest mebibyte.
#[derive(Debug, Default)]
pub(super) struct Feed {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    decoder: Decoder,
    /// Whole characters in UTF-8.
    kept: VecDeque<u8>,
    /// How many bytes came before what is kept.
    offset: u64,
    end: Option<ScriptEnd>,
    unwanted: bool,
}

/// Does not print the output: secrets may stand in it.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("offset", &self.offset).field("end", &self.end).finish_non_exhaustive()
    }
}

/// A piece that was taken out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// How many bytes came before it, those included that were dropped.
    pub offset: u64,
    /// At most [`MAX_OUTPUT_BYTES`] bytes.
    pub text: String,
    /// How the run ended, where nothing comes after this piece.
    pub end: Option<ScriptEnd>,
}

impl Feed {
    /// A run that has ended, after so many bytes of output that are lost.
    pub(super) fn of_end(output: u64, end: ScriptEnd) -> Self {
        let state = State { offset: output, end: Some(end), ..State::default() };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Takes in output.
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut state = self.state();
        let text = state.decoder.push(bytes);
        state.append(&text);
        drop(state);
        self.changed.notify_one();
    }

    /// The run has ended: no output comes any more. Returns how many bytes there were in all.
    pub(super) fn finish(&self, end: ScriptEnd) -> u64 {
        let mut state = self.state();
        let rest = state.decoder.finish();
        state.append(rest);
        state.end = Some(end);
        let all = state.offset + state.kept.len() as u64;
        drop(state);
        self.changed.notify_one();
        all
    }

    /// Nobody wants the output any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.unwanted = true;
        state.append("");
    }

    /// How many bytes wait, and whether the run has ended.
    pub(super) fn waiting(&self) -> (usize, bool) {
        let state = self.state();
        (state.kept.len(), state.end.is_some())
    }

    /// Waits until something came or the run ended. One task at a time may wait.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Takes the oldest piece out; an empty one where nothing waits.
    pub(super) fn take(&self) -> Piece {
        let mut state = self.state();
        let offset = state.offset;
        let length = state.boundary(MAX_OUTPUT_BYTES.min(state.kept.len()), false);
        let bytes: Vec<u8> = state.kept.drain(..length).collect();
        state.offset += length as u64;
        if state.kept.is_empty() {
            // What was flooded once does not hold its memory for ever.
            state.kept.shrink_to(MAX_OUTPUT_BYTES);
        }
        let end = state.end.clone().filter(|_| state.kept.is_empty());
        Piece { offset, text: String::from_utf8_lossy(&bytes).into_owned(), end }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds text at the end, and drops the oldest where it gets too much.
    fn append(&mut self, text: &str) {
        self.kept.extend(text.as_bytes());
        let max = if self.unwanted { 0 } else { MAX_LOG_BYTES };
        if self.kept.len() > max {
            let length = self.boundary(self.kept.len() - max, true);
            self.kept.drain(..length);
            self.offset += length as u64;
        }
    }

    /// The nearest place at or after `at`, or else at or before it, where a character begins.
    fn boundary(&self, mut at: usize, after: bool) -> usize {
        while self.kept.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {
            at = if after { at + 1 } else { at - 1 };
        }
        at
    }
}

/// Decodes UTF-8 that comes in pieces. What is no UTF-8 becomes U+FFFD; a character that is split over two pieces
/// stays whole.
#[derive(Default)]
struct Decoder {
    begun: Vec<u8>,
}

impl Decoder {
    fn push(&mut self, bytes: &[u8]) -> String {
        self.begun.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.begun.len());
        let mut rest = self.begun.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, bad) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    rest = bad;
                    // Without a length, the character may go on in the next piece.
                    let Some(length) = error.error_len() else { break };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &rest[length..];
                }
            }
        }
        self.begun = rest.to_vec();
        text
    }

    /// What is left at the end: a character that was never finished.
    fn finish(&mut self) -> &'static str {
        if std::mem::take(&mut self.begun).is_empty() { "" } else { "\u{fffd}" }
    }
}

#[cfg(test)]
mod tests {
    use muster::script::Outcome;

    use super::*;

    const END: ScriptEnd = ScriptEnd { outcome: Outcome::Exited, exit_code: Some(0) };

    fn piece(offset: u64, text: &str, end: Option<ScriptEnd>) -> Piece {
        Piece { offset, text: text.to_owned(), end }
    }

    #[test]
    fn characters_stay_whole_wherever_the_pieces_are_cut() {
        let text = "aä€😀z";
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let mut decoder = Decoder::default();
                let bytes = text.as_bytes();
                let mut out = decoder.push(&bytes[..first]);
                out += &decoder.push(&bytes[first..second]);
                out += &decoder.push(&bytes[second..]);
                assert_eq!(out + decoder.finish(), text, "{first} {second}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_decoded_as_in_one_piece() {
        let all: Vec<u8> = (0..=255).chain([0xf0, 0x9f, 0xff, 0xe2, 0x82]).collect();
        let whole = String::from_utf8_lossy(&all);
        for size in 1..7 {
            let mut decoder = Decoder::default();
            let mut out: String = all.chunks(size).map(|bytes| decoder.push(bytes)).collect();
            out += decoder.finish();
            assert_eq!(out, whole, "{size}");
        }
    }

    #[test]
    fn pieces_follow_each_other_and_the_last_carries_the_end() {
        let feed = Feed::default();
        assert_eq!(feed.take(), piece(0, "", None));
        feed.push("aä".as_bytes());
        assert_eq!(feed.waiting(), (3, false));
        assert_eq!(feed.take(), piece(0, "aä", None));
        feed.push(&[0xc3]);
        assert_eq!(feed.take(), piece(3, "", None));
        assert_eq!(feed.finish(END), 6);
        assert_eq!(feed.waiting(), (3, true));
        assert_eq!(feed.take(), piece(3, "\u{fffd}", Some(END)));
        assert_eq!(Feed::of_end(9, END).take(), piece(9, "", Some(END)));
    }

    #[test]
    fn a_piece_is_bounded_and_ends_between_characters() {
        let feed = Feed::default();
        feed.push("€".repeat(MAX_OUTPUT_BYTES).as_bytes());
        feed.finish(END);
        let (mut at, mut pieces) = (0, 0);
        loop {
            let piece = feed.take();
            assert_eq!(piece.offset, at);
            assert!(piece.text.len() <= MAX_OUTPUT_BYTES && piece.text.chars().all(|c| c == '€'));
            at += piece.text.len() as u64;
            pieces += 1;
            if piece.end.is_some() {
                break;
            }
        }
        assert_eq!((at, pieces), (3 * MAX_OUTPUT_BYTES as u64, 4));
    }

    #[test]
    fn the_newest_mebibyte_is_kept_and_the_offset_tells_what_is_missing() {
        let feed = Feed::default();
        feed.push("a".as_bytes());
        feed.push("€".repeat(MAX_LOG_BYTES / 3).as_bytes());
        assert_eq!(feed.waiting(), (MAX_LOG_BYTES, false), "exactly full");
        feed.push(b"z");
        assert_eq!(feed.waiting(), (MAX_LOG_BYTES, false));
        feed.push(b"z");
        let piece = feed.take();
        assert_eq!(piece.offset, 4);
        assert!(piece.text.starts_with('€'));
    }

    #[test]
    fn what_nobody_wants_is_counted_and_not_kept() {
        let feed = Feed::default();
        feed.push(b"abc");
        feed.close();
        feed.push(b"def");
        assert_eq!(feed.waiting(), (0, false));
        assert_eq!(feed.finish(END), 6);
        assert!(!format!("{feed:?}").contains("def"));
    }
}
