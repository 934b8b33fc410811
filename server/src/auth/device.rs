//! Browsers in which somebody signed in before. Such a one is let try again, whatever strangers do meanwhile.

use muster::user::Email;
use serde::{Deserialize, Serialize};

use crate::random;

/// The cookie that holds it.
pub const COOKIE: &str = "muster_device";
/// How many people a browser is known for: the last ones.
const MAX_PEOPLE: usize = 5;

/// What a browser is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Tells it from others.
    pub id: u64,
    /// Who signed in with it.
    people: Vec<Email>,
}

impl Device {
    /// Whether this person signed in with it before.
    #[must_use]
    pub fn knows(&self, email: &Email) -> bool {
        self.people.contains(email)
    }

    /// Who signed in with it last.
    #[must_use]
    pub fn last(&self) -> Option<&Email> {
        self.people.last()
    }

    /// The browser after a person has signed in with it.
    #[must_use]
    pub fn after_sign_in(before: Option<Self>, email: &Email) -> Self {
        let Self { id, mut people } =
            before.unwrap_or_else(|| Self { id: u64::from_le_bytes(random::bytes()), people: Vec::new() });
        people.retain(|one| one != email);
        people.push(email.clone());
        let surplus = people.len().saturating_sub(MAX_PEOPLE);
        people.drain(..surplus);
        Self { id, people }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b15_a_browser_is_known_for_the_last_who_signed_in() {
        let email = |number: usize| Email::parse(&format!("ada-{number}@example.com")).unwrap();
        let first = Device::after_sign_in(None, &email(0));
        assert!(first.knows(&email(0)) && !first.knows(&email(1)));
        let mut device = Some(first.clone());
        for number in 1..=MAX_PEOPLE {
            device = Some(Device::after_sign_in(device, &email(number)));
        }
        let device = device.unwrap();
        assert_eq!(device.id, first.id);
        assert!(!device.knows(&email(0)) && (1..=MAX_PEOPLE).all(|number| device.knows(&email(number))));
    }
}
