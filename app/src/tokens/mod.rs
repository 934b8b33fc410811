//! Delegate tokens: the list, and the dialogs that make, show, revoke and delete one; and rotating one.

pub mod api;
mod created;
mod dialogs;
mod new;
mod page;
mod query;
mod rotation;
mod status;

pub use created::{CreatedTokenDialog, created_dialog};
pub use dialogs::{DeleteTokenDialog, RevokeRotatedDialog, RevokeTokenDialog};
pub use new::{NamedTokenDialog, NewTokenDialog};
pub use page::TokensPage;
pub use rotation::{RotateTokenDialog, RotationPage};
