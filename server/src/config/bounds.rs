//! How much may be asked of a manager by those who hold a token and nobody has decided on.

/// What bounds first registrations, so that a leaked token cannot fill the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many delegates of one token may wait for approval at once.
    pub pending_per_token: u32,
    /// How many delegates may wait for approval in all.
    pub pending: u32,
    /// How many delegates may register for the first time with one token in a minute, at each manager.
    pub registrations_per_minute: u32,
}

impl Default for Bounds {
    /// A fleet of 10,000 on one token is in after some three minutes.
    fn default() -> Self {
        Self { pending_per_token: 1000, pending: 20_000, registrations_per_minute: 3000 }
    }
}
