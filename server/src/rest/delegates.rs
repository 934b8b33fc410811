//! Delegates.

use std::str::FromStr;

use axum::{Json, http::StatusCode};
use muster::{
    delegate::{DelegateFilter, DelegateRow, DelegateType as Kind, Flag, Sort, Status, parse_note, parse_profile},
    id::DelegateId,
    page::Cursor,
    text::{Invalid, Selectors},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, Body, Id, integer, word},
    page::{List, after},
    problem::Rejection,
    words::{DelegateFlag, DelegateSort, DelegateStatus, DelegateType, Selector, WaitReason},
};
use crate::{error::Error, manage::delegates};

/// A delegate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delegate {
    /// Its id.
    pub id: String,
    /// Where it belongs: `organization` or `organization/project`; empty for the account.
    pub scope: String,
    /// The name that it registered with.
    pub name: String,
    /// The host that it says it runs on.
    pub host_name: String,
    /// The address that it last registered from, as the manager saw it.
    pub address: String,
    /// `SHELL_SCRIPT`, `DOCKER`, `KUBERNETES`, `ECS`, `HELM_DELEGATE` or `OTHER`.
    #[serde(rename = "type")]
    #[schema(value_type = DelegateType)]
    pub kind: &'static str,
    /// Its version; may be empty.
    pub version: String,
    /// `connected`, `not-connected`, `pending`, `rejected` or `disabled`.
    #[schema(value_type = DelegateStatus)]
    pub status: &'static str,
    /// Why it waits for a person, while it does: `REQUIRED`, `UNKNOWN_PROFILE`, `RESEMBLES`, `CONFLICT` or `TAKEN_BACK`.
    #[schema(value_type = Option<WaitReason>)]
    pub waits_because: Option<&'static str>,
    /// The thumbprint of the key that it proves; none of clients that have none.
    pub key: Option<String>,
    /// Its profile.
    pub profile: Named,
    /// The token that it last registered with; its name is `(deleted)` where it is gone.
    pub token: Named,
    /// Its own selectors.
    pub selectors: Vec<String>,
    /// The selectors that it inherits from its profile.
    pub inherited_selectors: Vec<String>,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether the last run of its startup script failed.
    pub script_failed: bool,
    /// When it first registered.
    #[schema(format = DateTime)]
    pub registered_at: String,
    /// When it was last heard of.
    #[schema(format = DateTime)]
    pub last_heartbeat_at: String,
    /// The decision about it; none while nobody had to decide.
    pub decision: Option<Decision>,
    /// Counts the changes of what a person decides by: a decision says which of them it saw.
    pub revision: i32,
}

/// Who decided, when, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// What was noted of it.
    pub note: Option<String>,
}

/// An object, and what it is called.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl From<DelegateRow> for Delegate {
    fn from(row: DelegateRow) -> Self {
        let words = |selectors: &Selectors| selectors.iter().map(str::to_owned).collect();
        let DelegateRow { delegate, status, profile, inherited, token, script_failed, .. } = row;
        let decision = delegate.decision.as_ref().map(|decision| Decision {
            by: decision.by.clone(),
            at: decision.at.to_string(),
            note: decision.note.as_ref().map(ToString::to_string),
        });
        Self {
            id: delegate.id.to_string(),
            scope: delegate.scope.identifiers(),
            status: status.slug(),
            waits_because: delegate.reason.map(|reason| reason.code()),
            key: delegate.key.as_ref().map(|key| String::from(key.thumbprint())),
            profile: Named { id: delegate.profile_id.to_string(), name: profile },
            token: Named { id: delegate.token_id.to_string(), name: token },
            selectors: words(delegate.own_selectors()),
            inherited_selectors: words(&inherited),
            description: delegate.description().to_owned(),
            script_failed,
            registered_at: delegate.registered_at.to_string(),
            last_heartbeat_at: delegate.last_heartbeat_at.to_string(),
            decision,
            revision: delegate.revision,
            kind: delegate.facts.kind.code(),
            address: delegate.address,
            name: delegate.facts.name.into(),
            host_name: delegate.facts.host_name.into(),
            version: delegate.facts.version,
        }
    }
}

