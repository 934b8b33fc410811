//! Install files: what a person downloads, or fetches by a link, to start a delegate.
//!
//! From choices to files: [`resolve`] looks up what they name and makes a [`plan`], [`render`](mod@render) makes files
//! of templates, [`bundle`] packs them. Rendering is pure; what templates hold is written in their own language by
//! [`escape`], so that no value breaks out of its place.

pub mod address;
pub(crate) mod archive;
mod artifact;
pub mod bundle;
mod docker;
mod ecs;
mod environment;
mod escape;
mod helm;
mod k8s_names;
mod kubernetes;
pub mod link;
mod plan;
pub mod render;
pub mod resolve;
mod shell;
#[cfg(test)]
mod tests;
