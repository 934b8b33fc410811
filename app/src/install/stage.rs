//! How far an installation is: which of the delegates of its name came of it, and what they are.

use std::time::Duration;

use muster::{
    delegate::{DelegateRow, Status},
    install::{Arrival, Arrivals},
    time::Timestamp,
};

/// After how long without a delegate something is likely to be wrong.
pub const LATE: Duration = Duration::from_secs(5 * 60);

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has been heard.
    Waiting,
    /// This delegate waits for a person; of several the one that came first.
    Pending(DelegateRow),
    /// These delegates are connected.
    Connected(Vec<DelegateRow>),
    /// This delegate was admitted, and is not heard any more.
    Silent(DelegateRow),
    /// This delegate was turned away.
    Rejected(DelegateRow),
}

impl Stage {
    /// The delegate that it is about; of several the newest.
    #[must_use]
    pub fn row(&self) -> Option<&DelegateRow> {
        match self {
            Self::Waiting => None,
            Self::Connected(rows) => rows.first(),
            Self::Pending(row) | Self::Silent(row) | Self::Rejected(row) => Some(row),
        }
    }
}

/// What is to be seen of the delegates that came since the installation began.
#[must_use]
pub fn stage(arrivals: &Arrivals, since: Timestamp) -> Stage {
    let came = || arrivals.rows.iter().filter(|arrival| came(arrival, since)).map(|arrival| &arrival.row);
    let of = |status: Status| came().filter(move |row| row.status == status).cloned();
    // The newest are first.
    if let Some(first) = of(Status::PendingApproval).next_back() {
        return Stage::Pending(first);
    }
    let connected: Vec<DelegateRow> = of(Status::Connected).collect();
    if !connected.is_empty() {
        return Stage::Connected(connected);
    }
    let silent = of(Status::NotConnected).next().map(Stage::Silent);
    silent.or_else(|| of(Status::Rejected).next().map(Stage::Rejected)).unwrap_or(Stage::Waiting)
}

/// Whether a delegate came of an installation that began at `since`: it is new, or it connected anew. One that a person
/// has to decide on, or turned away, keeps its connection for longer; there it is enough that it was heard of.
fn came(arrival: &Arrival, since: Timestamp) -> bool {
    let delegate = &arrival.row.delegate;
    let undecided = matches!(arrival.row.status, Status::PendingApproval | Status::Rejected);
    delegate.registered_at >= since
        || arrival.connected_at.is_some_and(|at| at >= since)
        || undecided && delegate.last_heartbeat_at >= since
}

/// The delegates of the name that were there before.
#[must_use]
pub fn known_before(arrivals: &Arrivals, since: Timestamp) -> Vec<DelegateRow> {
    let before = arrivals.rows.iter().filter(|arrival| !came(arrival, since));
    before.filter(|arrival| arrival.row.status != Status::Rejected).map(|arrival| arrival.row.clone()).collect()
}

/// How long it may still take before something is likely to be wrong; none where that time is over.
#[must_use]
pub fn patience(arrivals: &Arrivals, since: Timestamp) -> Option<Duration> {
    LATE.checked_sub(arrivals.now.since(since)).filter(|rest| !rest.is_zero())
}

#[cfg(test)]
mod tests {
    use muster::{
        delegate::{Admission, Delegate, DelegateName, DelegateType, Facts, HostName},
        id::{AccountId, DelegateId, ProfileId, TokenId},
        scope::Scope,
        text::Selectors,
    };
    use uuid::Uuid;

    use super::*;

    const SINCE: i64 = 1000;

