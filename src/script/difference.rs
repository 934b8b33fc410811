//! What differs between two scripts, line by line.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

/// How many lines that are the same stand around those which differ.
const CONTEXT_LINES: usize = 3;
/// How long the smallest difference is looked for. After that one is given that is right, and may be larger.
const MAX_TIME: Duration = Duration::from_millis(200);

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineChange {
    /// It is in both.
    Kept,
    /// It is only in the script before.
    Removed,
    /// It is only in the script after.
    Added,
}

/// A line of either script, or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineOfDifference {
    /// What became of it.
    pub change: LineChange,
    /// Its number in the script before, from 1; none where it was added.
    pub before: Option<usize>,
    /// Its number in the script after, from 1; none where it was removed.
    pub after: Option<usize>,
    /// Its text.
    pub text: String,
}

/// What differs between two scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// How many lines were added.
    pub added: usize,
    /// How many lines were removed.
    pub removed: usize,
    /// The places where they differ, each with some lines around it that are the same.
    pub places: Vec<Vec<LineOfDifference>>,
}

impl Difference {
    /// What differs between a script and the one after it.
    #[must_use]
    pub fn between(before: &str, after: &str) -> Self {
        let (before, after) = (lines(before), lines(after));
        let diff = TextDiff::configure().timeout(MAX_TIME).diff_slices(&before, &after);
        let line = |change: similar::Change<&str>| LineOfDifference {
            change: match change.tag() {
                ChangeTag::Equal => LineChange::Kept,
                ChangeTag::Delete => LineChange::Removed,
                ChangeTag::Insert => LineChange::Added,
            },
            before: change.old_index().map(|index| index + 1),
            after: change.new_index().map(|index| index + 1),
            text: change.value().to_owned(),
        };
        let groups = diff.grouped_ops(CONTEXT_LINES);
        let place =
            |group: &Vec<similar::DiffOp>| group.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect();
        let places: Vec<Vec<LineOfDifference>> = groups.iter().map(place).collect();
        let count = |which| places.iter().flatten().filter(|line| line.change == which).count();
        Self { added: count(LineChange::Added), removed: count(LineChange::Removed), places }
    }

    /// How much it is, in a few characters.
    #[must_use]
    pub fn label(&self) -> String {
        format!("+{} −{}", self.added, self.removed)
    }
}

/// The lines of a script. One that is empty has none.
fn lines(script: &str) -> Vec<&str> {
    if script.is_empty() { Vec::new() } else { script.split('\n').collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(before: &str, after: &str) -> Vec<String> {
        let places = Difference::between(before, after).places;
        let sign = |line: LineOfDifference| match line.change {
            LineChange::Kept => format!(" {}", line.text),
            LineChange::Removed => format!("-{}", line.text),
            LineChange::Added => format!("+{}", line.text),
        };
        places.into_iter().flatten().map(sign).collect()
    }

    #[test]
    fn what_was_added_and_removed_is_told_with_the_lines_around_it() {
        assert_eq!(written("a\nb\nc\n", "a\nB\nc\n"), [" a", "-b", "+B", " c", " "]);
        assert_eq!(written("", "date\n"), ["+date", "+"]);
        assert_eq!(written("date", "date\n"), [" date", "+"]);
        assert_eq!(written("same\n", "same\n"), [] as [&str; 0]);
        let before: String = (0..40).map(|line| format!("{line}\n")).collect();
        let after = before.replace("\n7\n", "\nseven\n").replace("\n30\n", "\n");
        let difference = Difference::between(&before, &after);
        assert_eq!((difference.places.len(), difference.label().as_str()), (2, "+1 −2"));
        let changed = difference.places[0].iter().find(|line| line.change == LineChange::Added).cloned();
        assert_eq!(changed.map(|line| (line.before, line.after, line.text)), Some((None, Some(8), "seven".to_owned())));
    }

    #[test]
    fn scripts_that_have_nothing_in_common_are_told_apart_in_time() {
        let script =
            |from: usize| (0..15_000).map(|line| format!("{}\n", (line * 7919 + from) % 9973)).collect::<String>();
        let difference = Difference::between(&script(0), &script(1));
        assert!(difference.added > 0 && difference.added == difference.removed);
    }
}
