//! What people may do.

use serde::{Deserialize, Serialize};

use crate::{named_enum::named_enum, text::Invalid};

named_enum! {
    /// What somebody may do in a scope and in all that lies under it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Role: code, label {
        /// Reads everything but the secrets of scripts.
        Viewer = "VIEWER", "Viewer";
        /// Reads the same, and has startup scripts run that others wrote.
        Operator = "OPERATOR", "Operator";
        /// Decides on delegates, profiles and tokens.
        DelegateManager = "DELEGATE_MANAGER", "Delegate Manager";
        /// Does everything.
        AccountAdministrator = "ACCOUNT_ADMINISTRATOR", "Account Administrator";
    }
}

/// A right that a use case asks for, and that roles include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See delegates, profiles and tokens.
    View,
    /// Have delegates run their startup scripts once more, and cancel runs.
    RunScripts,
    /// Decide on delegates, change profiles, make and revoke tokens, make install files.
    ManageDelegates,
    /// Invite people, change what they may do, disable and delete them, and give them new passwords.
    ManageUsers,
    /// Look through the audit trail, which also tells who signed in and from where.
    ReadAuditTrail,
    /// Make, rename and delete organizations and projects.
    ManageScopes,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::View,
        Self::RunScripts,
        Self::ManageDelegates,
        Self::ReadAuditTrail,
        Self::ManageScopes,
        Self::ManageUsers,
    ];
}

impl Role {
    /// Reads one out of a form.
    ///
    /// # Errors
    /// Says that one has to be chosen.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        Self::from_code(code).ok_or_else(|| Invalid::new("Choose a role."))
    }

    /// Whether this role includes a permission.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::View => true,
            Permission::RunScripts => !matches!(self, Self::Viewer),
            Permission::ManageDelegates | Permission::ReadAuditTrail => {
                matches!(self, Self::DelegateManager | Self::AccountAdministrator)
            }
            Permission::ManageScopes | Permission::ManageUsers => matches!(self, Self::AccountAdministrator),
        }
    }

    /// This role, or the other one where that includes less.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        if other.rights() < self.rights() { other } else { self }
    }

    /// This role, or the other one where that includes more.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        if other.rights() > self.rights() { other } else { self }
    }

    fn rights(self) -> usize {
        Permission::ALL.into_iter().filter(|one| self.may(*one)).count()
    }

    /// What it allows, as a sentence for who chooses it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Viewer => "Sees delegates, profiles and tokens, and changes nothing.",
            Self::Operator => "Sees the same; runs startup scripts again and cancels runs.",
            Self::DelegateManager => "Decides on delegates; changes profiles, tokens and secrets.",
            Self::AccountAdministrator => "Does everything, and decides who may use Muster.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_what_the_one_before_it_does() {
        let all = Permission::ALL;
        let may = Role::ALL.map(|role| all.into_iter().filter(|one| role.may(*one)).collect::<Vec<_>>());
        assert_eq!(may, [&all[..1], &all[..2], &all[..4], &all[..]]);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Ok(role));
        }
        assert_eq!(Role::parse("OWNER").unwrap_err().to_string(), "Choose a role.");
    }

    #[test]
    fn a_role_is_bounded_by_another() {
        for (at, role) in Role::ALL.into_iter().enumerate() {
            for (bound_at, bound) in Role::ALL.into_iter().enumerate() {
                assert_eq!(role.at_most(bound), Role::ALL[at.min(bound_at)], "{role:?} {bound:?}");
                assert_eq!(role.at_least(bound), Role::ALL[at.max(bound_at)], "{role:?} {bound:?}");
            }
        }
    }
}
