//! The parts that pages are made of.

pub mod button;
pub mod code;
pub mod copy;
pub mod dialog;
pub mod field;
pub mod form;
pub mod frame;
pub mod fresh;
pub mod href;
pub mod icon;
pub mod live;
pub mod load;
pub mod notice;
pub mod status;
mod stream;
pub mod table;
pub mod time;
pub mod unsaved;
