//! Lives of a delegate, told without a manager.

use muster::{
    time::Timestamp,
    wire::heartbeat::{Applied, DISABLED, HeartbeatReply, REJECTED, WireStatus},
};

use super::{events::DesiredProfile, *};

const NEVER: [LogEvent; 0] = [];
/// A manager that does not tell what is to be applied.
const ENABLED: HeartbeatOutcome = HeartbeatOutcome::Enabled(DesiredProfile::Unspecified);

fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn machine() -> Machine {
    Machine::new(secs(10), true)
}

/// A machine that was told this, at second 0.
fn told(told: HeartbeatOutcome) -> Machine {
    let mut machine = machine();
    assert_eq!(machine.handle(Event::Registered { keeps: None }, secs(0), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(0))));
    machine.handle(Event::Heartbeat(told), secs(0), 0.5);
    machine
}

#[test]
fn it_registers_then_asks_for_its_status_at_once() {
    let mut machine = machine();
    assert_eq!(machine.next(), Some((Call::Register, secs(0))));
    assert!(!machine.is_registered());
    machine.handle(Event::Registered { keeps: None }, secs(1), 0.5);
    assert!(machine.is_registered());
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(1))));
    assert_eq!(machine.handle(Event::Heartbeat(ENABLED), secs(1), 0.5), [LogEvent::Connected]);
}

#[test]
fn waiting_is_said_once_and_asks_for_no_tasks() {
    let mut machine = machine();
    machine.handle(Event::Registered { keeps: None }, secs(0), 0.5);
    assert_eq!(
        machine.handle(Event::Heartbeat(HeartbeatOutcome::Waiting), secs(0), 0.5),
        [LogEvent::WaitingForApproval]
    );
    for at in [2, 4, 6] {
        assert_eq!(machine.next(), Some((Call::Heartbeat, secs(at))));
        assert_eq!(machine.handle(Event::Heartbeat(HeartbeatOutcome::Waiting), secs(at), 0.5), NEVER);
    }
    assert_eq!(machine.handle(Event::Heartbeat(ENABLED), secs(8), 0.5), [LogEvent::Approved]);
}

#[test]
fn a_short_interval_holds_while_waiting_too() {
    let mut machine = Machine::new(secs(1), true);
    machine.handle(Event::Registered { keeps: None }, secs(0), 0.5);
    machine.handle(Event::Heartbeat(HeartbeatOutcome::Waiting), secs(0), 0.5);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(1))));
}

#[test]
fn enabled_it_gets_its_profile_once_and_asks_for_tasks_and_beats() {
    let mut machine = told(ENABLED);
    assert_eq!(machine.next(), Some((Call::Profile, secs(0))));
    machine.handle(Event::Succeeded(Call::Profile), secs(0), 0.5);
    for at in [0, 3, 6, 9] {
        assert_eq!(machine.next(), Some((Call::Tasks, secs(at))));
        assert_eq!(machine.handle(Event::Succeeded(Call::Tasks), secs(at), 0.5), NEVER);
    }
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(10))));
    assert_eq!(machine.handle(Event::Heartbeat(ENABLED), secs(10), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Tasks, secs(12))));
}

#[test]
fn it_asks_for_no_tasks_where_it_is_told_not_to() {
    let mut machine = Machine::new(secs(10), false);
    machine.handle(Event::Registered { keeps: None }, secs(0), 0.5);
    machine.handle(Event::Heartbeat(ENABLED), secs(0), 0.5);
    machine.handle(Event::Succeeded(Call::Profile), secs(0), 0.5);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(10))));
}

#[test]
fn heartbeats_are_jittered_by_a_tenth() {
    for (random, at) in [(0.0, 9), (1.0, 11)] {
        let mut machine = Machine::new(secs(10), false);
        machine.handle(Event::Registered { keeps: None }, secs(0), random);
        machine.handle(Event::Heartbeat(ENABLED), secs(0), random);
        machine.handle(Event::Succeeded(Call::Profile), secs(0), random);
        assert_eq!(machine.next(), Some((Call::Heartbeat, secs(at))));
    }
}

