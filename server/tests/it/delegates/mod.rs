//! Delegates as people see them and decide on them.

mod decisions;
mod list;
mod one;
