//! Random codes that people read and type.

use crate::random;

/// Letters and digits that are not mistaken for one another; 32, so that every byte picks evenly.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code of 12 characters (60 bits) in groups of four.
pub fn new() -> String {
    let random = random::bytes::<12>();
    let mut code = String::with_capacity(14);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    code
}

/// What is compared of a code: case and dashes do not matter.
pub fn normal(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
