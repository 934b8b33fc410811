//! The door for delegates.

mod admission;
mod bodies;
mod credentials;
mod presence;
mod profile;
mod returning;
mod turned_away;
