//! The web console of Muster: the pages, which the server renders, and what makes them lively in the browser.
//!
//! Everything works by HTML alone: links lead to pages, forms are posted, dialogs are pages. The WebAssembly (`browser`)
//! makes only better what works already, and knows no page: it puts the server's answers into the page that is open. So
//! it is small, and a page adds nothing to it.

#[cfg(not(target_arch = "wasm32"))]
pub mod account;
#[cfg(not(target_arch = "wasm32"))]
pub mod api_keys;
#[cfg(not(target_arch = "wasm32"))]
mod app;
#[cfg(not(target_arch = "wasm32"))]
pub mod audit;
#[cfg(any(target_arch = "wasm32", test))]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
pub mod console;
#[cfg(not(target_arch = "wasm32"))]
pub mod delegates;
#[cfg(not(target_arch = "wasm32"))]
pub mod error;
#[cfg(not(target_arch = "wasm32"))]
mod help;
mod highlight;
#[cfg(not(target_arch = "wasm32"))]
pub mod install;
#[cfg(not(target_arch = "wasm32"))]
pub mod invitation;
#[cfg(not(target_arch = "wasm32"))]
mod layout;
#[cfg(not(target_arch = "wasm32"))]
pub mod overview;
#[cfg(not(target_arch = "wasm32"))]
pub mod profiles;
#[cfg(not(target_arch = "wasm32"))]
pub mod scopes;
#[cfg(not(target_arch = "wasm32"))]
pub mod scripts;
#[cfg(not(target_arch = "wasm32"))]
pub mod search;
#[cfg(not(target_arch = "wasm32"))]
pub mod second_factor;
#[cfg(not(target_arch = "wasm32"))]
pub mod secrets;
#[cfg(not(target_arch = "wasm32"))]
pub mod session;
#[cfg(not(target_arch = "wasm32"))]
mod shell;
mod spans;
#[cfg(not(target_arch = "wasm32"))]
pub mod tokens;
#[cfg(not(target_arch = "wasm32"))]
pub mod ui;
#[cfg(not(target_arch = "wasm32"))]
pub mod users;

#[cfg(not(target_arch = "wasm32"))]
pub use app::App;
#[cfg(any(target_arch = "wasm32", test))]
pub use browser::start;
#[cfg(not(target_arch = "wasm32"))]
pub use shell::{Assets, shell};

/// Where the stream of events is.
pub const EVENTS_PATH: &str = "/api/events";
