//! Organizations and projects: their page, and the switch in the header.

pub mod api;
mod detail;
mod dialogs;
mod field;
mod page;
mod switch;

pub use self::{
    detail::ScopePage,
    dialogs::{DeleteScopeDialog, NewScopeDialog, RenameScopeDialog},
    field::{ScopeField, in_sentence, place, place_badge},
    page::ScopesPage,
    switch::ScopeSwitch,
};
