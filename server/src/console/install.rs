//! Installing a delegate, for people: what there is to choose from.

use async_trait::async_trait;
use muster::{
    id::{ProfileId, TokenId},
    user::Permission,
};
use muster_app::{
    error::ConsoleError,
    install::api::{Install, InstallOptions},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Operator;
use crate::{
    db::entity::{Scoped, profile, token},
    error::Error,
};

/// How many of each there are to choose from.
const MOST: u64 = 200;

#[async_trait]
impl Install for Operator {
    async fn install_options(&self) -> Result<InstallOptions, ConsoleError> {
        self.out(self.options().await)
    }
}

impl Operator {
    async fn options(&self) -> Result<InstallOptions, Error> {
        self.may(Permission::ManageDelegates)?;
        let db = self.state.db.read();
        let profiles = profile::Entity::find()
            .filter(profile::Entity::within(&self.scope()))
            .order_by_desc(profile::Column::IsPrimary)
            .order_by_desc(profile::Column::Id)
            .limit(MOST)
            .all(db)
            .await?;
        let not_expired = Condition::any()
            .add(token::Column::ExpiresAt.is_null())
            .add(token::Column::ExpiresAt.gt(self.now().as_millis()));
        let tokens = token::Entity::find()
            .filter(token::Entity::within(&self.scope()))
            .filter(token::Column::RevokedAt.is_null())
            .filter(not_expired)
            .order_by_desc(token::Column::Id)
            .limit(MOST)
            .all(db)
            .await?;
        Ok(InstallOptions {
            profiles: profiles.into_iter().map(|row| (ProfileId(row.id), row.name, row.requires_approval)).collect(),
            tokens: tokens.into_iter().map(|row| (TokenId(row.id), row.name)).collect(),
        })
    }
}
