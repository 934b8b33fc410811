//! Who is using the console: first set-up, signing in and out.

pub mod api;
mod login;
mod setup;

pub use login::LoginPage;
pub use setup::SetupPage;
