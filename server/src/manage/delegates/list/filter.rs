//! What delegates are filtered by, as the database knows it.

use muster::delegate::Flag;
use uuid::Uuid;

use super::sql::Sql;

/// What delegates are filtered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    Status(i16),
    Kind(&'static str),
    Profile(Uuid),
    Token(Uuid),
    Tag(String),
    /// Exactly this name, in lower case.
    Name(String),
    /// A part of what is searched.
    Word(Word),
    /// One of these at least.
    Any(Vec<Filter>),
    /// A part of the host name, in lower case.
    Host(String),
    /// The beginning of the version, in lower case.
    Version(String),
    Flag(Flag),
}

/// A part of what is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// In lower case.
    pub text: String,
    /// What SQLite's index of trigrams is asked for it; none where it is too short for that.
    pub grams: Option<String>,
}

/// Binds the value of a filter that has one.
pub fn bind<'a>(sql: &'a mut Sql, filter: &Filter) -> &'a mut Sql {
    match filter {
        Filter::Status(status) => sql.bind(*status),
        Filter::Kind(kind) => sql.bind(*kind),
        Filter::Profile(id) | Filter::Token(id) => sql.bind(*id),
        Filter::Tag(text) | Filter::Name(text) | Filter::Host(text) | Filter::Version(text) => sql.bind(text.as_str()),
        Filter::Word(word) => sql.bind(word.text.as_str()),
        // They are of more than one value: see `judge`.
        Filter::Any(_) | Filter::Flag(_) => sql,
    }
}
