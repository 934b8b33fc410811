//! The log of a run: pieces of masked text, the newest [`MAX_LOG_BYTES`] bytes of it.

use std::mem;

use muster::{
    script::{Found, MAX_FOUND_LINES, MAX_LOG_BYTES},
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use crate::db::{Change, entity::script_log};

/// The largest piece, in bytes.
const MAX_PIECE_BYTES: usize = 64 * 1024;
/// Up to how many bytes a piece is written anew with what comes next: a line is not a row.
const GROWS_TO: usize = 16 * 1024;

/// The end of a log, with what is to be added to it.
#[derive(Debug)]
pub struct Log {
    run: Uuid,
    last: Option<script_log::Model>,
    added: String,
}

impl Log {
    /// The log of a run.
    pub async fn open(change: &Change, run: Uuid) -> Result<Self, DbErr> {
        let last = of(run).order_by_desc(script_log::Column::Position).one(&**change).await?;
        Ok(Self { run, last, added: String::new() })
    }

    /// Adds masked text.
    pub fn add(&mut self, text: &str) {
        self.added.push_str(text);
    }

    /// Adds a line about the log itself.
    pub fn note(&mut self, line: &str) {
        let end = if self.added.is_empty() { self.last.as_ref().map_or("", |last| &last.piece) } else { &self.added };
        if !end.is_empty() && !end.ends_with('\n') {
            self.added.push('\n');
        }
        self.added.push_str(line);
        self.added.push('\n');
    }

    /// Writes what was added at `now`, and drops what is too old.
    pub async fn save(self, change: &Change, now: Timestamp) -> Result<(), DbErr> {
        if self.added.is_empty() {
            return Ok(());
        }
        let mut text = self.added.as_str();
        let mut next = Place::default();
        let (grown, mut arrivals);
        match self.last {
            Some(last) => {
                next = Place { position: last.position, lines: last.lines_before }.after(&last.piece);
                // What goes on in the middle of a line came with the line.
                let since = next.lines + i64::from(!last.piece.ends_with('\n'));
                arrivals = arrival(since, now);
                if last.piece.len() + text.len() <= GROWS_TO {
                    next = Place { position: last.position, lines: last.lines_before };
                    script_log::Entity::delete_by_id((self.run, next.position)).exec(&**change).await?;
                    arrivals = format!("{} {arrivals}", last.arrivals);
                    grown = last.piece + text;
                    text = &grown;
                }
            }
            None => arrivals = arrival(0, now),
        }
        while !text.is_empty() {
            let (piece, rest) = text.split_at(text.floor_char_boundary(MAX_PIECE_BYTES));
            insert(change, self.run, next, piece, mem::take(&mut arrivals)).await?;
            next = next.after(piece);
            text = rest;
        }
        cut(change, self.run, next.position - i64::try_from(MAX_LOG_BYTES).unwrap_or(i64::MAX)).await
    }
}

/// Where a piece of a log begins.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    position: i64,
    lines: i64,
}

impl Place {
    /// Where the next piece begins.
    fn after(self, piece: &str) -> Self {
        Self { position: self.position + length(piece), lines: self.lines + line_ends(piece) }
    }
}

fn line_ends(text: &str) -> i64 {
    i64::try_from(text.bytes().filter(|c| *c == b'\n').count()).unwrap_or(i64::MAX)
}

/// That lines came at a time, as [`script_log::Model::arrivals`] has it.
fn arrival(line: i64, at: Timestamp) -> String {
    format!("{line}:{}", at.as_millis())
}

/// Reads what [`arrival`] wrote; the lines are counted from 1.
fn arrivals(text: &str) -> impl Iterator<Item = (u64, Timestamp)> {
    text.split_whitespace().filter_map(|pair| {
        let (line, at) = pair.split_once(':')?;
        Some((line.parse::<u64>().ok()? + 1, Timestamp::from_millis(at.parse().ok()?)))
    })
}

fn of(run: Uuid) -> sea_orm::Select<script_log::Entity> {
    script_log::Entity::find().filter(script_log::Column::RunId.eq(run))
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

async fn insert(change: &Change, run: Uuid, at: Place, piece: &str, arrivals: String) -> Result<(), DbErr> {
    let row = script_log::ActiveModel {
        run_id: Set(run),
        position: Set(at.position),
        piece: Set(piece.to_owned()),
        lines_before: Set(at.lines),
        arrivals: Set(arrivals),
    };
    row.insert(&**change).await?;
    Ok(())
}

/// Drops what lies before a position: whole pieces, and of the one that it lies in the lines before it.
async fn cut(change: &Change, run: Uuid, position: i64) -> Result<(), DbErr> {
    let before = of(run).filter(script_log::Column::Position.lt(position));
    let Some(oldest) = before.order_by_desc(script_log::Column::Position).one(&**change).await? else { return Ok(()) };
    let outdated =
        Condition::all().add(script_log::Column::RunId.eq(run)).add(script_log::Column::Position.lte(oldest.position));
    script_log::Entity::delete_many().filter(outdated).exec(&**change).await?;
    let kept = newest(&oldest.piece, usize::try_from(position - oldest.position).unwrap_or(usize::MAX));
    if !kept.is_empty() {
        let dropped = &oldest.piece[..oldest.piece.len() - kept.len()];
        let at = Place { position: oldest.position, lines: oldest.lines_before }.after(dropped);
        insert(change, run, at, kept, oldest.arrivals).await?;
    }
    Ok(())
}

/// The text from a place on: from the next line on, or where there is none, from the next character on.
fn newest(text: &str, from: usize) -> &str {
    let (before, rest) = text.split_at(text.ceil_char_boundary(from.min(text.len())));
    if before.is_empty() || before.ends_with('\n') {
        return rest;
    }
    rest.split_once('\n').map_or(rest, |(_, lines)| lines)
}

/// A part of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Whether the log has more.
    pub more: bool,
    /// The number of its first line, counted from 1.
    pub first_line: u64,
    /// From which line on the log came at which time.
    pub arrivals: Vec<(u64, Timestamp)>,
}

