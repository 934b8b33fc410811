//! Who may do what, and what protects every answer.

mod headers;
mod pages;
mod table;
