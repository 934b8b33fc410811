//! Delegate tokens, from their making to their end.

mod end;
mod making;
mod revocation;
mod rotation;
mod value;
