//! Pages and acts that are found beside objects.

/// A page, or an act that begins on one.
pub struct Place {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub to: &'static str,
    /// Other words for it.
    words: &'static str,
    /// Whether it is for those alone who may change things.
    for_managers: bool,
}

const fn place(name: &'static str, to: &'static str, words: &'static str, for_managers: bool) -> Place {
    Place { name, to, words, for_managers }
}

const PLACES: &[Place] = &[
    place("Overview", "/", "home start dashboard", false),
    place("Delegates", "/delegates", "machines agents hosts", false),
    place("Waiting for approval", "/delegates?status=pending", "pending approve decide", false),
    place("Not connected", "/delegates?status=not-connected&sort=heard", "lost silent away offline", false),
    place("Rejected delegates", "/delegates?status=rejected", "refused", false),
    place("Delegate Profiles", "/profiles", "scripts approval", false),
    place("Tokens", "/tokens", "keys credentials", false),
    place("Secrets", "/secrets", "passwords values", true),
    place("Audit Trail", "/audit", "record history who did what sign-ins", true),
    place("Download Delegate", "/install", "install add new delegate", true),
    place("New Token", "/tokens/new", "create generate token", true),
    place("Add Delegate Profile", "/profiles/new", "create new profile", true),
    place("Add Secret", "/secrets/new", "create new secret", true),
];

/// The places whose words begin as those of a text do; all of them without a text.
pub fn matching(text: &str, may_manage: bool) -> Vec<&'static Place> {
    let text = text.to_lowercase();
    let is_meant = |place: &&Place| {
        let names = format!("{} {}", place.name.to_lowercase(), place.words);
        text.split_whitespace().all(|word| names.split_whitespace().any(|name| name.starts_with(word)))
    };
    PLACES.iter().filter(|place| may_manage || !place.for_managers).filter(is_meant).collect()
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn places_are_found_by_how_their_words_begin() {
        let names = |text: &str, may: bool| matching(text, may).into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names("new tok", true), ["New Token"]);
        assert_eq!(names("lost", false), ["Not connected"]);
        assert_eq!(names("secret", false), Vec::<&str>::new());
        assert_eq!(names("", true).len(), super::PLACES.len());
    }
}
