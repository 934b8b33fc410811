//! Secrets of startup scripts: the list, and the dialogs that make one, give it another value, and delete it.

pub mod api;
mod dialogs;
mod page;

pub use dialogs::{DeleteSecretDialog, NewSecretDialog, ReplaceSecretDialog};
pub use page::SecretsPage;