/// Which delegates, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// What the console's search takes: words, and terms as `profile:edge`.
    pub q: Option<String>,
    /// `connected`, `not-connected`, `pending`, `rejected` or `disabled`; without it all but the rejected.
    #[param(value_type = Option<DelegateStatus>, inline)]
    pub status: Option<String>,
    /// A type, as delegates have it.
    #[serde(rename = "type")]
    #[param(value_type = Option<DelegateType>, inline)]
    pub kind: Option<String>,
    /// The id of a profile.
    #[param(format = "uuid")]
    pub profile: Option<String>,
    /// The id of a token.
    #[param(format = "uuid")]
    pub token: Option<String>,
    /// A selector of their own.
    pub selector: Option<String>,
    /// `outdated`, `script-failed`, `refused` or `key-differs`.
    #[param(value_type = Option<DelegateFlag>, inline)]
    pub is: Option<String>,
    /// `newest` (the default), `name`, `name-backwards`, `heard` or `silent`.
    #[param(value_type = Option<DelegateSort>, inline)]
    pub sort: Option<String>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

impl Filter {
    fn read(self) -> Result<DelegateFilter, Error> {
        let kinds = Kind::ALL.map(Kind::code);
        Ok(DelegateFilter {
            search: self.q.unwrap_or_default(),
            status: word("status", self.status.as_deref(), Status::from_slug, &Status::ALL.map(Status::slug))?,
            kind: word("type", self.kind.as_deref(), Kind::named, &kinds)?,
            profile: id("profile", self.profile.as_deref())?,
            token: id("token", self.token.as_deref())?,
            tag: self.selector.unwrap_or_default(),
            flag: word("is", self.is.as_deref(), Flag::from_slug, &Flag::ALL.map(Flag::slug))?,
            sort: word("sort", self.sort.as_deref(), Sort::from_slug, &Sort::ALL.map(Sort::slug))?.unwrap_or_default(),
            cursor: after(self.after.as_deref())?,
        })
    }
}

fn id<T: FromStr<Err = Invalid>>(field: &'static str, text: Option<&str>) -> Result<Option<T>, Error> {
    let read = |text: &str| text.parse().map_err(|error| Error::field(field, error));
    text.map(read).transpose()
}

/// List delegates
#[utoipa::path(get, path = "/delegates", operation_id = "list_delegates", tag = "delegates", params(Filter), responses((status = 200, body = List<Delegate>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<Delegate>>, Rejection> {
    let page = delegates::list(&asked.cx, &asked.scope, &filter.read()?).await?;
    Ok(Json(List::of(page, Delegate::from)))
}

/// Get a delegate
#[utoipa::path(get, path = "/delegates/{id}", operation_id = "get_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Delegate)))]
pub async fn get(asked: Asked, Id(id): Id<DelegateId>) -> Result<Json<Delegate>, Rejection> {
    one(&asked, id).await
}

async fn one(asked: &Asked, id: DelegateId) -> Result<Json<Delegate>, Rejection> {
    Ok(Json(delegates::get(&asked.cx, id, &Cursor::First).await?.row.into()))
}

/// A decision about a delegate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// The revision that was looked at. Where the delegate has changed since, the decision is refused (`CHANGED`).
    #[serde(deserialize_with = "integer")]
    pub revision: i32,
    /// A note that is kept with the decision.
    #[serde(default)]
    #[schema(format = "line", max_length = 500)]
    pub note: Option<String>,
}

/// Approve a waiting delegate
#[utoipa::path(post, path = "/delegates/{id}/approve", operation_id = "approve_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), request_body = Decide, responses((status = 200, body = Delegate)))]
pub async fn approve(
    asked: Asked,
    Id(id): Id<DelegateId>,
    Body(body): Body<Decide>,
) -> Result<Json<Delegate>, Rejection> {
    let note = parse_note(body.note.as_deref().unwrap_or_default())?;
    delegates::approve(&asked.cx, id, body.revision, note).await?;
    one(&asked, id).await
}

