//! The processes of a script: finding them all, and ending them.
//!
//! A script's own group holds its children, but not those that began a session of their own. These carry the run's id
//! in their environment, which only they themselves could have dropped.

use std::{fs, time::Duration};

use muster::id::ScriptRunId;
use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group};
use tokio::time::{Instant, sleep};

/// The environment variable with which a script and its children are found.
pub(super) const RUN_VARIABLE: &str = "MUSTER_SCRIPT_RUN";
/// How often it looks whether all have ended.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often those that started meanwhile are killed, too.
const MAX_KILL_ROUNDS: u32 = 20;

/// What the system tells of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub id: Pid,
    pub parent: i32,
    pub group: i32,
    /// It has ended, and nobody has asked how yet.
    pub ended: bool,
}

/// All processes of the host that can be seen.
pub(crate) fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?)).collect()
}

fn process(id: i32) -> Option<Process> {
    let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
    // The name, in brackets, may hold anything, brackets too; what follows does not.
    let after = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let mut fields = std::str::from_utf8(&stat[after..]).ok()?.split_ascii_whitespace();
    let state = fields.next()?;
    Some(Process {
        id: Pid::from_raw(id)?,
        parent: fields.next()?.parse().ok()?,
        group: fields.next()?.parse().ok()?,
        ended: matches!(state, "Z" | "X" | "x"),
    })
}

/// The processes that are alive and in this group, or carry this run's id.
fn members(group: Option<Pid>, run: ScriptRunId) -> Vec<Pid> {
    let mark = format!("{RUN_VARIABLE}={run}");
    let group = group.map(|group| group.as_raw_nonzero().get());
    let carries_run = |id: Pid| {
        let environment = fs::read(format!("/proc/{}/environ", id.as_raw_nonzero())).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    };
    let mut found = all();
    found.retain(|one| !one.ended && one.id != getpid() && (Some(one.group) == group || carries_run(one.id)));
    found.into_iter().map(|one| one.id).collect()
}

/// Ends all processes of a run: asks them to, and kills after `grace` who is still there.
///
/// The process that gave the group its number must not have been waited for yet: as long as it has not, no other group
/// can have that number.
pub(super) async fn end(group: Option<Pid>, run: ScriptRunId, grace: Duration) {
    let until = Instant::now() + grace;
    let mut alive = members(group, run);
    signal(&alive, Signal::TERM);
    while !alive.is_empty() && Instant::now() < until {
        sleep(POLL_INTERVAL.min(until - Instant::now())).await;
        alive = members(group, run);
    }
    for _ in 0..MAX_KILL_ROUNDS {
        if alive.is_empty() {
            break;
        }
        signal(&alive, Signal::KILL);
        sleep(POLL_INTERVAL / 10).await;
        alive = members(group, run);
    }
    // Where processes cannot be looked at, at least the group is gone.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Who has ended meanwhile, or runs as another user, cannot be reached; nothing can be done about that.
fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        let _ = kill_process(*process, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen_as_it_is() {
        let own = process(getpid().as_raw_nonzero().get()).unwrap();
        assert_eq!((own.parent, own.ended), (i32::try_from(std::os::unix::process::parent_id()).unwrap(), false));
        assert!(all().contains(&own));
        assert_eq!(process(i32::MAX), None);
    }
}
