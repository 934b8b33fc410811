//! The log of a run: pieces of masked text, the newest [`MAX_LOG_BYTES`] bytes of it.

use muster::script::MAX_LOG_BYTES;
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

    /// Writes what was added, and drops what is too old.
    pub async fn save(self, change: &Change) -> Result<(), DbErr> {
        if self.added.is_empty() {
            return Ok(());
        }
        let (mut position, mut text) = (0, self.added.as_str());
        let grown;
        if let Some(last) = self.last {
            position = last.position + length(&last.piece);
            if last.piece.len() + text.len() <= GROWS_TO {
                position = last.position;
                script_log::Entity::delete_by_id((self.run, position)).exec(&**change).await?;
                grown = last.piece + text;
                text = &grown;
            }
        }
        while !text.is_empty() {
            let (piece, rest) = text.split_at(text.floor_char_boundary(MAX_PIECE_BYTES));
            insert(change, self.run, position, piece).await?;
            position += length(piece);
            text = rest;
        }
        cut(change, self.run, position - i64::try_from(MAX_LOG_BYTES).unwrap_or(i64::MAX)).await
    }
}

fn of(run: Uuid) -> sea_orm::Select<script_log::Entity> {
    script_log::Entity::find().filter(script_log::Column::RunId.eq(run))
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

async fn insert(change: &Change, run: Uuid, position: i64, piece: &str) -> Result<(), DbErr> {
    let row = script_log::ActiveModel { run_id: Set(run), position: Set(position), piece: Set(piece.to_owned()) };
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
        let position = oldest.position + length(&oldest.piece) - length(kept);
        insert(change, run, position, kept).await?;
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

/// The end of a log, at most so many bytes, and whether there is more of it.
///
/// # Errors
/// Where the database is out of reach.
pub async fn tail(db: &impl ConnectionTrait, run: Uuid, most: usize) -> Result<(String, bool), DbErr> {
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
    let is_all = pieces.last().is_none_or(|oldest| oldest.position == 0);
    let text: String = pieces.iter().rev().map(|row| row.piece.as_str()).collect();
    let shown = newest(&text, text.len().saturating_sub(most));
    Ok((shown.to_owned(), !is_all || shown.len() < text.len()))
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
}
