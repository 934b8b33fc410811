//! The parts that pages are made of.

pub mod badge;
pub mod button;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod form;
pub mod form_dialog;
pub mod href;
pub mod icon;
pub mod list;
pub mod live;
pub mod live_table;
pub mod load;
pub mod menu;
pub mod middle;
pub mod pagination;
pub mod params;
pub mod plain_table;
pub mod standalone;
pub mod status;
pub mod tab;
pub mod tabs;
pub mod time;
