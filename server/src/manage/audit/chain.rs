//! The chain of the audit trail: what was committed outside of it is taken in by one manager at a time, and what is too old
//! leaves it at its beginning. On SQLite entries are in it from the start once it has begun (`db/audit.rs`).

use std::time::Duration;

use muster::{id::AccountId, time::Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel as _, QueryFilter,
    QueryOrder, QuerySelect, Select, prelude::Uuid,
};

use crate::{
    db::{
        Change,
        audit::{
            hash::{AuditKey, GENESIS, Source},
            head::{self, End},
        },
        entity::{audit as table, audit_chain},
        insert::update_many,
        lock,
    },
    state::State,
};

/// How often entries are taken in.
const TICK: Duration = Duration::from_secs(1);
/// How many entries one change takes in: others who write wait no longer than for these.
const CHUNK: u64 = 500;
/// How many changes follow one another. What a storm of registrations writes waits a little, rather than slowing it down.
const MAX_CHUNKS: usize = 4;
/// For how long after the beginning of the chain managers of an older version may still run beside this one.
const ADOPTS_FOR: Duration = Duration::from_secs(60 * 60);

/// Why nothing more is taken into the chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The database is out of reach.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Somebody has changed what says where the chain ends: nothing is bound to that.
    #[error("the audit trail's chain has no head of ours: see `muster admin verify-audit`")]
    Head,
}

/// Whose chain, and with which key.
pub(super) struct Chain<'a> {
    pub key: &'a AuditKey,
    pub account: AccountId,
}

impl<'a> Chain<'a> {
    pub fn of(state: &'a State) -> Result<Self, DbErr> {
        Ok(Self { key: state.db.audit_key()?, account: state.account })
    }

    fn own(&self) -> Select<table::Entity> {
        table::Entity::find().filter(table::Column::AccountId.eq(self.account.0))
    }

    /// The entries that are not in it, in the order in which they were made.
    pub fn waiting(&self) -> Select<table::Entity> {
        self.own().filter(table::Column::Seq.is_null()).order_by_asc(table::Column::Id)
    }

    /// Those that are in it, in its order.
    pub fn linked(&self) -> Select<table::Entity> {
        let linked = self.own().filter(table::Column::Seq.is_not_null());
        linked.order_by_asc(table::Column::Seq).order_by_asc(table::Column::Id)
    }

    /// What says where it ends, as it stands there.
    pub async fn head(&self, db: &impl ConnectionTrait) -> Result<Option<audit_chain::Model>, DbErr> {
        head::find(db, self.account.0).await
    }

    /// Begins it.
    async fn begin(&self, change: &Change, now: Timestamp) -> Result<(), ChainError> {
        change.alone().await?;
        if self.head(&**change).await?.is_some() {
            return Ok(());
        }
        if self.linked().one(&**change).await?.is_some() {
            return Err(ChainError::Head);
        }
        let older = self.waiting().filter(table::Column::Hash.is_null()).one(&**change).await?;
        let mut head = audit_chain::Model {
            account_id: self.account.0,
            seq: 0,
            hash: GENESIS.to_vec(),
            removed_seq: 0,
            removed_hash: GENESIS.to_vec(),
            began_at: now.as_millis(),
            adopts: older.is_some(),
            mac: Vec::new(),
        };
        head.mac = self.key.of_head(&head).to_vec();
        head.into_active_model().reset_all().insert(&**change).await?;
        Ok(())
    }

    /// Takes some of the entries that wait into the chain; tells how many.
    async fn take_in(&self, change: &Change, head: audit_chain::Model, now: Timestamp) -> Result<usize, ChainError> {
        let adopts = head.adopts;
        let mut end = End::of(self.key, head).ok_or(ChainError::Head)?;
        let entries = self.waiting().limit(CHUNK).all(&**change).await?;
        let mut strange = 0;
        let mut rows = Vec::new();
        for entry in &entries {
            let source = match &entry.hash {
                _ if self.key.wrote(entry) => Source::Muster,
                None if adopts => Source::Older,
                _ => Source::Stranger,
            };
            strange += usize::from(source == Source::Stranger);
            let (seq, hash) = end.append(source, entry);
            rows.push([entry.id.into(), seq.into(), hash.to_vec().into()]);
        }
        let mut head = end.into_head();
        let is_all = u64::try_from(entries.len()).is_ok_and(|taken| taken < CHUNK);
        if is_all && now.since(Timestamp::from_millis(head.began_at)) >= ADOPTS_FOR {
            head.adopts = false;
        }
        if !rows.is_empty() {
            let sql = "UPDATE audit SET seq = v.column2, hash = v.column3 FROM (VALUES {rows}) AS v \
                       WHERE audit.id = v.column1";
            update_many(&**change, sql, rows.into_iter()).await?;
        }
        head::save(change, self.key, head).await?;
        if strange > 0 {
            tracing::error!(
                entries = strange,
                "the audit trail has entries that Muster did not write, or not like this"
            );
        }
        Ok(entries.len())
    }
}

