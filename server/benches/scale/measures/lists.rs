//! Pages of lists, with few delegates and with many.

use std::{path::Path, time::Instant};

use crate::{
    fleet,
    home::Home,
    http::request,
    load::{self, Until},
    manager::Manager,
    table::{Table, count},
};

const PAGES: [(&str, &str); 16] = [
    ("Delegates", "/delegates"),
    ("Delegates, pending", "/delegates?status=pending"),
    ("Delegates, not connected", "/delegates?status=not-connected"),
    ("Delegates, one type", "/delegates?type=kubernetes"),
    ("Delegates, one tag", "/delegates?tag=zone-7"),
    ("Delegates, one type of a status", "/delegates?type=ecs&status=not-connected"),
    ("Delegates, by name", "/delegates?sort=name"),
    ("Delegates, by last heartbeat", "/delegates?sort=silent"),
    ("Delegates, one type by name", "/delegates?type=docker&sort=name"),
    ("Delegates, search for one", "/delegates?q=host-0000777"),
    ("Delegates, search for many", "/delegates?q=example"),
    ("Delegates, search for one letter", "/delegates?q=q"),
    ("Delegates, search for none", "/delegates?q=nothing-like-it"),
    ("Tokens", "/tokens"),
    ("Profiles", "/profiles"),
    ("Secrets", "/secrets"),
];
const EACH: usize = 300;
const GOAL: f64 = 30.0;

/// Measures them with up to so many delegates, where `postgres` is the address of one also there.
pub async fn measure(program: &Path, most: usize, postgres: Option<&str>, table: &mut Table) {
    for rows in [1000, 100_000, 1_000_000].into_iter().filter(|rows| *rows <= most) {
        for (home, on) in Home::each(postgres).await {
            of(program, &home, rows, on, table).await;
            home.end().await;
        }
    }
}

async fn of(program: &Path, home: &Home, rows: usize, on: &str, table: &mut Table) {
    let begin = Instant::now();
    let fleet = fleet::found(home, 40, rows).await;
    println!("  {} delegates written in {:.0} s", count(rows as f64), begin.elapsed().as_secs_f64());
    let manager = Manager::start(program, home).await;
    let cookie = manager.sign_in().await;
    let one = format!("/delegates/{}", fleet.delegates[rows / 2].id);
    for (name, path) in PAGES.into_iter().chain([("one delegate", one.as_str())]) {
        let asks = request("GET", path, &[("Cookie", &cookie), ("Accept", "text/html")], "");
        // Once beforehand: whoever comes first waits for the disk.
        load::run(manager.port, 1, vec![asks.clone(); 3], Until::Sent).await;
        let outcome = load::run(manager.port, 2, vec![asks; EACH], Until::Sent).await;
        outcome.check(name);
        let (half, most) = (outcome.percentile(0.5), outcome.percentile(0.99));
        let what = format!("{name}, of {}{on}", count(rows as f64));
        let beside = format!("p50 {half:.1} ms");
        table.add(&what, format!("p99 {most:.1} ms"), beside, "< 30 ms".to_owned(), most < GOAL);
    }
    manager.stop();
}
