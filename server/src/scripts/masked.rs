//! What delegates tell of runs, masked before it is written: masking takes its time, and while something is written
//! SQLite keeps everybody else from writing.

use muster::{
    id::{DelegateId, ProfileId, ScriptRunId},
    scope::Scope,
    script::Outcome,
    text::Invalid,
    time::Timestamp,
};
use muster_mask::{After, Before, Carry, Masker};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    db::entity::{Scoped, script_run},
    encryption::EncryptionKey,
    error::Error,
    state::State,
};

/// What a delegate tells of a run.
#[derive(Clone)]
pub struct Report {
    /// Which run.
    pub run: ScriptRunId,
    /// Of which profile, and of which version of its script; none for those that the delegate has.
    pub of: Option<(ProfileId, Timestamp)>,
    /// How many bytes of output came before.
    pub offset: i64,
    /// More output. What was taken in before is left out.
    pub output: String,
    /// How the run ended, and its exit code; none while it goes on.
    pub end: Option<(Outcome, Option<i32>)>,
}

/// A report, masked on sight of what was known of its delegate's runs. It may be written where that is still so.
pub struct Masked {
    /// What was known of the run; none where it is new.
    pub(super) seen: Option<Seen>,
    /// What waited of each run that a new one interrupts.
    pub(super) interrupted: Vec<(Uuid, Seen, String)>,
    /// What is added to the log.
    pub(super) pieces: Vec<Piece>,
    /// What is known of the run from now on.
    pub(super) next: Seen,
}

/// How much was taken in of a run, and what waits to be masked, sealed. No two sealed texts are alike, so that this also
/// tells whether somebody was quicker.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub received: i64,
    pub sealed_rest: Vec<u8>,
}

impl Seen {
    pub(super) fn of(row: &script_run::Model) -> Self {
        Self { received: row.received, sealed_rest: row.sealed_rest.clone() }
    }
}

/// A piece of a log.
pub(super) enum Piece {
    /// Output, masked.
    Output(String),
    /// A line about the log itself.
    Note(String),
}

impl Report {
    /// Masks it, off the threads that serve requests.
    ///
    /// # Errors
    /// Where there are more bytes than can be counted, or the database is out of reach.
    pub async fn mask(&self, state: &State, masker: &Masker, scope: &Scope, of: DelegateId) -> Result<Masked, Error> {
        let is_open =
            Condition::all().add(script_run::Column::DelegateId.eq(of.0)).add(script_run::Column::EndedAt.is_null());
        let known = script_run::Entity::find()
            .filter(script_run::Entity::at(scope))
            .filter(Condition::any().add(script_run::Column::Id.eq(self.run.0)).add(is_open));
        let known = known.all(state.db.read()).await?;
        let too_far = || Error::field("offset", Invalid::new("offset: this is more output than can be counted."));
        let length = i64::try_from(self.output.len()).map_err(|_| too_far())?;
        let end = self.offset.checked_add(length).ok_or_else(too_far)?;
        let work = Work { masker: masker.clone(), encryption: state.encryption.clone(), report: self.clone() };
        let _turn = state.masks.turn().await;
        tokio::task::spawn_blocking(move || work.mask(&known, end)).await.map_err(Error::internal)
    }
}

struct Work {
    masker: Masker,
    encryption: EncryptionKey,
    report: Report,
}

impl Work {
    fn mask(&self, known: &[script_run::Model], end: i64) -> Masked {
        let Report { run, offset, output, end: ends, .. } = &self.report;
        let seen = known.iter().find(|row| row.id == run.0).map(Seen::of);
        let others = known.iter().filter(|_| seen.is_none());
        let interrupted = others.map(|row| (row.id, Seen::of(row), self.flush(row.id, &row.sealed_rest))).collect();
        let before = seen.clone().unwrap_or_default();
        let (lost, is_new) = (offset.saturating_sub(before.received), end > before.received);
        let (mut carry, mut tears) = self.open(run.0, &before.sealed_rest);
        let mut pieces = Vec::new();
        if lost > 0 {
            pieces.push(Piece::Output(self.flush(run.0, &before.sealed_rest)));
            pieces.push(Piece::Note(format!("[… {lost} byte{} lost …]", if lost == 1 { " was" } else { "s were" })));
            (carry, tears) = (Carry::default(), Before::Lost);
        }
        let known = usize::try_from(before.received.saturating_sub(*offset)).unwrap_or(0);
        let new = output.get(output.ceil_char_boundary(known)..).unwrap_or_default();
        // PostgreSQL takes no NUL in text.
        let new = new.replace('\0', "\u{fffd}");
        let (after, is_over) = if ends.is_some() { (After::End, true) } else { (After::More, false) };
        let mut next = before.clone();
        if is_new || lost > 0 || is_over {
            let (masked, carry) = self.masker.feed(carry, &new, tears, after);
            pieces.push(Piece::Output(masked));
            let received = if is_new || lost > 0 { end } else { before.received };
            let sealed_rest =
                if is_over { Vec::new() } else { self.encryption.seal(&purpose(run.0), &carry.to_bytes()) };
            next = Seen { received, sealed_rest };
        }
        Masked { seen, interrupted, pieces, next }
    }

    /// What waited of a run that does not go on.
    fn flush(&self, run: Uuid, sealed: &[u8]) -> String {
        let (carry, before) = self.open(run, sealed);
        self.masker.feed(carry, "", before, After::End).0
    }

    /// What waits of a run. What cannot be opened is lost, and the run goes on.
    fn open(&self, run: Uuid, sealed: &[u8]) -> (Carry, Before) {
        if sealed.is_empty() {
            return (Carry::default(), Before::Known);
        }
        let clear = self.encryption.open(&purpose(run), sealed).ok();
        match clear.and_then(|clear| Carry::from_bytes(&clear)) {
            Some(carry) => (carry, Before::Known),
            None => {
                tracing::error!(%run, "what waited of a script's output cannot be opened, and is lost");
                (Carry::default(), Before::Lost)
            }
        }
    }
}

/// For what the end of a log is sealed.
fn purpose(run: Uuid) -> String {
    format!("script run {run}")
}
