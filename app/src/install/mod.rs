//! Installing a delegate: the choice of a type, and the form that makes the install files.

pub mod api;
mod page;
mod shell;

pub use page::InstallPage;
pub use shell::ShellSetupPage;