/// Takes in what is written, until the server stops.
pub async fn run(state: State) {
    let mut failing = false;
    loop {
        let stopping = tokio::select! {
            () = state.stop.cancelled() => true,
            () = tokio::time::sleep(TICK) => false,
        };
        match link(&state).await {
            Ok(_) => failing = false,
            // Once for each time that it begins.
            Err(error) if !std::mem::replace(&mut failing, true) => match error {
                ChainError::Database(error) => tracing::warn!(%error, "the audit trail waits to be chained"),
                ChainError::Head => tracing::error!(%error, "the audit trail is not chained any more"),
            },
            Err(_) => {}
        }
        if stopping {
            return;
        }
    }
}

/// Takes entries that wait into the chain, and tells how many: a bounded number, and none where another manager does it.
///
/// # Errors
/// [`ChainError`].
pub async fn link(state: &State) -> Result<usize, ChainError> {
    let mut taken = 0;
    for _ in 0..MAX_CHUNKS {
        let some = link_some(state).await?;
        taken += some;
        if u64::try_from(some).is_ok_and(|some| some < CHUNK) {
            break;
        }
    }
    Ok(taken)
}

async fn link_some(state: &State) -> Result<usize, ChainError> {
    let (chain, now) = (Chain::of(state)?, state.clock.now());
    let head = chain.head(state.db.read()).await?;
    let adopted =
        head.as_ref().is_some_and(|head| head.adopts && now.since(Timestamp::from_millis(head.began_at)) >= ADOPTS_FOR);
    if !adopted
        && chain
            .waiting()
            .select_only()
            .column(table::Column::Id)
            .into_tuple::<Uuid>()
            .one(state.db.read())
            .await?
            .is_none()
    {
        return Ok(0);
    }
    let change = state.db.write().await?;
    if head.is_none() {
        chain.begin(&change, now).await?;
    }
    let Some(head) = lock::audit_chain(&change, chain.account).await? else { return Ok(0) };
    let taken = chain.take_in(&change, head, now).await?;
    change.commit().await?;
    Ok(taken)
}

/// Removes entries from before a time at the beginning of the chain, in small changes, and keeps the last one's hash: what
/// follows can still be verified.
///
/// # Errors
/// [`ChainError`]; what was removed by then is gone.
pub async fn expire(state: &State, before: Uuid, chunk: u64, most: usize) -> Result<(), ChainError> {
    let chain = Chain::of(state)?;
    let oldest = || {
        let columns = [table::Column::Id, table::Column::Seq, table::Column::Hash];
        chain.linked().select_only().columns(columns).limit(chunk).into_tuple::<(Uuid, i64, Vec<u8>)>()
    };
    for _ in 0..most {
        let first = oldest().one(state.db.read()).await?;
        if first.is_none_or(|(id, ..)| id >= before) {
            return Ok(());
        }
        let change = state.db.write().await?;
        let Some(mut head) = lock::audit_chain(&change, chain.account).await? else { return Ok(()) };
        if !chain.key.is_of(&head) {
            return Err(ChainError::Head);
        }
        let rows = oldest().all(&*change).await?;
        let Some((_, seq, hash)) = rows.into_iter().take_while(|(id, ..)| *id < before).last() else { return Ok(()) };
        let old = Condition::all().add(table::Column::AccountId.eq(chain.account.0)).add(table::Column::Seq.lte(seq));
        table::Entity::delete_many().filter(old).exec(&*change).await?;
        (head.removed_seq, head.removed_hash) = (seq, hash);
        head::save(&change, chain.key, head).await?;
        change.commit().await?;
    }
    Ok(())
}
