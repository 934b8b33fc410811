//! The program, as it is shipped, running on an installation.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    home::Home,
    http::{Connection, request},
};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

/// The program, running.
pub struct Manager {
    child: Child,
    pub port: u16,
    /// From its start to its first answer.
    pub first_answer: Duration,
}

impl Manager {
    /// Starts it, and waits for its first answer.
    pub async fn start(program: &Path, home: &Home) -> Self {
        let data_dir = &home.data();
        let password = data_dir.with_extension("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let began = Instant::now();
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MUSTER_")) {
            command.env_remove(name);
        }
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--trusted-proxies", "127.0.0.0/8", "--data-dir"])
            .arg(data_dir)
            .args(["--database-url", &home.database()])
            .args(["--admin-email", EMAIL, "--admin-password-file"])
            .arg(&password)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("it starts").unwrap();
            if let Some((_, address)) = line.split_once("is ready: http://") {
                let digits = address.rsplit_once(':').unwrap().1.chars().take_while(char::is_ascii_digit);
                break digits.collect::<String>().parse().unwrap();
            }
        };
        // Whatever it says later is read, and not shown: a pipe that is full would stop it.
        std::thread::spawn(move || for _ in lines.map_while(Result::ok) {});
        let mut connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
        connection.status(&request("GET", "/healthz", &[], "")).await.unwrap();
        Self { child, port, first_answer: began.elapsed() }
    }

    /// Ends it as an administrator does.
    pub fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap();
    }

    /// The memory that it holds, in MB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().split(' ').next().unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// The time that it has computed so far.
    pub fn computed(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        // Linux counts a hundred a second on every machine that this runs on.
        Duration::from_millis(ticks * 10)
    }

    /// Signs the administrator in; gives the cookie.
    pub async fn sign_in(&self) -> String {
        let form = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")];
        let mut connection = Connection::open(self.port, [127, 0, 0, 1]).await.unwrap();
        let answer = connection.send(&request("POST", "/api/session/sign-in", &headers, &form)).await.unwrap();
        let set = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: muster_session="));
        format!("muster_session={}", set.expect("a session").split(';').next().unwrap())
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