impl Part {
    /// What is left of a text that stands at the beginning of these pieces, from a byte on.
    fn new(pieces: &[script_log::Model], text: &str, from: usize, to: usize, more: bool) -> Self {
        let before = pieces.first().map_or(0, |piece| piece.lines_before) + line_ends(&text[..from]);
        Self {
            text: text[from..to].to_owned(),
            more,
            first_line: u64::try_from(before).unwrap_or(0) + 1,
            arrivals: pieces.iter().flat_map(|piece| arrivals(&piece.arrivals)).collect(),
        }
    }
}

/// The end of a log, at most so many bytes.
///
/// # Errors
/// Where the database is out of reach.
pub async fn tail(db: &impl ConnectionTrait, run: Uuid, most: usize) -> Result<Part, DbErr> {
    let mut pieces: Vec<script_log::Model> = Vec::new();
    while pieces.iter().map(|row| row.piece.len()).sum::<usize>() <= most {
        let mut older = of(run).order_by_desc(script_log::Column::Position).limit(8);
        if let Some(oldest) = pieces.last() {
            older = older.filter(script_log::Column::Position.lt(oldest.position));
        }
        let found = older.all(db).await?;
        if found.is_empty() {
            break;
        }
        pieces.extend(found);
    }
    pieces.reverse();
    let is_all = pieces.first().is_none_or(|oldest| oldest.position == 0);
    let text: String = pieces.iter().map(|row| row.piece.as_str()).collect();
    let from = text.len() - newest(&text, text.len().saturating_sub(most)).len();
    Ok(Part::new(&pieces, &text, from, text.len(), !is_all || from > 0))
}

/// How many lines before the one that is asked for are shown.
const LINES_BEFORE: u64 = 5;

/// A log from shortly before a line on, at most so many bytes.
///
/// # Errors
/// Where the database is out of reach.
pub async fn around(db: &impl ConnectionTrait, run: Uuid, line: u64, most: usize) -> Result<Part, DbErr> {
    let pieces = of(run).order_by_asc(script_log::Column::Position).all(db).await?;
    let text: String = pieces.iter().map(|row| row.piece.as_str()).collect();
    let first = u64::try_from(pieces.first().map_or(0, |piece| piece.lines_before)).unwrap_or(0) + 1;
    let skip = usize::try_from(line.saturating_sub(LINES_BEFORE).saturating_sub(first)).unwrap_or(usize::MAX);
    let from = match skip {
        0 => 0,
        skip => text.match_indices('\n').nth(skip - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let to = text.floor_char_boundary(from.saturating_add(most).min(text.len()));
    let more = from > 0 || to < text.len() || pieces.first().is_some_and(|oldest| oldest.position > 0);
    Ok(Part::new(&pieces, &text, from, to, more))
}

/// The lines of a log in which a text stands, upper and lower case alike.
///
/// # Errors
/// Where the database is out of reach.
pub async fn find(db: &impl ConnectionTrait, run: Uuid, text: &str) -> Result<Found, DbErr> {
    let pieces = of(run).order_by_asc(script_log::Column::Position).all(db).await?;
    let all: String = pieces.iter().map(|row| row.piece.as_str()).collect();
    let first = u64::try_from(pieces.first().map_or(0, |piece| piece.lines_before)).unwrap_or(0) + 1;
    let sought = text.to_lowercase();
    let mut found = Found::default();
    for (number, line) in (first..).zip(all.lines()).filter(|(_, line)| line.to_lowercase().contains(&sought)) {
        found.total += 1;
        if found.lines.len() < MAX_FOUND_LINES {
            found.lines.push((number, line.to_owned()));
        }
    }
    Ok(found)
}

/// A whole log.
///
/// # Errors
/// Where the database is out of reach.
pub async fn whole(db: &impl ConnectionTrait, run: Uuid) -> Result<String, DbErr> {
    let pieces = of(run).order_by_asc(script_log::Column::Position).all(db).await?;
    Ok(pieces.into_iter().map(|row| row.piece).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_cut_between_lines_and_else_between_characters() {
        for (from, kept) in [(0, "one\ntwo\n"), (1, "two\n"), (3, "two\n"), (4, "two\n"), (5, ""), (9, "")] {
            assert_eq!(newest("one\ntwo\n", from), kept, "{from}");
        }
        assert_eq!(newest("äöü", 1), "öü");
    }

    #[test]
    fn times_of_lines_are_read_back() {
        let at = Timestamp::from_millis;
        let text = format!("{} {} ?:7 8", arrival(0, at(1000)), arrival(12, at(2000)));
        assert_eq!(arrivals(&text).collect::<Vec<_>>(), [(1, at(1000)), (13, at(2000))]);
    }
}
