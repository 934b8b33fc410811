//! API keys, of people and of service accounts.

pub mod api;
mod block;
mod dialogs;
mod service_accounts;

pub use self::{
    block::keys_block,
    dialogs::{ApiKeyValueDialog, DeleteApiKeyDialog, NewApiKeyDialog, RotateApiKeyDialog},
    service_accounts::{
        DeleteServiceAccountDialog, NewServiceAccountDialog, ServiceAccountPage, ServiceAccountsPage, people_tabs,
    },
};
