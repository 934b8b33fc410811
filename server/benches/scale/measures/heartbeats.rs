//! Heartbeats and looks for tasks, of delegates that are connected.

use std::{path::Path, time::Duration};

use crate::{
    fleet::{self, Fleet, Key, Style},
    home::Home,
    load::{self, Until},
    manager::Manager,
    table::{Table, count},
    twin::Twin,
};

const DELEGATES: usize = 900;
const CONNECTIONS: usize = 32;
const FOR: Duration = Duration::from_secs(6);

/// Measures them.
pub async fn measure(program: &Path, table: &mut Table) {
    let home = Home::sqlite();
    let fleet = fleet::found(&home, 1, DELEGATES).await;
    let manager = Manager::start(program, &home).await;
    let twin = Twin::start(&fleet.tokens);
    let beats = |style| fleet.delegates.iter().map(|one| one.heartbeat(style)).collect::<Vec<_>>();
    for (what, style, goal) in
        [("heartbeats/s, with key id", Style::KeyId, 0.5), ("heartbeats/s, without key id", Style::Plain, 0.4)]
    {
        let requests = beats(style);
        compare(what, (manager.port, requests.clone()), (twin.port, requests), goal, table).await;
    }
    let polls = fleet.delegates.iter().map(|one| one.poll(Style::KeyId)).collect();
    compare("polls/s, with key id", (manager.port, polls), (twin.port, beats(Style::KeyId)), 0.5, table).await;
    proven(&fleet, &manager, &twin, table).await;
    manager.stop();
}

async fn compare(what: &str, ours: (u16, Vec<Vec<u8>>), bare: (u16, Vec<Vec<u8>>), goal: f64, table: &mut Table) {
    // Twice each, in turn: what else the machine does meets both.
    let (mut best, mut beside) = (0.0_f64, 0.0_f64);
    for _ in 0..2 {
        let one = load::run(ours.0, CONNECTIONS, ours.1.clone(), Until::Time(FOR / 2)).await;
        one.check(what);
        best = best.max(one.rate());
        let one = load::run(bare.0, CONNECTIONS, bare.1.clone(), Until::Time(FOR / 2)).await;
        one.check("the twin");
        beside = beside.max(one.rate());
    }
    add(what, best, beside, goal, table);
}

fn add(what: &str, ours: f64, bare: f64, goal: f64, table: &mut Table) {
    let share = ours / bare;
    let ours = format!("{} ({:.0} %)", count(ours), share * 100.0);
    table.add(what, ours, format!("bare axum {}", count(bare)), format!("≥ {:.0} %", goal * 100.0), share >= goal);
}

/// Delegates that prove a key: each call is signed anew.
async fn proven(fleet: &Fleet, manager: &Manager, twin: &Twin, table: &mut Table) {
    const CALLS: u64 = 40;
    let mut strangers = Vec::new();
    for number in 0..DELEGATES {
        let (key, member) = (Key::new(), fleet.stranger(DELEGATES + number));
        strangers.push((key, member));
    }
    let mut connection = crate::http::Connection::open(manager.port, [127, 0, 0, 1]).await.unwrap();
    for (key, member) in &mut strangers {
        let answer = connection.send(&member.registration(Some(key))).await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        member.id = answer["resource"]["delegateId"].as_str().unwrap().to_owned();
    }
    // In the order in which they are sent: a process's counter only grows.
    let calls = |from: u64| {
        let each = (from..from + CALLS).flat_map(|counter| strangers.iter().map(move |one| (one, counter)));
        each.map(|((key, member), counter)| member.proven_heartbeat(key, counter + 1)).collect::<Vec<_>>()
    };
    let ours = load::run(manager.port, 30, calls(0), Until::Sent).await;
    ours.check("proven heartbeats");
    let bare = load::run(twin.port, 30, calls(CALLS), Until::Sent).await;
    add("heartbeats/s, with proof of a key", ours.rate(), bare.rate(), 0.5, table);
}
