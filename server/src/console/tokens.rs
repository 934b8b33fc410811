//! Delegate tokens, for people.

use std::time::Duration;

use async_trait::async_trait;
use muster::{
    audit::Action,
    delegate::{Admission, Delegate},
    id::{ProfileId, TokenId},
    page::{Cursor, Page},
    text::Invalid,
    time::Timestamp,
    token::{self as domain, Token, TokenName, TokenStatus, TokenValue},
    user::{Permission, User},
};
use muster_app::{
    error::ConsoleError,
    tokens::api::{RevealedToken, TokenRotation, TokenRow, TokenUse, TokenUser, Tokens},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set, sea_query::Expr,
};
use uuid::Uuid;

use super::{Operator, page_of, refusals::refusals};
use crate::{
    auth::session,
    chance,
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped, delegate, profile, refusal, reveal, token},
        lock,
    },
    error::Error,
    events::Topic,
    presence,
    tokens::{purpose, reveal_purpose},
};

pub(super) const GONE: Error = Error::NotFound("There is no such token any more; somebody may have deleted it.");
/// How many delegates of a token a page names.
const NAMES: u64 = 20;
/// How many tokens that are not revoked a scope may have: bounds the work for a credential that names none.
const MOST: u64 = 1000;
/// How long a new value waits to be shown.
const REVEAL: Duration = Duration::from_secs(60 * 60);
/// How long a value that was looked at can be looked at again, where the page did not say that it arrived.
const LOOK_AGAIN: Duration = Duration::from_secs(3 * 60);
/// The longest lifetime, in days.
const DAYS_MOST: u32 = 3650;

#[async_trait]
impl Tokens for Operator {
    async fn list_tokens(&self, with_revoked: bool, cursor: Cursor) -> Result<Page<TokenRow>, ConsoleError> {
        self.out(self.token_page(with_revoked, cursor).await)
    }

    async fn token_use(&self, id: TokenId) -> Result<TokenUse, ConsoleError> {
        self.out(self.use_of_token(id).await)
    }

    async fn create_token(
        &self,
        name: &str,
        expires_in_days: &str,
        profile: &str,
        requires_approval: bool,
    ) -> Result<TokenId, ConsoleError> {
        self.out(self.make_token(name, expires_in_days, profile, requires_approval).await)
    }

    async fn reveal_token(&self, id: TokenId) -> Result<Option<RevealedToken>, ConsoleError> {
        self.out(self.take_value(id).await)
    }

    async fn forget_token_value(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.out(self.forget_value(id).await)
    }

    async fn revoke_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.out(self.cut_off(id).await)
    }

    async fn delete_token(&self, id: TokenId) -> Result<(), ConsoleError> {
        self.out(self.remove_token(id).await)
    }

    async fn rotate_token(&self, id: TokenId, name: &str, expires_in_days: &str) -> Result<TokenId, ConsoleError> {
        self.out(self.rotate(id, name, expires_in_days).await)
    }

    async fn token_rotation(&self, id: TokenId) -> Result<TokenRotation, ConsoleError> {
        self.out(self.rotation(id).await)
    }
}

fn taken(name: &TokenName) -> String {
    format!("There is a token {name} already. Choose another name, or delete that one first.")
}

fn lifetime(days: &str) -> Result<Option<Duration>, Error> {
    let days = days.trim();
    if days.is_empty() {
        return Ok(None);
    }
    let error = || Invalid::new(format!("Choose a whole number of days from 1 to {DAYS_MOST}, or never."));
    let days: u32 = days.parse().map_err(|_| Error::field("expires_in_days", error()))?;
    if days > DAYS_MOST {
        return Err(Error::field("expires_in_days", error()));
    }
    Ok(Some(Duration::from_secs(u64::from(days) * 24 * 60 * 60)))
}

/// How long before its expiry a page warns of it.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How a token admits delegates.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Admits {
    /// The profile of those that name none.
    pub default_profile: Option<ProfileId>,
    /// Whether all of them wait for approval.
    pub requires_approval: bool,
}

/// What pages about a token show of a delegate.
pub(super) fn token_user(delegate: Delegate) -> TokenUser {
    TokenUser {
        id: delegate.id,
        status: delegate.status(),
        last_heartbeat_at: delegate.last_heartbeat_at,
        name: delegate.facts.name.into(),
        host_name: delegate.facts.host_name.into(),
    }
}

