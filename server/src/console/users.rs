//! What the console asks about people. That a new link is shown once, and to whom, is the console's own business: see
//! [`super::reveal`].

use async_trait::async_trait;
use muster::{
    id::UserId,
    page::{Cursor, Page},
    scope::Scope,
    user::{Invite, LinkKind, Permission, Role, UserDetail, UserRow},
};
use muster_app::{
    console::{RevealedLink, Users},
    error::ConsoleError,
};

use super::Operator;
use crate::{
    error::Error,
    manage::users::{self, change, links, second_factor},
};

#[async_trait]
impl Users for Operator {
    async fn list_users(&self, search: &str, cursor: Cursor) -> Result<Page<UserRow>, ConsoleError> {
        self.answer(users::list(&self.context()?, search, cursor).await)
    }

    async fn user(&self, id: UserId) -> Result<UserDetail, ConsoleError> {
        self.answer(users::get(&self.context()?, id).await)
    }

    async fn invite_user(&self, invite: Invite) -> Result<UserId, ConsoleError> {
        let cx = self.context()?;
        let invited = async {
            let mut change = cx.begin(Permission::ManageUsers).await?;
            let link = links::invite(&cx, &mut change, invite).await?;
            self.keep_link(&change, &link).await?;
            change.commit().await?;
            Ok::<_, Error>(link.user)
        };
        self.answer(invited.await)
    }

    async fn renew_user_link(&self, id: UserId, kind: LinkKind) -> Result<(), ConsoleError> {
        let cx = self.context()?;
        let renewed = async {
            let mut change = cx.begin(Permission::ManageUsers).await?;
            let link = links::renew(&cx, &mut change, id, kind).await?;
            self.keep_link(&change, &link).await?;
            Ok::<_, Error>(change.commit().await?)
        };
        self.answer(renewed.await)
    }

    async fn reveal_user_link(&self, id: UserId) -> Result<Option<RevealedLink>, ConsoleError> {
        let cx = self.context()?;
        self.answer(self.reveal_link(&cx, id, &self.manager_url()?).await)
    }

    async fn forget_user_link(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(self.forget_link(&self.context()?, id).await)
    }

    async fn change_role(&self, id: UserId, scope: &Scope, role: Option<Role>) -> Result<(), ConsoleError> {
        self.answer(change::change_role(&self.context()?, id, scope, role).await)
    }

    async fn disable_user(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(change::disable(&self.context()?, id).await)
    }

    async fn enable_user(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(change::enable(&self.context()?, id).await)
    }

    async fn end_sessions_of(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(change::end_sessions(&self.context()?, id).await)
    }

    async fn reset_second_factor(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(second_factor::reset(&self.context()?, id).await)
    }

    async fn delete_user(&self, id: UserId) -> Result<(), ConsoleError> {
        self.answer(change::delete(&self.context()?, id).await)
    }
}
