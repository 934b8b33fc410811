//! First registrations, each durable before it is answered.

use std::{path::Path, time::Instant};

use sqlx::{
    ConnectOptions as _, Executor as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    fleet::{self, Fleet, Key},
    home::Home,
    load::{self, Until},
    manager::Manager,
    table::{Table, count},
};

/// A token admits a thousand at once.
const TOKENS: usize = 60;
const REGISTRATIONS: usize = 30_000;
/// How many are made one by one.
const ALONE: usize = 5000;
const CONNECTIONS: usize = 256;
const GOAL: f64 = 5000.0;

/// Measures them, where `postgres` is the address of one also there.
pub async fn measure(program: &Path, postgres: Option<&str>, table: &mut Table) {
    for (home, on) in Home::each(postgres).await {
        let fleet = fleet::found(&home, TOKENS, 0).await;
        let alone = alone(program, &home, &fleet).await;
        let manager = Manager::start(program, &home).await;
        for (what, with_key) in [("first registrations/s", false), ("first registrations/s, with proof of a key", true)]
        {
            let what = format!("{what}{on}");
            let from = if with_key { REGISTRATIONS } else { 0 };
            let strangers = (from..from + REGISTRATIONS).map(|number| fleet.stranger(number));
            let requests = strangers.map(|one| one.registration(with_key.then(Key::new).as_ref())).collect();
            let computed = manager.computed();
            let ours = load::run(manager.port, CONNECTIONS, requests, Until::Sent).await;
            ours.check(&what);
            let computed = (manager.computed() - computed).as_secs_f64() / REGISTRATIONS as f64;
            let mut beside =
                format!("{:.0} µs of computing each; each in a change of its own {}", computed * 1e6, count(alone));
            if !home.is_postgres() {
                let bare = one_by_one(home.beside()).await;
                beside += &format!("; one bare SQLite commit after the other {}", count(bare));
            }
            // What a server on the same machine takes says little of others: there it is not to be less than before.
            let goal = if home.is_postgres() { alone } else { GOAL };
            let rate = format!("{} (p99 {:.0} ms)", count(ours.rate()), ours.percentile(0.99));
            table.add(&what, rate, beside, format!("≥ {}", count(goal)), ours.rate() >= goal);
        }
        manager.stop();
        home.end().await;
    }
}

/// How many are made in a second where none shares its change with others, as is done with those that wait for approval.
async fn alone(program: &Path, home: &Home, fleet: &Fleet) -> f64 {
    fleet::require_approval(home, true).await;
    let manager = Manager::start(program, home).await;
    let strangers = (2 * REGISTRATIONS..2 * REGISTRATIONS + ALONE).map(|number| fleet.stranger(number));
    let requests = strangers.map(|one| one.registration(None)).collect();
    let ours = load::run(manager.port, CONNECTIONS, requests, Until::Sent).await;
    ours.check("registrations that wait for approval");
    manager.stop();
    fleet::require_approval(home, false).await;
    ours.rate()
}

/// How many commits of one row each this disk takes in a second, one after the other.
async fn one_by_one(folder: &Path) -> f64 {
    let file = folder.join(format!("{}.db", u64::from_le_bytes(muster_server::random::bytes())));
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.unwrap();
    connection.execute("CREATE TABLE one (text TEXT)").await.unwrap();
    let begin = Instant::now();
    let mut commits = 0;
    while begin.elapsed().as_secs() < 2 {
        connection.execute("INSERT INTO one VALUES ('as long as a row of a delegate, more or less')").await.unwrap();
        commits += 1;
    }
    f64::from(commits) / begin.elapsed().as_secs_f64()
}
