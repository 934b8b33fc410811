//! The audit trail.

use axum::Json;
use muster::{
    audit::{Action, Subject, TrailFilter, TrailRow},
    text::Invalid,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, word},
    page::{List, after},
    problem::Rejection,
    words,
};
use crate::{error::Error, manage::audit};

/// An entry of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: String,
    /// Where it belongs: `organization` or `organization/project`; empty for the account.
    pub scope: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The name that who acted had then.
    pub actor: String,
    /// From which address; empty for what happened inside the server's machine.
    pub address: String,
    /// What was done, in a word that is never given another meaning, as `DELEGATE_APPROVED`.
    #[schema(value_type = words::AuditAction)]
    pub action: &'static str,
    /// The object's id.
    pub object_id: Option<String>,
    /// What the object was called then.
    pub object_name: String,
    /// What else is to be known; may be empty.
    pub detail: String,
    /// What changed from what to what.
    pub changes: Vec<Change>,
    /// Its place in the chain of entries, as `muster admin verify-audit --expect` takes it; none of the newest, which are
    /// not in it yet.
    pub chained: Option<String>,
}

/// Something that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// What.
    pub what: String,
    /// What it was; none of what did not change, and is told for what it is.
    pub before: Option<String>,
    /// What it is; may be empty.
    pub after: String,
}

impl From<TrailRow> for AuditEntry {
    fn from(row: TrailRow) -> Self {
        let changes = row.entry.changes.into_iter();
        Self {
            id: row.id.to_string(),
            scope: row.scope.identifiers(),
            at: row.entry.at.to_string(),
            actor: row.entry.actor,
            address: row.entry.address,
            action: row.entry.action.code(),
            object_id: row.object.map(|id| id.to_string()),
            chained: row.link.map(|link| link.to_string()),
            object_name: row.name,
            detail: row.entry.detail,
            changes: changes.map(|one| Change { what: one.what, before: one.before, after: one.after }).collect(),
        }
    }
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the name of who acted.
    pub who: Option<String>,
    /// A part of the object's name, or its id.
    pub object: Option<String>,
    /// A part of the address.
    pub address: Option<String>,
    /// A kind of object.
    #[param(value_type = Option<words::Subject>, inline)]
    pub subject: Option<String>,
    /// An action, as entries have it.
    #[param(value_type = Option<words::AuditAction>, inline)]
    pub action: Option<String>,
    /// Not before this (RFC 3339).
    #[param(format = "date-time")]
    pub since: Option<String>,
    /// Before this (RFC 3339).
    #[param(format = "date-time")]
    pub until: Option<String>,
    /// Whether the entries of what lies under the scope are listed, too.
    pub beneath: Option<bool>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

impl Filter {
    fn read(self) -> Result<TrailFilter, Error> {
        let time = |field, text: Option<&str>| {
            let wrong = || Error::field(field, Invalid::new("Write a time as 2026-11-21T09:30:00Z."));
            text.map(|text| Timestamp::parse(text).ok_or_else(wrong)).transpose()
        };
        let actions = || Invalid::new("There is no such action.");
        let action =
            self.action.as_deref().map(|code| Action::from_code(code).ok_or_else(|| Error::field("action", actions())));
        Ok(TrailFilter {
            beneath: self.beneath.unwrap_or_default(),
            who: self.who.unwrap_or_default(),
            object: self.object.unwrap_or_default(),
            address: self.address.unwrap_or_default(),
            subject: word("subject", self.subject.as_deref(), Subject::from_slug, &Subject::ALL.map(Subject::slug))?,
            action: action.transpose()?,
            since: time("since", self.since.as_deref())?,
            until: time("until", self.until.as_deref())?,
            cursor: after(self.after.as_deref())?,
        })
    }
}

/// Look through the audit trail
#[utoipa::path(get, path = "/audit", operation_id = "list_audit_entries", tag = "audit", params(Filter), responses((status = 200, body = List<AuditEntry>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<AuditEntry>>, Rejection> {
    let page = audit::trail(&asked.cx, &asked.scope, &filter.read()?).await?;
    Ok(Json(List::of(page, AuditEntry::from)))
}
