//! Who may do what, and where.

use crate::{
    audit::Actor,
    scope::Scope,
    user::{Permission, Role, User},
};

/// A role that somebody has in a scope and in all that lies under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub role: Role,
    /// The scope, and with it all that lies under it.
    pub scope: Scope,
}

/// Who asks for a use case: a person, an API key, or the system itself (the command line, the first start). Which of
/// these it is, its [`Actor`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// For the record.
    pub actor: Actor,
    /// What it may do; several grants add up.
    pub grants: Vec<Grant>,
}

impl Principal {
    /// A person. So far everybody has a role at the account.
    #[must_use]
    pub fn person(user: &User, account: &Scope) -> Self {
        let actor = Actor::User { id: user.id, email: user.email.clone() };
        Self { actor, grants: vec![Grant { role: user.role, scope: account.clone() }] }
    }

    /// The system, which may do everything.
    #[must_use]
    pub fn system(actor: Actor, account: &Scope) -> Self {
        Self { actor, grants: vec![Grant { role: Role::AccountAdministrator, scope: account.clone() }] }
    }

    /// Whether it has a permission in a scope.
    #[must_use]
    pub fn may(&self, permission: Permission, scope: &Scope) -> bool {
        self.grants.iter().any(|grant| grant.role.may(permission) && grant.scope.contains(scope))
    }

    /// Whether it has a permission in any scope: who has it nowhere is refused before anything is looked for.
    #[must_use]
    pub fn may_anywhere(&self, permission: Permission) -> bool {
        self.grants.iter().any(|grant| grant.role.may(permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;

    fn scope(organization: &str, project: &str) -> Scope {
        Scope::from_parts(AccountId(uuid::Uuid::nil()), organization, project).unwrap()
    }

    #[test]
    fn a_grant_counts_in_its_scope_and_under_it() {
        let grant = |role, scope| Grant { role, scope };
        let principal = Principal {
            actor: Actor::CommandLine,
            grants: vec![
                grant(Role::Viewer, scope("platform", "")),
                grant(Role::DelegateManager, scope("platform", "edge")),
            ],
        };
        let (view, manage) = (Permission::View, Permission::ManageDelegates);
        for (organization, project, may_view, may_manage) in [
            ("", "", false, false),
            ("platform", "", true, false),
            ("platform", "edge", true, true),
            ("platform", "core", true, false),
            ("other", "edge", false, false),
        ] {
            let scope = scope(organization, project);
            assert_eq!((principal.may(view, &scope), principal.may(manage, &scope)), (may_view, may_manage), "{scope}");
        }
        assert!(principal.may_anywhere(manage));
        let other = Scope::account(AccountId(uuid::Uuid::from_u128(1)));
        assert!(!Principal::system(Actor::Installation, &scope("", "")).may(view, &other), "another account");
    }
}
