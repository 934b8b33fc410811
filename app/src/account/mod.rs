//! The account of the person who is signed in.

pub mod api;
mod dialogs;
mod page;

pub use self::{
    dialogs::{EndOtherSessionsDialog, EndSessionDialog},
    page::AccountPage,
};
