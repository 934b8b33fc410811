//! Searching everything: a page, and with scripts a palette over any page (`browser/palette.rs`).

pub mod api;
mod page;
mod places;
mod results;

pub use page::{Palette, SearchPage};
