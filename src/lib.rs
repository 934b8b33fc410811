//! The domain of Muster and the wire contract of the delegate protocol.
//!
//! No framework and no I/O: everything here is pure, takes the time and chance it needs as arguments, and compiles
//! for the server, for the delegate and for the browser alike.

pub mod access;
pub mod api_key;
pub mod audit;
pub mod delegate;
pub mod escape;
pub mod form;
pub mod id;
pub mod install;
mod named_enum;
pub mod networks;
pub mod overview;
pub mod page;
pub mod problem;
pub mod profile;
pub mod scope;
pub mod script;
pub mod search;
pub mod secret;
pub mod single_sign_on;
pub mod text;
pub mod theme;
pub mod time;
pub mod token;
pub mod user;
pub mod wire;
