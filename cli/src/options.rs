//! What can be said to every command that asks a manager.

use std::path::PathBuf;

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use muster::delegate::DelegateType;

/// How to ask, and how to print.
#[derive(Debug, Args)]
#[command(next_help_heading = "For every command")]
pub struct Options {
    /// How to print: a table for people, or the manager's answer in JSON.
    #[arg(long, short, value_enum, default_value_t, global = true)]
    pub output: Format,
    /// The manager's address, in the place of the context's
    #[arg(long, value_name = "URL", env = "MUSTER_URL", global = true)]
    pub manager: Option<String>,
    /// The file of the API key, in the place of MUSTER_API_KEY and the context's.
    #[arg(long, value_name = "FILE", global = true)]
    pub key_file: Option<PathBuf>,
    /// Which of the managers that this machine remembers
    #[arg(long, value_name = "NAME", env = "MUSTER_CONTEXT", global = true)]
    pub context: Option<String>,
    /// Where to ask: an organization, or organization/project; without it where the key counts
    #[arg(long, value_name = "SCOPE", env = "MUSTER_SCOPE", global = true)]
    pub scope: Option<String>,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// How much of a list to print.
#[derive(Debug, Args)]
pub struct Extent {
    /// How many to print at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
    /// Print all of them.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Extent {
    /// How many to print at most.
    pub fn most(&self) -> usize {
        if self.all { usize::MAX } else { self.limit }
    }
}

/// Whether to ask a person first.
#[derive(Clone, Copy, Debug, Args)]
pub struct Consent {
    /// Do not ask first.
    #[arg(long, short)]
    pub yes: bool,
}

/// Reads a type of delegate, in whatever case.
pub fn types() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(DelegateType::ALL.map(DelegateType::code)).map(|word| word.to_uppercase())
}
