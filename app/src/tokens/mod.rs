//! Delegate tokens: the list, and the dialogs that make, show, revoke and delete one; and rotating one.

mod about;
pub mod api;
mod change;
mod changed;
mod created;
mod detail;
mod dialogs;
pub(crate) mod expiry;
mod flood;
mod new;
mod page;
pub mod query;
mod record;
mod restrictions;
mod rotation;
mod status;

pub use change::{EditTokenDialog, ExtendTokenDialog};
pub use created::{CreatedTokenDialog, created_dialog};
pub use detail::TokenPage;
pub use dialogs::{DeleteTokenDialog, RevokeRotatedDialog, RevokeTokenDialog};
pub use flood::{Floods, RejectWaitingDialog};
pub use new::{NamedTokenDialog, NewTokenDialog};
pub use page::TokensPage;
pub use rotation::{RotateTokenDialog, RotationPage};
