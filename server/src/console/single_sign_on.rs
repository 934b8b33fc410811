//! Single sign-on, as a browser goes it: see [`crate::web`].

use axum::http::HeaderValue;
use muster_app::error::ConsoleError;

use super::Operator;
use crate::{
    auth::caller,
    error::{Conflict, Error, SignOnProblem},
    manage::users::single_sign_on,
    presence::recorded::SignInRefusal,
    single_sign_on::{Answer, Attempt, SignOnError, SingleSignOn},
};

impl Operator {
    /// Where the browser is sent to sign in, and what it has to keep.
    ///
    /// # Errors
    /// Where there is no identity provider, or it does not answer.
    pub async fn begin_single_sign_on(&self, next: String) -> Result<(String, Attempt), ConsoleError> {
        let begin = async {
            self.state.limits.link(self.address)?;
            self.way()?.begin(next, self.state.clock.now()).await.map_err(|error| self.failed(&error))
        };
        self.answer(begin.await)
    }

    /// Signs in who comes back from there. Gives the `Set-Cookie` header by which the browser is known.
    ///
    /// # Errors
    /// Where nobody comes in.
    pub async fn finish_single_sign_on(
        &self,
        attempt: Option<Attempt>,
        answer: Answer,
    ) -> Result<Option<HeaderValue>, ConsoleError> {
        let finish = async {
            self.state.limits.link(self.address)?;
            let (way, now) = (self.way()?, self.state.clock.now());
            let attempt = attempt.ok_or_else(|| self.failed(&SignOnError::Mismatch))?;
            let identity = way.finish(attempt, answer, now).await.map_err(|error| self.failed(&error))?;
            let user = single_sign_on::sign_in(&self.state, &way.settings, &identity, self.address).await?;
            caller::sign_in(&self.session, user.id, self.began(true)).await?;
            Ok::<_, Error>(self.device_cookie(&user.email))
        };
        self.answer(finish.await)
    }

    fn way(&self) -> Result<&SingleSignOn, Error> {
        let way = self.state.single_sign_on.as_deref();
        way.ok_or(Error::Conflict(Conflict::SingleSignOn(SignOnProblem::Unusable)))
    }

    /// Notes that the way did not lead here.
    fn failed(&self, error: &SignOnError) -> Error {
        tracing::warn!(address = %self.address, %error, "a single sign-on failed");
        let (why, now) = (SignInRefusal::SingleSignOn, self.state.clock.now());
        self.state.presence.sign_in_failed(None, why, now, self.address);
        let problem = match error {
            SignOnError::Unusable(_) => SignOnProblem::Unusable,
            SignOnError::Declined(_) => SignOnProblem::Declined,
            SignOnError::Mismatch => SignOnProblem::Mismatch,
            SignOnError::Untrusted(_) => SignOnProblem::Untrusted,
        };
        Conflict::SingleSignOn(problem).into()
    }
}
