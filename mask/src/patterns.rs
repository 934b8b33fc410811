//! What is looked for.

use std::{fmt, ops::Range, sync::OnceLock};

use aho_corasick::{
    Anchored,
    automaton::{Automaton as _, StateID},
    nfa::contiguous::NFA,
};
use zeroize::Zeroizing;

use crate::{
    carry::{After, Before},
    decoding::Decoding,
    escapes::MAX_ESCAPE,
    surface::{DecodedByte, MAX_GAP, is_line_end, is_noise, surface},
};

/// The fewest characters of a line that is looked for by itself, and of a part of a value that is masked where the rest
/// of it is not known.
const MIN_LINE: usize = 6;
/// The fewest characters of a part that a shell makes of a value which is not quoted, and shows where it finds no such
/// command.
const MIN_PART: usize = 8;
/// Where a shell takes a value apart.
const SHELL_BREAKS: &[char] = &['&', ';', '|', '<', '>', '(', ')', '$', '`'];
/// The fewest bytes that are looked for without what is overlooked. A value that has fewer is looked for as it is.
const MIN_SOLID: usize = 4;
/// After how many bytes of a value it waits for what comes after a line end. Fewer come out where a line ends with them:
/// an ordinary line, whose last character happens to be a value's first, does not wait for the next.
const MIN_BEFORE_LINE_END: usize = 3;
/// The most that a value's own blanks and quotes widen what is overlooked between two of its other bytes.
const MAX_WIDER: usize = 4096;

/// The bytes of one value.
type Value = Zeroizing<Vec<u8>>;

/// There are more values than can be looked for.
#[derive(Clone, Debug, thiserror::Error)]
#[error("secrets cannot be looked for: {0}")]
pub struct PatternsError(#[from] aho_corasick::BuildError);

/// Values to look for. They do not print.
pub struct Patterns {
    /// Without what is overlooked.
    solid: Set,
    /// Those of which nothing would be left, as they are.
    exact: Set,
    /// How many bytes of text may lie between two bytes of a value.
    gap: u32,
    /// Whether they are no text, and only stand where bytes are encoded.
    are_bytes: bool,
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patterns").field("count", &self.solid.values.len()).finish_non_exhaustive()
    }
}

