//! Runs as they begin, go on and end.

use muster::{
    delegate::Delegate,
    id::{ProfileId, ScriptRunId},
    script::{MAX_RUNS, Outcome},
    text::Invalid,
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use super::{
    log::Log,
    masked::{Masked, Piece, Report, Seen},
};
use crate::{
    db::{
        Change,
        entity::{Scoped, profile, script_run},
        failure::is_taken,
    },
    error::{Conflict, Error},
    random,
};

/// The runs of a delegate, the newest first.
pub fn runs_of(delegate: &Delegate) -> Select<script_run::Entity> {
    script_run::Entity::find()
        .filter(script_run::Entity::at(&delegate.scope))
        .filter(script_run::Column::DelegateId.eq(delegate.id.0))
        .order_by_desc(script_run::Column::StartedAt)
        .order_by_desc(script_run::Column::Id)
}

/// Writes down the runs of a delegate, which is held.
pub struct Recorder<'a> {
    /// The change that it is part of.
    pub change: &'a Change,
    /// Whose runs.
    pub delegate: &'a Delegate,
    /// By the manager's clock.
    pub now: Timestamp,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It stands in the run's log.
    Yes {
        /// Whether the run began or ended with it.
        begins_or_ends: bool,
    },
    /// There was nothing new in it.
    Known,
    /// Another report came in since it was masked: it is to be masked again.
    Stale,
}

impl Recorder<'_> {
    /// Writes a report. A run that is new interrupts those that did not end.
    ///
    /// # Errors
    /// Where the run is another delegate's, or the database is out of reach.
    pub async fn write(&self, report: &Report, masked: &Masked) -> Result<Written, Error> {
        let known = self.find(report.run).await?;
        if known.as_ref().is_some_and(|run| run.ended_at.is_some()) {
            return Ok(Written::Known);
        }
        if known.as_ref().map(Seen::of) != masked.seen {
            return Ok(Written::Stale);
        }
        let is_new = known.is_none();
        if !is_new && masked.pieces.is_empty() {
            return Ok(Written::Known);
        }
        let run = match known {
            Some(run) => Some(run),
            None => self.begin(report, masked).await?,
        };
        let Some(mut run) = run else { return Ok(Written::Stale) };
        let mut log = Log::open(self.change, run.id).await?;
        for piece in &masked.pieces {
            match piece {
                Piece::Output(text) => log.add(text),
                Piece::Note(line) => log.note(line),
            }
        }
        log.save(self.change, self.now).await?;
        Seen { received: run.received, sealed_rest: run.sealed_rest } = masked.next.clone();
        if let Some((outcome, exit_code)) = report.end {
            self.end(&mut run, outcome, exit_code);
        }
        self.save(run).await?;
        Ok(Written::Yes { begins_or_ends: is_new || report.end.is_some() })
    }

    /// A run that was told of before; none where it was not.
    async fn find(&self, id: ScriptRunId) -> Result<Option<script_run::Model>, Error> {
        let here = script_run::Entity::at(&self.delegate.scope);
        let row = script_run::Entity::find_by_id(id.0).filter(here).one(&**self.change).await?;
        if row.as_ref().is_some_and(|row| row.delegate_id != self.delegate.id.0) {
            return Err(Conflict::ForeignRun.into());
        }
        Ok(row)
    }

    /// A run begins. One that did not end before was interrupted, and of many the oldest are dropped. None where such a
    /// one went on since the report was masked.
    async fn begin(&self, report: &Report, masked: &Masked) -> Result<Option<script_run::Model>, Error> {
        let open = runs_of(self.delegate).filter(script_run::Column::EndedAt.is_null());
        for mut run in open.all(&**self.change).await? {
            let waited = masked.interrupted.iter().find(|(id, seen, _)| *id == run.id && *seen == Seen::of(&run));
            let Some((_, _, waited)) = waited else { return Ok(None) };
            let mut log = Log::open(self.change, run.id).await?;
            log.add(waited);
            log.save(self.change, self.now).await?;
            self.end(&mut run, Outcome::Interrupted, None);
            self.save(run).await?;
        }
        let (profile, version) = report.of.unwrap_or((self.delegate.profile_id, self.delegate.script_version));
        let known = profile::Entity::find_by_id(profile.0).filter(profile::Entity::visible_from(&self.delegate.scope));
        let run = new(self.delegate, report.run, profile, known.one(&**self.change).await?, version, self.now);
        insert(self.change, self.delegate, &run).await?;
        Ok(Some(run))
    }

    fn end(&self, run: &mut script_run::Model, outcome: Outcome, exit_code: Option<i32>) {
        run.sealed_rest = Vec::new();
        run.ended_at = Some(self.now.as_millis());
        run.outcome = Some(outcome.code().to_owned());
        run.exit_code = exit_code;
    }

    async fn save(&self, run: script_run::Model) -> Result<(), Error> {
        script_run::Entity::update(run.into_active_model().reset_all()).exec(&**self.change).await?;
        Ok(())
    }
}

