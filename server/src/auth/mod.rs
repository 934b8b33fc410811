//! Who is asking: people with a session. (Delegates come in by [`crate::delegate_api`].)

pub mod caller;
pub mod device;
pub mod limit;
pub mod password;
mod readable_code;
pub mod recovery_code;
pub mod session;
pub mod setup;
pub mod totp;
