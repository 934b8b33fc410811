//! Runs of startup scripts: what the page of a delegate shows of them.

pub mod api;
mod block;
mod log;
mod outcome;
pub mod query;
mod run;

pub use block::script_block;
pub use outcome::outcome;
