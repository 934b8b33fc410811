//! Memory with a connection held open for every delegate.

use std::path::Path;

use tokio::task::JoinSet;

use crate::{
    fleet::{self, Style},
    home::Home,
    http::Connection,
    manager::Manager,
    table::{Table, count},
};

const CONNECTIONS: usize = 100_000;
/// Files that the client and the manager need for other things; the manager keeps some back itself.
const SPARE: u64 = 512;
/// Connections of one address, which has ports for no more.
const PER_ADDRESS: usize = 4000;
/// In MB: 100,000 and all else within 2 GB.
const GOAL_FOR_EACH: f64 = 2000.0 / CONNECTIONS as f64;

/// Measures it with as many as this machine lets a process open.
pub async fn measure(program: &Path, table: &mut Table) {
    let limit = muster_server::connections::raise_file_limit().saturating_sub(SPARE);
    let connections = usize::try_from(limit).unwrap_or(usize::MAX).min(CONNECTIONS);
    let home = Home::sqlite();
    let fleet = fleet::found(&home, 100, connections).await;
    let manager = Manager::start(program, &home).await;
    let before = manager.memory();
    let mut open = JoinSet::new();
    let mut held = Vec::with_capacity(connections);
    for (at, member) in fleet.delegates.iter().enumerate() {
        let (port, beat) = (manager.port, member.heartbeat(Style::KeyId));
        let from = [127, 0, 0, 1 + u8::try_from(at / PER_ADDRESS).unwrap()];
        open.spawn(async move {
            let mut connection = Connection::open(port, from).await.unwrap();
            let status = connection.status(&beat).await.unwrap();
            (connection, status)
        });
        if open.len() >= 64 {
            held.extend(open.join_next().await.map(Result::unwrap));
        }
    }
    held.extend(open.join_all().await);
    let refused = held.iter().filter(|(_, status)| *status >= 400).count();
    let memory = manager.memory();
    let what = format!("memory, {} connections open", count(connections as f64));
    let each = (memory - before) / connections as f64;
    let beside = format!("{before:.0} MB before; {:.1} kB each; {refused} refused", each * 1024.0);
    let goal = GOAL_FOR_EACH * connections as f64;
    table.add(&what, format!("{memory:.0} MB"), beside, format!("< {} MB", count(goal)), memory < goal);
    manager.stop();
}
