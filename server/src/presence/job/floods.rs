//! Floods of registrations that are turned away because too many wait, or come at once: how large the last one of each
//! token has become, for the banner that pages show of it. What the audit trail has of it is in `presence/recorded.rs`.

use std::time::Duration;

use muster::{id::TokenId, time::Timestamp};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::super::{Refused, TOO_MANY};
use crate::{
    db::{Change, entity::refusal},
    events::Topic,
};

/// With a longer time without any, what follows is another flood.
const GAP: Duration = Duration::from_secs(10 * 60);

/// Notes registrations that were turned away, after they were added to the token's sum: so its row is held.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn note(change: &mut Change, id: TokenId, one: &Refused) -> Result<(), DbErr> {
    let Some(row) = refusal::Entity::find_by_id((id.0, TOO_MANY.to_owned())).one(&**change).await? else {
        return Ok(());
    };
    let last = row.flood_last_at.map(Timestamp::from_millis);
    let goes_on = last.is_some_and(|last| one.first_at.since(last) < GAP);
    let (began_at, count) = match row.flood_began_at.filter(|_| goes_on) {
        Some(began_at) => (began_at, row.flood_count + one.count),
        None => (one.first_at.as_millis(), one.count),
    };
    let noted = refusal::ActiveModel {
        flood_began_at: Set(Some(began_at)),
        flood_last_at: Set(Some(one.last_at.as_millis())),
        flood_count: Set(count),
        ..Default::default()
    };
    let rows = refusal::Entity::update_many().set(noted).filter(refusal::Column::TokenId.eq(id.0));
    rows.filter(refusal::Column::Reason.eq(TOO_MANY)).exec(&**change).await?;
    change.touches(Topic::Delegates);
    Ok(())
}
