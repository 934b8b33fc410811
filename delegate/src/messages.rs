//! What the delegate writes into its log: each line a sentence that tells what to do, where there is something to do.

use muster::{delegate::Thumbprint, wire::envelope::Refusal};
use muster_client::log_safe;

use crate::{
    clock::{self, Difference},
    failure::Failure,
    machine::{Bar, LogEvent},
    settings::Settings,
};

/// The delegate and its manager, as the log names them.
#[derive(Debug)]
pub(crate) struct Messages {
    name: String,
    fingerprint: String,
    account: String,
    manager: String,
}

impl Messages {
    pub(crate) fn new(settings: &Settings, thumbprint: &Thumbprint) -> Self {
        Self {
            name: settings.name.to_string(),
            fingerprint: thumbprint.fingerprint(),
            account: settings.account.clone(),
            manager: settings.manager.to_string(),
        }
    }

    /// The delegate starts.
    pub(crate) fn log_start(&self) {
        tracing::info!(
            "delegate {} {} starts: manager {}, key fingerprint {}",
            self.name,
            env!("CARGO_PKG_VERSION"),
            self.manager,
            self.fingerprint
        );
    }

    /// The delegate ends because it was told to.
    pub(crate) fn log_end(&self, unregistered: Option<Result<(), Failure>>) {
        match unregistered {
            None | Some(Ok(())) => tracing::info!("delegate {} has stopped", self.name),
            Some(Err(failure)) => {
                tracing::info!("delegate {} has stopped; the manager could not be told: {failure}", self.name);
            }
        }
    }

    /// Logs an event, in words that tell what to do.
    pub(crate) fn log(&self, event: &LogEvent) {
        match event {
            LogEvent::WaitingForApproval => tracing::info!(
                "the delegate waits for approval: in the console under Delegates, press Pending Approval at {}, \
                 key fingerprint {}",
                self.name,
                self.fingerprint
            ),
            LogEvent::Approved => tracing::info!("the delegate is approved and connected"),
            LogEvent::Connected => tracing::info!("the delegate is connected"),
            LogEvent::Barred(Bar::Disabled) => tracing::warn!(
                "the delegate was disabled in the console: it does nothing, a startup script that was running is ended, \
                 and it asks once a minute whether it was enabled again"
            ),
            LogEvent::Barred(Bar::Rejected) => tracing::warn!(
                "the delegate was rejected in the console: it does nothing, and asks once a minute whether the \
                 rejection was taken back"
            ),
            LogEvent::Deleted => tracing::warn!(
                "the delegate was deleted in the console, or the manager does not know it: it stops; started again, \
                 it registers as a new one"
            ),
            LogEvent::Unreachable(reason) => {
                tracing::warn!("the manager {} cannot be reached, retrying: {reason}", self.manager)
            }
            LogEvent::Refused(refusal) => tracing::error!("{}", self.refusal(*refusal)),
            LogEvent::Declined(message) => {
                tracing::error!("the manager does not take what this delegate sends, retrying slowly: {message}");
            }
            LogEvent::Reconnected(after) => tracing::info!("connected again after {} s", after.as_secs()),
            LogEvent::ProfileDeclined(message) => {
                tracing::warn!("the manager does not hand out the profile's startup script, retrying slowly: {message}")
            }
            LogEvent::ProfileKept(name) => tracing::warn!(
                "the manager knows this delegate, and it keeps its profile {}; to give it another, press Switch profile \
                 on its page in the console",
                log_safe(name)
            ),
            LogEvent::CallFailed(call, failure) => tracing::debug!("the call {call:?} went wrong: {failure}"),
        }
    }

    fn refusal(&self, refusal: Refusal) -> String {
        let why = match refusal {
            Refusal::RevokedToken => "the delegate token was revoked".to_owned(),
            Refusal::InvalidToken => format!(
                "the manager does not know the delegate token in account {}: check accountId (ACCOUNT_ID) too",
                self.account
            ),
            Refusal::ExpiredToken => expired(clock::difference()),
            Refusal::InvalidProof => {
                return format!(
                    "the manager says that the proof of this delegate's key does not hold: a proxy on the way changes \
                     paths or headers; retrying slowly ({})",
                    refusal.code()
                );
            }
        };
        format!(
            "{why}; put a good token into delegateToken in config-delegate.yml, or into DELEGATE_TOKEN, and start the \
             delegate again; retrying slowly ({})",
            refusal.code()
        )
    }
}

fn expired(difference: Difference) -> String {
    let now = clock::now();
    match difference {
        Difference::Small => "the delegate token has expired (this host's clock agrees with the manager's)".to_owned(),
        Difference::Unknown => {
            format!("the delegate token has expired, or this host's clock is wrong: it says {now}; where it is right")
        }
        Difference::Wrong(words) => format!(
            "this host's clock is {words} the manager's, so that credentials have expired when they arrive: it says \
             {now}; set it right; where it is right, the delegate token has expired"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c29_an_expired_token_says_by_how_much_the_clocks_differ() {
        let wrong = expired(Difference::Wrong("45 min behind".to_owned()));
        assert!(wrong.starts_with("this host's clock is 45 min behind the manager's"), "{wrong}");
        assert!(expired(Difference::Small).contains("agrees with the manager's"));
        assert!(expired(Difference::Unknown).contains("or this host's clock is wrong: it says 2"));
    }

    #[test]
    fn a_refusal_names_the_setting_to_change() {
        let messages =
            Messages { name: "n".into(), fingerprint: "f".into(), account: "acc".into(), manager: "http://m/".into() };
        for (refusal, word) in [
            (Refusal::RevokedToken, "revoked"),
            (Refusal::InvalidToken, "accountId (ACCOUNT_ID)"),
            (Refusal::ExpiredToken, "clock"),
        ] {
            let text = messages.refusal(refusal);
            assert!(text.contains(word) && text.contains(refusal.code()), "{text}");
            assert!(text.contains("delegateToken in config-delegate.yml, or into DELEGATE_TOKEN"), "{text}");
        }
    }
}