fn new(
    delegate: &Delegate,
    id: ScriptRunId,
    profile: ProfileId,
    known: Option<profile::Model>,
    version: Timestamp,
    now: Timestamp,
) -> script_run::Model {
    script_run::Model {
        id: id.0,
        account_id: delegate.scope.account.0,
        organization: delegate.scope.organization().to_owned(),
        project: delegate.scope.project().to_owned(),
        delegate_id: delegate.id.0,
        profile_id: profile.0,
        profile_name: known.map(|row| row.name).unwrap_or_default(),
        version: version.as_millis(),
        started_at: now.as_millis(),
        ended_at: None,
        outcome: None,
        exit_code: None,
        received: 0,
        sealed_rest: Vec::new(),
    }
}

/// Adds a run, and drops the oldest where there are too many.
async fn insert(change: &Change, delegate: &Delegate, run: &script_run::Model) -> Result<(), Error> {
    let taken = |error: DbErr| {
        if is_taken(&error) { Error::Conflict(Conflict::ForeignRun) } else { error.into() }
    };
    run.clone().into_active_model().reset_all().insert(&**change).await.map_err(taken)?;
    let all: Vec<Uuid> =
        runs_of(delegate).select_only().column(script_run::Column::Id).into_tuple().all(&**change).await?;
    let outdated: Vec<Uuid> = all.into_iter().skip(usize::try_from(MAX_RUNS).unwrap_or(usize::MAX)).collect();
    if !outdated.is_empty() {
        script_run::Entity::delete_many().filter(script_run::Column::Id.is_in(outdated)).exec(&**change).await?;
    }
    Ok(())
}

/// Notes that a delegate's script could not be handed out, and why: once for each version. Whether it was noted now.
///
/// # Errors
/// Where the database is out of reach.
pub async fn not_delivered(change: &Change, delegate: &Delegate, why: &Invalid, now: Timestamp) -> Result<bool, Error> {
    let noted = runs_of(delegate)
        .filter(script_run::Column::ProfileId.eq(delegate.profile_id.0))
        .filter(script_run::Column::Version.eq(delegate.script_version.as_millis()))
        .filter(script_run::Column::Outcome.eq(Outcome::NotDelivered.code()));
    if noted.one(&**change).await?.is_some() {
        return Ok(false);
    }
    let profile =
        profile::Entity::find_by_id(delegate.profile_id.0).filter(profile::Entity::visible_from(&delegate.scope));
    let profile = profile.one(&**change).await?;
    let id = ScriptRunId::new(now, &random::bytes());
    let mut run = new(delegate, id, delegate.profile_id, profile, delegate.script_version, now);
    run.ended_at = Some(now.as_millis());
    run.outcome = Some(Outcome::NotDelivered.code().to_owned());
    insert(change, delegate, &run).await?;
    let mut log = Log::open(change, run.id).await?;
    log.note(&why.to_string());
    log.save(change, now).await?;
    Ok(true)
}
