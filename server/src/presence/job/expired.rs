//! Tokens whose time has run out: nobody is connected by them any more, from that moment on and not only once each
//! delegate was refused or fell silent.

use muster::{delegate::Status, time::Timestamp};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait as _};
use uuid::Uuid;

use super::super::disconnect;
use crate::{
    db::{
        entity::{
            delegate,
            delegate_listing::{self, HEARD_NOW, status},
            token,
        },
        lock,
    },
    events::Topic,
    state::State,
};

/// Disconnects the delegates of tokens that have expired after `since`, and are expired at `now`.
///
/// # Errors
/// Where the database is out of reach; those of tokens that were not reached stay connected until the next time.
pub async fn disconnect_expired(state: &State, since: Timestamp, now: Timestamp) -> Result<(), DbErr> {
    let expired: Vec<Uuid> = token::Entity::find()
        .select_only()
        .column(token::Column::Id)
        .filter(token::Column::ExpiresAt.gt(since.as_millis()))
        .filter(token::Column::ExpiresAt.lte(now.as_millis()))
        .filter(token::Column::RevokedAt.is_null())
        .into_tuple()
        .all(state.db.read())
        .await?;
    for id in expired {
        let listed = || {
            delegate_listing::Entity::find()
                .filter(delegate_listing::Column::TokenId.eq(id))
                .filter(delegate_listing::Column::Status.is_in(Status::ALL.map(status)))
                .filter(delegate_listing::Column::HeardAt.eq(HEARD_NOW))
        };
        let mut change = state.db.write().await?;
        // Under its lock: somebody may have extended it meanwhile, and who registers with it waits.
        let still = Condition::all().add(token::Column::Id.eq(id)).add(token::Column::ExpiresAt.lte(now.as_millis()));
        let is_expired = !lock::tokens(&change, still).await?.is_empty();
        if is_expired && listed().one(&*change).await?.is_some() {
            let ids = listed().select_only().column(delegate_listing::Column::DelegateId).into_query();
            let users =
                Condition::all().add(delegate::Column::TokenId.eq(id)).add(delegate::Column::Id.in_subquery(ids));
            disconnect(&change, users, now, "token expired").await?;
            change.touches(Topic::Delegates);
        }
        change.touches(Topic::Tokens);
        change.commit().await?;
    }
    Ok(())
}
