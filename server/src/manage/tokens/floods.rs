//! Floods of registrations, as pages warn of them.

use std::time::Duration;

use muster::{delegate::Status, id::TokenId, scope::Scope, time::Timestamp, token::Flood, user::Permission};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    Context,
    users::{self, Heard},
};
use crate::{
    db::entity::{Scoped, refusal, token},
    error::Error,
    presence::TOO_MANY,
};

/// For how long after its end a flood is told of.
const SHOWN_FOR: Duration = Duration::from_secs(15 * 60);
/// For how long it is where delegates of its token still wait.
const SHOWN_WHILE_THEY_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// How many floods are told of at once.
const MAX_FLOODS: u64 = 3;

/// The floods of late, the latest first: of all tokens of a scope, or of one.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn floods(cx: &Context, scope: &Scope, of: Option<TokenId>) -> Result<Vec<Flood>, Error> {
    cx.authorize(Permission::View, scope)?;
    let (db, now) = (cx.state.db.read(), cx.now());
    let mut rows = refusal::Entity::find()
        .filter(refusal::Column::Reason.eq(TOO_MANY))
        .filter(refusal::Column::FloodLastAt.gt(now.minus(SHOWN_WHILE_THEY_WAIT).as_millis()));
    if let Some(id) = of {
        rows = rows.filter(refusal::Column::TokenId.eq(id.0));
    }
    let rows = rows.order_by_desc(refusal::Column::FloodLastAt).limit(MAX_FLOODS).all(db).await?;
    let mut floods = Vec::new();
    for row in rows {
        let token = token::Entity::find_by_id(row.token_id).filter(token::Entity::under(scope)).one(db).await?;
        let (Some(token), Some(began_at), Some(last_at)) = (token, row.flood_began_at, row.flood_last_at) else {
            continue;
        };
        let id = TokenId(row.token_id);
        let (since, last_at) = (Timestamp::from_millis(began_at), Timestamp::from_millis(last_at));
        let waiting = users::count(db, id, Status::PendingApproval, Heard::Whenever).await?;
        if waiting > 0 || now.since(last_at) < SHOWN_FOR {
            let turned_away = u64::try_from(row.flood_count).unwrap_or(0);
            floods.push(Flood { token: id, name: token.name, waiting, turned_away, since, last_at });
        }
    }
    Ok(floods)
}
