//! What is in an organization or a project.

use muster::{
    scope::{Scope, ScopeContents},
    token::DEFAULT_TOKEN,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    db::entity::{Scoped, delegate_listing, profile, scope, secret, service_account, token},
    manage::page::count,
};

/// What is in a scope itself, each counted as far as pages count.
///
/// # Errors
/// Where the database is out of reach.
pub async fn contents(db: &impl ConnectionTrait, of: &Scope) -> Result<ScopeContents, DbErr> {
    let delegates = delegate_listing::Entity::find().filter(delegate_listing::Entity::at(of));
    let waiting = delegates.clone().filter(Expr::cust(delegate_listing::WAITING));
    let tokens = token::Entity::find().filter(token::Entity::at(of)).filter(token::Column::RevokedAt.is_null());
    let default_token = tokens.clone().filter(token::Column::Name.eq(DEFAULT_TOKEN));
    let accounts = service_account::Entity::find().filter(service_account::Entity::at(of));
    Ok(ScopeContents {
        projects: match of.project {
            Some(_) => 0,
            None => count(db, beneath(of)).await?,
        },
        delegates: count(db, delegates).await?,
        waiting: count(db, waiting).await?,
        tokens: count(db, tokens).await?,
        default_token: count(db, default_token).await? > 0,
        profiles: count(db, profile::Entity::find().filter(profile::Entity::at(of))).await?,
        secrets: count(db, secret::Entity::find().filter(secret::Entity::at(of))).await?,
        service_accounts: count(db, accounts).await?,
    })
}

/// The scopes under one.
pub fn beneath(of: &Scope) -> sea_orm::Select<scope::Entity> {
    let all = scope::Entity::find().filter(scope::Entity::under(of));
    if of.organization.is_some() { all.filter(scope::Column::Project.ne("")) } else { all }
}
