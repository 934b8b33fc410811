//! What open pages cost while every delegate sends its heartbeats.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::{
    fleet::{self, INTERVAL, Style},
    home::Home,
    http::{Connection, request},
    manager::Manager,
    table::{Table, count},
};

const DELEGATES: usize = 100_000;
const PAGES: usize = 20;
const SENDERS: usize = 20;
const FOR: Duration = Duration::from_secs(20);
/// Of a core.
const GOAL: f64 = 0.1;

/// Measures it.
pub async fn measure(program: &Path, table: &mut Table) {
    let home = Home::sqlite();
    let fleet = fleet::found(&home, 100, DELEGATES).await;
    let manager = Manager::start(program, &home).await;
    let cookie = manager.sign_in().await;
    let beats: Arc<Vec<Vec<u8>>> = Arc::new(fleet.delegates.iter().map(|one| one.heartbeat(Style::KeyId)).collect());
    let senders: Vec<_> = (0..SENDERS).map(|number| tokio::spawn(beat(manager.port, number, beats.clone()))).collect();
    // Everybody is heard once before: what is read then is read once.
    sleep_until(Instant::now() + INTERVAL).await;
    let alone = cost(&manager).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let stream = stream_of(manager.port, &cookie).await;
    let pages: Vec<_> = (0..PAGES)
        .map(|_| tokio::spawn(open_page(manager.port, cookie.clone(), stream.clone(), asked.clone())))
        .collect();
    let with_pages = cost(&manager).await;
    senders.into_iter().chain(pages).for_each(|task| task.abort());
    let more = with_pages - alone;
    let what =
        format!("{PAGES} open pages while {} delegates beat every {} s", count(DELEGATES as f64), INTERVAL.as_secs());
    let beside = format!("{alone:.2} of a core without; {} pages asked for", asked.load(Ordering::Relaxed));
    table.add(&what, format!("{more:.2} of a core"), beside, format!("< {GOAL} of a core"), more < GOAL);
    manager.stop();
}

/// How much of a core the manager takes.
async fn cost(manager: &Manager) -> f64 {
    let before = manager.computed();
    sleep_until(Instant::now() + FOR).await;
    (manager.computed() - before).as_secs_f64() / FOR.as_secs_f64()
}

/// Sends the heartbeats of some delegates, spread over their interval.
async fn beat(port: u16, number: usize, beats: Arc<Vec<Vec<u8>>>) {
    let own: Vec<&Vec<u8>> = beats.iter().skip(number).step_by(SENDERS).collect();
    let mut connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
    let mut tick = interval(Duration::from_millis(10));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let each = own.len() as f64 / INTERVAL.as_millis() as f64 * 10.0;
    let (mut due, mut next) = (0.0, 0);
    loop {
        tick.tick().await;
        due += each;
        while due >= 1.0 {
            due -= 1.0;
            connection.status(own[next % own.len()]).await.unwrap();
            next += 1;
        }
    }
}

async fn ask(connection: &mut Connection, path: &str, cookie: &str) -> String {
    let headers = [("Cookie", cookie), ("Accept", "text/html")];
    let answer = connection.send(&request("GET", path, &headers, "")).await.unwrap();
    String::from_utf8(answer.body).unwrap()
}

/// What the session's event stream is called.
async fn stream_of(port: u16, cookie: &str) -> String {
    let mut connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
    let page = ask(&mut connection, "/delegates", cookie).await;
    let (_, stream) = page.split_once("data-session=\"").unwrap();
    stream.split('"').next().unwrap().to_owned()
}

/// A page with the list of delegates: it hears of news, and asks for itself again.
async fn open_page(port: u16, cookie: String, stream: String, asked: Arc<AtomicUsize>) {
    let (say, mut hear) = tokio::sync::mpsc::unbounded_channel();
    let path = format!("/api/events?session={stream}");
    let listens = request("GET", &path, &[("Cookie", &cookie), ("Accept", "text/event-stream")], "");
    let events = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
    tokio::spawn(async move {
        let heard = events.stream(&listens, move |bytes| {
            let text = String::from_utf8_lossy(bytes);
            if text.contains("data: delegates") || text.contains("data: heartbeats") {
                let _ = say.send(());
            }
        });
        let _ = heard.await;
    });
    let mut connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
    while hear.recv().await.is_some() {
        ask(&mut connection, "/delegates", &cookie).await;
        asked.fetch_add(1, Ordering::Relaxed);
    }
}
