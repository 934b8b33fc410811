//! A real PostgreSQL that lives as long as the tests.
//!
//! A shell supervises it and holds the reading end of a pipe whose other end is ours. However this process ends, by
//! itself, by Ctrl-C or by SIGKILL, the pipe closes, and the shell stops the server and deletes its data.

use crate::run::{Result, output, succeeds};
use crate::tools;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Arguments: PostgreSQL's programs, the data's folder, the port.
///
/// The tests ask nothing of durability, so the settings that cost a disk's time are off. Only TCP on loopback: the
/// socket's folder may not be ours to write. The signal is repeated because a server that has only just started loses
/// it: a shell starts what runs in the background with SIGINT ignored.
const SUPERVISOR: &str = r#"
set -u
trap 'cd /; rm -rf -- "$2"' EXIT
"$1/initdb" -D "$2/data" -U muster -A trust -E UTF8 --locale=C --no-sync </dev/null >/dev/null || exit 1
"$1/postgres" -D "$2/data" -h 127.0.0.1 -p "$3" -c unix_socket_directories= -c max_connections=300 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off >"$2/log" 2>&1 &
server=$!
exec 3<&0
(cat <&3 >/dev/null; while kill -INT "$server" 2>/dev/null; do sleep 0.2; done) &
wait "$server" || tail -n 20 "$2/log" >&2
"#;

/// A running server; dropping it stops it and deletes its data.
pub struct Postgres {
    supervisor: Child,
    port: u16,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let bin = tools::postgres_bin()?;
        let folder = fresh_folder()?;
        let port = free_port()?;
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR, "postgres-for-tests"]).arg(&bin).arg(&folder).arg(port.to_string());
        command.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::null());
        prepare(&mut command, &folder).inspect_err(|_| drop(std::fs::remove_dir(&folder)))?;
        let spawned = command.spawn().map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let mut server = Self { supervisor: spawned, port };
        server.wait_until_ready(&bin)?;
        println!("PostgreSQL answers on port {port}");
        Ok(server)
    }

    /// The address, with a superuser who may create databases.
    pub fn url(&self) -> String {
        format!("postgres://muster@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&mut self, bin: &Path) -> Result {
        let deadline = Instant::now() + Duration::from_secs(60);
        let port = self.port.to_string();
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.supervisor.try_wait() {
                return Err(format!("PostgreSQL did not start ({status}); its own words are above"));
            }
            if succeeds(Command::new(bin.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port])) {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL did not answer within a minute".into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// PostgreSQL refuses to run as root: there the supervisor becomes the user `postgres`, who then owns the folder.
/// In a process group of its own, it does not die of the Ctrl-C that it has to clean up after.
#[cfg(unix)]
fn prepare(command: &mut Command, folder: &Path) -> Result {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    if tools::is_root() {
        let id = |flag: &str| {
            let text = output(Command::new("id").args([flag, "postgres"]))
                .map_err(|error| format!("PostgreSQL cannot run as root, and there is no user `postgres`: {error}"))?;
            text.trim().parse::<u32>().map_err(|error| format!("`id {flag} postgres`: {error}"))
        };
        let (user, group) = (id("-u")?, id("-g")?);
        std::os::unix::fs::chown(folder, Some(user), Some(group))
            .map_err(|error| format!("cannot give {} to the user `postgres`: {error}", folder.display()))?;
        command.uid(user).gid(group);
    }
    Ok(())
}

#[cfg(not(unix))]
fn prepare(_: &mut Command, _: &Path) -> Result {
    Err("the PostgreSQL tests run on Unix only".into())
}

fn fresh_folder() -> Result<PathBuf> {
    for attempt in 0..100 {
        let folder = std::env::temp_dir().join(format!("muster-postgres-{}-{attempt}", std::process::id()));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot create {}: {error}", folder.display())),
        }
    }
    Err(format!("too many old folders muster-postgres-* in {}", std::env::temp_dir().display()))
}

/// A port that was free a moment ago: all that can be had for a program that opens its own.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
