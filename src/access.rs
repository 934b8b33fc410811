//! Who may do what, and where.

use serde::{Deserialize, Serialize};

use crate::{
    audit::Actor,
    scope::Scope,
    user::{Permission, Role, User},
};

/// A role that somebody has in a scope and in all that lies under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What may be done.
    pub role: Role,
    /// The scope, and with it all that lies under it.
    pub scope: Scope,
}

impl Grant {
    /// What is left of this where it is bounded by another: of the narrower of both scopes, and the role that includes
    /// less. None where neither scope lies in the other.
    #[must_use]
    pub fn bounded_by(&self, other: &Self) -> Option<Self> {
        let scope = match (self.scope.contains(&other.scope), other.scope.contains(&self.scope)) {
            (true, _) => &other.scope,
            (_, true) => &self.scope,
            (false, false) => return None,
        };
        Some(Self { role: self.role.at_most(other.role), scope: scope.clone() })
    }
}

/// The role that grants give in a scope: see [`Principal::role_in`].
#[must_use]
pub fn role_in(grants: &[Grant], scope: &Scope) -> Option<Role> {
    let roles = grants.iter().filter(|grant| grant.scope.contains(scope)).map(|grant| grant.role);
    roles.reduce(Role::at_least)
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
    /// A person.
    #[must_use]
    pub fn person(user: &User) -> Self {
        let actor = Actor::User { id: user.id, email: user.email.clone() };
        Self { actor, grants: user.grants.clone() }
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

    /// The role that counts in a scope: of those there and above, that which includes most. None where there is none.
    #[must_use]
    pub fn role_in(&self, scope: &Scope) -> Option<Role> {
        role_in(&self.grants, scope)
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
        assert_eq!(principal.role_in(&scope("platform", "edge")), Some(Role::DelegateManager));
        assert_eq!(principal.role_in(&scope("platform", "")), Some(Role::Viewer));
        assert_eq!(principal.role_in(&scope("", "")), None);
        let other = Scope::account(AccountId(uuid::Uuid::from_u128(1)));
        assert!(!Principal::system(Actor::Installation, &scope("", "")).may(view, &other), "another account");
    }

    #[test]
    fn a_grant_bounds_another() {
        let grant = |role, organization, project| Grant { role, scope: scope(organization, project) };
        let whole = grant(Role::AccountAdministrator, "", "");
        let edge = grant(Role::Viewer, "platform", "edge");
        assert_eq!(whole.bounded_by(&edge), Some(edge.clone()));
        assert_eq!(edge.bounded_by(&whole), Some(edge.clone()));
        let platform = grant(Role::DelegateManager, "platform", "");
        assert_eq!(
            grant(Role::AccountAdministrator, "platform", "edge").bounded_by(&platform),
            Some(grant(Role::DelegateManager, "platform", "edge"))
        );
        assert_eq!(edge.bounded_by(&grant(Role::AccountAdministrator, "other", "")), None);
    }
}
