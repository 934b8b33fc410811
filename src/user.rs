//! People: who may use the console, what each role may do, and what becomes of a person.

mod browser;
mod command;
mod email;
mod link;
mod password;
mod role;
mod second_factor;
mod view;

use serde::{Deserialize, Serialize};

pub use self::{
    browser::browser,
    command::{Invite, parse_name, parse_role, parse_scope},
    email::Email,
    link::{LINK_PATH, LinkKind, OpenLink, OpenedLink},
    password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_LENGTH, Password},
    role::{Permission, Role},
    second_factor::{
        CODE_DIGITS, Enrolment, EnrolmentStep, QrImage, RECOVERY_CODES, RecoveryCodes, SecondFactor, TypedCode,
    },
    view::{Account, SessionRow, UserDetail, UserRow},
};
use crate::{access::Grant, id::UserId, named_enum::named_enum, scope::Scope, text::line_type, time::Timestamp};

line_type!(
    /// What a person is called.
    PersonName,
    "The name",
    100
);

named_enum! {
    /// Whether a person can sign in.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum UserStatus: code, label {
        /// Not yet: the invitation was not taken up.
        Invited = "INVITED", "Invited";
        /// Yes.
        Active = "ACTIVE", "Active";
        /// Not any more, until an account administrator lets the person again.
        Disabled = "DISABLED", "Disabled";
    }
}

/// The most roles that one person has: each at another scope.
pub const MAX_GRANTS: usize = 50;

/// A person who may sign in, or may once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Stays the same where the address changes.
    pub id: UserId,
    /// The address to sign in with; unique.
    pub email: Email,
    /// What the person is called; none where nobody said.
    pub name: Option<PersonName>,
    /// What the person may do, and where: at most one role a scope, that of the account first.
    pub grants: Vec<Grant>,
    /// Decides whether the person may sign in.
    pub status: UserStatus,
    /// When the user was made.
    pub created_at: Timestamp,
    /// Since when signing in asks for a second factor; none where it does not.
    pub second_factor_since: Option<Timestamp>,
}

/// Why something cannot be done to a person as it is. The text names the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Nobody would be left who decides who may use Muster.
    #[error("{0} is the only active account administrator. Make somebody else one first.")]
    LastAdministrator(Email),
    /// The invitation was not taken up.
    #[error("{0} has not taken up the invitation. Delete it instead, or make a new link.")]
    OnlyInvited(Email),
    /// The invitation was taken up.
    #[error("{0} has taken up the invitation already. To help with a forgotten password, reset it.")]
    NotInvited(Email),
    /// The person is disabled.
    #[error("{0} is disabled. Enable the user first.")]
    Disabled(Email),
    /// The person is not disabled.
    #[error("{0} is not disabled.")]
    NotDisabled(Email),
    /// The person has no other role, and would be able to see nothing.
    #[error("This is the only role of {0}. Give the user another one first, or disable the user.")]
    OnlyRole(Email),
    /// The person has as many roles as one may have.
    #[error("{0} has {MAX_GRANTS} roles. Take one away first, or give one at an organization or the account.")]
    TooManyRoles(Email),
    /// The person who asks has a second factor.
    #[error("Your second factor is on already.")]
    SecondFactorIsOn,
    /// The person who asks has no second factor.
    #[error("Your second factor is off.")]
    SecondFactorIsOff,
    /// The person has no second factor.
    #[error("{0} has no second factor.")]
    NoSecondFactor(Email),
}

