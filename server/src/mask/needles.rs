//! What is looked for.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    ops::Range,
    sync::OnceLock,
};

use aho_corasick::{
    Anchored,
    automaton::{Automaton as _, StateID},
    nfa::contiguous::NFA,
};
use muster::{secret::SecretValue, token::TokenValue};
use zeroize::Zeroizing;

use super::{
    After,
    reading::{ESCAPE_LONGEST, Open, Reading, is_line_end},
};

/// The fewest characters of a line that is looked for by itself, and of a part of a value that is masked where the rest
/// of it is not known.
const PART_FEWEST: usize = SecretValue::FEWEST;
/// How many line ends in a row may stand within a value that has fewer itself.
const GAP: usize = 4;

/// There are more values than can be looked for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("secrets cannot be looked for: {0}")]
pub struct NeedlesError(#[from] aho_corasick::BuildError);

/// Values to look for.
pub struct Needles {
    /// Their bytes: without line ends, and with each row of them as one.
    values: Vec<Zeroizing<Vec<u8>>>,
    automaton: Automaton,
    /// The same for the values backwards; made where it is needed.
    backwards: OnceLock<Option<Automaton>>,
    /// The bytes that values begin with.
    first: [bool; 256],
    /// How many line ends in a row may stand within a value.
    pub(super) gap: usize,
    /// Whether they are no text, and only stand where bytes are encoded.
    are_bytes: bool,
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needles").field("count", &self.values.len()).finish_non_exhaustive()
    }
}

impl Needles {
    /// The values of secrets. A value of many lines is looked for as a whole and line by line, without the space around
    /// a line.
    ///
    /// # Errors
    /// [`NeedlesError`], far beyond what a scope may hold.
    pub fn of_secrets<'v>(values: impl IntoIterator<Item = &'v str>) -> Result<Self, NeedlesError> {
        let (mut found, mut gap) = (BTreeSet::new(), GAP);
        for value in values {
            found.insert(value.as_bytes());
            let lines = value.lines().map(str::trim);
            found.extend(lines.filter(|line| line.chars().count() >= PART_FEWEST).map(str::as_bytes));
            let gaps = value.as_bytes().split(|byte| !is_line_end(*byte)).map(<[u8]>::len).max().unwrap_or(0);
            // Each may be written as two.
            gap = gap.max(2 * gaps);
        }
        Self::new(found, gap, false)
    }

    /// The value of a token as it is written, and the bytes that this stands for.
    ///
    /// # Errors
    /// None in fact: it is one value.
    pub fn of_token(value: &TokenValue) -> Result<[Self; 2], NeedlesError> {
        let (text, bytes) = (value.expose(), value.key());
        Ok([Self::new([text.as_bytes()], GAP, false)?, Self::new([bytes.as_slice()], GAP, true)?])
    }

    fn new<'v>(values: impl IntoIterator<Item = &'v [u8]>, gap: usize, are_bytes: bool) -> Result<Self, NeedlesError> {
        let mut all: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        for value in values {
            let (mut joined, mut exact) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
            for line in value.split(|byte| is_line_end(*byte)).filter(|line| !line.is_empty()) {
                if !exact.is_empty() {
                    exact.push(b'\n');
                }
                exact.extend_from_slice(line);
                joined.extend_from_slice(line);
            }
            all.extend([joined, exact].into_iter().filter(|value| !value.is_empty()));
        }
        all.sort_unstable_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
        all.dedup();
        let mut first = [false; 256];
        for value in &all {
            first[usize::from(value[0])] = true;
        }
        let (automaton, backwards) = (Automaton::new(&all)?, OnceLock::new());
        Ok(Self { values: all, automaton, backwards, first, gap, are_bytes })
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether a value begins with these bits.
    fn may_begin(&self, open: Open) -> bool {
        (0..=255_u8).any(|byte| {
            self.first[usize::from(byte)] && (open.known == 0 || byte >> (8 - open.known.min(8)) == open.bits)
        })
    }

    /// Looks through a reading.
    pub(super) fn find(&self, reading: &Reading, after: After, finds: &mut Finds) {
        if self.are_bytes && !reading.is_bytes {
            return;
        }
        let automaton = &self.automaton;
        let mut state = automaton.start;
        for (at, sign) in reading.signs.iter().enumerate() {
            let Some(byte) = sign.byte else {
                state = automaton.start;
                continue;
            };
            state = automaton.next(state, byte);
            let length = automaton.length_at(state);
            if let Some(first) = (at + 1).checked_sub(length).filter(|_| length > 0) {
                finds.found.push(reading.signs[first].start..sign.end);
            }
        }
        let begun = automaton.begun_at(state);
        let start = reading.signs.len().checked_sub(begun).and_then(|first| reading.signs.get(first));
        match (after, start, reading.signs.last()) {
            (After::More, Some(start), _) => finds.cut = finds.cut.min(start.start),
            (After::End, Some(start), Some(last)) if begun >= PART_FEWEST => {
                finds.found.push(start.start..reading.open.map_or(last.end, |_| finds.end));
            }
            _ => {}
        }
        if let Some(open) = reading.open
            && after == After::More
            && self.may_begin(open)
        {
            finds.cut = finds.cut.min(open.start);
        }
    }

    /// Finds the end of a value at the beginning of a reading: backwards, it is the beginning of that value backwards.
    pub(super) fn find_torn(&self, reading: &Reading, finds: &mut Finds) {
        let reverse = |value: &Zeroizing<Vec<u8>>| Zeroizing::new(value.iter().rev().copied().collect::<Vec<u8>>());
        let backwards = || Automaton::new(&self.values.iter().map(reverse).collect::<Vec<_>>()).ok();
        let Some(automaton) = self.backwards.get_or_init(backwards) else { return };
        let longest = self.values.last().map_or(0, |value| value.len());
        // What is left of a torn escape comes first.
        for skip in 0..=ESCAPE_LONGEST {
            let signs = reading.signs.iter().skip_while(|sign| sign.byte.is_none()).skip(skip);
            let mut head: Vec<(usize, u8)> =
                signs.map_while(|sign| sign.byte.map(|byte| (sign.end, byte))).take(longest).collect();
            head.reverse();
            let state = head.iter().fold(automaton.start, |state, (_, byte)| automaton.next(state, *byte));
            let length = automaton.begun_at(state);
            if length >= PART_FEWEST
                && let Some((end, _)) = head.get(head.len() - length)
            {
                finds.found.push(0..*end);
            }
        }
    }
}

