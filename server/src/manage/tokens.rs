//! Tokens: the list, one of them, and what becomes of them.

mod detail;
mod edit;
mod floods;
mod list;
mod refusals;
mod rotation;
mod rows;
mod users;

use std::time::Duration;

use muster::{
    audit::{Action, FactChange, Origin},
    delegate::{Status, unknown_profile},
    id::{ProfileId, TokenId},
    scope::Scope,
    token::{Expiry, NewToken, Token, TokenName, TokenSettings, TokenStatus, TokenUse, TokenValue},
    user::Permission,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

pub(super) use self::refusals::refusals;
pub use self::{
    detail::{detail, record},
    edit::{edit, extend},
    floods::floods,
    list::{count_expiring, list},
    rotation::{rotate, rotation},
    rows::EXPIRES_SOON,
};
use self::{
    rows::{row, rows},
    users::Heard,
};
use super::{Context, scopes};
use crate::{
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, profile, refusal, refused_call, token},
    },
    encryption::EncryptionKey,
    error::{Conflict, Error, Limit, Object},
    events::Topic,
    presence, random,
    token_values::purpose,
};

/// How many delegates of a token a page names.
const MAX_SHOWN_USERS: u64 = 20;
/// How many tokens that are not revoked a scope may have: bounds the work for a credential that names none.
const MAX_TOKENS: u64 = 1000;

/// A token that was made, and its value: who asked for it is shown that once.
#[derive(Debug)]
pub struct CreatedToken {
    /// The token.
    pub token: Token,
    /// Its value in clear, which exists here alone.
    pub value: TokenValue,
}

/// A token and who uses it.
///
/// # Errors
/// As for [`Context::find`].
pub async fn get_use(cx: &Context, id: TokenId) -> Result<TokenUse, Error> {
    let row = row(cx, id).await?;
    let db = cx.state.db.read();
    let minute_ago = cx.now().minus(Duration::from_secs(60)).as_millis();
    let (mut total, mut seen_last_minute) = (0, 0);
    let mut waiting = 0;
    for status in Status::ALL {
        let count = users::count(db, id, status, Heard::Whenever).await?;
        total += count;
        if status == Status::PendingApproval {
            waiting = count;
        }
        seen_last_minute += users::count(db, id, status, Heard::Since(minute_ago)).await?;
    }
    let users = users::heard_last(db, id, MAX_SHOWN_USERS).await?.into_iter().map(Into::into).collect();
    Ok(TokenUse { row, users, total, waiting, seen_last_minute })
}

/// Makes a token, as a part of a change: whoever is shown the value may have to note that in the same.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] where the profile cannot be used in the scope; [`Error::NameTaken`];
/// [`Error::Conflict`] where there are too many; or where the database is out of reach.
pub async fn create(
    cx: &Context,
    change: &mut Change,
    scope: &Scope,
    command: NewToken,
) -> Result<CreatedToken, Error> {
    cx.authorize(Permission::ManageDelegates, scope)?;
    scopes::hold(change, scope).await?;
    check_profile(change, scope, command.settings.default_profile).await?;
    let created = add(cx, change, scope, command.settings, command.expiry).await?;
    change.touches(Topic::Tokens);
    Ok(created)
}

/// A token's profile can be used where the token belongs.
async fn check_profile(change: &Change, scope: &Scope, id: Option<ProfileId>) -> Result<(), Error> {
    if let Some(id) = id {
        let profile = profile::Entity::find_by_id(id.0).filter(profile::Entity::visible_from(scope));
        profile.one(&**change).await?.ok_or_else(unknown_profile)?;
    }
    Ok(())
}

/// Nothing else in the scope has the name.
async fn check_name(change: &Change, scope: &Scope, name: &TokenName) -> Result<(), Error> {
    let taken = token::Entity::find().filter(token::Entity::at(scope)).filter(token::Column::Name.eq(name.as_str()));
    if taken.count(&**change).await? > 0 {
        return Err(Error::NameTaken { object: Object::Token, field: "name", name: name.to_string() });
    }
    Ok(())
}

