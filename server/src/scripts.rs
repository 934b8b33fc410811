//! Runs of startup scripts: what delegates tell of them, and what is kept.

mod log;
mod masks;
mod runs;

pub use self::{
    log::{tail, whole},
    masks::{Masks, masker},
    runs::{Recorder, not_delivered, runs_of},
};
