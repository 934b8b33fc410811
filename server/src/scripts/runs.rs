//! Runs as they begin, go on and end.

use muster::{
    delegate::Delegate,
    id::{ProfileId, ScriptRunId},
    script::{Outcome, RUNS_MOST},
    text::Invalid,
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use super::log::Log;
use crate::{
    chance,
    db::{
        Change,
        entity::{Scoped, profile, script_run},
        failure::is_taken,
    },
    error::Error,
    keyring::{Keyring, Unsealable},
    mask::{After, Before, Masker, Rest},
};

/// The runs of a delegate, the newest first.
pub fn runs_of(delegate: &Delegate) -> Select<script_run::Entity> {
    script_run::Entity::find()
        .filter(script_run::Entity::within(&delegate.scope))
        .filter(script_run::Column::DelegateId.eq(delegate.id.0))
        .order_by_desc(script_run::Column::StartedAt)
        .order_by_desc(script_run::Column::Id)
}

/// Writes down the runs of a delegate, which is held.
pub struct Recorder<'a> {
    /// The change that it is part of.
    pub change: &'a Change,
    /// Seals what waits to be masked.
    pub keyring: &'a Keyring,
    /// Masks.
    pub masker: &'a Masker,
    /// Whose runs.
    pub delegate: &'a Delegate,
    /// The time.
    pub now: Timestamp,
}

/// For what the end of a log is sealed.
fn purpose(run: Uuid) -> String {
    format!("script run {run}")
}

const FOREIGN: &str = "This run belongs to another delegate. Choose another id.";

impl Recorder<'_> {
    /// A run that was told of before; none where it was not.
    ///
    /// # Errors
    /// Where it is another delegate's.
    pub async fn find(&self, id: ScriptRunId) -> Result<Option<script_run::Model>, Error> {
        let here = script_run::Entity::within(&self.delegate.scope);
        let row = script_run::Entity::find_by_id(id.0).filter(here).one(&**self.change).await?;
        if row.as_ref().is_some_and(|row| row.delegate_id != self.delegate.id.0) {
            return Err(Error::Conflict(FOREIGN.to_owned()));
        }
        Ok(row)
    }

    /// A run begins. One that did not end before was interrupted, and of many the oldest are dropped.
    ///
    /// # Errors
    /// Where another delegate has a run of this id.
    pub async fn begin(
        &self,
        id: ScriptRunId,
        profile: ProfileId,
        version: Timestamp,
    ) -> Result<script_run::Model, Error> {
        let open = runs_of(self.delegate).filter(script_run::Column::EndedAt.is_null());
        for mut run in open.all(&**self.change).await? {
            self.end(&mut run, Outcome::Interrupted, None).await?;
        }
        let known = profile::Entity::find_by_id(profile.0).filter(profile::Entity::within(&self.delegate.scope));
        let run = new(self.delegate, id, profile, known.one(&**self.change).await?, version, self.now);
        insert(self.change, self.delegate, &run).await?;
        Ok(run)
    }

    /// Takes in output of a run that goes on; `offset` bytes came before it. What was taken in before is left out.
    ///
    /// # Errors
    /// Where there are more bytes than can be counted.
    pub async fn add(&self, run: &mut script_run::Model, offset: i64, output: &str) -> Result<(), Error> {
        let too_far = || Error::field("offset", Invalid::new("offset: this is more output than can be counted."));
        let end = i64::try_from(output.len()).ok().and_then(|length| offset.checked_add(length)).ok_or_else(too_far)?;
        let lost = offset.saturating_sub(run.received);
        if end <= run.received && lost <= 0 {
            return Ok(());
        }
        let mut log = Log::open(self.change, run.id).await?;
        let mut rest = self.rest(run)?;
        let mut before = Before::Known;
        if lost > 0 {
            let (masked, _) = self.masker.feed(rest, "", Before::Known, After::End);
            log.add(&masked);
            log.note(&format!("[… {lost} byte{} lost …]", if lost == 1 { " was" } else { "s were" }));
            rest = Rest::default();
            before = Before::Lost;
        }
        let known = usize::try_from(run.received.saturating_sub(offset)).unwrap_or(0);
        // PostgreSQL takes no NUL in text.
        let new = output[output.ceil_char_boundary(known)..].replace('\0', "\u{fffd}");
        let (masked, rest) = self.masker.feed(rest, &new, before, After::More);
        log.add(&masked);
        log.save(self.change).await?;
        run.received = end;
        run.sealed_rest = self.seal(run.id, &rest);
        self.save(run).await
    }

    /// A run has ended.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn end(
        &self,
        run: &mut script_run::Model,
        outcome: Outcome,
        exit_code: Option<i32>,
    ) -> Result<(), Error> {
        let (masked, _) = self.masker.feed(self.rest(run)?, "", Before::Known, After::End);
        let mut log = Log::open(self.change, run.id).await?;
        log.add(&masked);
        log.save(self.change).await?;
        run.sealed_rest = Vec::new();
        run.ended_at = Some(self.now.as_millis());
        run.outcome = Some(outcome.code().to_owned());
        run.exit_code = exit_code;
        self.save(run).await
    }

    /// Adds text that is masked already.
    ///
    /// # Errors
    /// Where the database is out of reach.
    pub async fn add_masked(&self, run: &script_run::Model, masked: &str) -> Result<(), Error> {
        let mut log = Log::open(self.change, run.id).await?;
        log.add(masked);
        Ok(log.save(self.change).await?)
    }

    fn rest(&self, run: &script_run::Model) -> Result<Rest, Error> {
        if run.sealed_rest.is_empty() {
            return Ok(Rest::default());
        }
        let clear = self.keyring.open(&purpose(run.id), &run.sealed_rest)?;
        Ok(Rest::from_bytes(&clear).ok_or(Unsealable)?)
    }

    fn seal(&self, run: Uuid, rest: &Rest) -> Vec<u8> {
        self.keyring.seal(&purpose(run), &rest.to_bytes())
    }

    async fn save(&self, run: &script_run::Model) -> Result<(), Error> {
        script_run::Entity::update(run.clone().into_active_model().reset_all()).exec(&**self.change).await?;
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
    let taken = |error: DbErr| if is_taken(&error) { Error::Conflict(FOREIGN.to_owned()) } else { error.into() };
    run.clone().into_active_model().reset_all().insert(&**change).await.map_err(taken)?;
    let all: Vec<Uuid> =
        runs_of(delegate).select_only().column(script_run::Column::Id).into_tuple().all(&**change).await?;
    let outdated: Vec<Uuid> = all.into_iter().skip(usize::try_from(RUNS_MOST).unwrap_or(usize::MAX)).collect();
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
    let profile = profile::Entity::find_by_id(delegate.profile_id.0).filter(profile::Entity::within(&delegate.scope));
    let profile = profile.one(&**change).await?;
    let id = ScriptRunId::new(now, &chance::bytes());
    let mut run = new(delegate, id, delegate.profile_id, profile, delegate.script_version, now);
    run.ended_at = Some(now.as_millis());
    run.outcome = Some(Outcome::NotDelivered.code().to_owned());
    insert(change, delegate, &run).await?;
    let mut log = Log::open(change, run.id).await?;
    log.note(&why.to_string());
    log.save(change).await?;
    Ok(true)
}
