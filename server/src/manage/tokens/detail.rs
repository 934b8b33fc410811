//! Everything about one token.

use std::time::Duration;

use muster::{
    audit::{Action, AuditRow},
    delegate::Status,
    id::TokenId,
    page::{Cursor, Page},
    time::Timestamp,
    token::{HandOut, RefusedCalls, Token, TokenDetail},
    user::Permission,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    super::{audit, profiles},
    Context, row,
    users::{self, Heard},
};
use crate::{
    db::entity::{Scoped, audit as table, profile, refused_call, token},
    error::{Error, Object},
    presence::recorded::reason,
    retention::REFUSED_DAYS,
};

/// How many of its delegates the page names.
const MAX_NEWEST: u64 = 10;
/// How many lines about calls that were turned away it has.
const MAX_REFUSED: u64 = 50;
/// How many lines about install files it has.
const MAX_HANDED_OUT: u64 = 20;
/// How many characters of a key id tell a value from others.
const KEY_ID_CHARS: usize = 6;

/// Everything about one token but its value.
///
/// # Errors
/// As for [`Context::find`].
pub async fn detail(cx: &Context, id: TokenId) -> Result<TokenDetail, Error> {
    let row = row(cx, id).await?;
    let db = cx.state.db.read();
    let key_id: Option<String> =
        token::Entity::find_by_id(id.0).select_only().column(token::Column::KeyId).into_tuple().one(db).await?;
    let key_id = key_id.ok_or(Error::NotFound(Object::Token))?;
    let mut counts = Vec::new();
    for status in Status::ALL {
        counts.push((status, users::count(db, id, status, Heard::Whenever).await?));
    }
    let successor = match &row.token.rotation {
        Some(rotation) => token::Entity::find_by_id(rotation.successor.0).one(db).await?.map(|row| row.name),
        None => None,
    };
    Ok(TokenDetail {
        key_id_end: key_id.get(key_id.len().saturating_sub(KEY_ID_CHARS)..).unwrap_or_default().to_owned(),
        default_profile: default_profile(db, &row.token).await?,
        successor,
        counts,
        newest: users::heard_last(db, id, MAX_NEWEST).await?.into_iter().map(Into::into).collect(),
        refused: refused(db, id, cx.now()).await?,
        handed_out: handed_out(db, &row.token).await?,
        row,
    })
}

async fn default_profile(db: &impl ConnectionTrait, token: &Token) -> Result<String, Error> {
    if let Some(id) = token.default_profile {
        let row = profile::Entity::find_by_id(id.0).filter(profile::Entity::visible_from(&token.scope)).one(db).await?;
        if let Some(row) = row {
            return Ok(row.name);
        }
    }
    Ok(profiles::primary(db, &token.scope).await?.spec.name.into())
}

async fn refused(db: &impl ConnectionTrait, id: TokenId, now: Timestamp) -> Result<Vec<RefusedCalls>, Error> {
    let since = now.minus(Duration::from_secs(u64::from(REFUSED_DAYS) * 24 * 60 * 60));
    let rows = refused_call::Entity::find()
        .filter(refused_call::Column::TokenId.eq(id.0))
        .filter(refused_call::Column::Hour.gt(since.as_millis()))
        .order_by_desc(refused_call::Column::Hour)
        .order_by_desc(refused_call::Column::LastAt)
        .limit(MAX_REFUSED);
    let shown = rows.all(db).await?.into_iter().map(|row| RefusedCalls {
        reason: reason(&row.reason).to_owned(),
        address: row.address,
        name: row.name,
        count: u64::try_from(row.count).unwrap_or(0),
        first_at: Timestamp::from_millis(row.first_at),
        last_at: Timestamp::from_millis(row.last_at),
    });
    Ok(shown.collect())
}

/// Install files and links: what the audit trail says of them, which tells also who used a link and from where.
async fn handed_out(db: &impl ConnectionTrait, token: &Token) -> Result<Vec<HandOut>, Error> {
    let actions = [Action::BundleDownloaded, Action::InstallLinkCreated];
    let rows = table::Entity::find()
        .filter(table::Entity::at(&token.scope))
        .filter(table::Column::ObjectId.eq(token.id.0))
        .filter(table::Column::Action.is_in(actions.map(Action::code)))
        .order_by_desc(table::Column::Id)
        .limit(MAX_HANDED_OUT);
    let shown = rows.all(db).await?.into_iter().filter_map(|row| {
        Some(HandOut {
            at: Timestamp::from_millis(row.at),
            action: Action::from_code(&row.action)?,
            by: row.actor_name,
            address: row.address,
            detail: row.detail,
        })
    });
    Ok(shown.collect())
}

/// One page of what was done to a token and with it.
///
/// # Errors
/// As for [`Context::find`].
pub async fn record(cx: &Context, id: TokenId, cursor: Cursor) -> Result<Page<AuditRow>, Error> {
    let db = cx.state.db.read();
    let token: Token = cx.find(db, id, Permission::View).await?;
    Ok(audit::page_of_object(db, &token.scope, id.0, &cursor).await?)
}
