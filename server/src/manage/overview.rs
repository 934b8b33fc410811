//! How things are: what the first page tells. Each question is bounded, however many delegates there are.

use std::{collections::HashSet, time::Duration};

use muster::{
    audit::Action,
    delegate::Status,
    id::{DelegateId, TokenId},
    overview::{DecisionMade, Expiring, Few, MAX_NAMED, Mention, Overview},
    scope::Scope,
    script::ScriptRun,
    time::Timestamp,
    user::Permission,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{Context, delegates::count_pending, page::count, tokens::EXPIRES_SOON};
use crate::{
    db::entity::{Scoped, audit, delegate, delegate_listing, script_run, token},
    error::Error,
};

/// For how long a delegate that was lost is news.
const LATELY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many of the newest runs of scripts are looked at.
const MAX_LOOKED_RUNS: u64 = 200;
/// How many decisions are told.
const MAX_DECISIONS: u64 = 8;
/// Decisions of people about delegates. Written out, as in the index that holds these rows alone.
const DECIDED: &str = "action IN ('DELEGATE_APPROVED', 'DELEGATE_REJECTED', 'REJECTION_TAKEN_BACK', \
                       'DELEGATE_DISABLED', 'DELEGATE_ENABLED')";

/// How things are at a scope.
///
/// # Errors
/// [`Error::Forbidden`], or where the database is out of reach.
pub async fn overview(cx: &Context, scope: &Scope) -> Result<Overview, Error> {
    cx.authorize(Permission::View, scope)?;
    let (db, now) = (cx.state.db.read(), cx.now());
    let mut counts = Vec::new();
    for status in Status::ALL {
        let of = of_status(scope, status);
        counts.push((status, count(db, of).await?));
    }
    Ok(Overview {
        counts,
        waiting: count_pending(cx, scope).await?,
        lost: lost(db, scope, now.minus(LATELY)).await?,
        failed: failed(db, scope).await?,
        expiring: expiring(db, scope, now).await?,
        decisions: decisions(db, scope).await?,
    })
}

fn of_status(scope: &Scope, status: Status) -> Select<delegate_listing::Entity> {
    delegate_listing::Entity::find()
        .filter(delegate_listing::Entity::at(scope))
        .filter(delegate_listing::Column::Status.eq(delegate_listing::status(status)))
}

/// Who worked, fell silent since a point in time, and is not back.
async fn lost(db: &impl ConnectionTrait, scope: &Scope, since: Timestamp) -> Result<Few<Mention>, DbErr> {
    let lost = of_status(scope, Status::NotConnected)
        .filter(delegate_listing::Column::Rejected.eq(false))
        .filter(delegate_listing::Column::HeardAt.gte(since.as_millis()))
        .filter(delegate_listing::Column::HeardAt.lt(delegate_listing::HEARD_NOW));
    let total = count(db, lost.clone()).await?;
    let newest = lost.order_by_desc(delegate_listing::Column::HeardAt).order_by_desc(delegate_listing::Column::N);
    let newest: Vec<(Uuid, i64)> = newest
        .select_only()
        .column(delegate_listing::Column::DelegateId)
        .column(delegate_listing::Column::HeardAt)
        .limit(MAX_NAMED as u64)
        .into_tuple()
        .all(db)
        .await?;
    let named = newest.into_iter().map(|(id, at)| (id, Timestamp::from_millis(at))).collect();
    Ok(Few { total, named: mentions(db, named).await? })
}

/// Whose startup script failed when it ran last, of the newest runs.
async fn failed(db: &impl ConnectionTrait, scope: &Scope) -> Result<Few<Mention>, DbErr> {
    let runs = script_run::Entity::find()
        .filter(script_run::Entity::at(scope))
        .order_by_desc(script_run::Column::Id)
        .limit(MAX_LOOKED_RUNS)
        .all(db)
        .await?;
    let (mut seen, mut failed) = (HashSet::new(), Vec::new());
    for run in runs {
        let run = ScriptRun::try_from(run)?;
        let is_last = seen.insert(run.delegate_id);
        if let Some(end) = run.end.as_ref().filter(|_| is_last && !run.succeeded()) {
            failed.push((run.delegate_id.0, end.at));
        }
    }
    let total = failed.len() as u64;
    failed.truncate(MAX_NAMED);
    Ok(Few { total, named: mentions(db, failed).await? })
}

/// Delegates by their names, in the order in which they are given.
async fn mentions(db: &impl ConnectionTrait, ids: Vec<(Uuid, Timestamp)>) -> Result<Vec<Mention>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<(Uuid, String)> = delegate::Entity::find()
        .select_only()
        .column(delegate::Column::Id)
        .column(delegate::Column::Name)
        .filter(delegate::Column::Id.is_in(ids.iter().map(|(id, _)| *id)))
        .into_tuple()
        .all(db)
        .await?;
    let name_of = |id| names.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone());
    let mention = |(id, at)| Some(Mention { id: DelegateId(id), name: name_of(id)?, at });
    Ok(ids.into_iter().filter_map(mention).collect())
}

/// The tokens that expire next. A scope has a bounded number of them.
async fn expiring(db: &impl ConnectionTrait, scope: &Scope, now: Timestamp) -> Result<Vec<Expiring>, DbErr> {
    let rows: Vec<(Uuid, String, i64)> = token::Entity::find()
        .filter(token::Entity::at(scope))
        .filter(token::Column::RevokedAt.is_null())
        .filter(token::Column::ExpiresAt.gt(now.as_millis()))
        .order_by_asc(token::Column::ExpiresAt)
        .limit(MAX_NAMED as u64)
        .select_only()
        .column(token::Column::Id)
        .column(token::Column::Name)
        .column(token::Column::ExpiresAt)
        .into_tuple()
        .all(db)
        .await?;
    let soon = now.plus(EXPIRES_SOON);
    let expiring = rows.into_iter().map(|(id, name, at)| {
        let at = Timestamp::from_millis(at);
        Expiring { id: TokenId(id), name, at, soon: at <= soon }
    });
    Ok(expiring.collect())
}

/// What people decided last, and on what.
async fn decisions(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<DecisionMade>, DbErr> {
    let entries = audit::Entity::find()
        .filter(audit::Entity::at(scope))
        .filter(Expr::cust(DECIDED))
        .order_by_desc(audit::Column::Id)
        .limit(MAX_DECISIONS)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = entries.iter().filter_map(|entry| entry.object_id).collect();
    let there: Vec<Uuid> = delegate::Entity::find()
        .select_only()
        .column(delegate::Column::Id)
        .filter(delegate::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let told = entries.into_iter().filter_map(|entry| {
        Some(DecisionMade {
            at: Timestamp::from_millis(entry.at),
            by: entry.actor_name,
            action: Action::from_code(&entry.action)?,
            delegate: entry.object_id.filter(|id| there.contains(id)).map(DelegateId),
            name: entry.object_name,
            on: entry.detail,
        })
    });
    Ok(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_statement_are_those_of_the_code() {
        let decisions = [
            Action::DelegateApproved,
            Action::DelegateRejected,
            Action::RejectionTakenBack,
            Action::DelegateDisabled,
            Action::DelegateEnabled,
        ];
        let codes = decisions.map(|action| format!("'{}'", action.code())).join(", ");
        assert_eq!(DECIDED, format!("action IN ({codes})"));
    }
}