/// What was found in a text.
#[derive(Debug)]
pub(super) struct Finds {
    /// Where values stand.
    pub found: Vec<Range<usize>>,
    /// Where something begins that may become a value once more comes; the text's end where nothing does.
    pub cut: usize,
    /// The text's end.
    pub end: usize,
}

/// Walks through bytes with all values at once (Aho and Corasick, 1975).
struct Automaton {
    nfa: NFA,
    start: StateID,
    /// For each state how many of the last bytes are the beginning of a value that more bytes may finish.
    begun: HashMap<StateID, usize>,
}

impl Automaton {
    /// `values` are sorted by their lengths.
    fn new(values: &[Zeroizing<Vec<u8>>]) -> Result<Self, NeedlesError> {
        let nfa = NFA::builder().prefilter(false).build(values.iter().map(|value| value.as_slice()))?;
        // Every automaton of this kind has this start; the other kind is not used.
        let start = nfa.start_state(Anchored::No).unwrap_or_default();
        let mut begun = HashMap::new();
        for value in values {
            let mut state = start;
            for (length, byte) in (1..value.len()).zip(value.iter()) {
                state = nfa.next_state(Anchored::No, state, *byte);
                begun.insert(state, length);
            }
        }
        // A whole value that no longer one begins with: what more bytes may finish is the longest end of it that is a
        // beginning itself, or a whole shorter value, of which that is known by then.
        for value in values {
            let walk = |from: &[u8]| from.iter().fold(start, |state, byte| nfa.next_state(Anchored::No, state, *byte));
            let (whole, end) = (walk(value), walk(&value[1..]));
            if !begun.contains_key(&whole)
                && let Some(length) = begun.get(&end).copied()
            {
                begun.insert(whole, length);
            }
        }
        Ok(Self { nfa, start, begun })
    }

    fn next(&self, state: StateID, byte: u8) -> StateID {
        self.nfa.next_state(Anchored::No, state, byte)
    }

    /// How many of the last bytes are a value: the longest; 0 where none is.
    fn length_at(&self, state: StateID) -> usize {
        let nfa = &self.nfa;
        if !nfa.is_match(state) {
            return 0;
        }
        (0..nfa.match_len(state)).map(|index| nfa.pattern_len(nfa.match_pattern(state, index))).max().unwrap_or(0)
    }

    /// How many of the last bytes are the beginning of a value.
    fn begun_at(&self, state: StateID) -> usize {
        self.begun.get(&state).copied().unwrap_or(0)
    }
}
