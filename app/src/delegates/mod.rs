//! Delegates: the list with the decision in it, the dialogs, and the page of one.

mod about;
pub mod api;
mod change;
mod chips;
mod decision;
mod detail;
mod dialogs;
mod enable;
mod facts;
mod filter;
mod history;
pub mod infrastructure;
mod page;
pub mod query;
mod row;
mod status;
mod take_back;

pub use change::{SelectorsDialog, SwitchProfileDialog};
pub use decision::Decision;
pub use detail::DelegatePage;
pub use dialogs::{DeleteDelegateDialog, DisableDelegateDialog, RejectDialog, reject_dialog};
pub use page::DelegatesPage;
pub use status::DelegateStatus;
pub use take_back::TakeBackForm;