#[test]
fn rejected_it_says_so_once_and_asks_once_a_minute_by_register() {
    for first in [Event::RegistrationBarred(Bar::Rejected), Event::Heartbeat(HeartbeatOutcome::Barred(Bar::Rejected))] {
        let mut machine = told(HeartbeatOutcome::Waiting);
        assert_eq!(machine.handle(first, secs(2), 0.5), [LogEvent::Barred(Bar::Rejected)]);
        assert!(!machine.is_registered());
        for at in [62, 122] {
            assert_eq!(machine.next(), Some((Call::Register, secs(at))));
            assert_eq!(machine.handle(Event::RegistrationBarred(Bar::Rejected), secs(at), 0.5), NEVER);
        }
        machine.handle(Event::Failed(Call::Register, Failure::unavailable("x")), secs(182), 0.5);
        assert_eq!(machine.next(), Some((Call::Register, secs(242))));
        assert_eq!(
            machine.handle(Event::Registered { keeps: None }, secs(242), 0.5),
            [LogEvent::Reconnected(secs(60))]
        );
        assert_eq!(
            machine.handle(Event::Heartbeat(HeartbeatOutcome::Waiting), secs(242), 0.5),
            [LogEvent::WaitingForApproval]
        );
    }
}

#[test]
fn deleted_it_ends() {
    for before in [HeartbeatOutcome::Waiting, ENABLED] {
        let mut machine = told(before);
        assert_eq!(machine.handle(Event::Heartbeat(HeartbeatOutcome::Gone), secs(1), 0.5), [LogEvent::Deleted]);
        assert_eq!(machine.next(), None);
        assert!(!machine.is_registered());
    }
}

#[test]
fn an_outage_stops_the_tasks_keeps_the_heartbeat_and_needs_no_new_registration() {
    let mut machine = told(ENABLED);
    let failed = |why: &str| Event::Failed(Call::Heartbeat, Failure::unavailable(why));
    assert_eq!(machine.handle(failed("refused"), secs(10), 1.0), [LogEvent::Unreachable("refused".into())]);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(11))));
    assert_eq!(machine.handle(failed("refused"), secs(11), 1.0), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(13))));
    assert_eq!(machine.handle(Event::Heartbeat(ENABLED), secs(13), 0.5), [LogEvent::Reconnected(secs(3))]);
    assert_eq!(machine.next().map(|(call, _)| call), Some(Call::Profile), "what was not served yet still is");
}

#[test]
fn a_refused_credential_is_said_and_tried_slowly() {
    let mut machine = told(ENABLED);
    let refused = || Event::Failed(Call::Heartbeat, Failure::Refused(Refusal::RevokedToken));
    assert_eq!(machine.handle(refused(), secs(10), 0.5), [LogEvent::Refused(Refusal::RevokedToken)]);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(40))));
    assert_eq!(machine.handle(refused(), secs(40), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(100))));
    assert!(machine.is_registered());
}

#[test]
fn what_is_declined_is_said_and_tried_slowly() {
    let mut machine = machine();
    let declined = Event::Failed(Call::Register, Failure::Declined("tags: no".into()));
    assert_eq!(machine.handle(declined, secs(0), 0.5), [LogEvent::Declined("tags: no".into())]);
    assert_eq!(machine.next(), Some((Call::Register, secs(30))));
}

#[test]
fn a_failure_on_the_side_backs_off_and_is_no_outage() {
    let mut machine = told(ENABLED);
    machine.handle(Event::Succeeded(Call::Profile), secs(0), 0.5);
    let away = Failure::unavailable("x");
    for at in [0, 1, 3] {
        assert_eq!(machine.next(), Some((Call::Tasks, secs(at))));
        let log = machine.handle(Event::Failed(Call::Tasks, away.clone()), secs(at), 1.0);
        assert_eq!(log, [LogEvent::CallFailed(Call::Tasks, away.clone())]);
    }
    assert_eq!(machine.next(), Some((Call::Tasks, secs(7))));
    let refused = Failure::Refused(Refusal::ExpiredToken);
    machine.handle(Event::Failed(Call::Tasks, refused), secs(7), 1.0);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(7))), "the heartbeat tells at once");
}

fn version(millis: i64) -> Applied {
    Applied { profile_id: "p".into(), last_updated_at: Timestamp::from_millis(millis) }
}

fn wants(millis: i64) -> Event {
    Event::Heartbeat(HeartbeatOutcome::Enabled(DesiredProfile::Changed(version(millis))))
}

