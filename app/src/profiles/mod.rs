//! Delegate profiles: the list, the pages of one, the form for a new or a known one, and the dialogs.

pub mod api;
mod changed;
mod delegates;
mod dialogs;
mod edit;
mod frame;
mod overview;
mod page;
mod progress;
mod record;
mod versions;

pub use delegates::ProfileDelegatesPage;
pub use dialogs::{DeleteProfileDialog, RestoreDialog, RunScriptDialog};
pub use edit::{EditProfilePage, NewProfilePage};
pub use overview::ProfilePage;
pub use page::ProfilesPage;
pub use record::ProfileRecordPage;
pub use versions::{VersionPage, VersionsPage};
