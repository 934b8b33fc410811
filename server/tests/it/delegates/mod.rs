//! Delegates as people see them and decide on them.

mod changes;
mod decisions;
mod disabling;
mod list;
mod one;
