//! Set-up, signing in and out, and what a session is good for.

mod lifetime;
mod set_up;
mod sign_in;