    fn arrival(host: &str, status: Status, registered: i64, heard: i64, connected: Option<i64>) -> Arrival {
        let facts = Facts {
            name: DelegateName::parse("edge-1").unwrap(),
            host_name: HostName::parse(host).unwrap(),
            ip: String::new(),
            kind: DelegateType::Docker,
            version: String::new(),
            description: String::new(),
            tags: Selectors::default(),
            thumbprint: None,
            heartbeat_interval_ms: None,
            next_gen: true,
            platform: String::new(),
        };
        let at = Timestamp::from_millis;
        let delegate = Delegate {
            id: DelegateId(Uuid::from_u128(1)),
            scope: Scope::account(AccountId(Uuid::nil())),
            facts,
            profile_id: ProfileId(Uuid::from_u128(2)),
            script_version: at(0),
            selectors: None,
            given_description: None,
            cancelled_run: None,
            token_id: TokenId(Uuid::from_u128(3)),
            token_before: None,
            key: None,
            unbound: false,
            instance: None,
            held_until: None,
            conflict: None,
            address: String::new(),
            clock_behind: None,
            asked_profile: None,
            resembles: None,
            reason: None,
            admission: Admission::Enabled,
            decision: None,
            warned: false,
            disabled: None,
            registered_at: at(registered),
            last_heartbeat_at: at(heard),
            connected_until: None,
            refused_at: None,
            revision: 1,
        };
        let row = DelegateRow {
            delegate,
            status,
            profile: String::new(),
            inherited: Selectors::default(),
            token: String::new(),
            token_status: Some(muster::token::TokenStatus::Active),
            earlier: None,
            script_failed: false,
            replicas: None,
        };
        Arrival { row, connected_at: connected.map(at) }
    }

    /// In a word, and of which hosts.
    fn seen(rows: &[Arrival]) -> String {
        let arrivals = Arrivals {
            rows: rows.to_vec(),
            now: Timestamp::from_millis(2000),
            manager_url: String::new(),
            only_here: false,
            refusals: Vec::new(),
        };
        let host = |row: DelegateRow| row.delegate.facts.host_name.to_string();
        match stage(&arrivals, Timestamp::from_millis(SINCE)) {
            Stage::Waiting => "waiting".to_owned(),
            Stage::Pending(row) => format!("pending {}", host(row)),
            Stage::Connected(rows) => {
                format!("connected {}", rows.into_iter().map(host).collect::<Vec<_>>().join(" "))
            }
            Stage::Silent(row) => format!("silent {}", host(row)),
            Stage::Rejected(row) => format!("rejected {}", host(row)),
        }
    }

    #[test]
    fn a_new_delegate_goes_from_pending_to_connected() {
        assert_eq!(seen(&[]), "waiting");
        assert_eq!(seen(&[arrival("a", Status::PendingApproval, 1000, 1500, None)]), "pending a");
        assert_eq!(seen(&[arrival("a", Status::Connected, 1000, 1500, Some(1000))]), "connected a");
        assert_eq!(seen(&[arrival("a", Status::NotConnected, 1000, 1500, None)]), "silent a");
        assert_eq!(seen(&[arrival("a", Status::Rejected, 1000, 1500, None)]), "rejected a");
    }

    #[test]
    fn one_that_was_there_before_counts_once_it_connects_anew() {
        assert_eq!(seen(&[arrival("a", Status::Connected, 10, 1500, Some(10))]), "waiting");
        assert_eq!(seen(&[arrival("a", Status::NotConnected, 10, 500, None)]), "waiting");
        assert_eq!(seen(&[arrival("a", Status::Connected, 10, 1500, Some(1200))]), "connected a");
        assert_eq!(seen(&[arrival("a", Status::PendingApproval, 10, 1500, Some(10))]), "pending a");
        assert_eq!(seen(&[arrival("a", Status::PendingApproval, 10, 900, None)]), "waiting");
        assert_eq!(seen(&[arrival("a", Status::Rejected, 10, 900, None)]), "waiting");
    }

    #[test]
    fn of_several_those_come_first_that_need_a_person() {
        let pending = |host| arrival(host, Status::PendingApproval, 1000, 1500, None);
        let connected = |host| arrival(host, Status::Connected, 1000, 1500, Some(1000));
        let rejected = arrival("r", Status::Rejected, 1000, 1500, None);
        assert_eq!(seen(&[pending("new"), connected("c"), pending("old"), rejected.clone()]), "pending old");
        assert_eq!(seen(&[connected("b"), rejected, connected("a")]), "connected b a");
    }

    #[test]
    fn after_five_minutes_it_is_late() {
        let rest = |now| {
            let none = Arrivals {
                rows: Vec::new(),
                now: Timestamp::from_millis(now),
                manager_url: String::new(),
                only_here: false,
                refusals: Vec::new(),
            };
            patience(&none, Timestamp::from_millis(SINCE))
        };
        assert_eq!(rest(SINCE), Some(LATE));
        assert_eq!(rest(SINCE + 299_999), Some(Duration::from_millis(1)));
        assert_eq!(rest(SINCE + 300_000), None);
        // An address that somebody changed by hand.
        assert_eq!(rest(SINCE - 1), Some(LATE));
    }
}
