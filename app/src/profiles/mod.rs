//! Delegate profiles: the list, the form for a new or a known one, and the dialog that deletes one.

pub mod api;
mod dialogs;
mod edit;
mod page;

pub use dialogs::DeleteProfileDialog;
pub use edit::{EditProfilePage, NewProfilePage};
pub use page::ProfilesPage;
