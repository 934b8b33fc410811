//! The first page: how things are, and what there is to do.

pub mod api;
mod feed;
mod page;
mod start;
mod tiles;

pub use page::OverviewPage;
