//! What a row of the list shows of a delegate's profile, of its token, and of the delegate that it resembles.

use std::collections::{BTreeSet, HashMap};

use muster::{
    delegate::{Delegate, DelegateRow, Earlier, Reason},
    id::DelegateId,
    script::{End, Outcome},
    text::Selectors,
    time::Timestamp,
    token::TokenStatus,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Context, list};
use crate::{
    db::entity::{delegate, profile, script_run, token},
    error::Error,
};

/// Rows as they are shown.
///
/// # Errors
/// Where the database is out of reach.
pub async fn rows(cx: &Context, rows: Vec<delegate::Model>) -> Result<Vec<DelegateRow>, Error> {
    let delegates = rows.into_iter().map(Delegate::try_from).collect::<Result<Vec<_>, _>>()?;
    shown(cx, delegates).await
}

/// A delegate as it is shown.
///
/// # Errors
/// Where the database is out of reach.
pub async fn row(cx: &Context, delegate: Delegate) -> Result<DelegateRow, Error> {
    let row = shown(cx, vec![delegate]).await?.pop();
    row.ok_or_else(|| Error::internal("a delegate has no row"))
}

async fn shown(cx: &Context, delegates: Vec<Delegate>) -> Result<Vec<DelegateRow>, Error> {
    let db = cx.state.db.read();
    let earlier = resembled(db, &delegates).await?;
    let names = Names::of(db, delegates.iter().chain(&earlier)).await?;
    let failed = failed_scripts(db, &delegates).await?;
    let key = |delegate: &Delegate| delegate.facts.name.as_str().to_lowercase();
    let replicas = match delegates.first() {
        // They are of one list, which is one scope's.
        Some(first) => list::replicas(db, &first.scope, delegates.iter().map(key).collect()).await?,
        None => HashMap::new(),
    };
    let earlier: HashMap<DelegateId, Earlier> = earlier
        .into_iter()
        .map(|delegate| {
            let (profile, token) = (names.profile(&delegate), names.token(&delegate));
            (delegate.id, Earlier { delegate, profile, token })
        })
        .collect();
    let now = cx.now();
    let row = |delegate: Delegate| DelegateRow {
        status: delegate.status(),
        profile: names.profile(&delegate),
        inherited: names.inherited(&delegate),
        token: names.token(&delegate),
        token_status: names.token_status(&delegate, now),
        earlier: delegate.resembles.and_then(|id| earlier.get(&id)).cloned().map(Box::new),
        script_failed: failed.contains(&delegate.id.0),
        replicas: replicas.get(&key(&delegate)).copied(),
        delegate,
    };
    Ok(delegates.into_iter().map(row).collect())
}

/// The delegates that those which wait because of it resemble. A name is one of one scope, so what was read of one
/// scope resembles nothing outside of it.
async fn resembled(db: &impl ConnectionTrait, delegates: &[Delegate]) -> Result<Vec<Delegate>, DbErr> {
    let waits = |delegate: &&Delegate| delegate.reason == Some(Reason::Resembles);
    let ids: Vec<Uuid> =
        delegates.iter().filter(waits).filter_map(|delegate| delegate.resembles).map(Uuid::from).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = delegate::Entity::find().filter(delegate::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(Delegate::try_from).collect()
}

/// The delegates whose last run of a startup script failed. There are a few runs of each.
async fn failed_scripts(db: &impl ConnectionTrait, delegates: &[Delegate]) -> Result<BTreeSet<Uuid>, DbErr> {
    let runs: Vec<(Uuid, Option<String>, Option<i32>)> = script_run::Entity::find()
        .select_only()
        .columns([script_run::Column::DelegateId, script_run::Column::Outcome, script_run::Column::ExitCode])
        .filter(script_run::Column::DelegateId.is_in(delegates.iter().map(|delegate| delegate.id.0)))
        .order_by_asc(script_run::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut failed = BTreeSet::new();
    for (delegate, outcome, exit_code) in runs {
        let outcome = outcome.as_deref().and_then(Outcome::from_code);
        let end = outcome.map(|outcome| End { at: Timestamp::from_millis(0), outcome, exit_code });
        if end.is_some_and(|end| end.failed()) {
            failed.insert(delegate);
        } else {
            failed.remove(&delegate);
        }
    }
    Ok(failed)
}

/// The names of profiles and tokens, by their ids.
struct Names {
    profiles: HashMap<Uuid, profile::Model>,
    tokens: HashMap<Uuid, token::Label>,
}

impl Names {
    async fn of<'a>(
        db: &impl ConnectionTrait,
        delegates: impl Iterator<Item = &'a Delegate> + Clone,
    ) -> Result<Self, DbErr> {
        let profiles: BTreeSet<Uuid> = delegates.clone().map(|delegate| delegate.profile_id.0).collect();
        let profiles = profile::Entity::find().filter(profile::Column::Id.is_in(profiles)).all(db).await?;
        let tokens: BTreeSet<Uuid> = delegates.map(|delegate| delegate.token_id.0).collect();
        let tokens: Vec<token::Label> = token::Entity::find()
            .select_only()
            .columns([token::Column::Id, token::Column::Name, token::Column::RevokedAt, token::Column::ExpiresAt])
            .filter(token::Column::Id.is_in(tokens))
            .into_model()
            .all(db)
            .await?;
        Ok(Self {
            profiles: profiles.into_iter().map(|row| (row.id, row)).collect(),
            tokens: tokens.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    fn profile(&self, delegate: &Delegate) -> String {
        self.profiles.get(&delegate.profile_id.0).map(|row| row.name.clone()).unwrap_or_default()
    }

    fn inherited(&self, delegate: &Delegate) -> Selectors {
        let profile = self.profiles.get(&delegate.profile_id.0);
        profile.and_then(|row| Selectors::restore(&row.selectors).ok()).unwrap_or_default()
    }

    fn token(&self, delegate: &Delegate) -> String {
        self.tokens.get(&delegate.token_id.0).map_or_else(|| "(deleted)".to_owned(), |token| token.name.clone())
    }

    fn token_status(&self, delegate: &Delegate, now: Timestamp) -> Option<TokenStatus> {
        self.tokens.get(&delegate.token_id.0).map(|token| token.status(now))
    }
}
