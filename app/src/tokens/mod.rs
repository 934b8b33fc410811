//! Delegate tokens: the list, and the dialogs that make, show, revoke and delete one.

pub mod api;
mod created;
mod dialogs;
mod new;
mod page;
mod query;

pub use created::CreatedTokenDialog;
pub use dialogs::{DeleteTokenDialog, RevokeTokenDialog};
pub use new::NewTokenDialog;
pub use page::TokensPage;
