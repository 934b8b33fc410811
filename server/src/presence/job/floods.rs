//! Floods of registrations that are turned away because too many wait, or come at once: each is one line of the audit
//! trail, which is there from its beginning and says how many they have become.

use std::time::Duration;

use muster::{
    audit::{Action, Actor, Origin},
    id::{AuditId, TokenId},
    page::grouped,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::super::{Refused, TOO_MANY};
use crate::{
    db::{
        Change,
        audit::{self, Entry},
        entity::{Scoped as _, audit as trail, corrupt, refusal, token},
    },
    events::Topic,
};

/// With a longer time without any, what follows is another flood.
const GAP: Duration = Duration::from_secs(10 * 60);

/// Notes registrations that were turned away, after they were added to the token's sum: so its row is held.
///
/// # Errors
/// Where the database is out of reach.
pub(super) async fn note(change: &mut Change, id: TokenId, one: &Refused) -> Result<(), DbErr> {
    let row = refusal::Entity::find_by_id((id.0, TOO_MANY.to_owned())).one(&**change).await?;
    // One that was deleted meanwhile has no trail to write in.
    let token = token::Entity::find_by_id(id.0).one(&**change).await?;
    let (Some(row), Some(token)) = (row, token) else { return Ok(()) };
    let last = row.flood_last_at.map(Timestamp::from_millis);
    let goes_on = row.flood_audit_id.filter(|_| last.is_some_and(|last| one.first_at.since(last) < GAP));
    let (audit_id, began_at, count) = match goes_on {
        Some(audit_id) => {
            let count = row.flood_count + one.count;
            let line = trail::ActiveModel { detail: Set(detail(count, one)), ..Default::default() };
            trail::Entity::update_many().set(line).filter(trail::Column::Id.eq(audit_id)).exec(&**change).await?;
            (audit_id, row.flood_began_at.unwrap_or(row.first_at), count)
        }
        None => (begin(change, &token, one).await?.0, one.first_at.as_millis(), one.count),
    };
    let noted = refusal::ActiveModel {
        flood_audit_id: Set(Some(audit_id)),
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

async fn begin(change: &Change, token: &token::Model, one: &Refused) -> Result<AuditId, DbErr> {
    let scope = token::Entity::scope_of(token).map_err(|error| corrupt("token", error))?;
    // Which delegate it is, or whether it is one, is not known.
    let actor = Actor::Delegate { id: None, name: one.name.clone() };
    let origin = Origin { actor, address: Some(one.address) };
    let entry = Entry {
        scope: &scope,
        action: Action::RegistrationsTurnedAway,
        object: Some(token.id),
        name: &token.name,
        detail: detail(one.count, one),
    };
    audit::record_first(change, &origin, one.first_at, entry).await
}

fn detail(count: i64, one: &Refused) -> String {
    let count = grouped(u64::try_from(count).unwrap_or(0));
    format!(
        "{count} so far: too many wait for approval, or register at once; the last one at {} from {}, called {}",
        one.last_at.for_people(),
        one.address,
        one.name
    )
}
