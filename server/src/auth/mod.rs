//! Who is asking: people with a session. (Delegates come in by [`crate::delegate_api`].)

pub mod caller;
pub mod device;
pub mod limit;
pub mod password;
pub mod session;
pub mod setup;
