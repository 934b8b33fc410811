//! Databases that fail, hang, go away and come back.

mod commits;
mod locks;
mod proxy;
mod rolling;
mod silence;
