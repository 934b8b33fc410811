//! Delegate tokens, from their making to their end.

mod change;
mod end;
mod floods;
mod making;
mod page;
mod restrictions;
mod revocation;
mod rotation;
mod value;
