//! Identifiers: UUIDv7 (RFC 9562), a type of its own for each noun, so that they sort by age and never mix.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{text::Invalid, time::Timestamp};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $noun:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id made of the time and ten random bytes.
            #[must_use]
            pub fn new(now: Timestamp, random: &[u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| Invalid::new(concat!("This is not the id of ", $noun, ".")))
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// The installation's account.
    AccountId: "an account";
    /// A delegate: one running instance.
    DelegateId: "a delegate";
    /// A delegate profile.
    ProfileId: "a delegate profile";
    /// A delegate token (never its value).
    TokenId: "a delegate token";
    /// A person who uses the console.
    UserId: "a user";
    /// A person's second factor: each that is set up is another one.
    SecondFactorId: "a second factor";
    /// A key with which a program asks (never its value).
    ApiKeyId: "an API key";
    /// A program's own account.
    ServiceAccountId: "a service account";
    /// An organization or a project.
    ScopeId: "an organization or a project";
    /// A request, as the log and its answer name it.
    RequestId: "a request";
    /// A call of the public API that is made once.
    OnceCallId: "a call";
    /// One entry of the audit trail.
    AuditId: "an audit entry";
    /// One stretch of time in which a delegate was connected.
    ConnectionId: "a connection";
    /// A secret that startup scripts use (never its value).
    SecretId: "a secret";
    /// One version of a profile's startup script.
    ScriptVersionId: "a script version";
    /// One run of a startup script on a delegate.
    ScriptRunId: "a script run";
    /// A link that hands out install files once (never what makes it work).
    InstallLinkId: "an install link";
}

fn uuid_v7(now: Timestamp, random: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_age() {
        let old = DelegateId::new(Timestamp::from_millis(1_000), &[255; 10]);
        let new = DelegateId::new(Timestamp::from_millis(1_001), &[0; 10]);
        assert_eq!(old.0.get_version_num(), 7);
        assert!(old < new);
    }

    #[test]
    fn what_is_no_id_is_an_error_that_names_the_noun() {
        let error = "x' OR 1=1".parse::<TokenId>().unwrap_err();
        assert_eq!(error.to_string(), "This is not the id of a delegate token.");
    }
}
