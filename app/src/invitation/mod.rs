//! Where somebody comes in by a link that works once: invited, or to choose a new password.

pub mod api;
mod page;

pub use self::page::InvitationPage;

/// Where the page is. The address of a link goes on with what makes it work, which the server takes out of it at once.
pub const PATH: &str = muster::user::LINK_PATH;
