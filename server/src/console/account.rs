//! What the console asks about the own account.

use async_trait::async_trait;
use muster::{
    id::UserId,
    user::{self, Password, PersonName},
};
use muster_app::{console::Account, error::ConsoleError};

use super::Operator;
use crate::{auth::session::Which, error::Error, manage::users::own};

#[async_trait]
impl Account for Operator {
    async fn account(&self) -> Result<user::Account, ConsoleError> {
        let (cx, session) = (self.context()?, self.answer(self.session_digest())?);
        self.answer(own::get(&cx, &session).await)
    }

    async fn rename_account(&self, name: PersonName) -> Result<UserId, ConsoleError> {
        self.answer(own::rename(&self.context()?, name).await)
    }

    async fn change_password(&self, old: Password, new: Password) -> Result<UserId, ConsoleError> {
        let cx = self.context()?;
        let changed = async {
            let email = &self.user.as_ref().ok_or(Error::SignedOut)?.email;
            // Who sits at a browser that somebody left open guesses no better than at the entrance.
            self.state.limits.sign_in(self.address, email, self.device.as_ref())?;
            own::change_password(&cx, old, new, &self.session_digest()?).await
        };
        self.answer(changed.await)
    }

    async fn end_session(&self, session: &str) -> Result<UserId, ConsoleError> {
        self.answer(own::end_sessions(&self.context()?, Which::One(session)).await)
    }

    async fn end_other_sessions(&self) -> Result<UserId, ConsoleError> {
        let (cx, session) = (self.context()?, self.answer(self.session_digest())?);
        self.answer(own::end_sessions(&cx, Which::But(&session)).await)
    }
}
