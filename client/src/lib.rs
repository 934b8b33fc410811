//! What all share that ask others over HTTP – the delegate and the command line the manager, and that an identity provider:
//! one TLS stack that trusts what the host trusts, and the words for a call that got no answer.

mod reason;
mod tls;

pub use self::{
    reason::{log_safe, reason},
    tls::{NoRoots, host_roots, tls},
};
