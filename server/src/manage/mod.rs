//! The use cases: everything that can be asked of Muster, whoever asks and by whatever door.
//!
//! Each is a function of a [`Context`], which tells who asks, and of what was read at the door already. It asks for the
//! permission that it needs, at the scope of what it changes; changes rows in one transaction together with their entry
//! in the audit trail; and gives a view. Nothing here knows of pages, sessions or replies.
//!
//! What delegates ask takes a [`Caller`](crate::caller::Caller) instead: a delegate has no roles, its token and its key
//! decide what is its own.

pub mod api_keys;
pub mod audit;
mod context;
pub mod delegates;
pub mod delivery;
pub mod heartbeats;
pub mod identity;
pub mod install;
pub mod installation;
pub mod once;
pub mod overview;
mod page;
pub mod profiles;
pub mod registration;
pub mod reports;
pub mod scopes;
pub mod scripts;
pub mod search;
pub mod secrets;
pub mod tokens;
pub mod users;

pub use self::context::{Context, Lookup};
