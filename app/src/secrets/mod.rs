//! Secrets of startup scripts: the list, the page of one, and the dialogs that make one, give it another value, and delete it.

pub mod api;
mod detail;
mod dialogs;
mod page;

pub use detail::SecretPage;
pub use dialogs::{DeleteSecretDialog, EditSecretDialog, NewSecretDialog, ReplaceSecretDialog};
pub use page::SecretsPage;
