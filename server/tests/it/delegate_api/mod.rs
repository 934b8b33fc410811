//! The door for delegates.

mod admission;
mod at_once;
mod bodies;
mod credentials;
mod presence;
mod profile;
mod returning;
mod turned_away;
