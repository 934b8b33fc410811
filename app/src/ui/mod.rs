//! The parts that pages are made of.

pub mod button;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod form;
pub mod form_dialog;
pub mod fresh;
pub mod href;
pub mod hydrated;
pub mod icon;
pub mod keyboard;
pub mod list;
pub mod live;
pub mod live_table;
pub mod load;
pub mod pagination;
pub mod params;
pub mod plain_table;
pub mod rows;
pub mod standalone;
pub mod status;
pub mod stream;
pub mod time;
pub mod unsaved;
