//! The parts that pages are made of.

pub mod button;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod form;
pub mod fresh;
pub mod href;
pub mod icon;
pub mod keyboard;
pub mod live;
pub mod load;
pub mod status;
pub mod stream;
pub mod table;
pub mod time;
pub mod unsaved;
