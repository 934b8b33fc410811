//! What is measured.

pub mod connections;
pub mod heartbeats;
pub mod lists;
pub mod pages;
pub mod registrations;
pub mod start;
pub mod storm;
