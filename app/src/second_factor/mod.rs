//! The own second factor: setting it up, recovery codes, turning it off.

pub mod api;
mod block;
mod dialogs;
mod page;

pub use self::{
    block::second_factor_block,
    dialogs::{NewRecoveryCodesDialog, RecoveryCodesDialog, TurnOffDialog},
    page::SecondFactorPage,
};

/// Where it is set up.
pub const PATH: &str = "/second-factor";
