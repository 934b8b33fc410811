//! Codes of authenticator apps (TOTP, RFC 6238), with what all apps take: SHA-1, six digits, a new code every 30 seconds.

use std::fmt;

use muster::{
    id::SecondFactorId,
    time::Timestamp,
    user::{Email, Enrolment, QrImage, TypedCode},
};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::{
    encryption::{EncryptionKey, Unsealable},
    error::Error,
    random,
};

/// What an authenticator app calls the program.
const ISSUER: &str = "Muster";
/// The bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// The quiet zone around a QR code, in modules, as its standard (ISO/IEC 18004) has it.
const QUIET: i32 = 4;

/// The secret that a person's codes are made of. It is never printed.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl TotpSecret {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// Seals it for its row.
    #[must_use]
    pub fn seal(&self, encryption: &EncryptionKey, id: SecondFactorId) -> Vec<u8> {
        self.seal_for(encryption, &purpose(id))
    }

    /// Opens the one of a row.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open(encryption: &EncryptionKey, id: SecondFactorId, sealed: &[u8]) -> Result<Self, Unsealable> {
        Self::open_for(encryption, &purpose(id), sealed)
    }

    /// Seals it for another purpose than its row.
    #[must_use]
    pub fn seal_for(&self, encryption: &EncryptionKey, purpose: &str) -> Vec<u8> {
        encryption.seal(purpose, &*self.0)
    }

    /// Opens one that was sealed for another purpose than its row.
    ///
    /// # Errors
    /// [`Unsealable`].
    pub fn open_for(encryption: &EncryptionKey, purpose: &str, sealed: &[u8]) -> Result<Self, Unsealable> {
        let clear = encryption.open(purpose, sealed)?;
        <[u8; SECRET_BYTES]>::try_from(clear.as_slice())
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .map_err(|_| Unsealable)
    }

    /// The time step of which this is the code: the present one, or the one before or after it, for clocks are not
    /// exact. None where it is of no such step.
    #[must_use]
    pub fn step_of(&self, code: &TypedCode, now: Timestamp) -> Option<i64> {
        if !code.is_of_app() {
            return None;
        }
        let now = u64::try_from(now.as_seconds()).ok()?;
        let step = self.totp("").ok()?.check(&code.normal(), now)?;
        i64::try_from(step).ok()
    }

    /// What an authenticator app is shown.
    ///
    /// # Errors
    /// Where the address is too long for a QR code.
    pub fn enrolment(&self, email: &Email) -> Result<Enrolment, Error> {
        // A colon would end the name of the program.
        let totp = self.totp(&email.as_str().replace(':', "_"))?;
        let address = Zeroizing::new(totp.to_url().map_err(Error::internal)?);
        let secret = Zeroizing::new(totp.secret().to_base32());
        let groups: Vec<&str> = secret.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
        Ok(Enrolment { account: email.to_string(), secret: groups.join(" "), qr: picture(&address)? })
    }

    fn totp(&self, account: &str) -> Result<Totp, Error> {
        let builder = Builder::new().with_secret(self.0.to_vec()).with_issuer(Some(ISSUER)).with_account_name(account);
        builder.build().map_err(Error::internal)
    }
}

impl Default for TotpSecret {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn purpose(id: SecondFactorId) -> String {
    format!("second factor {id}")
}

/// A text as a QR code: each run of dark modules in a row is a rectangle.
fn picture(text: &str) -> Result<QrImage, Error> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(Error::internal)?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    Ok(QrImage { size: (code.size() + 2 * QUIET).unsigned_abs(), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors in RFC 6238.
    fn known() -> TotpSecret {
        TotpSecret(Zeroizing::new(*b"12345678901234567890"))
    }

    fn step_of(code: &str, seconds: i64) -> Option<i64> {
        known().step_of(&TypedCode::new(code.to_owned()), Timestamp::from_millis(seconds * 1000))
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Its vectors have eight digits, of which the last six are a code of six.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(step_of(code, seconds), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_not_beyond() {
        for (seconds, step) in [(29, Some(1)), (59, Some(1)), (89, Some(1)), (90, None), (-1, None)] {
            assert_eq!(step_of("287 082", seconds), step, "{seconds}");
        }
        for wrong in ["", "28708", "2870820", "ABCDEF", "287083"] {
            assert_eq!(step_of(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_shown_the_secret_as_text_and_as_a_picture() {
        let shown = known().enrolment(&Email::parse("a:da@example.com").unwrap()).unwrap();
        assert_eq!(shown.secret, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(shown.qr.size > 8 && shown.qr.path.starts_with("M4 4h7v1h-7z"), "the corner of a QR code");
        let printed = format!("{shown:?} {:?}", known());
        assert!(!printed.contains("GEZD"), "{printed}");
    }

    #[test]
    fn a_secret_is_sealed_for_one_row() {
        let (key, id) = (EncryptionKey::new(&[1; 32]), SecondFactorId(uuid::Uuid::from_u128(1)));
        let sealed = known().seal(&key, id);
        assert_eq!(*TotpSecret::open(&key, id, &sealed).unwrap().0, *known().0);
        assert!(TotpSecret::open(&key, SecondFactorId(uuid::Uuid::from_u128(2)), &sealed).is_err());
    }
}
