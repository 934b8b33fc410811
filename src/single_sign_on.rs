//! Single sign-on: which claims of an identity provider mean which roles here.

use serde_json::Value;

use crate::{access::Grant, id::AccountId, scope::Scope, text::Invalid, user::Role};

/// Where claims hold what roles are made of: the name of a claim, or names of objects in objects joined by dots, as in
/// `realm_access.roles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(String);

impl ClaimPath {
    /// The longest path that is taken, in bytes.
    const MAX_LENGTH: usize = 500;

    /// Reads a path.
    ///
    /// # Errors
    /// Where it is empty, or longer than any claim's name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::MAX_LENGTH {
            return Err(Invalid::new("give the name of a claim, like groups or realm_access.roles"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The texts at this path: of a list each of them, of a text that one. Whatever else stands there is none.
    #[must_use]
    pub fn values<'a>(&self, claims: &'a Value) -> Vec<&'a str> {
        match self.find(claims) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether anything stands there.
    #[must_use]
    pub fn is_in(&self, claims: &Value) -> bool {
        self.find(claims).is_some()
    }

    fn find<'a>(&self, claims: &'a Value) -> Option<&'a Value> {
        // Names of claims that are addresses have dots of their own.
        claims.get(&self.0).or_else(|| self.0.split('.').try_fold(claims, |inside, name| inside.get(name)))
    }
}

/// Which values mean which grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMapping(Vec<(String, Grant)>);

impl RoleMapping {
    /// Reads a mapping: `value=ROLE` at the account, `value=ROLE@organization` or `value=ROLE@organization/project`
    /// elsewhere; several are parted by semicolons or line ends. A value may have commas and equals signs, as names of
    /// directories have; what follows the last equals sign is the role.
    ///
    /// # Errors
    /// Names what cannot be read.
    pub fn parse(text: &str, account: AccountId) -> Result<Self, Invalid> {
        let lines = text.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| read(line, account)).collect::<Result<_, _>>().map(Self)
    }

    /// The same in another account: settings are read before it is known which one this is.
    #[must_use]
    pub fn in_account(mut self, account: AccountId) -> Self {
        self.0.iter_mut().for_each(|(_, grant)| grant.scope.account = account);
        self
    }

    /// What somebody with these values may do.
    pub fn grants<'a>(&'a self, values: &'a [&'a str]) -> impl Iterator<Item = &'a Grant> {
        self.0.iter().filter(|(value, _)| values.contains(&value.as_str())).map(|(_, grant)| grant)
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn read(line: &str, account: AccountId) -> Result<(String, Grant), Invalid> {
    let wrong = |what: &str| Invalid::new(format!("{line:?} cannot be read: {what}"));
    let (value, meaning) =
        line.rsplit_once('=').ok_or_else(|| wrong("write value=ROLE, or value=ROLE@organization/project"))?;
    let (role, place) = meaning.split_once('@').unwrap_or((meaning, ""));
    let role = role.trim().to_uppercase().replace(['-', ' '], "_");
    let role = Role::from_code(&role).ok_or_else(|| {
        let roles = Role::ALL.map(Role::code).join(", ");
        wrong(&format!("the roles are {roles}"))
    })?;
    let (organization, project) = place.split_once('/').unwrap_or((place, ""));
    let scope = Scope::from_parts(account, organization.trim(), project.trim());
    let scope = scope.map_err(|error| wrong(&error.to_string()))?;
    if meaning.contains('@') && scope == Scope::account(account) {
        return Err(wrong("an organization follows the @"));
    }
    Ok((value.trim().to_owned(), Grant { role, scope }))
}

/// What grants come to: at each scope one role, the one that includes the others; that of the account first.
#[must_use]
pub fn at_each_scope<'a>(grants: impl IntoIterator<Item = &'a Grant>) -> Vec<Grant> {
    let mut all: Vec<Grant> = Vec::new();
    for grant in grants {
        match all.iter_mut().find(|known| known.scope == grant.scope) {
            Some(known) => known.role = known.role.at_least(grant.role),
            None => all.push(grant.clone()),
        }
    }
    all.sort_by_cached_key(|grant| grant.scope.identifiers());
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account() -> AccountId {
        AccountId(uuid::Uuid::nil())
    }

    fn mapping(text: &str) -> RoleMapping {
        RoleMapping::parse(text, account()).unwrap()
    }

    #[test]
    fn values_stand_at_a_path() {
        let claims = json!({
            "groups": ["ops", 7, "dev"],
            "role": "ops",
            "realm_access": {"roles": ["admin"], "name": {"x": 1}},
            "https://muster.example/roles": ["named by an address"],
        });
        for (path, values) in [
            ("groups", &["ops", "dev"][..]),
            ("role", &["ops"]),
            (" realm_access.roles ", &["admin"]),
            ("https://muster.example/roles", &["named by an address"]),
            ("realm_access", &[]),
            ("realm_access.name", &[]),
            ("realm_access.roles.0", &[]),
            ("groups.ops", &[]),
            ("nowhere", &[]),
        ] {
            assert_eq!(ClaimPath::parse(path).unwrap().values(&claims), values, "{path}");
        }
        assert!(ClaimPath::parse("groups").unwrap().is_in(&claims));
        assert!(!ClaimPath::parse("realm_access.groups").unwrap().is_in(&claims));
        for wrong in ["", " ", &"x".repeat(501)] {
            assert!(ClaimPath::parse(wrong).is_err());
        }
    }

    #[test]
    fn values_mean_roles_at_scopes() {
        let mapping =
            mapping("admins=ACCOUNT_ADMINISTRATOR; cn=ops,ou=x = delegate-manager\nedge=Operator@platform/edge;;");
        let all = ["admins", "cn=ops,ou=x", "edge", "unknown"];
        let grants = |mapping: &RoleMapping, values: &[&str]| {
            let grants = at_each_scope(mapping.grants(values)).into_iter();
            grants.map(|grant| (grant.scope.identifiers(), grant.role)).collect::<Vec<_>>()
        };
        let (at_account, at_edge) = (String::new(), "platform/edge".to_owned());
        let edge = (at_edge, Role::Operator);
        let administrator = (at_account.clone(), Role::AccountAdministrator);
        assert_eq!(grants(&mapping, &all), [administrator.clone(), edge.clone()], "the greater one of two");
        assert_eq!(grants(&mapping, &["edge", "cn=ops,ou=x"]), [(at_account, Role::DelegateManager), edge.clone()]);
        assert_eq!(grants(&mapping, &["edge"]), vec![edge.clone()]);
        assert_eq!(grants(&mapping, &["ADMINS"]), [], "values are compared as they are");
        let other = AccountId(uuid::Uuid::from_u128(1));
        let moved = mapping.clone().in_account(other);
        assert_eq!(grants(&moved, &all), [administrator, edge]);
        assert!(moved.grants(&all).all(|grant| grant.scope.account == other));
        assert!(RoleMapping::default().is_empty() && RoleMapping::parse(" ; ", account()).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, why) in [
            ("admins", "write value=ROLE"),
            ("a=VIEWER;admins=OWNER", "\"admins=OWNER\" cannot be read: the roles are VIEWER"),
            ("a=VIEWER@", "an organization follows the @"),
            ("a=VIEWER@/edge", "A project needs its organization"),
            ("a=VIEWER@9x", "An identifier begins with"),
        ] {
            let error = RoleMapping::parse(text, account()).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
