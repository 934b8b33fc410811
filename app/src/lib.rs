//! The web console of Muster: pages, components and the server functions they call.
//!
//! Rendered by the server first, then taken over by WebAssembly in the browser. Everything works without that second
//! step: forms post, dialogs are pages. Every event handler and effect therefore only makes better what works already.

mod app;
pub mod console;
pub mod delegates;
pub mod error;
pub mod install;
mod layout;
mod lazy;
pub mod profiles;
pub mod scripts;
pub mod secrets;
pub mod session;
mod shell;
pub mod tokens;
pub mod ui;

pub use app::App;
pub use shell::{Assets, shell};

#[cfg(feature = "hydrate")]
mod hydrate;
