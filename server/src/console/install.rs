//! What the console asks about installing.

use async_trait::async_trait;
use muster::{delegate::InstallName, id::InstallLinkId, install::InstallKind, user::Permission};
use muster_app::{
    console::{Console as _, Install},
    error::ConsoleError,
    install::api::{Arrivals, InstallFields, InstallLink, InstallOptions, InstallReview},
};

use super::Operator;
use crate::{
    install::{address, link::Handed, plan::Choices},
    manage::install,
};

#[async_trait]
impl Install for Operator {
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError> {
        let (cx, manager_url) = (self.context()?, self.manager_url()?);
        self.answer(install::options(&cx, &self.scope(), manager_url).await)
    }

    async fn check_install(&self, kind: InstallKind, fields: InstallFields) -> Result<(), ConsoleError> {
        let cx = self.context()?;
        let chosen = self.read(kind, &fields)?;
        self.answer(install::check(&cx, &self.scope(), chosen).await)
    }

    async fn install_review(&self, kind: InstallKind, fields: InstallFields) -> Result<InstallReview, ConsoleError> {
        let cx = self.context()?;
        let chosen = self.read(kind, &fields)?;
        self.answer(install::review(&cx, &self.scope(), chosen, self.manager_url()?).await)
    }

    async fn create_install_link(
        &self,
        kind: InstallKind,
        fields: InstallFields,
    ) -> Result<InstallLinkId, ConsoleError> {
        let cx = self.context()?;
        self.read(kind, &fields)?;
        let handed = Handed { kind, fields, manager_url: self.manager_url()? };
        let session = self.answer(self.session_digest())?;
        self.answer(install::create_link(&cx, &self.scope(), handed, session).await)
    }

    async fn install_link(&self, id: InstallLinkId) -> Result<InstallLink, ConsoleError> {
        let (cx, session) = (self.context()?, self.answer(self.session_digest())?);
        self.answer(install::link(&cx, &self.scope(), id, &session).await)
    }

    async fn arrivals(&self, name: &str, token: &str) -> Result<Arrivals, ConsoleError> {
        let (cx, manager_url) = (self.context()?, self.manager_url()?);
        // What is no name of ours is nobody's, and a database may not take it.
        let (name, token) = (InstallName::parse(name).ok(), token.parse().ok());
        self.answer(install::arrivals(&cx, &self.scope(), name, token, manager_url).await)
    }
}

impl Operator {
    /// Reads what was chosen, for who may install.
    pub(crate) fn read(&self, kind: InstallKind, fields: &InstallFields) -> Result<Choices, ConsoleError> {
        self.authorize(Permission::ManageDelegates)?;
        self.answer(Choices::read(kind, fields))
    }

    /// Where delegates reach this manager, as far as the browser's request tells.
    pub(crate) fn manager_url(&self) -> Result<String, ConsoleError> {
        self.answer(address::manager_url(&self.state, &self.host))
    }
}
