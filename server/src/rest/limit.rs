//! What a key is told of its rate: the fields of the IETF's draft (draft-ietf-httpapi-ratelimit-headers).

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};

use crate::{
    auth::limit::{PROGRAM_BURST, PROGRAM_PERIOD},
    error::Error,
};

/// The rule: so many calls (`q`), all of which are there again after so many seconds (`w`).
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How many calls are left (`r`), and after how many seconds there are all again (`t`).
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// How many calls a key may make now, as it was found out.
#[derive(Clone, Copy, Debug)]
pub struct Allowance(u32);

impl Allowance {
    /// What is left after a call that was let through or was not; none where something else went wrong.
    pub fn of(checked: &Result<u32, Error>) -> Option<Self> {
        match checked {
            Ok(left) => Some(Self(*left)),
            Err(Error::TooMany(_)) => Some(Self(0)),
            Err(_) => None,
        }
    }

    /// Says it with an answer.
    pub fn tell(self, response: &mut Response) {
        let Self(left) = self;
        let seconds = |calls: u32| (PROGRAM_PERIOD * calls).as_millis().div_ceil(1000);
        let policy = format!("\"key\";q={PROGRAM_BURST};w={}", seconds(PROGRAM_BURST));
        let limit = format!("\"key\";r={left};t={}", seconds(PROGRAM_BURST.saturating_sub(left)));
        for (name, text) in [(POLICY, policy), (LIMIT, limit)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(name, value);
            }
        }
    }
}
