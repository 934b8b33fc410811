//! Install files: what a person downloads, or fetches by a link, to start a delegate.
//!
//! From a form to files: [`plan`] reads the choices, [`found`] looks up what they name, [`artifact`] renders templates
//! to files, [`handout`] packs and answers. Rendering is pure; what templates hold is written in their own language by
//! [`language`], so that no value breaks out of its place.

pub mod address;
mod archive;
pub mod artifact;
mod docker;
mod download;
mod ecs;
mod environment;
pub mod found;
pub mod handout;
mod helm;
pub mod image;
mod kubernetes;
mod language;
pub mod link;
mod names;
pub mod plan;
mod shell;
#[cfg(test)]
mod tests;

pub use self::download::download;
