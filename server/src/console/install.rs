//! What the console asks about installing.

use async_trait::async_trait;
use axum::http::header::SET_COOKIE;
use muster::{
    delegate::InstallName,
    id::{InstallLinkId, TokenId},
    install::{Arrivals, Choices, InstallFields, InstallKind, InstallLink, InstallOptions, InstallReview},
};
use muster_app::{console::Install, error::ConsoleError};

use super::Operator;
use crate::{
    install::{address, link::LinkPayload},
    manage::install::{self, links},
    web::remembered,
};

#[async_trait]
impl Install for Operator {
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError> {
        let cx = self.context()?;
        self.answer(install::options(&cx, &self.scope, self.manager_url()?).await)
    }

    async fn check_install(&self, chosen: Choices) -> Result<(), ConsoleError> {
        self.answer(install::check(&self.context()?, &self.scope, chosen.clone()).await)?;
        if let (Some(user), choice) = (&self.user, self.remembered.clone().after(&chosen))
            && choice != self.remembered
            && let Some(cookie) = remembered::keep(&self.state, user, choice)
        {
            self.response.append_header(SET_COOKIE, cookie);
        }
        Ok(())
    }

    async fn install_review(&self, chosen: Choices) -> Result<InstallReview, ConsoleError> {
        let cx = self.context()?;
        self.answer(install::review(&cx, &self.scope, chosen, self.manager_url()?).await)
    }

    async fn create_install_link(
        &self,
        kind: InstallKind,
        fields: InstallFields,
        hosts: u32,
    ) -> Result<InstallLinkId, ConsoleError> {
        let cx = self.context()?;
        let payload = LinkPayload { kind, fields, manager_url: self.manager_url()?, hosts };
        let session = self.answer(self.session_digest())?;
        self.answer(links::create(&cx, &self.scope, payload, session).await)
    }

    async fn install_link(&self, id: InstallLinkId) -> Result<InstallLink, ConsoleError> {
        let (cx, session) = (self.context()?, self.answer(self.session_digest())?);
        self.answer(links::get(&cx, &self.scope, id, &session).await)
    }

    async fn arrivals(&self, name: Option<InstallName>, token: Option<TokenId>) -> Result<Arrivals, ConsoleError> {
        let cx = self.context()?;
        self.answer(install::arrivals(&cx, &self.scope, name, token, self.manager_url()?).await)
    }
}

impl Operator {
    /// Where delegates reach this manager, as far as the browser's request tells.
    pub(crate) fn manager_url(&self) -> Result<String, ConsoleError> {
        self.answer(address::manager_url(&self.state, &self.host))
    }
}