impl Patterns {
    /// Texts. One of many lines is looked for as a whole and line by line; of one with blanks and other characters that
    /// mean something to a shell, the longer parts between them are looked for, too.
    ///
    /// # Errors
    /// [`PatternsError`], where they are gigabytes.
    pub fn of_texts<'v>(values: impl IntoIterator<Item = &'v str>) -> Result<Self, PatternsError> {
        let (mut solid, mut exact, mut gap) = (Vec::new(), Vec::new(), 0);
        for value in values {
            let whole = forms(value);
            if whole.iter().all(|form| form.len() < MIN_SOLID) {
                exact.push(Value::new(surface(value, false).bytes.iter().filter_map(|byte| byte.value).collect()));
            }
            solid.extend(whole);
            let lines = value.lines().map(str::trim).filter(|line| line.chars().count() >= MIN_LINE);
            solid.extend(lines.flat_map(forms).filter(|form| form.len() >= MIN_LINE));
            let parts = value.split(|c: char| c.is_whitespace() || SHELL_BREAKS.contains(&c));
            let parts = parts.filter(|part| part.chars().count() >= MIN_PART);
            solid.extend(parts.flat_map(forms).filter(|form| form.len() >= MIN_LINE));
            gap = gap.max(value.as_bytes().split(|byte| !is_noise(*byte)).map(<[u8]>::len).max().unwrap_or(0));
        }
        solid.retain(|form: &Value| form.len() >= MIN_SOLID);
        exact.retain(|form: &Value| !form.is_empty());
        Self::new(solid, exact, gap, false)
    }

    /// Bytes that are no text: they are looked for where bytes are encoded.
    ///
    /// # Errors
    /// [`PatternsError`], where they are gigabytes.
    pub fn of_bytes<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Result<Self, PatternsError> {
        // Each as it is: what is no text may begin and end with what is overlooked in one.
        let exact = values.into_iter().map(|value| Value::new(value.to_vec()));
        Self::new(Vec::new(), exact.filter(|form| form.len() >= MIN_SOLID).collect(), 0, true)
    }

    fn new(solid: Vec<Value>, exact: Vec<Value>, gap: usize, are_bytes: bool) -> Result<Self, PatternsError> {
        // Each byte that is overlooked may be written with many.
        let wider = u32::try_from((16 * gap).min(MAX_WIDER)).unwrap_or(0);
        Ok(Self { solid: Set::new(solid)?, exact: Set::new(exact)?, gap: MAX_GAP + wider, are_bytes })
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.solid.values.is_empty() && self.exact.values.is_empty()
    }

    /// How many bytes have to be read in a row to find something.
    pub(crate) fn shortest(&self, before: Before) -> usize {
        let values = [&self.solid, &self.exact].into_iter().filter_map(|set| set.values.first());
        let shortest = values.map(|value| value.len()).min().unwrap_or(1);
        if before == Before::Lost { shortest.min(MIN_LINE) } else { shortest }
    }

    /// Looks through a decoding.
    pub(crate) fn find(&self, decoding: &Decoding, text: &str, after: After, matches: &mut Matches) {
        if self.are_bytes && !decoding.is_encoded {
            return;
        }
        self.walk(&self.solid, true, decoding, text, after, matches);
        self.walk(&self.exact, false, decoding, text, after, matches);
    }

    fn walk(&self, set: &Set, overlooks: bool, decoding: &Decoding, text: &str, after: After, matches: &mut Matches) {
        if set.values.is_empty() {
            return;
        }
        let automaton = &set.automaton;
        let mut state = automaton.start;
        // Where the bytes begin that the automaton was given.
        let mut starts: Vec<u32> = Vec::with_capacity(decoding.bytes.len());
        let mut last_end = 0;
        for byte in &decoding.bytes {
            let Some(value) = byte.value else {
                state = automaton.start;
                continue;
            };
            if overlooks && is_noise(value) {
                continue;
            }
            if byte.start.saturating_sub(last_end) > self.gap {
                state = automaton.start;
            }
            last_end = byte.end;
            state = automaton.next(state, value);
            starts.push(byte.start);
            let length = automaton.length_at(state);
            if length > 0 {
                let starts = &starts[starts.len() - length..];
                let end = byte.end as usize;
                matches.found.push((starts[0] as usize, first_hidden(starts, end, text)..end));
            }
        }
        let end = text.len();
        let mut begun = starts.split_off(starts.len() - automaton.begun_at(state));
        if decoding.end(end).saturating_sub(last_end as usize) > self.gap as usize {
            begun.clear();
        }
        match after {
            After::More => {
                begun.extend(&decoding.open);
                if let Some(first) = begun.first() {
                    matches.keep = matches.keep.min(*first as usize);
                    matches.hold = matches.hold.min(first_hidden(&begun, end, text));
                }
            }
            After::End if begun.len() >= MIN_LINE => {
                let end = if decoding.open.is_empty() { last_end as usize } else { end };
                matches.found.push((begun[0] as usize, first_hidden(&begun, end, text)..end));
            }
            After::End => {}
        }
    }

    /// Finds the end of a value at the beginning of a decoding: backwards, it is the beginning of that value backwards.
    pub(crate) fn find_torn(&self, decoding: &Decoding, matches: &mut Matches) {
        let Some(automaton) = self.solid.backwards() else { return };
        let longest = self.solid.values.last().map_or(0, |value| value.len());
        let is_solid = |byte: &&DecodedByte| byte.value.is_none_or(|value| !is_noise(value));
        // What is left of a torn escape comes first.
        for skip in 0..=MAX_ESCAPE {
            let bytes = decoding.bytes.iter().skip_while(|byte| byte.value.is_none()).skip(skip).filter(is_solid);
            let head = bytes.map_while(|byte| byte.value.map(|value| (byte.start, byte.end, value)));
            let head: Vec<(u32, u32, u8)> = head.take(longest).collect();
            if head.first().is_none_or(|first| first.0 > MAX_GAP) {
                return;
            }
            let state = head.iter().rev().fold(automaton.start, |state, (_, _, value)| automaton.next(state, *value));
            let length = automaton.begun_at(state);
            if length >= MIN_LINE {
                matches.found.push((0, 0..head[length - 1].1 as usize));
            }
        }
    }
}

/// The forms of a text that are looked for: its bytes in UTF-8, with and without what terminals overlook, and in UTF-16,
/// whose zeros are overlooked; in Latin-1, and what is not, in UTF-8; and without what is not ASCII, for what a program could
/// not write.
fn forms(text: &str) -> Vec<Value> {
    let mut forms = vec![
        without_noise(text.bytes()),
        without_noise(surface(text, true).bytes.iter().filter_map(|byte| byte.value)),
        without_noise(text.encode_utf16().flat_map(u16::to_le_bytes)),
        without_noise(text.encode_utf16().flat_map(u16::to_be_bytes)),
        without_noise(text.chars().flat_map(short)),
    ];
    let ascii = without_noise(text.bytes().filter(u8::is_ascii));
    forms.extend((ascii.len() >= MIN_LINE).then_some(ascii));
    forms
}