impl User {
    /// What pages call the person: by name, or else by address.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_ref().map_or(self.email.as_str(), PersonName::as_str)
    }

    /// The role that the person has at exactly this scope.
    #[must_use]
    pub fn role_at(&self, scope: &Scope) -> Option<Role> {
        self.grants.iter().find(|grant| grant.scope == *scope).map(|grant| grant.role)
    }

    /// The role that the person has at the account.
    #[must_use]
    pub fn account_role(&self) -> Option<Role> {
        self.grants.iter().find(|grant| grant.scope.organization.is_none()).map(|grant| grant.role)
    }

    /// Whether the person can decide now who may use Muster.
    #[must_use]
    pub fn is_active_administrator(&self) -> bool {
        self.status == UserStatus::Active && self.account_role().is_some_and(|role| role.may(Permission::ManageUsers))
    }

    /// Whether the person may be lost: `others` is how many other active account administrators there are.
    ///
    /// # Errors
    /// [`UserError::LastAdministrator`].
    pub fn check_can_go(&self, others: u64) -> Result<(), UserError> {
        if self.is_active_administrator() && others == 0 {
            return Err(UserError::LastAdministrator(self.email.clone()));
        }
        Ok(())
    }

    /// The person with a role at a scope in place of the one there, or without one. For `others` see
    /// [`User::check_can_go`].
    ///
    /// # Errors
    /// [`UserError::LastAdministrator`]; [`UserError::OnlyRole`]; [`UserError::TooManyRoles`].
    pub fn with_role(&self, scope: &Scope, role: Option<Role>, others: u64) -> Result<Self, UserError> {
        let mut grants: Vec<Grant> = self.grants.iter().filter(|grant| grant.scope != *scope).cloned().collect();
        grants.extend(role.map(|role| Grant { role, scope: scope.clone() }));
        grants.sort_by_cached_key(|grant| grant.scope.identifiers());
        let after = Self { grants, ..self.clone() };
        if !after.is_active_administrator() {
            self.check_can_go(others)?;
        }
        if after.grants.is_empty() {
            return Err(UserError::OnlyRole(self.email.clone()));
        }
        if after.grants.len() > MAX_GRANTS {
            return Err(UserError::TooManyRoles(self.email.clone()));
        }
        Ok(after)
    }

    /// The person with these grants in place of all others; the last account administrator stays one. For `others` see
    /// [`User::check_can_go`]. Of more than there may be the first ones count.
    #[must_use]
    pub fn with_grants(&self, grants: Vec<Grant>, others: u64) -> Self {
        let mut after = Self { grants, ..self.clone() };
        if !after.is_active_administrator() && self.check_can_go(others).is_err() {
            let own = self.grants.iter().filter(|grant| grant.scope.organization.is_none()).cloned();
            let rest = after.grants.into_iter().filter(|grant| grant.scope.organization.is_some());
            after.grants = own.chain(rest).collect();
        }
        after.grants.truncate(MAX_GRANTS);
        after
    }

    /// The person, disabled. For `others` see [`User::check_can_go`].
    ///
    /// # Errors
    /// [`UserError`].
    pub fn disabled(&self, others: u64) -> Result<Self, UserError> {
        match self.status {
            UserStatus::Active => self.check_can_go(others)?,
            UserStatus::Invited => return Err(UserError::OnlyInvited(self.email.clone())),
            UserStatus::Disabled => return Err(UserError::Disabled(self.email.clone())),
        }
        Ok(Self { status: UserStatus::Disabled, ..self.clone() })
    }

    /// The person, who may sign in again.
    ///
    /// # Errors
    /// [`UserError::NotDisabled`].
    pub fn enabled(&self) -> Result<Self, UserError> {
        match self.status {
            UserStatus::Disabled => Ok(Self { status: UserStatus::Active, ..self.clone() }),
            UserStatus::Invited | UserStatus::Active => Err(UserError::NotDisabled(self.email.clone())),
        }
    }

    /// Whether a link of this kind is for such a person.
    ///
    /// # Errors
    /// [`UserError`].
    pub fn check_link(&self, kind: LinkKind) -> Result<(), UserError> {
        match (kind, self.status) {
            (LinkKind::Invitation, UserStatus::Invited) | (LinkKind::PasswordReset, UserStatus::Active) => Ok(()),
            (_, UserStatus::Disabled) => Err(UserError::Disabled(self.email.clone())),
            (LinkKind::Invitation, UserStatus::Active) => Err(UserError::NotInvited(self.email.clone())),
            (LinkKind::PasswordReset, UserStatus::Invited) => Err(UserError::OnlyInvited(self.email.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Scope {
        Scope::account(crate::id::AccountId(uuid::Uuid::nil()))
    }

    fn user(role: Role, status: UserStatus) -> User {
        User {
            id: UserId(uuid::Uuid::nil()),
            email: Email::parse("ada@example.com").unwrap(),
            name: None,
            grants: vec![Grant { role, scope: account() }],
            status,
            created_at: Timestamp::from_millis(1),
            second_factor_since: None,
        }
    }

    #[test]
    fn the_last_active_administrator_stays_one() {
        let is_last = |result: Result<User, UserError>| matches!(result, Err(UserError::LastAdministrator(_)));
        for role in Role::ALL {
            for status in UserStatus::ALL {
                let ada = user(role, status);
                let last = role == Role::AccountAdministrator && status == UserStatus::Active;
                assert_eq!(ada.check_can_go(0).is_err(), last);
                assert!(ada.check_can_go(1).is_ok());
                for to in Role::ALL {
                    let given = |others| ada.with_role(&account(), Some(to), others);
                    assert_eq!(is_last(given(0)), last && to != Role::AccountAdministrator);
                    assert_eq!(given(1), Ok(user(to, status)));
                }
                assert_eq!(is_last(ada.disabled(0)), last);
            }
        }
    }

    #[test]
    fn grants_from_elsewhere_do_not_take_the_last_administrator() {
        let edge = Grant {
            role: Role::Viewer,
            scope: Scope::from_parts(crate::id::AccountId(uuid::Uuid::nil()), "platform", "").unwrap(),
        };
        let ada = user(Role::AccountAdministrator, UserStatus::Active);
        assert_eq!(ada.with_grants(vec![edge.clone()], 1).grants, vec![edge.clone()]);
        let kept = ada.with_grants(vec![edge.clone()], 0);
        assert_eq!(kept.grants, [ada.grants[0].clone(), edge]);
        let viewer = user(Role::Viewer, UserStatus::Active);
        assert_eq!(ada.with_grants(viewer.grants.clone(), 0).grants, ada.grants);
        assert_eq!(viewer.with_grants(ada.grants.clone(), 0).grants, ada.grants);
    }

    #[test]
    fn who_is_active_can_be_disabled_and_who_is_disabled_enabled() {
        let [invited, active, disabled] = UserStatus::ALL.map(|status| user(Role::Viewer, status));
        assert_eq!(active.disabled(0), Ok(disabled.clone()));
        assert_eq!(disabled.enabled(), Ok(active.clone()));
        assert!(matches!(invited.disabled(1), Err(UserError::OnlyInvited(_))));
        assert!(matches!(disabled.disabled(1), Err(UserError::Disabled(_))));
        assert!([invited, active].iter().all(|one| matches!(one.enabled(), Err(UserError::NotDisabled(_)))));
    }

    #[test]
    fn a_person_has_one_role_a_scope_and_one_at_least() {
        let edge = Scope::parse(account().account, "platform/edge").unwrap();
        let ada = user(Role::Viewer, UserStatus::Active);
        assert!(matches!(ada.with_role(&account(), None, 1), Err(UserError::OnlyRole(_))));
        let both = ada.with_role(&edge, Some(Role::Operator), 1).unwrap();
        assert_eq!((both.account_role(), both.role_at(&edge)), (Some(Role::Viewer), Some(Role::Operator)));
        let one = both.with_role(&account(), None, 1).unwrap();
        assert_eq!((one.account_role(), one.grants.len()), (None, 1));
        let again = one.with_role(&edge, Some(Role::DelegateManager), 1).unwrap();
        assert_eq!((again.role_at(&edge), again.grants.len()), (Some(Role::DelegateManager), 1));
        let administrator = one.with_role(&edge, Some(Role::AccountAdministrator), 1).unwrap();
        assert!(!administrator.is_active_administrator(), "of a project alone");
        let last =
            user(Role::AccountAdministrator, UserStatus::Active).with_role(&edge, Some(Role::Viewer), 0).unwrap();
        assert!(matches!(last.with_role(&account(), None, 0), Err(UserError::LastAdministrator(_))));
    }

    #[test]
    fn a_link_is_for_who_can_use_it() {
        let good = |kind: LinkKind| UserStatus::ALL.map(|status| user(Role::Viewer, status).check_link(kind).is_ok());
        assert_eq!(good(LinkKind::Invitation), [true, false, false]);
        assert_eq!(good(LinkKind::PasswordReset), [false, true, false]);
    }

    #[test]
    fn people_are_called_by_name_where_they_have_one() {
        let ada = user(Role::Viewer, UserStatus::Active);
        assert_eq!(ada.called(), "ada@example.com");
        assert_eq!(User { name: PersonName::parse(" Ada Lovelace ").ok(), ..ada }.called(), "Ada Lovelace");
    }
}
