//! Everybody comes back at once after the manager's restart, each on a connection of its own.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{runtime::Builder, sync::Barrier};

use crate::{
    fleet::{self, Style},
    home::Home,
    http::{Connection, request},
    load::Outcome,
    manager::Manager,
    table::{Table, count},
};

const DELEGATES: usize = 10_000;
const GOAL: Duration = Duration::from_secs(15);
/// In milliseconds.
const PAGE_GOAL: f64 = 30.0;

/// Measures it.
pub async fn measure(program: &Path, table: &mut Table) {
    let _ = muster_server::connections::raise_file_limit();
    let home = Home::sqlite();
    let fleet = fleet::found(&home, 100, DELEGATES).await;
    let manager = Manager::start(program, &home).await;
    let cookie = manager.sign_in().await;
    manager.stop();
    let manager = Manager::start(program, &home).await;
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
    // On a thread of its own: behind ten thousand tasks of this client it would measure those.
    let over = Arc::new(AtomicBool::new(false));
    let pages = thread::spawn({
        let over = over.clone();
        move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(look_at(port, &cookie, &over))
        }
    });
    ready.wait().await;
    let (mut slowest, mut busy) = (Duration::ZERO, 0);
    for task in tasks {
        let (took, turned_away) = task.await.unwrap();
        slowest = slowest.max(took);
        busy += turned_away;
    }
    over.store(true, Ordering::Relaxed);
    let pages = pages.join().unwrap();
    let what = format!("{} come back at once: the last answer", count(DELEGATES as f64));
    let beside = format!("{busy} times told to come later");
    table.add(&what, format!("{:.1} s", slowest.as_secs_f64()), beside, "≤ 15 s".to_owned(), slowest <= GOAL);
    let (half, most, longest) = (pages.percentile(0.5), pages.percentile(0.99), pages.percentile(1.0));
    let beside = format!("p50 {half:.1} ms, longest {longest:.0} ms, of {}", pages.latencies.len());
    table.add("Delegates, meanwhile", format!("p99 {most:.1} ms"), beside, "< 30 ms".to_owned(), most < PAGE_GOAL);
    manager.stop();
}

/// Asks for the list of delegates, over and over, until the storm is over.
async fn look_at(port: u16, cookie: &str, over: &AtomicBool) -> Outcome {
    let asks = request("GET", "/delegates", &[("Cookie", cookie), ("Accept", "text/html")], "");
    let mut connection = Connection::open(port, [127, 0, 0, 100]).await.unwrap();
    let mut pages = Outcome::default();
    while !over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        let status = connection.status(&asks).await.unwrap();
        *pages.statuses.entry(status).or_insert(0) += 1;
        pages.latencies.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    pages.latencies.sort_unstable();
    pages.check("pages in the storm");
    pages
}
