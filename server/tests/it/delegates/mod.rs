//! Delegates as people see them and decide on them.

mod changes;
mod decisions;
mod disabling;
mod export;
mod list;
mod one;
mod selected;
mod tagged;
