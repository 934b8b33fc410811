//! How startup scripts run: what delegates tell while they do, and after.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Multipart, Path, Request, State, multipart::MultipartRejection},
    http::StatusCode,
};
use muster::{
    delegate::{Admission, Delegate},
    id::{DelegateId, ProfileId, ScriptRunId},
    script::{MAX_LOG_BYTES, Outcome},
    text::Invalid,
    time::Timestamp,
    wire::{
        envelope::Envelope,
        script::{MAX_OUTPUT_BYTES, ScriptReport},
    },
};
use serde::Deserialize;

use super::{
    AccountQuery, ApiError, Query,
    authenticate::{authenticate, ensure_active},
    caller::{Caller, Presented, is_own, own_process},
    parse,
};
use crate::{
    chance,
    db::{Change, lock},
    error::Error,
    events::Topic,
    scripts::{Recorder, Report, Written, masker},
    state,
};

/// The largest report, in bytes: JSON writes some characters with six.
const REPORT_MOST: usize = 6 * MAX_OUTPUT_BYTES + 4096;
/// The largest body that brings a whole log, in bytes.
pub const RESULT_MOST: usize = 2 * MAX_LOG_BYTES;

const UNKNOWN: Error = Error::NotFound("There is no such delegate. Register first.");

/// A run goes on, or has ended.
pub async fn report(
    State(state): State<state::State>,
    Path((id, run)): Path<(String, String)>,
    Query(query): Query<AccountQuery>,
    presented: Presented,
    request: Request<Body>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let id = id.parse().ok();
    let caller = authenticate(&state, &presented, &query.account_id, id).await.map_err(Error::from)?;
    own_process(&state, &caller, id).await?.ok_or(UNKNOWN)?;
    let body = to_bytes(request.into_body(), REPORT_MOST).await.map_err(|_| Error::TooLarge(REPORT_MOST))?;
    let report = parse::<ScriptReport>(&body)?;
    if report.output.len() > MAX_OUTPUT_BYTES {
        return Err(Error::TooLarge(MAX_OUTPUT_BYTES).into());
    }
    let run: ScriptRunId = run.parse().map_err(|error| Error::field("run", error))?;
    take(&state, &caller, id, run, report).await?;
    Ok(Json(Envelope::new(None)))
}

async fn take(
    state: &state::State,
    caller: &Caller,
    delegate: Option<DelegateId>,
    run: ScriptRunId,
    report: ScriptReport,
) -> Result<(), Error> {
    let wrong = |sentence| Error::field("body", Invalid::new(sentence));
    let profile: ProfileId = report.profile_id.parse().map_err(|error| Error::field("body", error))?;
    let offset = i64::try_from(report.offset).map_err(|_| wrong("offset: this is more output than can be counted."))?;
    if report.end.as_ref().is_some_and(|end| end.outcome == Outcome::NotDelivered) {
        return Err(wrong("end.outcome: only the manager knows what was not delivered."));
    }
    let version = Timestamp::from_millis(report.profile_last_updated_at);
    let end = report.end.map(|end| (end.outcome, end.exit_code));
    let report = Report { run, of: Some((profile, version)), offset, output: report.output, end };
    write(state, caller, delegate, &report).await
}

/// Masks a report and writes it; again, where another report of the delegate came in meanwhile.
async fn write(
    state: &state::State,
    caller: &Caller,
    delegate: Option<DelegateId>,
    report: &Report,
) -> Result<(), Error> {
    // Whatever this report can hold was handed out before it came: the secrets of now, and those of before.
    let masker = masker(state, &caller.token).await?;
    loop {
        let masked = report.mask(state, &masker, &caller.token.scope, delegate.ok_or(UNKNOWN)?).await?;
        let mut change = state.db.write().await?;
        ensure_active(&change, caller.token.id).await?;
        let delegate = lock_own(&change, caller, delegate).await?;
        let recorder = Recorder { change: &change, delegate: &delegate, now: state.clock.now() };
        match recorder.write(report, &masked).await? {
            Written::Stale => {}
            Written::Known => return Ok(()),
            Written::Yes { begins_or_ends } => {
                change.touches(Topic::Scripts);
                if begins_or_ends {
                    change.touches(Topic::Delegates);
                }
                return Ok(change.commit().await?);
            }
        }
    }
}

/// The caller's own delegate of this id, which nobody else changes until the end of this change. Who is not approved
/// has run nothing.
pub async fn lock_own(change: &Change, caller: &Caller, id: Option<DelegateId>) -> Result<Delegate, Error> {
    let id = id.ok_or(UNKNOWN)?;
    let row = lock::delegate(change, &caller.token.scope, id).await?.ok_or(UNKNOWN)?;
    let delegate = Delegate::try_from(row)?;
    if !is_own(&**change, caller, &delegate).await? {
        return Err(UNKNOWN);
    }
    if delegate.admission == Admission::Enabled {
        Ok(delegate)
    } else {
        Err(Error::Conflict("This delegate is not approved.".to_owned()))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResultQuery {
    error: bool,
}

/// A run has ended, of a client that tells nothing before: one file, which is its log.
pub async fn result(
    State(state): State<state::State>,
    Path(id): Path<String>,
    Query(query): Query<AccountQuery>,
    Query(result): Query<ResultQuery>,
    presented: Presented,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let id = id.parse().ok();
    let caller = authenticate(&state, &presented, &query.account_id, id).await.map_err(Error::from)?;
    own_process(&state, &caller, id).await?.ok_or(UNKNOWN)?;
    let log = read(body).await?;
    let run = ScriptRunId::new(state.clock.now(), &chance::bytes());
    let output = String::from_utf8_lossy(&log).into_owned();
    let end = Some((Outcome::Exited, Some(i32::from(result.error))));
    write(&state, &caller, id, &Report { run, of: None, offset: 0, output, end }).await?;
    Ok(Json(Envelope::new(None)))
}

/// The file of a form; the first, where there are more.
async fn read(body: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Error> {
    let unreadable = || Error::field("body", Invalid::new("Send one file, as multipart/form-data."));
    let failed =
        |status| if status == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLarge(RESULT_MOST) } else { unreadable() };
    let mut form = body.map_err(|_| unreadable())?;
    let field = form.next_field().await.map_err(|error| failed(error.status()))?.ok_or_else(unreadable)?;
    Ok(field.bytes().await.map_err(|error| failed(error.status()))?.to_vec())
}