#[test]
fn a_disabled_delegate_asks_once_a_minute_and_is_connected_again_once_it_is_enabled() {
    let mut machine = told(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));
    let disabled = LogEvent::Barred(Bar::Disabled);
    let outcome = Event::Heartbeat(HeartbeatOutcome::Barred(Bar::Disabled));
    assert_eq!(machine.handle(outcome, secs(10), 0.5), [disabled]);
    assert!(machine.is_cut_off() && !machine.is_registered());
    assert_eq!(machine.next(), Some((Call::Register, secs(70))));
    assert_eq!(machine.handle(Event::RegistrationBarred(Bar::Disabled), secs(70), 0.5), []);
    assert_eq!(machine.next(), Some((Call::Register, secs(130))));
    assert_eq!(machine.handle(Event::Registered { keeps: None }, secs(130), 0.5), []);
    assert_eq!(machine.handle(SAME, secs(130), 0.5), [LogEvent::Connected]);
}

const SAME: Event = Event::Heartbeat(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));

#[test]
fn a_reply_tells_rejected_from_deleted_and_what_is_to_be_applied() {
    let reply = |status, reason: Option<&str>, applies| HeartbeatReply {
        status,
        reason: reason.map(str::to_owned),
        applies,
        ..HeartbeatReply::new("x", None, muster::time::Timestamp::from_millis(0))
    };
    let enabled = |applies| reply(WireStatus::Enabled, None, applies);
    let other = Applied { profile_id: "q".into(), ..version(5) };
    for (reply, has, told) in [
        (reply(WireStatus::WaitingForApproval, None, None), None, HeartbeatOutcome::Waiting),
        (reply(WireStatus::Deleted, Some(REJECTED), None), None, HeartbeatOutcome::Barred(Bar::Rejected)),
        (reply(WireStatus::Deleted, Some(DISABLED), None), None, HeartbeatOutcome::Barred(Bar::Disabled)),
        (reply(WireStatus::Deleted, Some("OTHER"), None), None, HeartbeatOutcome::Gone),
        (reply(WireStatus::Deleted, None, None), None, HeartbeatOutcome::Gone),
        (enabled(None), Some(version(5)), ENABLED),
        (enabled(Some(version(5))), None, HeartbeatOutcome::Enabled(DesiredProfile::Changed(version(5)))),
        (enabled(Some(version(5))), Some(version(4)), HeartbeatOutcome::Enabled(DesiredProfile::Changed(version(5)))),
        (enabled(Some(version(5))), Some(other), HeartbeatOutcome::Enabled(DesiredProfile::Changed(version(5)))),
        (enabled(Some(version(5))), Some(version(5)), HeartbeatOutcome::Enabled(DesiredProfile::UpToDate)),
        (enabled(Some(version(5))), Some(version(6)), HeartbeatOutcome::Enabled(DesiredProfile::UpToDate)),
    ] {
        assert_eq!(HeartbeatOutcome::new(&reply, has.as_ref()), told);
    }
}

/// When the profile is asked for.
fn profile_at(machine: &Machine) -> Option<Duration> {
    machine.profile_poll.due()
}

#[test]
fn a_version_is_asked_for_once_and_again_where_it_is_not_applied() {
    let mut machine = told(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));
    assert_eq!(profile_at(&machine), None);
    machine.handle(wants(5), secs(10), 0.5);
    assert_eq!(machine.next(), Some((Call::Tasks, secs(0))));
    machine.handle(Event::Succeeded(Call::Tasks), secs(10), 0.5);
    assert_eq!(machine.next(), Some((Call::Profile, secs(10))));
    machine.handle(Event::Succeeded(Call::Profile), secs(10), 0.5);
    // Another script is under way: it is not applied yet.
    machine.handle(wants(5), secs(20), 0.5);
    assert_eq!(profile_at(&machine), Some(secs(310)));
    machine.handle(wants(6), secs(30), 0.5);
    assert_eq!(profile_at(&machine), Some(secs(30)), "a newer one");
    machine.handle(Event::Succeeded(Call::Profile), secs(30), 0.5);
    machine.handle(SAME, secs(40), 0.5);
    assert_eq!(profile_at(&machine), None);
    machine.handle(wants(6), secs(50), 0.5);
    assert_eq!(profile_at(&machine), Some(secs(50)));
}

#[test]
fn where_the_manager_does_not_tell_it_is_asked_for_every_five_minutes() {
    let mut machine = told(ENABLED);
    assert_eq!(profile_at(&machine), Some(secs(0)));
    machine.handle(Event::Succeeded(Call::Profile), secs(0), 0.5);
    for at in [10, 20] {
        machine.handle(Event::Heartbeat(ENABLED), secs(at), 0.5);
    }
    assert_eq!(profile_at(&machine), Some(secs(300)));
    machine.handle(Event::Heartbeat(HeartbeatOutcome::Waiting), secs(30), 0.5);
    machine.handle(Event::Heartbeat(ENABLED), secs(40), 0.5);
    assert_eq!(profile_at(&machine), Some(secs(40)), "once for each admission");
}

