//! What is printed: a table for people, or the manager's answer in JSON. Colours only for a person, and not where
//! `NO_COLOR` is set.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use muster::{delegate::Status, time::Timestamp, token::TokenStatus};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::{
    failure::{Exit, Failure},
    options::Format,
};

/// What stands where there is nothing.
const NOTHING: &str = "-";

/// A column of a table, or a line about one object.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    heading: &'static str,
    /// Where in the answer (RFC 6901).
    pointer: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// As it is.
    Text,
    /// A status, in its colour.
    Status,
    /// To the minute, in UTC.
    Time,
    /// Several, and what they are called where they have names.
    List,
    /// Yes or no.
    Flag,
}

impl Column {
    const fn new(heading: &'static str, pointer: &'static str, kind: Kind) -> Self {
        Self { heading, pointer, kind }
    }

    /// A text or a number.
    pub const fn text(heading: &'static str, pointer: &'static str) -> Self {
        Self::new(heading, pointer, Kind::Text)
    }

    /// A status.
    pub const fn status(heading: &'static str, pointer: &'static str) -> Self {
        Self::new(heading, pointer, Kind::Status)
    }

    /// A time.
    pub const fn time(heading: &'static str, pointer: &'static str) -> Self {
        Self::new(heading, pointer, Kind::Time)
    }

    /// Several texts, or objects with names.
    pub const fn list(heading: &'static str, pointer: &'static str) -> Self {
        Self::new(heading, pointer, Kind::List)
    }

    /// Yes or no.
    pub const fn flag(heading: &'static str, pointer: &'static str) -> Self {
        Self::new(heading, pointer, Kind::Flag)
    }

    fn cell(&self, item: &Value) -> String {
        let value = item.pointer(self.pointer).unwrap_or(&Value::Null);
        let text = match self.kind {
            Kind::Text | Kind::Status => text(value),
            Kind::Time => {
                let at = value.as_str().and_then(Timestamp::parse);
                at.map_or_else(|| text(value), Timestamp::for_people)
            }
            Kind::Flag => if value.as_bool() == Some(true) { "yes" } else { "no" }.to_owned(),
            Kind::List => value.as_array().into_iter().flatten().map(named).collect::<Vec<_>>().join(", "),
        };
        if text.is_empty() { NOTHING.to_owned() } else { text }
    }

    fn style(&self, cell: &str) -> Style {
        match self.kind {
            Kind::Status => color(cell),
            _ => Style::new(),
        }
    }
}

fn color(status: &str) -> Style {
    let color = if [Status::Connected.slug(), TokenStatus::Active.slug()].contains(&status) {
        AnsiColor::Green
    } else if status == Status::PendingApproval.slug() {
        AnsiColor::Yellow
    } else {
        AnsiColor::Red
    };
    color.on_default()
}

/// A value on one line: nothing in it moves the cursor or colours what follows.
fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn named(value: &Value) -> String {
    text(value.get("name").unwrap_or(value))
}

/// Where answers go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
}

impl Output {
    /// Prints in a format.
    pub const fn new(format: Format) -> Self {
        Self { format }
    }

    /// Whether programs read it.
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Several objects. `noun` says, after *No*, what there are none of.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn list(self, items: &[Value], columns: &[Column], noun: &str) -> Result<(), Failure> {
        if self.is_json() {
            return self.json(&Value::Array(items.to_vec()));
        }
        if items.is_empty() {
            note(&format!("No {noun}."));
            return Ok(());
        }
        write(&table(items, columns))
    }

    /// One object, a line for each of what is known of it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn object(self, item: &Value, lines: &[Column]) -> Result<(), Failure> {
        if self.is_json() { self.json(item) } else { write(&card(item, lines)) }
    }

    /// What programs read.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn json(self, value: &Value) -> Result<(), Failure> {
        write(&format!("{value:#}\n"))
    }

    /// A line for people; programs are told in JSON.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn line(self, text: &str) -> Result<(), Failure> {
        if self.is_json() { Ok(()) } else { write(&format!("{text}\n")) }
    }

    /// A text exactly as it is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn raw(self, text: &str) -> Result<(), Failure> {
        write(text)
    }

    /// A value that is told this once, alone on standard output; programs that read JSON get the whole answer.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn value(self, answer: &Value, told: &str) -> Result<(), Failure> {
        if self.is_json() {
            return self.json(answer);
        }
        let value = answer.pointer("/value").and_then(Value::as_str).unwrap_or_default();
        write(&format!("{value}\n"))?;
        note(told);
        Ok(())
    }
}

/// Says something beside the answer.
pub fn note(text: &str) {
    eprintln!("{text}");
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        // Who reads has read enough.
        io::ErrorKind::BrokenPipe => Failure::Told(Exit::Failed),
        _ => Failure::Local(format!("the answer cannot be written: {error}")),
    })
}

fn table(items: &[Value], columns: &[Column]) -> String {
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|column| column.cell(item)).collect()).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].width()).chain([columns[at].heading.len()]).max();
    let widths: Vec<usize> = (0..columns.len()).map(|at| width(at).unwrap_or_default()).collect();
    let mut text = line(columns.iter().map(|column| (column.heading, Style::new().bold())), &widths);
    for row in &rows {
        let cells = row.iter().zip(columns).map(|(cell, column)| (cell.as_str(), column.style(cell)));
        text.push_str(&line(cells, &widths));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = (&'a str, Style)>, widths: &[usize]) -> String {
    let cells = cells.zip(widths).enumerate().map(|(at, ((cell, style), width))| {
        let is_last = at + 1 == widths.len();
        let blanks = if is_last { 0 } else { width.saturating_sub(cell.width()) + 2 };
        format!("{style}{cell}{style:#}{:blanks$}", "")
    });
    cells.collect::<String>() + "\n"
}

fn card(item: &Value, lines: &[Column]) -> String {
    let width = lines.iter().map(|line| line.heading.len()).max().unwrap_or_default() + 2;
    let lines = lines.iter().map(|line| {
        let (cell, bold) = (line.cell(item), Style::new().bold());
        let style = line.style(&cell);
        format!("{bold}{:width$}{bold:#}{style}{cell}{style:#}\n", line.heading)
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::text("NAME", "/name"),
        Column::status("STATUS", "/status"),
        Column::time("HEARD", "/heard"),
        Column::list("OF", "/of"),
    ];

    #[test]
    fn columns_stand_below_each_other_in_every_script() {
        let items = [
            json!({"name": "東京", "status": "connected", "heard": "2026-11-21T09:30:07Z", "of": ["a", {"name": "b"}]}),
            json!({"name": "x\u{1b}[2J", "status": "pending", "heard": null}),
        ];
        let plain = anstream::adapter::strip_str(&table(&items, &COLUMNS)).to_string();
        let expected = "\
NAME   STATUS     HEARD                 OF
東京   connected  2026-11-21 09:30 UTC  a, b
x [2J  pending    -                     -
";
        assert_eq!(plain, expected);
        assert!(table(&items, &COLUMNS).contains("\u{1b}[32mconnected\u{1b}[0m"));
    }

    #[test]
    fn one_object_is_a_line_for_each_fact() {
        let plain = card(&json!({"name": "a", "status": "active"}), &COLUMNS[..2]);
        assert_eq!(anstream::adapter::strip_str(&plain).to_string(), "NAME    a\nSTATUS  active\n");
    }
}
