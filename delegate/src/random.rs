//! The one place that provides randomness.

#![allow(clippy::disallowed_methods)]

use rand::RngExt as _;

/// Fresh random bytes, good for keys.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill(&mut bytes);
    bytes
}

/// A fresh number from 0 to 1, below 1.
pub(crate) fn fraction() -> f64 {
    rand::rng().random()
}
