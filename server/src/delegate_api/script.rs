//! How startup scripts run: what delegates tell while they do, and after.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Multipart, Path, Request, State, multipart::MultipartRejection},
    http::StatusCode,
};
use muster::{
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
    ApiError,
    authenticated::Authenticated,
    extract::{Query, parse},
};
use crate::{
    caller::Caller,
    error::{Error, Object},
    manage::{identity::own_process, reports},
    random,
    scripts::Report,
    state,
};

/// The largest report, in bytes: JSON writes some characters with six.
const MAX_REPORT_BYTES: usize = 6 * MAX_OUTPUT_BYTES + 4096;
/// The largest body that brings a whole log, in bytes.
pub const MAX_RESULT_BYTES: usize = 2 * MAX_LOG_BYTES;

/// A run goes on, or has ended.
pub async fn report(
    State(state): State<state::State>,
    Authenticated { caller, delegate }: Authenticated,
    Path((_, run)): Path<(String, String)>,
    request: Request<Body>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let delegate = own_id(&state, &caller, delegate).await?;
    let body = to_bytes(request.into_body(), MAX_REPORT_BYTES).await.map_err(|_| Error::TooLarge(MAX_REPORT_BYTES))?;
    let report = parse::<ScriptReport>(&body)?;
    if report.output.len() > MAX_OUTPUT_BYTES {
        return Err(Error::TooLarge(MAX_OUTPUT_BYTES).into());
    }
    let run: ScriptRunId = run.parse().map_err(|error| Error::field("run", error))?;
    reports::write(&state, &caller, delegate, &read_report(run, report)?).await?;
    Ok(Json(Envelope::new(None)))
}

/// The delegate that a call speaks of, where it is the caller's own, and the calling process the one that is known.
async fn own_id(state: &state::State, caller: &Caller, id: Option<DelegateId>) -> Result<DelegateId, Error> {
    let delegate = own_process(state, caller, id).await?;
    delegate.map(|delegate| delegate.id).ok_or(Error::NotFound(Object::Delegate))
}

fn read_report(run: ScriptRunId, report: ScriptReport) -> Result<Report, Error> {
    let wrong = |sentence| Error::field("body", Invalid::new(sentence));
    let profile: ProfileId = report.profile_id.parse().map_err(|error| Error::field("body", error))?;
    let offset = i64::try_from(report.offset).map_err(|_| wrong("offset: this is more output than can be counted."))?;
    if report.end.as_ref().is_some_and(|end| end.outcome == Outcome::NotDelivered) {
        return Err(wrong("end.outcome: only the manager knows what was not delivered."));
    }
    let version = Timestamp::from_millis(report.profile_last_updated_at);
    let end = report.end.map(|end| (end.outcome, end.exit_code));
    Ok(Report { run, of: Some((profile, version)), offset, output: report.output, end })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ResultQuery {
    error: bool,
}

/// A run has ended, of a client that tells nothing before: one file, which is its log.
pub async fn result(
    State(state): State<state::State>,
    Authenticated { caller, delegate }: Authenticated,
    Query(result): Query<ResultQuery>,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let delegate = own_id(&state, &caller, delegate).await?;
    let log = read(body).await?;
    let run = ScriptRunId::new(state.clock.now(), &random::bytes());
    let output = String::from_utf8_lossy(&log).into_owned();
    let end = Some((Outcome::Exited, Some(i32::from(result.error))));
    reports::write(&state, &caller, delegate, &Report { run, of: None, offset: 0, output, end }).await?;
    Ok(Json(Envelope::new(None)))
}

/// The file of a form; the first, where there are more.
async fn read(body: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Error> {
    let unreadable = || Error::field("body", Invalid::new("Send one file, as multipart/form-data."));
    let failed =
        |status| if status == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLarge(MAX_RESULT_BYTES) } else { unreadable() };
    let mut form = body.map_err(|_| unreadable())?;
    let field = form.next_field().await.map_err(|error| failed(error.status()))?.ok_or_else(unreadable)?;
    Ok(field.bytes().await.map_err(|error| failed(error.status()))?.to_vec())
}
