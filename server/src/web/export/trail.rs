//! An entry of the audit trail in an exported file.

use muster::{
    audit::{FactChange, TrailRow},
    time::Timestamp,
};
use serde::Serialize;

use super::table::Exported;

/// The columns, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedEntry {
    id: String,
    at: String,
    action: &'static str,
    object_kind: &'static str,
    object_id: Option<String>,
    object: String,
    scope: String,
    actor: String,
    address: String,
    detail: String,
    changes: Vec<FactChange>,
    /// The changes as a phrase, for CSV alone.
    #[serde(skip)]
    changed: String,
    /// Its number in the chain.
    seq: Option<u64>,
    /// The same, for CSV alone.
    #[serde(skip)]
    number: String,
    /// What binds it to all before it.
    hash: Option<String>,
}

impl From<TrailRow> for ExportedEntry {
    fn from(row: TrailRow) -> Self {
        let entry = row.entry;
        Self {
            id: row.id.to_string(),
            at: precise(entry.at),
            action: entry.action.code(),
            object_kind: entry.action.subject().slug(),
            object_id: row.object.map(|id| id.to_string()),
            object: row.name,
            scope: row.scope.identifiers(),
            actor: entry.actor,
            address: entry.address,
            detail: entry.detail,
            changed: FactChange::phrase(&entry.changes),
            changes: entry.changes,
            seq: row.link.as_ref().map(|link| link.seq),
            number: row.link.as_ref().map(|link| link.seq.to_string()).unwrap_or_default(),
            hash: row.link.map(|link| link.hash),
        }
    }
}

/// With its milliseconds: of two entries the file tells which came first.
fn precise(at: Timestamp) -> String {
    at.to_string().replace('Z', &format!(".{:03}Z", at.as_millis().rem_euclid(1000)))
}

impl Exported for ExportedEntry {
    const FILE: &'static str = "audit-trail";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "at",
        "action",
        "object_kind",
        "object_id",
        "object",
        "scope",
        "actor",
        "address",
        "detail",
        "changes",
        "seq",
        "hash",
    ];

    fn cells(&self) -> Vec<&str> {
        vec![
            &self.id,
            &self.at,
            self.action,
            self.object_kind,
            self.object_id.as_deref().unwrap_or_default(),
            &self.object,
            &self.scope,
            &self.actor,
            &self.address,
            &self.detail,
            &self.changed,
            &self.number,
            self.hash.as_deref().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use muster::{
        audit::{Action, AuditRow, Link},
        id::AccountId,
        scope::Scope,
    };

    use super::{super::table::tests::has_the_same_columns, *};

    #[test]
    fn changes_are_objects_and_a_phrase() {
        let entry = AuditRow {
            at: Timestamp::from_millis(1_000_000_020_007),
            actor: "ada@example.com".into(),
            address: "10.0.0.1".into(),
            action: Action::ProfileSwitched,
            detail: String::new(),
            changes: vec![FactChange::new("Profile", "Primary", "=Edge")],
        };
        let link = Some(Link { seq: 7, hash: "0a".repeat(32) });
        let scope = Scope::parse(AccountId(uuid::Uuid::nil()), "platform/edge").unwrap();
        let (id, name) = (uuid::Uuid::nil(), "edge-1".into());
        let row = TrailRow { id, entry, object: None, name, scope, has_page: true, link };
        let row = ExportedEntry::from(row);
        let expected = "00000000-0000-0000-0000-000000000000,2001-09-09T01:47:00.007Z,PROFILE_SWITCHED,delegates,,edge-1,\
                        platform/edge,ada@example.com,10.0.0.1,,Profile Primary → =Edge,7,\
                        0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a\r\n";
        assert_eq!(row.csv_line(), expected);
        assert_eq!(has_the_same_columns(&row)["changes"][0]["after"], "=Edge");
    }
}