impl Operator {
    async fn token_page(&self, with_revoked: bool, cursor: Cursor) -> Result<Page<TokenRow>, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let mut query = token::Entity::find().filter(token::Entity::within(&self.scope()));
        if !with_revoked {
            query = query.filter(token::Column::RevokedAt.is_null());
        }
        let total = query.clone().count(db).await?;
        let found = page_of(query, token::Column::Id, cursor).all(db).await?;
        let (rows, page) = Page::cut(found, cursor, total, |row| row.id).split();
        Ok(page.with(self.token_rows(rows).await?))
    }

    pub(super) async fn token_rows(&self, rows: Vec<token::Model>) -> Result<Vec<TokenRow>, Error> {
        let now = self.now();
        let counts: Vec<(Uuid, i64)> = delegate::Entity::find()
            .select_only()
            .column(delegate::Column::TokenId)
            .column_as(delegate::Column::Id.count(), "connected")
            .filter(delegate::Column::TokenId.is_in(rows.iter().map(|row| row.id)))
            .filter(delegate::Column::Admission.eq(Admission::Enabled.code()))
            .filter(delegate::Column::ConnectedUntil.is_not_null())
            .group_by(delegate::Column::TokenId)
            .into_tuple()
            .all(self.state.db.read())
            .await?;
        let mut refusals = refusals(self.state.db.read(), rows.iter().map(|row| row.id).collect(), now).await?;
        rows.into_iter()
            .map(|row| {
                let refusals = refusals.remove(&row.id).unwrap_or_default();
                let count = counts.iter().find(|one| one.0 == row.id).map_or(0, |one| one.1);
                let last_used = row.last_used_at.map(|at| (Timestamp::from_millis(at), row.last_used_by.clone()));
                let token = Token::try_from(row)?;
                Ok(TokenRow {
                    status: token.status(now),
                    connected: u64::try_from(count).unwrap_or(0),
                    last_used,
                    expires_soon: token.status(now) == TokenStatus::Active
                        && token.expires_at.is_some_and(|at| at <= now.plus(SOON)),
                    refusals,
                    token,
                })
            })
            .collect()
    }

    async fn use_of_token(&self, id: TokenId) -> Result<TokenUse, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let now = self.now();
        let row = self.token_rows(vec![self.token_row(db, id).await?]).await?.pop().ok_or(GONE)?;
        let users = delegate::Entity::find().filter(delegate::Column::TokenId.eq(id.0));
        let total = users.clone().count(db).await?;
        let minute_ago = now.minus(Duration::from_secs(60)).as_millis();
        let lately = users.clone().filter(delegate::Column::LastHeartbeatAt.gte(minute_ago));
        let seen_last_minute = lately.count(db).await?;
        let newest = users.order_by_desc(delegate::Column::LastHeartbeatAt).limit(NAMES).all(db).await?;
        let users = newest.into_iter().map(|row| Ok(token_user(Delegate::try_from(row)?)));
        Ok(TokenUse { row, users: users.collect::<Result<_, Error>>()?, total, seen_last_minute })
    }

    pub(super) async fn token_row(&self, db: &impl ConnectionTrait, id: TokenId) -> Result<token::Model, Error> {
        let row = token::Entity::find_by_id(id.0).filter(token::Entity::within(&self.scope())).one(db);
        row.await?.ok_or(GONE)
    }

    async fn make_token(
        &self,
        name: &str,
        expires_in_days: &str,
        profile: &str,
        requires_approval: bool,
    ) -> Result<TokenId, Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let mut change = self.state.db.write().await?;
        let default_profile = match profile.trim() {
            "" => None,
            id => {
                let unknown = || Error::field("profile", Invalid::new("Choose a profile that exists."));
                let id: ProfileId = id.parse().map_err(|_| unknown())?;
                let scope = self.scope();
                let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::within(&scope)).one(&*change);
                row.await?.ok_or_else(unknown)?;
                Some(id)
            }
        };
        let admits = Admits { default_profile, requires_approval };
        let id = self.add_token(&change, user, name, expires_in_days, admits).await?;
        change.touches(Topic::Tokens);
        change.commit().await?;
        Ok(id)
    }

    /// Adds a token whose value waits to be shown once, to the session that asks.
    pub(super) async fn add_token(
        &self,
        change: &Change,
        user: &User,
        name: &str,
        expires_in_days: &str,
        admits: Admits,
    ) -> Result<TokenId, Error> {
        let now = self.now();
        let name = TokenName::parse(name).map_err(|error| Error::field("name", error))?;
        let expires_at = domain::expiry(lifetime(expires_in_days)?, now)?;
        let scope = self.scope();
        let all = || token::Entity::find().filter(token::Entity::within(&scope));
        if all().filter(token::Column::Name.eq(name.as_str())).count(&**change).await? > 0 {
            return Err(Error::field("name", Invalid::new(taken(&name))));
        }
        if all().filter(token::Column::RevokedAt.is_null()).count(&**change).await? >= MOST {
            return Err(Error::Conflict(format!("There are {MOST} tokens. Revoke one that is not needed first.")));
        }
        let id = TokenId::new(now, &chance::bytes());
        let token = Token {
            id,
            scope: scope.clone(),
            name,
            created_by: user.email.to_string(),
            created_at: now,
            expires_at,
            default_profile: admits.default_profile,
            requires_approval: admits.requires_approval,
            revoked_at: None,
            rotation: None,
        };
        let value = TokenValue::from_bytes(chance::bytes());
        let sealed = self.state.keyring.seal(&purpose(id), value.key());
        token::ActiveModel::new(&token, value.key_id().to_string(), sealed)
            .insert(&**change)
            .await
            .map_err(|error| Error::from(error).or_taken("name", || taken(&token.name)))?;
        self.audit_token(change, user, &token, Action::TokenCreated).await?;
        // What is shown once waits, sealed, for the session that made it: the next page takes it out.
        reveal::ActiveModel {
            token_id: Set(id.0),
            session: Set(self.session_digest()?),
            sealed_value: Set(self.state.keyring.seal(&reveal_purpose(id), value.key())),
            expires_at: Set(now.plus(REVEAL).as_millis()),
        }
        .insert(&**change)
        .await?;
        Ok(id)
    }

    async fn take_value(&self, id: TokenId) -> Result<Option<RevealedToken>, Error> {
        self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let change = self.state.db.write().await?;
        let own = self.own_value(id)?.filter(reveal::Column::ExpiresAt.gt(now.as_millis())).lock_exclusive();
        let Some(kept) = own.one(&*change).await? else { return Ok(None) };
        let name = self.token_row(&*change, id).await?.name;
        // Whether this answer arrives nobody knows: the page says so, and for a while it can be asked for again.
        let until = now.plus(LOOK_AGAIN).as_millis();
        if kept.expires_at > until {
            let shorter = reveal::Entity::update_many().col_expr(reveal::Column::ExpiresAt, Expr::value(until));
            shorter.filter(reveal::Column::TokenId.eq(id.0)).exec(&*change).await?;
            change.commit().await?;
        }
        let clear = self.state.keyring.open(&reveal_purpose(id), &kept.sealed_value)?;
        let key = <[u8; 16]>::try_from(clear.as_slice()).map_err(|_| crate::keyring::Unsealable)?;
        Ok(Some(RevealedToken { name, value: TokenValue::from_bytes(key).expose().to_string() }))
    }

    /// The value has arrived: nobody sees it again.
    async fn forget_value(&self, id: TokenId) -> Result<(), Error> {
        self.may(Permission::ManageDelegates)?;
        let change = self.state.db.write().await?;
        if let Some(kept) = self.own_value(id)?.one(&*change).await? {
            reveal::Entity::delete_by_id(kept.token_id).exec(&*change).await?;
        }
        Ok(change.commit().await?)
    }

    /// The value of a token as it waits for this session.
    fn own_value(&self, id: TokenId) -> Result<Select<reveal::Entity>, Error> {
        Ok(reveal::Entity::find_by_id(id.0).filter(reveal::Column::Session.eq(self.session_digest()?)))
    }

    pub(super) fn session_digest(&self) -> Result<String, Error> {
        self.session.id().map(|id| session::digest(&id)).ok_or(Error::SignedOut)
    }

    async fn cut_off(&self, id: TokenId) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let mut change = self.state.db.write().await?;
        let row = lock::token(&change, &self.scope(), id).await?.ok_or(GONE)?;
        let token = Token::try_from(row)?.revoke(now)?;
        token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(now.as_millis()))
            .filter(token::Column::Id.eq(id.0))
            .exec(&*change)
            .await?;
        let users = Condition::all().add(delegate::Column::TokenId.eq(id.0));
        presence::disconnect(&change, users, now, "token revoked").await?;
        self.audit_token(&change, user, &token, Action::TokenRevoked).await?;
        change.touches(Topic::Tokens);
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    async fn remove_token(&self, id: TokenId) -> Result<(), Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let mut change = self.state.db.write().await?;
        let token = Token::try_from(lock::token(&change, &self.scope(), id).await?.ok_or(GONE)?)?;
        token.check_delete(now)?;
        if token.status(now) == TokenStatus::Expired {
            let users = Condition::all().add(delegate::Column::TokenId.eq(id.0));
            presence::disconnect(&change, users, now, "token expired").await?;
        }
        token::Entity::delete_by_id(id.0).exec(&*change).await?;
        refusal::Entity::delete_many().filter(refusal::Column::TokenId.eq(id.0)).exec(&*change).await?;
        self.audit_token(&change, user, &token, Action::TokenDeleted).await?;
        change.touches(Topic::Tokens);
        change.touches(Topic::Delegates);
        Ok(change.commit().await?)
    }

    pub(super) async fn audit_token(
        &self,
        change: &Change,
        user: &User,
        token: &Token,
        action: Action,
    ) -> Result<(), Error> {
        let (object, name) = (Some(token.id.0), token.name.as_str());
        let entry = Entry { scope: &token.scope, action, object, name, detail: String::new() };
        Ok(audit::record(change, &self.origin(user), self.now(), entry).await?)
    }
}
