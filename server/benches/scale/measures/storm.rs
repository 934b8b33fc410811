//! Everybody comes back at once after the manager's restart, each on a connection of its own.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Barrier;

use crate::{
    fleet::{self, Style},
    http::{Connection, request},
    manager::Manager,
    table::{Table, count},
};

const DELEGATES: usize = 10_000;
const GOAL: Duration = Duration::from_secs(15);

/// Measures it.
pub async fn measure(program: &Path, table: &mut Table) {
    let _ = muster_server::connections::raise_file_limit();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let fleet = fleet::found(&data, 100, DELEGATES).await;
    let manager = Manager::start(program, &data).await;
    let cookie = manager.sign_in().await;
    manager.stop();
    let manager = Manager::start(program, &data).await;
    let port = manager.port;
    let ready = Arc::new(Barrier::new(DELEGATES + 1));
    let mut tasks = Vec::new();
    for member in &fleet.delegates {
        let (ready, asks) = (ready.clone(), member.heartbeat(Style::KeyId));
        let from = [127, 0, 0, 1 + u8::try_from(member.number % 8).unwrap()];
        tasks.push(tokio::spawn(async move {
            ready.wait().await;
            let begin = Instant::now();
            let mut busy = 0;
            loop {
                let status = match Connection::open(port, from).await {
                    Ok(mut connection) => connection.status(&asks).await.unwrap_or(599),
                    Err(_) => 599,
                };
                if status < 400 {
                    return (begin.elapsed(), busy);
                }
                busy += 1;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }));
    }
    let pages = tokio::spawn(async move {
        let asks = request("GET", "/delegates", &[("Cookie", &cookie), ("Accept", "text/html")], "");
        let mut connection = Connection::open(port, [127, 0, 0, 100]).await.unwrap();
        let mut slowest = Duration::ZERO;
        for _ in 0..50 {
            let begin = Instant::now();
            connection.status(&asks).await.unwrap();
            slowest = slowest.max(begin.elapsed());
        }
        slowest
    });
    ready.wait().await;
    let (mut slowest, mut busy) = (Duration::ZERO, 0);
    for task in tasks {
        let (took, turned_away) = task.await.unwrap();
        slowest = slowest.max(took);
        busy += turned_away;
    }
    let page = pages.await.unwrap();
    let what = format!("{} come back at once: the last answer", count(DELEGATES as f64));
    let beside = format!("{busy} times told to come later; slowest page meanwhile {} ms", page.as_millis());
    table.add(&what, format!("{:.1} s", slowest.as_secs_f64()), beside, "≤ 15 s".to_owned(), slowest <= GOAL);
    manager.stop();
}
