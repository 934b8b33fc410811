//! As the first process of a container, the delegate inherits what scripts leave running, and has to ask how it ended:
//! else each would stay in the table of processes for ever.

use std::{collections::BTreeSet, time::Duration};

use rustix::process::{Pid, WaitOptions, getpid, waitpid};
use tokio::time::sleep;

use crate::script::processes;

/// How often it looks. The delegate's own scripts are asked at once when they end, or within seconds where they are
/// killed; who still waits at the second look is nobody's.
const INTERVAL: Duration = Duration::from_secs(60);

/// Reaps orphans from now on, where this process is the one that inherits them.
pub(crate) fn start() {
    if getpid() != Pid::INIT {
        return;
    }
    tokio::spawn(async {
        let mut seen = BTreeSet::new();
        loop {
            sleep(INTERVAL).await;
            seen = reap(&seen);
        }
    });
}

/// Asks those who had ended at the last look. Returns who has ended since.
fn reap(seen: &BTreeSet<i32>) -> BTreeSet<i32> {
    let own = getpid().as_raw_nonzero().get();
    let ended = processes().into_iter().filter(|one| one.ended && one.parent == own).map(|one| one.id);
    let (old, new): (Vec<_>, Vec<_>) = ended.partition(|id| seen.contains(&id.as_raw_nonzero().get()));
    for id in old {
        let _ = waitpid(Some(id), WaitOptions::NOHANG);
    }
    new.into_iter().map(|id| id.as_raw_nonzero().get()).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    #[expect(clippy::zombie_processes, reason = "it is what this is about")]
    fn who_waits_at_the_second_look_is_asked() {
        let child = Command::new("true").spawn().unwrap();
        let id = i32::try_from(child.id()).unwrap();
        let state = || processes().into_iter().find(|one| one.id.as_raw_nonzero().get() == id).map(|one| one.ended);
        while state() == Some(false) {
            std::thread::yield_now();
        }
        let seen = reap(&BTreeSet::new());
        assert!(seen.contains(&id) && state() == Some(true), "not at the first");
        // Not those of other tests in this process.
        reap(&BTreeSet::from([id]));
        assert_eq!(state(), None);
    }
}
