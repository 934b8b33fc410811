//! What is shown of organizations and projects.

use serde::{Deserialize, Serialize};

use super::{NamedScope, Scope};
use crate::{audit::AuditRow, user::Role};

/// A scope that somebody can go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeChoice {
    /// Which.
    pub scope: Scope,
    /// What people call it.
    pub name: String,
    /// How many delegates wait there for approval.
    pub waiting: u64,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeRow {
    /// The organization or project.
    pub named: NamedScope,
    /// What is in it, but for what lies under it.
    pub contents: ScopeContents,
    /// Whether who asks may rename and delete it.
    pub can_manage: bool,
}

/// What is in an organization or a project itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeContents {
    /// Its projects.
    pub projects: u64,
    /// Its delegates, whatever their status.
    pub delegates: u64,
    /// Those of them that wait for approval.
    pub waiting: u64,
    /// Its tokens that are not revoked.
    pub tokens: u64,
    /// Whether the one that it began with is among them.
    pub default_token: bool,
    /// Its profiles.
    pub profiles: u64,
    /// Its secrets.
    pub secrets: u64,
    /// Its service accounts.
    pub service_accounts: u64,
}

impl ScopeContents {
    /// Whether it can be deleted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        let others = self.delegates + self.profiles + self.secrets + self.service_accounts;
        self.projects + others + self.other_tokens() == 0
    }

    /// Its tokens but for the one that it began with.
    const fn other_tokens(&self) -> u64 {
        self.tokens - if self.default_token { 1 } else { 0 }
    }

    /// What stands in the way of deleting it, as a list in words; empty where nothing does.
    #[must_use]
    pub fn listed(&self) -> String {
        let counted = [
            (self.projects, "project", "projects"),
            (self.delegates, "delegate", "delegates"),
            (self.other_tokens(), "other token", "other tokens"),
            (self.profiles, "profile", "profiles"),
            (self.secrets, "secret", "secrets"),
            (self.service_accounts, "service account", "service accounts"),
        ];
        let some = counted.into_iter().filter(|(count, ..)| *count > 0);
        let words = some.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// Everything about one organization or project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeDetail {
    /// As in the list.
    pub row: ScopeRow,
    /// Who has a role in it itself: what each is called, and the role.
    pub people: Vec<(String, Role)>,
    /// What was done to it, the newest first.
    pub record: Vec<AuditRow>,
}
