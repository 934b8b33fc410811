//! A delegate in an exported file.

use muster::delegate::DelegateRow;
use serde::Serialize;

/// What programs that show tables take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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

impl ExportedDelegate {
    fn cells(&self) -> [(&'static str, &str); 19] {
        let yes = |is: bool| if is { "yes" } else { "no" };
        [
            ("id", &self.id),
            ("name", &self.name),
            ("host_name", &self.host_name),
            ("status", self.status),
            ("type", self.r#type),
            ("version", &self.version),
            ("outdated", yes(self.outdated)),
            ("profile", &self.profile),
            ("token", &self.token),
            ("tags", &self.tags),
            ("inherited_tags", &self.inherited_tags),
            ("address", &self.address),
            ("stated_address", &self.stated_address),
            ("key_fingerprint", &self.key_fingerprint),
            ("script_failed", yes(self.script_failed)),
            ("description", &self.description),
            ("registered_at", &self.registered_at),
            ("last_heartbeat_at", &self.last_heartbeat_at),
            ("refused_at", self.refused_at.as_deref().unwrap_or_default()),
        ]
    }

    /// The names of the columns.
    pub fn csv_head() -> String {
        const NAMES: &str = "id,name,host_name,status,type,version,outdated,profile,token,tags,inherited_tags,address,\
                             stated_address,key_fingerprint,script_failed,description,registered_at,last_heartbeat_at,\
                             refused_at\r\n";
        NAMES.to_owned()
    }

    /// Its line of a CSV file.
    pub fn csv_line(&self) -> String {
        let mut line = self.cells().map(|(_, value)| cell(value)).join(",");
        line.push_str("\r\n");
        line
    }

    /// Its line of a file of JSON Lines.
    ///
    /// # Errors
    /// None that could happen with what it holds.
    pub fn json_line(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// A cell: delegates choose what stands in it, so none may be a formula to who opens the file.
fn cell(value: &str) -> String {
    let guard = if value.starts_with(FORMULA) { "'" } else { "" };
    if guard.is_empty() && !value.contains([',', '"', '\r', '\n']) {
        return value.to_owned();
    }
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let names = delegate().cells().map(|(name, _)| name).join(",");
        assert_eq!(ExportedDelegate::csv_head(), names + "\r\n");
        let line = delegate().json_line().unwrap();
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        for (name, _) in delegate().cells() {
            assert!(json.get(name).is_some(), "{name}");
        }
        assert_eq!(json["script_failed"], true);
        assert!(line.ends_with("}\n") && line.lines().count() == 1);
    }
}