/// As `\xe4` and `\u20ac` stand beside each other: a character that has a short escape is one byte.
fn short(character: char) -> impl Iterator<Item = u8> {
    let mut bytes = [0; 4];
    let length = match u8::try_from(character) {
        Ok(byte) => {
            bytes[0] = byte;
            1
        }
        Err(_) => character.encode_utf8(&mut bytes).len(),
    };
    bytes.into_iter().take(length)
}

fn without_noise(bytes: impl Iterator<Item = u8>) -> Value {
    Value::new(bytes.filter(|byte| !is_noise(*byte)).collect())
}

/// Where a mask begins over bytes that begin at these places, the last before `end`: at the first, unless a line ends
/// after it so soon that it came out before it was known to be one.
fn first_hidden(starts: &[u32], end: usize, text: &str) -> usize {
    let start = |index: usize| starts.get(index).map_or(end, |start| *start as usize);
    let ends_line =
        |index: &usize| text.as_bytes()[start(*index)..start(index + 1)].iter().any(|byte| is_line_end(*byte));
    let early = 0..starts.len().min(MIN_BEFORE_LINE_END - 1);
    early.rev().find(ends_line).map_or(start(0), |index| start(index + 1))
}

/// What was found in a text.
#[derive(Debug)]
pub(crate) struct Matches {
    /// Where values begin, and what is masked of them.
    pub found: Vec<(usize, Range<usize>)>,
    /// From where on the text has to be read again once more comes.
    pub keep: usize,
    /// From where on it may not come out before more has come.
    pub hold: usize,
}

/// Values that are looked for at once.
struct Set {
    /// The shortest first.
    values: Vec<Value>,
    automaton: Automaton,
    /// The same for the values backwards; made where it is needed.
    backwards: OnceLock<Option<Automaton>>,
}

impl Set {
    fn new(mut values: Vec<Value>) -> Result<Self, PatternsError> {
        values.sort_unstable_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
        values.dedup();
        Ok(Self { automaton: Automaton::new(&values)?, values, backwards: OnceLock::new() })
    }

    fn backwards(&self) -> Option<&Automaton> {
        let reverse = |value: &Value| Value::new(value.iter().rev().copied().collect());
        let make = || Automaton::new(&self.values.iter().map(reverse).collect::<Vec<_>>()).ok();
        self.backwards.get_or_init(make).as_ref()
    }
}

/// Walks through bytes with all values at once (Aho and Corasick, 1975).
struct Automaton {
    nfa: NFA,
    start: StateID,
    /// For each state how many of the last bytes are the beginning of a value that more bytes may finish.
    begun: Vec<u32>,
}

impl Automaton {
    /// `values` are sorted by their lengths.
    fn new(values: &[Value]) -> Result<Self, PatternsError> {
        let nfa = NFA::builder().prefilter(false).build(values.iter().map(|value| value.as_slice()))?;
        // Every automaton of this kind has this start; the other kind is not used.
        let start = nfa.start_state(Anchored::No).unwrap_or_default();
        let mut begun: Vec<u32> = Vec::new();
        for value in values {
            let mut state = start;
            for (length, byte) in (1..).zip(&value[..value.len() - 1]) {
                state = nfa.next_state(Anchored::No, state, *byte);
                if begun.len() <= state.as_usize() {
                    begun.resize(state.as_usize() + 1, 0);
                }
                begun[state.as_usize()] = length;
            }
        }
        // A whole value that no longer one begins with: what more bytes may finish is the longest end of it that is a
        // beginning itself, or a whole shorter value, of which that is known by then.
        for value in values {
            let walk = |from: &[u8]| from.iter().fold(start, |state, byte| nfa.next_state(Anchored::No, state, *byte));
            let (whole, end) = (walk(value).as_usize(), walk(&value[1..]).as_usize());
            let length = begun.get(end).copied().unwrap_or(0);
            if begun.get(whole).is_none_or(|length| *length == 0) && length > 0 {
                begun.resize(begun.len().max(whole + 1), 0);
                begun[whole] = length;
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
        self.begun.get(state.as_usize()).map_or(0, |length| *length as usize)
    }
}
