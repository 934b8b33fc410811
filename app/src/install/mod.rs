//! Installing a delegate, step by step: its type, its setup, the files that come of it, and waiting for it. Each step is
//! an address that holds what was chosen before.

pub mod api;
mod causes;
mod checksum;
mod files;
mod link;
mod page;
mod query;
mod remembered;
mod review;
mod run;
mod setup;
mod stage;
mod token;
mod verify;
mod wizard;

pub use page::InstallPage;
pub use remembered::{Cluster, ClusterForm, Remembered, use_cluster};
pub use review::ReviewPage;
pub use setup::SetupPage as DelegateSetupPage;
pub use token::{AddTokenDialog, AddedTokenDialog};
pub use verify::{ApproveArrivalDialog, RejectArrivalDialog, VerifyPage};
