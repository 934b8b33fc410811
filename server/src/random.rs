//! The one place that random bytes come from: the thread's cryptographic generator, seeded by the operating system.

use rand::Rng as _;

/// Random bytes.
#[must_use]
#[allow(clippy::disallowed_methods)] // This is the place that provides them.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
