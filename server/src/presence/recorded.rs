//! What was refused, for the audit trail: the first of a kind is an entry at once, and those that follow from the same
//! place are counted, and are one entry for each window. So a flood is a few entries, of whatever it consists.

use std::{collections::HashMap, net::IpAddr, sync::Mutex, time::Duration};

use muster::{
    audit::Action,
    id::{TokenId, UserId},
    time::Timestamp,
    token::Restriction,
    wire::envelope::Refusal,
};
use uuid::Uuid;

use super::{Presence, held};
use crate::proxies::subscriber;

/// For how long what follows is counted before it is an entry.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// How many places are told apart at a time, of each action: as many with a token or user that there is as without, so
/// that noise does not hide those. What comes from others is counted together.
const MAX_TOLD_APART: usize = 10;

/// Why somebody was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignInRefusal {
    /// The password was wrong.
    WrongPassword,
    /// There is no such user.
    UnknownUser,
    /// The password was right, and the code of the second factor was not.
    WrongCode,
    /// The password was right, and passwords are switched off.
    PasswordOff,
    /// The way to the identity provider and back failed.
    SingleSignOn,
    /// The identity provider says nothing that means a role.
    NoRole,
    /// The identity provider means somebody who is not known by it, and has the address of a user.
    NotLinked,
    /// The password was right, and the user is disabled.
    Disabled,
    /// Passwords were tried too often.
    TooOften,
}

impl SignInRefusal {
    /// As a phrase.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::WrongPassword => "the password is wrong",
            Self::UnknownUser => "there is no such user",
            Self::WrongCode => "the password is right, and the code is wrong",
            Self::PasswordOff => "passwords are switched off",
            Self::SingleSignOn => "single sign-on failed",
            Self::NoRole => "the identity provider gives no role",
            Self::NotLinked => "the identity provider's account is not linked to the user",
            Self::Disabled => "the user is disabled",
            Self::TooOften => "it was tried too often",
        }
    }
}

/// Why something was turned away, as a phrase that follows "turned away: ".
#[must_use]
pub fn reason(code: &str) -> &'static str {
    if let Some(restriction) = Restriction::from_code(code) {
        return restriction.phrase();
    }
    match Refusal::from_code(code) {
        Some(Refusal::RevokedToken) => "the token is revoked",
        Some(Refusal::ExpiredToken) => "the token, or the delegate's credential, has expired",
        Some(Refusal::InvalidProof) => "the proof of the delegate's key does not hold",
        Some(Refusal::InvalidToken) => "the credential does not open",
        None => "too many delegates wait for approval, or register at once",
    }
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusedWhat {
    /// A call of a delegate, with a token where that is known, for a reason of [`Presence::refused`].
    Call(Option<TokenId>, &'static str),
    /// A sign-in, by a user where there is one. What was typed is not kept: it may be anything, also a password.
    SignIn(Option<UserId>, SignInRefusal),
}

impl RefusedWhat {
    /// What the audit trail calls it.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::SignIn(..) => Action::SignInFailed,
            Self::Call(_, code) if Refusal::from_code(code).is_some() => Action::CredentialRefused,
            Self::Call(..) => Action::RegistrationRefused,
        }
    }

    /// The token or the user, where there is one.
    #[must_use]
    pub const fn object(self) -> Option<Uuid> {
        match self {
            Self::Call(Some(token), _) => Some(token.0),
            Self::SignIn(Some(user), _) => Some(user.0),
            Self::Call(None, _) | Self::SignIn(None, _) => None,
        }
    }

    /// The same of whatever token or user.
    const fn of_any(self) -> Self {
        match self {
            Self::Call(_, reason) => Self::Call(None, reason),
            Self::SignIn(_, why) => Self::SignIn(None, why),
        }
    }
}

/// What is counted together: what was refused, and the network that it came from; none of what is not told apart.
pub(super) type Place = (RefusedWhat, Option<IpAddr>);

/// What was refused and is not in the audit trail yet.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    /// When the window began.
    since: Timestamp,
    /// Whether there is an entry of it in this window or an earlier one.
    is_told: bool,
    pub count: u64,
    pub first_at: Timestamp,
    /// Of the last one.
    pub address: IpAddr,
    /// What the last one called itself.
    pub name: String,
}

/// All that is counted at a time.
#[derive(Debug, Default)]
pub(super) struct Recorded(Mutex<HashMap<Place, Counted>>);

impl Recorded {
    fn note(&self, what: RefusedWhat, at: Timestamp, address: IpAddr, name: &str) {
        let mut all = held(&self.0);
        let mut place = (what, Some(subscriber(address)));
        if !all.contains_key(&place) {
            let kind = |what: RefusedWhat| (what.action(), what.object().is_some());
            let is_one = |(other, from): &&Place| kind(*other) == kind(what) && from.is_some();
            if all.keys().filter(is_one).count() >= MAX_TOLD_APART {
                place = (what.of_any(), None);
            }
        }
        let begin = || Counted { since: at, is_told: false, count: 0, first_at: at, address, name: String::new() };
        let counted = all.entry(place).or_insert_with(begin);
        if counted.count == 0 {
            counted.first_at = at;
        }
        counted.count += 1;
        counted.address = address;
        name.clone_into(&mut counted.name);
    }

