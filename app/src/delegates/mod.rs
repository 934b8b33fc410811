//! Delegates: the list with the decision in it, the dialogs, and the page of one.

mod about;
pub mod api;
mod beneath;
mod cells;
mod change;
mod chips;
mod danger;
mod decision;
mod detail;
mod dialogs;
mod enable;
mod facts;
mod filter;
mod header;
mod history;
pub mod infrastructure;
mod inherited;
mod keys;
mod menu;
mod page;
pub mod query;
mod replicas;
mod row;
mod selected;
mod status;
mod strip;
mod tabs;
mod take_back;

pub use beneath::Beneath;
pub use change::{DescriptionDialog, SelectorsDialog, SwitchProfileDialog};
pub use decision::Decision;
pub use detail::DelegatePage;
pub use dialogs::{
    ApproveDialog, DeleteDelegateDialog, DisableDelegateDialog, RejectDialog, approve_dialog, reject_dialog,
};
pub use selected::{SelectedDonePage, SelectedPage};
pub use status::DelegateStatus;
pub use take_back::TakeBackForm;
