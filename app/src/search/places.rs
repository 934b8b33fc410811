//! Pages and acts that are found beside objects.

use muster::user::Permission::{self, ManageDelegates, ManageUsers, ReadAuditTrail, View};

/// A page, or an act that begins on one.
pub struct Place {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub to: &'static str,
    /// Other words for it.
    words: &'static str,
    /// Whom it is for.
    needs: Permission,
}

const fn place(name: &'static str, to: &'static str, words: &'static str, needs: Permission) -> Place {
    Place { name, to, words, needs }
}

const PLACES: &[Place] = &[
    place("Overview", "/", "home start dashboard", View),
    place("Delegates", "/delegates", "machines agents hosts", View),
    place("Waiting for approval", "/delegates?status=pending", "pending approve decide", View),
    place("Not connected", "/delegates?status=not-connected&sort=heard", "lost silent away offline", View),
    place("Rejected delegates", "/delegates?status=rejected", "refused", View),
    place("Delegate Profiles", "/profiles", "scripts approval", View),
    place("Tokens", "/tokens", "keys credentials", View),
    place("Secrets", "/secrets", "passwords values", ManageDelegates),
    place("Audit Trail", "/audit", "record history who did what sign-ins", ReadAuditTrail),
    place("Download Delegate", "/install", "install add new delegate", ManageDelegates),
    place("New Token", "/tokens/new", "create generate token", ManageDelegates),
    place("Add Delegate Profile", "/profiles/new", "create new profile", ManageDelegates),
    place("Add Secret", "/secrets/new", "create new secret", ManageDelegates),
    place("Users", "/users", "people persons roles accounts", ManageUsers),
    place("Invite a person", "/users/new", "add new user people role", ManageUsers),
    place("Your account", "/account", "profile name password sessions theme", View),
];

/// The places for who may so much whose words begin as those of a text do; all of them without a text.
pub fn matching(text: &str, may: impl Fn(Permission) -> bool) -> Vec<&'static Place> {
    let text = text.to_lowercase();
    let is_meant = |place: &&Place| {
        let names = format!("{} {}", place.name.to_lowercase(), place.words);
        text.split_whitespace().all(|word| names.split_whitespace().any(|name| name.starts_with(word)))
    };
    PLACES.iter().filter(|place| may(place.needs)).filter(is_meant).collect()
}

#[cfg(test)]
mod tests {
    use muster::user::Role;

    use super::matching;

    #[test]
    fn places_are_found_by_how_their_words_begin() {
        let names = |text: &str, role: Role| {
            matching(text, |permission| role.may(permission)).into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(names("new tok", Role::DelegateManager), ["New Token"]);
        assert_eq!(names("lost", Role::Viewer), ["Not connected"]);
        assert_eq!(names("secret", Role::Operator), Vec::<&str>::new());
        assert_eq!(names("people", Role::DelegateManager), Vec::<&str>::new());
        assert_eq!(names("", Role::AccountAdministrator).len(), super::PLACES.len());
    }
}