/// Reject a waiting delegate
#[utoipa::path(post, path = "/delegates/{id}/reject", operation_id = "reject_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), request_body = Decide, responses((status = 200, body = Delegate)))]
pub async fn reject(
    asked: Asked,
    Id(id): Id<DelegateId>,
    Body(body): Body<Decide>,
) -> Result<Json<Delegate>, Rejection> {
    let note = parse_note(body.note.as_deref().unwrap_or_default())?;
    delegates::reject(&asked.cx, id, body.revision, note).await?;
    one(&asked, id).await
}

/// Return a rejected delegate to approval
#[utoipa::path(post, path = "/delegates/{id}/take-back", operation_id = "take_back_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Delegate)))]
pub async fn take_back(asked: Asked, Id(id): Id<DelegateId>) -> Result<Json<Delegate>, Rejection> {
    delegates::take_back(&asked.cx, id).await?;
    one(&asked, id).await
}

/// Put a delegate out of work
///
/// Its next request is refused, whatever its token.
#[utoipa::path(post, path = "/delegates/{id}/disable", operation_id = "disable_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Delegate)))]
pub async fn disable(asked: Asked, Id(id): Id<DelegateId>) -> Result<Json<Delegate>, Rejection> {
    delegates::disable(&asked.cx, id, None).await?;
    one(&asked, id).await
}

/// Let a disabled delegate work again
#[utoipa::path(post, path = "/delegates/{id}/enable", operation_id = "enable_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Delegate)))]
pub async fn enable(asked: Asked, Id(id): Id<DelegateId>) -> Result<Json<Delegate>, Rejection> {
    delegates::enable(&asked.cx, id).await?;
    one(&asked, id).await
}

/// The profile that a delegate is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchProfile {
    /// The profile's id.
    #[schema(format = "uuid")]
    pub profile: String,
}

/// Give a delegate another profile
///
/// It runs the startup script of that one.
#[utoipa::path(put, path = "/delegates/{id}/profile", operation_id = "switch_delegate_profile", tag = "delegates", params(("id" = String, Path, format = "uuid")), request_body = SwitchProfile, responses((status = 200, body = Delegate)))]
pub async fn switch_profile(
    asked: Asked,
    Id(id): Id<DelegateId>,
    Body(body): Body<SwitchProfile>,
) -> Result<Json<Delegate>, Rejection> {
    delegates::switch_profile(&asked.cx, id, parse_profile(&body.profile)?).await?;
    one(&asked, id).await
}

/// The selectors that a delegate is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSelectors {
    /// They take the place of its own; null lets its own count again.
    #[schema(value_type = Option<Vec<Selector>>)]
    pub selectors: Option<Vec<String>>,
}

/// Give a delegate selectors
#[utoipa::path(put, path = "/delegates/{id}/selectors", operation_id = "edit_delegate_selectors", tag = "delegates", params(("id" = String, Path, format = "uuid")), request_body = EditSelectors, responses((status = 200, body = Delegate)))]
pub async fn edit_selectors(
    asked: Asked,
    Id(id): Id<DelegateId>,
    Body(body): Body<EditSelectors>,
) -> Result<Json<Delegate>, Rejection> {
    let read = body.selectors.map(Selectors::new).transpose();
    let selectors = read.map_err(|error| Error::field("selectors", error))?;
    delegates::edit_selectors(&asked.cx, id, selectors).await?;
    one(&asked, id).await
}

/// Delete a delegate
///
/// One that runs still registers anew, as a stranger.
#[utoipa::path(delete, path = "/delegates/{id}", operation_id = "delete_delegate", tag = "delegates", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<DelegateId>) -> Result<StatusCode, Rejection> {
    delegates::delete(&asked.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
