//! Recovery codes: each lets a person in once who has lost the authenticator app.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    id::SecondFactorId,
    user::{RECOVERY_CODES, RecoveryCodes, TypedCode},
};
use sha2::{Digest as _, Sha256};

use super::readable_code;
use crate::encryption::EncryptionKey;

/// New ones.
#[must_use]
pub fn new() -> RecoveryCodes {
    RecoveryCodes(std::iter::repeat_with(readable_code::new).take(RECOVERY_CODES).collect())
}

/// What stands for a code in the database. A code is short enough for somebody with a fast machine to try them all, so
/// the installation's key is a part of it: who has the database alone learns nothing.
#[must_use]
pub fn digest(encryption: &EncryptionKey, factor: SecondFactorId, code: &TypedCode) -> String {
    let key = encryption.derive(&format!("recovery codes of {factor}"));
    let digest = Sha256::new().chain_update(key).chain_update(code.normal().as_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_digest_is_of_one_code_one_factor_and_one_key() {
        let [one, other] = [1, 2].map(|byte| EncryptionKey::new(&[byte; 32]));
        let factor = |number| SecondFactorId(uuid::Uuid::from_u128(number));
        let code = |text: &str| TypedCode::new(text.to_owned());
        let codes = new().0;
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), RECOVERY_CODES);
        let known = digest(&one, factor(1), &code(&codes[0]));
        assert_eq!(digest(&one, factor(1), &code(&codes[0].to_lowercase().replace('-', " "))), known);
        assert_ne!(digest(&one, factor(1), &code(&codes[1])), known);
        assert_ne!(digest(&one, factor(2), &code(&codes[0])), known);
        assert_ne!(digest(&other, factor(1), &code(&codes[0])), known);
    }
}
