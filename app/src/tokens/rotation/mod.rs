//! Rotating a token: the dialog that begins it, and the page that shows how far it is and what is left to do.

mod begin;
mod guide;
mod page;
mod progress;
mod steps;

pub use begin::RotateTokenDialog;
pub use page::RotationPage;

use muster::id::TokenId;

use crate::ui::href::Href;

/// The page about a token's rotation.
#[must_use]
pub fn rotation_href(id: TokenId) -> Href {
    Href::new(format!("/tokens/{id}/rotation"))
}
