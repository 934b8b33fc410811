//! Delegates: the list with the decision in it, the dialogs, and the page of one.

pub mod api;
mod decision;
mod detail;
mod dialogs;
mod facts;
mod filter;
mod infrastructure;
mod list;
mod page;
mod query;
mod row;

pub use detail::DelegatePage;
pub use dialogs::{DeleteDelegateDialog, RejectDialog};
pub use page::DelegatesPage;
