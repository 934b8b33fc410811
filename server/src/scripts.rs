//! Runs of startup scripts: what delegates tell of them, and what is kept.

mod log;
mod masked;
mod masks;
mod runs;

pub use self::{
    log::{Part, around, find, tail, whole},
    masked::{Masked, Report},
    masks::{Masks, masker},
    runs::{Recorder, Written, not_delivered, runs_of},
};
