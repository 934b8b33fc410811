//! Whose a delegate is: approval is bound to what was approved.

mod clones;
mod doors;
mod keys;
mod returning;
