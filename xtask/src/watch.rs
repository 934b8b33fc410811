//! `cargo xtask watch`: build, serve, and again on every change.
//!
//! Time stamps are polled: a tree this small takes a millisecond to look through, and it works on every file system.

use crate::layout::{Layout, Profile};
use crate::run::Result;
use crate::{serve, site};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(500);
// `deploy` too: the server carries the chart that installs a delegate.
const WATCHED: [&str; 10] = ["src", "app", "cli", "client", "server", "delegate", "mask", "style", "public", "deploy"];

pub fn watch(layout: &Layout, args: &[String]) -> Result {
    let mut server = Server(None);
    loop {
        let seen = fingerprint(&layout.root)?;
        // The old server goes on while the new one is built, and stays when the build fails.
        match serve::build(layout, Profile::Dev) {
            Ok(binary) => {
                server.stop();
                let started = Command::new(&binary).arg("serve").args(args).spawn();
                server.0 = Some(started.map_err(|error| format!("the server could not be started: {error}"))?);
            }
            Err(error) => eprintln!("{error}"),
        }
        println!("watching {}", WATCHED.join(", "));
        while fingerprint(&layout.root)? == seen {
            server.report_end();
            sleep(INTERVAL);
        }
    }
}

/// The running server; stopped when the watch ends.
struct Server(Option<Child>);

impl Server {
    fn report_end(&mut self) {
        if let Some(child) = &mut self.0
            && let Ok(Some(status)) = child.try_wait()
        {
            eprintln!("the server ended ({status}); the next change starts it again");
            self.0 = None;
        }
    }

    /// Asks the server to end and waits, so that its port is free for the next one.
    fn stop(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        // The standard library can only kill; a clean shutdown is what a watch should exercise.
        let asked = Command::new("kill").arg(child.id().to_string()).status().is_ok_and(|status| status.success());
        let deadline = Instant::now() + Duration::from_secs(if asked { 10 } else { 0 });
        while Instant::now() < deadline {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A number that changes when a watched file appears, changes or goes away.
fn fingerprint(root: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for folder in WATCHED {
        for (path, metadata) in site::list(&root.join(folder))? {
            (path, metadata.len(), metadata.modified().ok()).hash(&mut hasher);
        }
    }
    for file in ["Cargo.toml", "Cargo.lock", "Leptos.toml"] {
        std::fs::metadata(root.join(file)).and_then(|metadata| metadata.modified()).ok().hash(&mut hasher);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::fingerprint;
    use std::fs;

    #[test]
    fn a_new_a_changed_and_a_removed_file_are_all_seen() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("style")).unwrap();
        let empty = fingerprint(root.path()).unwrap();
        let file = root.path().join("style/a.css");
        fs::write(&file, "a").unwrap();
        let written = fingerprint(root.path()).unwrap();
        assert_ne!(empty, written);
        fs::write(&file, "ab").unwrap();
        assert_ne!(written, fingerprint(root.path()).unwrap());
        fs::remove_file(&file).unwrap();
        assert_eq!(empty, fingerprint(root.path()).unwrap());
    }
}
