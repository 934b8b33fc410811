//! What the console asks about a link that somebody has opened. The browser has what makes it work in a sealed cookie: see
//! [`crate::web`].

use async_trait::async_trait;
use axum::http::header::SET_COOKIE;
use muster::user::{OpenedLink, Password};
use muster_app::{
    console::{Invitation, SignedIn},
    error::ConsoleError,
};

use super::Operator;
use crate::{
    auth::caller,
    error::{Error, Object},
    manage::users::{
        links::{self, Acceptance},
        sign_in::Verified,
    },
    web,
};

#[async_trait]
impl Invitation for Operator {
    async fn opened_link(&self) -> Result<OpenedLink, ConsoleError> {
        let look = async { links::look_at(&self.state, self.link_key()?, self.user.as_ref()).await };
        self.answer(look.await)
    }

    async fn accept_link(&self, email: &str, name: &str, password: Password) -> Result<SignedIn, ConsoleError> {
        let given = Acceptance { email: email.to_owned(), name: name.to_owned(), password };
        self.answer(self.accept_and_sign_in(given).await)
    }
}

impl Operator {
    /// What makes the link work that this browser has opened.
    fn link_key(&self) -> Result<&str, Error> {
        self.state.limits.link(self.address)?;
        self.link.as_ref().map(|key| key.as_str()).ok_or(Error::NotFound(Object::UserLink))
    }

    async fn accept_and_sign_in(&self, given: Acceptance) -> Result<SignedIn, Error> {
        let key = self.link_key()?;
        // The link is not used up by somebody who could not go on.
        self.check_login_is_kept()?;
        let Verified { user, awaits_code } = links::accept(&self.state, key, given, self.address).await?;
        if let Some(cookie) = web::invitation::forget(&self.state) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        if let Some(mark) = awaits_code {
            return self.await_code(user.id, mark).await;
        }
        caller::sign_in(&self.session, user.id, self.began(false)).await?;
        self.remember_device(&user.email);
        Ok(SignedIn::Whole)
    }
}