#[test]
fn a_profile_that_is_not_handed_out_is_said_once_for_each_version_and_asked_for_rarely() {
    let mut machine = told(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));
    let declined = || Event::Failed(Call::Profile, Failure::Declined("no secret x".into()));
    for version in [5, 6] {
        machine.handle(wants(version), secs(0), 0.5);
        assert_eq!(machine.handle(declined(), secs(0), 0.5), [LogEvent::ProfileDeclined("no secret x".into())]);
        for (at, next) in [(30, 90), (90, 210), (210, 450), (450, 750), (750, 1050)] {
            assert_eq!(profile_at(&machine), Some(secs(at)));
            machine.handle(wants(version), secs(at), 0.5);
            let log = machine.handle(declined(), secs(at), 0.5);
            assert!(matches!(log[..], [LogEvent::CallFailed(Call::Profile, _)]), "{log:?}");
            assert_eq!(profile_at(&machine), Some(secs(next)));
        }
    }
    machine.handle(wants(7), secs(2000), 0.5);
    machine.handle(Event::Failed(Call::Profile, Failure::unavailable("x")), secs(2000), 1.0);
    assert_eq!(profile_at(&machine), Some(secs(2001)), "what passes by itself is tried soon");
}

#[test]
fn it_is_cut_off_by_a_person_and_by_a_bad_token_but_by_no_outage() {
    let heartbeat = |failure| Event::Failed(Call::Heartbeat, failure);
    let refused = |refusal| heartbeat(Failure::Refused(refusal));
    assert!(!machine().is_cut_off(), "nothing is known yet");
    for told_then in [HeartbeatOutcome::Waiting, HeartbeatOutcome::Barred(Bar::Rejected), HeartbeatOutcome::Gone] {
        let mut machine = told(ENABLED);
        assert!(machine.is_working() && !machine.is_cut_off());
        machine.handle(Event::Heartbeat(told_then), secs(1), 0.5);
        assert!(!machine.is_working() && machine.is_cut_off());
    }

    let mut machine = told(ENABLED);
    machine.handle(heartbeat(Failure::unavailable("x")), secs(1), 0.5);
    assert!(!machine.is_working() && !machine.is_cut_off());
    machine.handle(refused(Refusal::ExpiredToken), secs(2), 0.5);
    assert!(!machine.is_cut_off(), "the clock may have been set");
    machine.handle(refused(Refusal::ExpiredToken), secs(32), 0.5);
    assert!(machine.is_cut_off());
    machine.handle(Event::Heartbeat(ENABLED), secs(92), 0.5);
    assert!(machine.is_working() && !machine.is_cut_off());
    machine.handle(refused(Refusal::RevokedToken), secs(102), 0.5);
    assert!(machine.is_cut_off(), "a revocation at once");
}

#[test]
fn what_was_lost_by_being_cut_off_is_asked_for_again() {
    let mut machine = told(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));
    machine.handle(wants(5), secs(10), 0.5);
    machine.handle(Event::Succeeded(Call::Profile), secs(10), 0.5);
    for at in [20, 50] {
        machine.handle(Event::Failed(Call::Heartbeat, Failure::Refused(Refusal::InvalidToken)), secs(at), 0.5);
    }
    machine.handle(wants(5), secs(110), 0.5);
    assert_eq!(profile_at(&machine), Some(secs(110)));
}

#[test]
fn a_doubt_is_settled_by_the_heartbeat() {
    let mut machine = told(HeartbeatOutcome::Enabled(DesiredProfile::UpToDate));
    machine.handle(Event::Succeeded(Call::Tasks), secs(5), 0.5);
    assert_eq!(machine.handle(Event::ReportRefused, secs(5), 0.5), NEVER);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(5))));
    machine.handle(Event::Failed(Call::Heartbeat, Failure::Refused(Refusal::RevokedToken)), secs(5), 0.5);
    machine.handle(Event::ReportRefused, secs(6), 0.5);
    assert_eq!(machine.next(), Some((Call::Heartbeat, secs(35))), "it keeps its pace in an outage");
}
