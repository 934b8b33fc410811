//! Whose key is used.

use serde_json::{Value, json};

use crate::{failure::Failure, output::Column, session::Session};

const LINES: [Column; 4] = [
    Column::text("Name", "/name"),
    Column::text("Roles", "/roles"),
    Column::text("Account", "/account_id"),
    Column::text("Manager", "/manager"),
];

/// Shows whose key is used, and what it may do.
///
/// # Errors
/// What the manager says, or why it cannot be reached.
pub async fn whoami(session: &Session) -> Result<(), Failure> {
    let who = session.api.get(&["whoami"], &[]).await?;
    if session.out.is_json() {
        return session.out.json(&who);
    }
    let word = |key: &str| who.get(key).cloned().unwrap_or_default();
    let (name, account) = (word("name"), word("account_id"));
    let told = json!({"name": name, "roles": roles(&who), "account_id": account, "manager": session.api.manager()});
    session.out.object(&told, &LINES)
}

/// What a key may do, and where.
pub fn roles(who: &Value) -> String {
    let grants = who.get("grants").and_then(Value::as_array).into_iter().flatten();
    let told = grants.map(|grant| {
        let word = |key: &str| grant.get(key).and_then(Value::as_str).unwrap_or_default();
        let places: Vec<&str> =
            [word("organization"), word("project")].into_iter().filter(|it| !it.is_empty()).collect();
        let role = word("role").to_lowercase().replace('_', " ");
        if places.is_empty() { role } else { format!("{role} in {}", places.join("/")) }
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "no role".to_owned() } else { told.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_name_their_scopes() {
        let grants = json!({"grants": [
            {"role": "VIEWER", "organization": "", "project": ""},
            {"role": "DELEGATE_MANAGER", "organization": "eu", "project": "web"},
        ]});
        assert_eq!(roles(&grants), "viewer, delegate manager in eu/web");
        assert_eq!(roles(&json!({})), "no role");
    }
}
