//! What the console asks about the own second factor. A secret that is not confirmed yet waits in the session, sealed: so
//! only the browser in which the password was given is shown it.

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    id::{SecondFactorId, UserId},
    text::Invalid,
    time::Timestamp,
    user::{EnrolmentStep, Password, RecoveryCodes, TypedCode, User},
};
use muster_app::{console::SecondFactors, error::ConsoleError};
use serde::{Deserialize, Serialize};

use super::Operator;
use crate::{
    auth::totp::TotpSecret,
    error::Error,
    manage::{
        Context,
        users::{own, second_factor},
    },
};

/// Under which name a session holds a secret that waits to be confirmed.
const WAITING: &str = "enrolment";
/// How long it waits.
const WAITS_FOR: Duration = Duration::from_secs(30 * 60);

/// A secret that waits to be confirmed.
#[derive(Serialize, Deserialize)]
struct Waiting {
    /// Sealed for the person, in base64.
    sealed: String,
    since: Timestamp,
}

fn purpose(user: UserId) -> String {
    format!("enrolment of {user}")
}

#[async_trait]
impl SecondFactors for Operator {
    async fn enrolment_step(&self) -> Result<EnrolmentStep, ConsoleError> {
        self.answer(self.read_step().await)
    }

    async fn begin_enrolment(&self, password: Password) -> Result<(), ConsoleError> {
        let begin = async {
            let (cx, user) = self.own_context()?;
            // Who sits at a browser that somebody left open guesses no better than at the entrance.
            self.state.limits.sign_in(self.address, &user.email, self.device.as_ref())?;
            let secret = second_factor::begin(&cx, password).await?;
            let sealed = URL_SAFE_NO_PAD.encode(secret.seal_for(&self.state.encryption, &purpose(user.id)));
            Ok::<_, Error>(self.session.insert(WAITING, Waiting { sealed, since: cx.now() }).await?)
        };
        self.answer(begin.await)
    }

    async fn finish_enrolment(&self, code: TypedCode) -> Result<(), ConsoleError> {
        self.answer(self.enable(&code).await)
    }

    async fn renew_recovery_codes(&self, password: Password, code: TypedCode) -> Result<(), ConsoleError> {
        let renew = async {
            let (cx, user) = self.own_context()?;
            self.state.limits.code(self.address, user.id, &user.email, self.device.as_ref())?;
            let confirmed = second_factor::confirm_password(&cx, password).await?;
            let mut change = cx.state.db.write().await?;
            let created = second_factor::renew_codes(&cx, &mut change, confirmed, &code).await?;
            self.keep_codes(&change, &created).await?;
            Ok::<_, Error>(change.commit().await?)
        };
        self.answer(renew.await)
    }

    async fn reveal_recovery_codes(&self) -> Result<Option<(SecondFactorId, RecoveryCodes)>, ConsoleError> {
        let reveal = async { self.reveal_codes(&self.own_context()?.0).await };
        self.answer(reveal.await)
    }

    async fn forget_recovery_codes(&self, id: SecondFactorId) -> Result<(), ConsoleError> {
        let forget = async { self.forget_codes(&self.own_context()?.0, id).await };
        self.answer(forget.await)
    }

    async fn turn_off_second_factor(&self, password: Password, code: TypedCode) -> Result<UserId, ConsoleError> {
        let turn_off = async {
            let (cx, user) = self.own_context()?;
            self.state.limits.code(self.address, user.id, &user.email, self.device.as_ref())?;
            let confirmed = second_factor::confirm_password(&cx, password).await?;
            second_factor::disable(&cx, confirmed, &code).await
        };
        self.answer(turn_off.await)
    }
}

impl Operator {
    /// Who asks, also where a second factor is still to be set up before anything else.
    fn own_context(&self) -> Result<(Context, &User), Error> {
        let user = self.user.as_ref().ok_or(Error::SignedOut)?;
        Ok((self.context_of(user), user))
    }

    async fn read_step(&self) -> Result<EnrolmentStep, Error> {
        let (cx, user) = self.own_context()?;
        if let Some(factor) = own::second_factor(&cx).await? {
            return Ok(EnrolmentStep::On(factor));
        }
        Ok(match self.waiting_secret(user, cx.now()).await? {
            Some(secret) => EnrolmentStep::Confirm(secret.enrolment(&user.email)?),
            None => EnrolmentStep::Password,
        })
    }

    async fn waiting_secret(&self, user: &User, now: Timestamp) -> Result<Option<TotpSecret>, Error> {
        let waiting = self.session.get::<Waiting>(WAITING).await?;
        let Some(Waiting { sealed, .. }) = waiting.filter(|waiting| now.since(waiting.since) < WAITS_FOR) else {
            return Ok(None);
        };
        let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap_or_default();
        Ok(Some(TotpSecret::open_for(&self.state.encryption, &purpose(user.id), &sealed)?))
    }

    async fn enable(&self, code: &TypedCode) -> Result<(), Error> {
        let (cx, user) = self.own_context()?;
        let Some(secret) = self.waiting_secret(user, cx.now()).await? else {
            let sentence = "This took too long. Open this page anew, and begin again.";
            return Err(Error::field("", Invalid::new(sentence)));
        };
        let mut change = cx.state.db.write().await?;
        let created = second_factor::enable(&cx, &mut change, &secret, code, &self.session_digest()?).await?;
        self.keep_codes(&change, &created).await?;
        change.commit().await?;
        self.session.remove::<Waiting>(WAITING).await?;
        Ok(())
    }
}
