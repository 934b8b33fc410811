//! A delegate in an exported file.

use muster::delegate::DelegateRow;
use serde::Serialize;

use super::table::Exported;

/// The columns, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportedDelegate {
    id: String,
    name: String,
    host_name: String,
    status: &'static str,
    r#type: &'static str,
    version: String,
    outdated: bool,
    profile: String,
    token: String,
    tags: String,
    inherited_tags: String,
    address: String,
    stated_address: String,
    key_fingerprint: String,
    script_failed: bool,
    description: String,
    registered_at: String,
    last_heartbeat_at: String,
    refused_at: Option<String>,
}

impl From<DelegateRow> for ExportedDelegate {
    fn from(row: DelegateRow) -> Self {
        let delegate = row.delegate;
        Self {
            id: delegate.id.to_string(),
            status: row.status.slug(),
            r#type: delegate.facts.kind.label(),
            outdated: delegate.is_outdated(),
            profile: row.profile,
            token: row.token,
            tags: delegate.own_selectors().to_string(),
            inherited_tags: row.inherited.to_string(),
            key_fingerprint: delegate.key.map(|key| key.thumbprint().fingerprint()).unwrap_or_default(),
            script_failed: row.script_failed,
            registered_at: delegate.registered_at.to_string(),
            last_heartbeat_at: delegate.last_heartbeat_at.to_string(),
            refused_at: delegate.refused_at.map(|at| at.to_string()),
            name: delegate.facts.name.into(),
            host_name: delegate.facts.host_name.into(),
            version: delegate.facts.version,
            address: delegate.address,
            stated_address: delegate.facts.ip,
            description: delegate.facts.description,
        }
    }
}

impl Exported for ExportedDelegate {
    const FILE: &'static str = "delegates";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "host_name",
        "status",
        "type",
        "version",
        "outdated",
        "profile",
        "token",
        "tags",
        "inherited_tags",
        "address",
        "stated_address",
        "key_fingerprint",
        "script_failed",
        "description",
        "registered_at",
        "last_heartbeat_at",
        "refused_at",
    ];

    fn cells(&self) -> Vec<&str> {
        let yes = |is: bool| if is { "yes" } else { "no" };
        vec![
            &self.id,
            &self.name,
            &self.host_name,
            self.status,
            self.r#type,
            &self.version,
            yes(self.outdated),
            &self.profile,
            &self.token,
            &self.tags,
            &self.inherited_tags,
            &self.address,
            &self.stated_address,
            &self.key_fingerprint,
            yes(self.script_failed),
            &self.description,
            &self.registered_at,
            &self.last_heartbeat_at,
            self.refused_at.as_deref().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::{super::table::tests::has_the_same_columns, *};

    fn delegate() -> ExportedDelegate {
        ExportedDelegate {
            id: "7".into(),
            name: "=cmd|' /C calc'!A0".into(),
            host_name: "a,\"b\"\nc".into(),
            status: "connected",
            r#type: "Docker",
            version: "0.1.0".into(),
            outdated: false,
            profile: "Primary".into(),
            token: "-1".into(),
            tags: "linux, eu".into(),
            inherited_tags: String::new(),
            address: "10.0.0.1".into(),
            stated_address: "+1".into(),
            key_fingerprint: "UeAC".into(),
            script_failed: true,
            description: "@x".into(),
            registered_at: "a".into(),
            last_heartbeat_at: "b".into(),
            refused_at: None,
        }
    }

    #[test]
    fn cells_are_quoted_and_none_is_a_formula() {
        let expected = "7,\"'=cmd|' /C calc'!A0\",\"a,\"\"b\"\"\nc\",connected,Docker,0.1.0,no,Primary,\"'-1\",\
                        \"linux, eu\",,10.0.0.1,\"'+1\",UeAC,yes,\"'@x\",a,b,\r\n";
        assert_eq!(delegate().csv_line(), expected);
    }

    #[test]
    fn both_formats_have_the_same_columns() {
        assert_eq!(has_the_same_columns(&delegate())["script_failed"], true);
    }
}
