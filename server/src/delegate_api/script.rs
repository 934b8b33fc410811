//! How startup scripts run: what delegates tell while they do, and after.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Multipart, Path, Request, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode},
};
use muster::{
    delegate::{Admission, Delegate},
    id::{DelegateId, ProfileId, ScriptRunId},
    script::{LOG_MOST, Outcome},
    text::Invalid,
    time::Timestamp,
    token::Token,
    wire::{
        envelope::Envelope,
        script::{OUTPUT_MOST, ScriptReport},
    },
};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect};
use serde::Deserialize;

use super::{
    AccountQuery, ApiError, Query,
    authenticate::{authenticate, still_good},
    parse,
};
use crate::{
    chance,
    db::{
        Change,
        entity::{Scoped, delegate},
    },
    error::Error,
    events::Topic,
    scripts::{Recorder, Report, Written, masker},
    state,
};

/// The largest report, in bytes: JSON writes some characters with six.
const REPORT_MOST: usize = 6 * OUTPUT_MOST + 4096;
/// The largest body that brings a whole log, in bytes.
pub const RESULT_MOST: usize = 2 * LOG_MOST;

/// A run goes on, or has ended.
pub async fn report(
    State(state): State<state::State>,
    Path((id, run)): Path<(String, String)>,
    Query(query): Query<AccountQuery>,
    headers: HeaderMap,
    request: Request<Body>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let id = id.parse().ok();
    let token = authenticate(&state, &headers, &query.account_id, id).await.map_err(Error::from)?;
    let body = to_bytes(request.into_body(), REPORT_MOST).await.map_err(|_| Error::TooLarge(REPORT_MOST))?;
    let report = parse::<ScriptReport>(&body)?;
    if report.output.len() > OUTPUT_MOST {
        return Err(Error::TooLarge(OUTPUT_MOST).into());
    }
    let run: ScriptRunId = run.parse().map_err(|error| Error::field("run", error))?;
    take(&state, &token, id, run, report).await?;
    Ok(Json(Envelope::new(None)))
}

async fn take(
    state: &state::State,
    token: &Token,
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
    write(state, token, delegate, &report).await
}

/// Masks a report and writes it; again, where another report of the delegate came in meanwhile.
async fn write(
    state: &state::State,
    token: &Token,
    delegate: Option<DelegateId>,
    report: &Report,
) -> Result<(), Error> {
    // Whatever this report can hold was handed out before it came: the secrets of now, and those of before.
    let masker = masker(state, token).await?;
    loop {
        let masked = report.mask(state, &masker, &token.scope, delegate.ok_or(UNKNOWN)?).await?;
        let mut change = state.db.write().await?;
        still_good(&change, token).await?;
        let delegate = hold(&change, token, delegate).await?;
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

const UNKNOWN: Error = Error::NotFound("There is no such delegate. Register first.");

/// The delegate of this id, in the token's scope, which nobody else changes until the end of this change. Who is not
/// approved has run nothing.
pub async fn hold(change: &Change, token: &Token, id: Option<DelegateId>) -> Result<Delegate, Error> {
    let id = id.ok_or(UNKNOWN)?;
    let row = delegate::Entity::find_by_id(id.0).filter(delegate::Entity::within(&token.scope)).lock_exclusive();
    let delegate = Delegate::try_from(row.one(&**change).await?.ok_or(UNKNOWN)?)?;
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
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Json<Envelope<()>>, ApiError> {
    let id = id.parse().ok();
    let token = authenticate(&state, &headers, &query.account_id, id).await.map_err(Error::from)?;
    let log = read(body).await?;
    let run = ScriptRunId::new(state.clock.now(), &chance::bytes());
    let output = String::from_utf8_lossy(&log).into_owned();
    let end = Some((Outcome::Exited, Some(i32::from(result.error))));
    write(&state, &token, id, &Report { run, of: None, offset: 0, output, end }).await?;
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