    /// Takes what is an entry by now; with `all` whatever is counted.
    pub fn take(&self, now: Timestamp, all: bool) -> Vec<(Place, Counted)> {
        let mut due = Vec::new();
        held(&self.0).retain(|place, counted| {
            let is_over = now.since(counted.since) >= WINDOW;
            if counted.count > 0 && (!counted.is_told || is_over || all) {
                due.push((*place, counted.clone()));
                (counted.count, counted.since, counted.is_told) = (0, now, true);
                return true;
            }
            !is_over
        });
        due
    }

    /// Notes again what could not be written.
    pub fn put_back(&self, due: Vec<(Place, Counted)>) {
        let mut all = held(&self.0);
        for (place, lost) in due {
            let counted = all.entry(place).or_insert_with(|| Counted { count: 0, ..lost.clone() });
            counted.count += lost.count;
            (counted.first_at, counted.is_told) = (lost.first_at, false);
        }
    }
}

impl Presence {
    /// Notes that somebody was not let in.
    pub fn sign_in_failed(&self, user: Option<UserId>, why: SignInRefusal, at: Timestamp, address: IpAddr) {
        self.recorded.note(RefusedWhat::SignIn(user, why), at, address, "");
    }

    /// Notes for the audit trail that a call was turned away.
    pub(super) fn record_refused(
        &self,
        token: Option<TokenId>,
        reason: &'static str,
        at: Timestamp,
        address: IpAddr,
        name: &str,
    ) {
        self.recorded.note(RefusedWhat::Call(token, reason), at, address, name);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    const INVALID: RefusedWhat = RefusedWhat::Call(None, "INVALID_TOKEN");

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(secs * 1000)
    }

    fn v4(number: u32) -> IpAddr {
        Ipv4Addr::from(number).into()
    }

    #[test]
    fn the_first_is_told_at_once_and_the_rest_as_a_number() {
        let recorded = Recorded::default();
        recorded.note(INVALID, at(0), v4(1), "");
        assert_eq!(recorded.take(at(1), false).len(), 1);
        for second in 1..600 {
            recorded.note(INVALID, at(second), v4(1), "");
            assert!(recorded.take(at(second), false).is_empty(), "{second}");
        }
        let told = recorded.take(at(601), false);
        assert_eq!((told.len(), told[0].1.count, told[0].1.first_at), (1, 599, at(1)));
        // It went on for ten minutes: one that follows later is counted again; after a quiet window it is the first.
        assert!(recorded.take(at(1300), false).is_empty());
        recorded.note(INVALID, at(1301), v4(1), "");
        assert_eq!(recorded.take(at(1302), false)[0].1.count, 1);
    }

    #[test]
    fn a_flood_is_a_few_entries_and_needs_no_memory() {
        let recorded = Recorded::default();
        let mut entries = 0;
        // Ten thousand a second from as many addresses, for twenty minutes; here each hundredth of them.
        for second in 0..1200_u32 {
            for number in 0..100 {
                let token = TokenId(Uuid::from_u128(number.into()));
                let address = v4(second * 100 + number);
                recorded.note(INVALID, at(second.into()), address, "");
                recorded.note(RefusedWhat::Call(Some(token), "REVOKED_TOKEN"), at(second.into()), address, "");
            }
            entries += recorded.take(at(second.into()), false).len();
            assert!(held(&recorded.0).len() <= 2 * (MAX_TOLD_APART + 1));
        }
        assert!(entries < 20 * 4, "{entries}");
    }

    #[test]
    fn a_network_is_one_place_and_kinds_do_not_hide_each_other() {
        let recorded = Recorded::default();
        for number in 0..1000_u128 {
            recorded.note(INVALID, at(0), Ipv6Addr::from((0x2001_0db8_u128 << 96) + number).into(), "");
        }
        assert_eq!(recorded.take(at(1), false).iter().map(|(_, one)| one.count).collect::<Vec<_>>(), [1000]);
        for number in 0..100 {
            recorded.note(INVALID, at(1), v4(number), "");
        }
        recorded.note(RefusedWhat::SignIn(None, SignInRefusal::UnknownUser), at(1), v4(7), "");
        let told = recorded.take(at(2), false);
        assert!(told.iter().any(|((what, from), _)| what.action() == Action::SignInFailed && *from == Some(v4(7))));
        assert_eq!(told.iter().filter(|((_, from), _)| from.is_none()).count(), 1);
    }

    #[test]
    fn what_could_not_be_written_is_not_lost() {
        let recorded = Recorded::default();
        recorded.note(INVALID, at(0), v4(1), "");
        let lost = recorded.take(at(1), false);
        recorded.note(INVALID, at(2), v4(1), "");
        recorded.put_back(lost);
        let told = recorded.take(at(3), false);
        assert_eq!((told[0].1.count, told[0].1.first_at), (2, at(0)));
        recorded.note(INVALID, at(4), v4(1), "");
        assert_eq!(recorded.take(at(4), true).len(), 1, "at the end all is written");
    }
}
