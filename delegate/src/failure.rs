//! What can go wrong with a call, and the words for it.

use std::time::Duration;

use muster::wire::envelope::{Envelope, Refusal};
use muster_client::log_safe;
use reqwest::StatusCode;

/// Why a call did not bring what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The manager cannot be reached, or cannot answer now. This may pass by itself.
    #[error("{reason}")]
    Unavailable {
        /// What happened, as the end of a sentence.
        reason: String,
        /// How long the manager asks to wait.
        retry_after: Option<Duration>,
    },
    /// The manager refuses the credential.
    #[error(transparent)]
    Refused(Refusal),
    /// The manager does not take what was sent, and will not unless somebody changes something.
    #[error("{0}")]
    Declined(String),
}

impl Failure {
    /// The manager cannot be reached.
    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: None }
    }

    /// What answered does not speak as a manager does.
    pub(crate) fn unreadable() -> Self {
        Self::unavailable("what answers is not a Muster manager; check managerUrl (MANAGER_HOST_AND_PORT)")
    }

    /// The failure behind an answer that is no success. `code` and `retry_after` are headers.
    pub(crate) fn of_answer(status: StatusCode, code: Option<&str>, retry_after: Option<&str>, body: &[u8]) -> Self {
        let message = serde_json::from_slice::<Envelope<serde_json::Value>>(body)
            .ok()
            .and_then(|envelope| envelope.response_messages.into_iter().next());
        if status == StatusCode::UNAUTHORIZED {
            let code = code.or(message.as_ref().map(|message| message.code.as_str()));
            if let Some(refusal) = code.and_then(Refusal::from_code) {
                return Self::Refused(refusal);
            }
        }
        if status == StatusCode::CONFLICT {
            // Something on the way sent a call twice: signed anew, it is another.
            return Self::unavailable("it has had this call already");
        }
        if status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) {
            // The form with a date is left to the backoff: it would need both clocks to agree.
            let retry_after = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
            return Self::Unavailable { reason: format!("it answers with status {status}"), retry_after };
        }
        Self::Declined(if status.is_redirection() {
            format!("status {status}: write the address that this leads to as managerUrl (MANAGER_HOST_AND_PORT)")
        } else {
            match message {
                Some(message) => format!("{} (status {status})", log_safe(&message.message)),
                None => format!("status {status}"),
            }
        })
    }

    /// The failure of a call that got no whole answer.
    pub(crate) fn of_call(error: &reqwest::Error) -> Self {
        Self::unavailable(muster_client::reason(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: Option<&str>, body: &str) -> Failure {
        Failure::of_answer(StatusCode::from_u16(status).unwrap(), code, Some("7"), body.as_bytes())
    }

    fn envelope(code: &str, message: &str) -> String {
        serde_json::to_string(&Envelope::<()>::refused(code, message)).unwrap()
    }

    #[test]
    fn a_refusal_is_read_from_the_header_or_the_body() {
        for refusal in [Refusal::RevokedToken, Refusal::InvalidToken, Refusal::ExpiredToken] {
            assert_eq!(answer(401, Some(refusal.code()), ""), Failure::Refused(refusal));
            assert_eq!(answer(401, None, &envelope(refusal.code(), "x")), Failure::Refused(refusal));
        }
        assert_eq!(answer(401, None, "<html>"), Failure::Declined("status 401 Unauthorized".into()));
    }

    #[test]
    fn what_may_pass_by_itself_is_told_from_what_may_not() {
        for status in [408, 429, 500, 502, 503, 504] {
            let Failure::Unavailable { retry_after, .. } = answer(status, None, "") else { panic!("{status}") };
            assert_eq!(retry_after, Some(Duration::from_secs(7)), "{status}");
        }
        let declined = answer(400, None, &envelope("INVALID_REQUEST", "tags: too\nmany"));
        assert_eq!(declined, Failure::Declined("tags: too many (status 400 Bad Request)".into()));
        let Failure::Declined(moved) = answer(301, None, "") else { panic!() };
        assert!(moved.contains("managerUrl"), "{moved}");
    }
}
