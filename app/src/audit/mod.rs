//! The audit trail: who did what, to what, when and from where.

pub mod api;
mod filter;
mod page;
pub mod query;

pub use page::AuditTrailPage;
