//! Lives of a delegate, told without a manager.

use super::*;

const NEVER: [Say; 0] = [];

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn machine() -> Machine {
    Machine::new(secs(10), true)
}

/// A machine that was told this, at second 0.
fn told(told: Told) -> Machine {
    let mut machine = machine();
    assert_eq!(machine.take(Event::Registered, secs(0), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(0))));
    machine.take(Event::Told(told), secs(0), 0.5);
    machine
}

#[test]
fn it_registers_then_asks_for_its_status_at_once() {
    let mut machine = machine();
    assert_eq!(machine.next(), Some((Call::Register, secs(0))));
    assert!(!machine.is_known());
    machine.take(Event::Registered, secs(1), 0.5);
    assert!(machine.is_known());
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(1))));
    assert_eq!(machine.take(Event::Told(Told::Enabled), secs(1), 0.5), [Say::Connected]);
}

#[test]
fn waiting_is_said_once_and_asks_for_no_tasks() {
    let mut machine = machine();
    machine.take(Event::Registered, secs(0), 0.5);
    assert_eq!(machine.take(Event::Told(Told::Waiting), secs(0), 0.5), [Say::Waits]);
    for at in [2, 4, 6] {
        assert_eq!(machine.next(), Some((Call::Heartbeat, secs(at))));
        assert_eq!(machine.take(Event::Told(Told::Waiting), secs(at), 0.5), NEVER);
    }
    assert_eq!(machine.take(Event::Told(Told::Enabled), secs(8), 0.5), [Say::Approved]);
}

#[test]
fn a_short_interval_holds_while_waiting_too() {
    let mut machine = Machine::new(secs(1), true);
    machine.take(Event::Registered, secs(0), 0.5);
    machine.take(Event::Told(Told::Waiting), secs(0), 0.5);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(1))));
}

#[test]
fn enabled_it_gets_its_profile_once_and_asks_for_tasks_and_beats() {
    let mut machine = told(Told::Enabled);
    assert_eq!(machine.next(), Some((Call::Profile, secs(0))));
    machine.take(Event::Served(Call::Profile), secs(0), 0.5);
    for at in [0, 3, 6, 9] {
        assert_eq!(machine.next(), Some((Call::Tasks, secs(at))));
        assert_eq!(machine.take(Event::Served(Call::Tasks), secs(at), 0.5), NEVER);
    }
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(10))));
    assert_eq!(machine.take(Event::Told(Told::Enabled), secs(10), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Tasks, secs(12))));
}

#[test]
fn it_asks_for_no_tasks_where_it_is_told_not_to() {
    let mut machine = Machine::new(secs(10), false);
    machine.take(Event::Registered, secs(0), 0.5);
    machine.take(Event::Told(Told::Enabled), secs(0), 0.5);
    machine.take(Event::Served(Call::Profile), secs(0), 0.5);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(10))));
}

#[test]
fn heartbeats_are_jittered_by_a_tenth() {
    for (chance, at) in [(0.0, 9), (1.0, 11)] {
        let mut machine = Machine::new(secs(10), false);
        machine.take(Event::Registered, secs(0), chance);
        machine.take(Event::Told(Told::Enabled), secs(0), chance);
        machine.take(Event::Served(Call::Profile), secs(0), chance);
        assert_eq!(machine.next(), Some((Call::Heartbeat, secs(at))));
    }
}

#[test]
fn rejected_it_says_so_once_and_asks_once_a_minute_by_register() {
    for first in [Event::TurnedAway, Event::Told(Told::Rejected)] {
        let mut machine = told(Told::Waiting);
        assert_eq!(machine.take(first, secs(2), 0.5), [Say::Rejected]);
        assert!(!machine.is_known());
        for at in [62, 122] {
            assert_eq!(machine.next(), Some((Call::Register, secs(at))));
            assert_eq!(machine.take(Event::TurnedAway, secs(at), 0.5), NEVER);
        }
        machine.take(Event::Failed(Call::Register, Failure::away("x")), secs(182), 0.5);
        assert_eq!(machine.next(), Some((Call::Register, secs(242))));
        assert_eq!(machine.take(Event::Registered, secs(242), 0.5), [Say::Back(secs(60))]);
        assert_eq!(machine.take(Event::Told(Told::Waiting), secs(242), 0.5), [Say::Waits]);
    }
}

#[test]
fn deleted_it_ends() {
    for before in [Told::Waiting, Told::Enabled] {
        let mut machine = told(before);
        assert_eq!(machine.take(Event::Told(Told::Gone), secs(1), 0.5), [Say::Deleted]);
        assert_eq!(machine.next(), None);
        assert!(!machine.is_known());
    }
}

#[test]
fn an_outage_stops_the_tasks_keeps_the_heartbeat_and_needs_no_new_registration() {
    let mut machine = told(Told::Enabled);
    let failed = |why: &str| Event::Failed(Call::Heartbeat, Failure::away(why));
    assert_eq!(machine.take(failed("refused"), secs(10), 1.0), [Say::Away("refused".into())]);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(11))));
    assert_eq!(machine.take(failed("refused"), secs(11), 1.0), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(13))));
    assert_eq!(machine.take(Event::Told(Told::Enabled), secs(13), 0.5), [Say::Back(secs(3))]);
    assert_eq!(machine.next().map(|(call, _)| call), Some(Call::Profile), "what was not served yet still is");
}

#[test]
fn a_refused_credential_is_said_and_tried_slowly() {
    let mut machine = told(Told::Enabled);
    let refused = || Event::Failed(Call::Heartbeat, Failure::Refused(Refusal::RevokedToken));
    assert_eq!(machine.take(refused(), secs(10), 0.5), [Say::Refused(Refusal::RevokedToken)]);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(40))));
    assert_eq!(machine.take(refused(), secs(40), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(100))));
    assert!(machine.is_known());
}

#[test]
fn what_is_declined_is_said_and_tried_slowly() {
    let mut machine = machine();
    let declined = Event::Failed(Call::Register, Failure::Declined("tags: no".into()));
    assert_eq!(machine.take(declined, secs(0), 0.5), [Say::Declined("tags: no".into())]);
    assert_eq!(machine.next(), Some((Call::Register, secs(30))));
}

#[test]
fn a_failure_on_the_side_backs_off_and_is_no_trouble() {
    let mut machine = told(Told::Enabled);
    machine.take(Event::Served(Call::Profile), secs(0), 0.5);
    let away = Failure::away("x");
    for at in [0, 1, 3] {
        assert_eq!(machine.next(), Some((Call::Tasks, secs(at))));
        let says = machine.take(Event::Failed(Call::Tasks, away.clone()), secs(at), 1.0);
        assert_eq!(says, [Say::Aside(Call::Tasks, away.clone())]);
    }
    assert_eq!(machine.next(), Some((Call::Tasks, secs(7))));
    let refused = Failure::Refused(Refusal::ExpiredToken);
    machine.take(Event::Failed(Call::Tasks, refused), secs(7), 1.0);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(7))), "the heartbeat tells at once");
}

#[test]
fn a_reply_tells_rejected_from_deleted() {
    use muster::delegate::Admission;
    for (admission, told) in [
        (Some(Admission::Enabled), Told::Enabled),
        (Some(Admission::WaitingForApproval), Told::Waiting),
        (Some(Admission::Rejected), Told::Rejected),
        (None, Told::Gone),
    ] {
        assert_eq!(Told::from(&HeartbeatReply::new("x", admission)), told);
    }
}
