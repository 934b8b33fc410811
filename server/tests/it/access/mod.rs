//! Who may do what, and what protects every answer.

mod headers;
mod machines;
mod pages;
mod scopes;
pub mod table;
