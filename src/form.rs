//! Reading forms: all of their fields, so that a person is told at once of everything that is wrong.

use std::fmt;

use crate::text::{Invalid, InvalidField};

/// What is wrong with a form: one field at least, in the form's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFields {
    first: InvalidField,
    others: Vec<InvalidField>,
}

impl InvalidFields {
    /// The first field that is wrong.
    #[must_use]
    pub const fn first(&self) -> &InvalidField {
        &self.first
    }

    /// The fields that are wrong, in the form's order.
    pub fn iter(&self) -> impl Iterator<Item = &InvalidField> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The same fields, as another door calls them.
    #[must_use]
    pub fn renamed(mut self, name: impl Fn(&'static str) -> &'static str) -> Self {
        for wrong in std::iter::once(&mut self.first).chain(&mut self.others) {
            wrong.field = name(wrong.field);
        }
        self
    }
}

impl From<InvalidField> for InvalidFields {
    fn from(first: InvalidField) -> Self {
        Self { first, others: Vec::new() }
    }
}

impl fmt::Display for InvalidFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for InvalidFields {}

/// Reads a form field by field, and keeps what is wrong until all are read.
#[derive(Debug, Default)]
pub struct FormReader(Vec<InvalidField>);

impl FormReader {
    /// Takes a field; none where it is wrong.
    pub fn field<T>(&mut self, name: &'static str, read: Result<T, Invalid>) -> Option<T> {
        self.part(read.map_err(|error| error.of_field(name)))
    }

    /// Takes what was read of several fields; none where one of them is wrong.
    pub fn part<T>(&mut self, read: Result<T, impl Into<InvalidFields>>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                let InvalidFields { first, others } = error.into();
                self.0.push(first);
                self.0.extend(others);
                None
            }
        }
    }

    /// Makes the whole of what was taken.
    ///
    /// # Errors
    /// Where a field was wrong: all that were.
    pub fn finish<T>(self, make: impl FnOnce() -> Option<T>) -> Result<T, InvalidFields> {
        let mut wrong = self.0.into_iter();
        match wrong.next() {
            Some(first) => Err(InvalidFields { first, others: wrong.collect() }),
            // Where nothing is wrong, nothing is missing.
            None => make().ok_or_else(|| Invalid::new("The form could not be read.").of_field("").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_told_in_its_order() {
        let read = |good: bool| {
            let field = |text| if good { Ok(text) } else { Err(Invalid::new(text)) };
            let mut form = FormReader::default();
            let a = form.field("a", field("A"));
            let mut part = FormReader::default();
            let (b, c) = (part.field("b", field("B")), part.field("c", Ok("C")));
            let part = form.part(part.finish(|| Some((b?, c?))));
            let d = form.field("d", field("D"));
            form.finish(|| Some((a?, part?, d?)))
        };
        assert_eq!(read(true), Ok(("A", ("B", "C"), "D")));
        let wrong = read(false).unwrap_err();
        assert_eq!(wrong.to_string(), "a: A; b: B; d: D");
        assert_eq!((wrong.first().field, wrong.iter().count()), ("a", 3));
    }
}
