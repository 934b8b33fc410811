//! What is said of a script that cannot have the secrets which it names.

use super::SecretName;
use crate::text::Invalid;

/// What to say where a script names a secret that does not exist.
#[must_use]
pub fn unknown(name: &SecretName) -> Invalid {
    Invalid::new(format!("There is no secret {name}. Add it under Secrets, or correct its name in the script."))
}

/// What to say where a profile's script names a secret that the profile may not use.
#[must_use]
pub fn not_allowed(name: &SecretName) -> Invalid {
    Invalid::new(format!(
        "Secret {name} is limited to other profiles. Let this one use it on the secret's page, or take it out of the script."
    ))
}
