//! What the program needs: until it answers, in memory, and on the disk.

use std::{path::Path, time::Duration};

use crate::{
    fleet::{self, Style},
    home::Home,
    load::{self, Until},
    manager::Manager,
    table::{Table, count},
};

const KNOWN: usize = 100_000;

/// Measures it.
pub async fn measure(program: &Path, table: &mut Table) {
    let size = std::fs::metadata(program).unwrap().len() as f64 / 1e6;
    table.add("binary", format!("{size:.1} MB"), "–".to_owned(), "< 20 MB".to_owned(), size < 20.0);

    let home = Home::sqlite();
    let fleet = fleet::found(&home, 100, KNOWN).await;
    // The first start makes the administrator, whose password takes long on purpose.
    Manager::start(program, &home).await.stop();
    let mut starts = Vec::new();
    for _ in 0..5 {
        let manager = Manager::start(program, &home).await;
        starts.push((manager.first_answer, manager.memory()));
        manager.stop();
    }
    starts.sort_unstable_by_key(|(answer, _)| *answer);
    let (answer, memory) = starts[starts.len() / 2];
    let goal = Duration::from_millis(100);
    let beside = format!("{} delegates in the database", count(KNOWN as f64));
    let took = format!("{} ms", answer.as_millis());
    table.add("start to first answer", took, beside.clone(), "< 100 ms".to_owned(), answer < goal);
    table.add("memory after start", format!("{memory:.0} MB"), beside, "< 40 MB".to_owned(), memory < 40.0);

    let manager = Manager::start(program, &home).await;
    let beats = fleet.delegates.iter().map(|one| one.heartbeat(Style::KeyId)).collect();
    let outcome = load::run(manager.port, 64, beats, Until::Sent).await;
    outcome.check("every delegate once");
    let beside = format!("all heard once, at {}/s", count(outcome.rate()));
    let memory = manager.memory();
    let what = "memory, 100,000 known and connected";
    table.add(what, format!("{memory:.0} MB"), beside, "< 120 MB".to_owned(), memory < 120.0);
    manager.stop();
}
