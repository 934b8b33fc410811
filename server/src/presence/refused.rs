//! What was turned away: counted in memory, so that a flood is a few rows a while.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Mutex,
};

use muster::{id::TokenId, time::Timestamp};

use super::{Presence, held};

/// The word under which registrations that are turned away because there are too many are counted.
pub const TOO_MANY: &str = "TOO_MANY";
/// How many addresses of a token are told apart within an hour: of those that follow only their number is kept.
const MAX_ADDRESSES: usize = 64;
/// How long an hour is, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

/// Calls that were turned away for one reason, since that was last written.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub count: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// Of the last one.
    pub address: IpAddr,
    /// What the last one called itself.
    pub name: String,
}

/// A token, when the hour began, the reason, and the address; none of those who are not told apart any more.
pub(super) type CallKey = (TokenId, i64, &'static str, Option<IpAddr>);

/// What is not yet written of them.
#[derive(Debug, Default)]
pub(super) struct RefusedCalls {
    /// By token, where that is known, and reason.
    pub sums: Mutex<HashMap<(Option<TokenId>, &'static str), Refused>>,
    /// By token, hour, reason and address.
    pub calls: Mutex<HashMap<CallKey, Refused>>,
    /// Which addresses of a token were heard in which hour.
    addresses: Mutex<HashMap<TokenId, (i64, HashSet<IpAddr>)>>,
}

impl Refused {
    fn none(at: Timestamp, address: IpAddr) -> Self {
        Self { count: 0, first_at: at, last_at: at, address, name: String::new() }
    }

    fn add(&mut self, at: Timestamp, address: IpAddr, name: &str) {
        self.count += 1;
        (self.last_at, self.address) = (at, address);
        name.clone_into(&mut self.name);
    }
}

impl Presence {
    /// Notes that a call was turned away, and by which token, where that is known. `name` is what the caller called
    /// itself, where it was read.
    pub fn refused(&self, token: Option<TokenId>, reason: &'static str, at: Timestamp, address: IpAddr, name: &str) {
        self.record_refused(token, reason, at, address, name);
        let RefusedCalls { sums, calls, .. } = &self.refused;
        held(sums).entry((token, reason)).or_insert_with(|| Refused::none(at, address)).add(at, address, name);
        let Some(token) = token else { return };
        let hour = at.as_millis() - at.as_millis().rem_euclid(HOUR);
        let told_apart = self.tells_apart(token, hour, address).then_some(address);
        let key = (token, hour, reason, told_apart);
        held(calls).entry(key).or_insert_with(|| Refused::none(at, address)).add(at, address, name);
    }

    /// Whether an address is one of those that are told apart in an hour.
    fn tells_apart(&self, token: TokenId, hour: i64, address: IpAddr) -> bool {
        let mut all = held(&self.refused.addresses);
        let (of, known) = all.entry(token).or_default();
        if *of != hour {
            (*of, *known) = (hour, HashSet::new());
        }
        if known.len() < MAX_ADDRESSES {
            known.insert(address);
        }
        known.contains(&address)
    }

    /// Forgets which addresses were heard in hours that are over.
    pub(super) fn tidy_refused(&self, now: Timestamp) {
        held(&self.refused.addresses).retain(|_, (hour, _)| now.as_millis().saturating_sub(*hour) < HOUR);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_flood_from_many_addresses_is_a_bounded_number_of_rows() {
        let presence = Presence::new(Timestamp::from_millis(0));
        let token = TokenId(uuid::Uuid::from_u128(1));
        let call = |number: u32, at: i64| {
            presence.refused(
                Some(token),
                "REVOKED_TOKEN",
                Timestamp::from_millis(at),
                Ipv4Addr::from(number).into(),
                "",
            );
        };
        for number in 0..1000 {
            call(number, 5);
        }
        let rows = held(&presence.refused.calls).clone();
        assert_eq!(rows.len(), MAX_ADDRESSES + 1);
        let rest = rows.iter().find(|((.., address), _)| address.is_none()).unwrap();
        assert_eq!((rest.1.count, rows.values().map(|row| row.count).sum::<i64>()), (936, 1000));
        call(999, HOUR);
        let known =
            held(&presence.refused.calls).keys().filter(|(_, hour, _, from)| *hour == HOUR && from.is_some()).count();
        assert_eq!(known, 1, "each hour has room for its own");
    }
}