async fn add(
    cx: &Context,
    change: &Change,
    scope: &Scope,
    settings: TokenSettings,
    expiry: Expiry,
) -> Result<CreatedToken, Error> {
    let now = cx.now();
    let expires_at = expiry.from(now)?;
    let TokenSettings { name, default_profile, requires_approval, restrictions } = settings;
    check_name(change, scope, &name).await?;
    let all = token::Entity::find().filter(token::Entity::at(scope));
    if all.filter(token::Column::RevokedAt.is_null()).count(&**change).await? >= MAX_TOKENS {
        return Err(Conflict::Full(Limit::Tokens, MAX_TOKENS).into());
    }
    let token = Token {
        id: TokenId::new(now, &random::bytes()),
        scope: scope.clone(),
        name,
        created_by: cx.name().to_owned(),
        created_at: now,
        expires_at,
        default_profile,
        requires_approval,
        restrictions,
        revoked_at: None,
        rotation: None,
        changed: None,
        revision: 1,
    };
    let value = insert(change, &cx.state.encryption, &cx.origin(), &token).await;
    let value = value.map_err(|error| Error::from(error).or_taken(Object::Token, "name", token.name.as_str()))?;
    Ok(CreatedToken { token, value })
}

/// Adds a token, with a new value.
///
/// # Errors
/// Where the name is taken, or the database is out of reach.
pub(super) async fn insert(
    change: &Change,
    encryption: &EncryptionKey,
    origin: &Origin,
    token: &Token,
) -> Result<TokenValue, DbErr> {
    let value = TokenValue::from_bytes(random::bytes());
    let sealed = encryption.seal(&purpose(token.id), value.key());
    token::ActiveModel::new(token, value.key_id().to_string(), sealed).insert(&**change).await?;
    audit::record(
        change,
        origin,
        token.created_at,
        entry_with(token, Action::TokenCreated, token.restrictions.facts()),
    )
    .await?;
    Ok(value)
}

fn entry(token: &Token, action: Action) -> Entry<'_> {
    entry_with(token, action, Vec::new())
}

fn entry_with(token: &Token, action: Action, facts: Vec<FactChange>) -> Entry<'_> {
    Entry { scope: &token.scope, action, object: Some(token.id.0), name: token.name.as_str(), facts }
}

/// Cuts a token off, for good: its delegates are refused from the next request on.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is revoked already.
pub async fn revoke(cx: &Context, id: TokenId) -> Result<Token, Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let token: Token = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let token = token.revoke(cx.now())?;
    token::Entity::update_many()
        .col_expr(token::Column::RevokedAt, Expr::value(cx.now().as_millis()))
        .filter(token::Column::Id.eq(id.0))
        .exec(&*change)
        .await?;
    disconnect_users(cx, &change, id, "token revoked").await?;
    cx.record(&change, entry(&token, Action::TokenRevoked)).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(token)
}

/// Deletes a revoked or expired token.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Conflict`] where it is active.
pub async fn delete(cx: &Context, id: TokenId) -> Result<(), Error> {
    let mut change = cx.begin(Permission::ManageDelegates).await?;
    let token: Token = cx.lock(&change, id, Permission::ManageDelegates).await?;
    token.check_delete(cx.now())?;
    if token.status(cx.now()) == TokenStatus::Expired {
        disconnect_users(cx, &change, id, "token expired").await?;
    }
    remove(&change, id.0).await?;
    cx.record(&change, entry(&token, Action::TokenDeleted)).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    Ok(change.commit().await?)
}

/// Removes a token that is locked, and what is known of its refusals.
pub(super) async fn remove(change: &Change, id: Uuid) -> Result<(), DbErr> {
    token::Entity::delete_by_id(id).exec(&**change).await?;
    refusal::Entity::delete_many().filter(refusal::Column::TokenId.eq(id)).exec(&**change).await?;
    refused_call::Entity::delete_many().filter(refused_call::Column::TokenId.eq(id)).exec(&**change).await.map(drop)
}

async fn disconnect_users(cx: &Context, change: &Change, id: TokenId, cause: &str) -> Result<(), DbErr> {
    presence::disconnect(change, users::all(id), cx.now(), cause).await
}
