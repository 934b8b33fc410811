//! The program, started as a person starts it, and the room that it has.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

/// Where the data lies, and how much may.
pub trait Room {
    /// The shell command that runs `"$@"` with this room.
    fn shell(&mut self) -> String;
    /// The data folder.
    fn folder(&self) -> PathBuf;
    /// A folder for what is not data.
    fn beside(&self) -> PathBuf;
    /// Leaves little room.
    fn limit(&mut self, program: &Program);
    /// Makes room.
    fn free(&mut self, program: &Program);
}

/// No file may grow beyond a size (`ulimit -f`).
pub struct FileLimit(TempDir);

impl FileLimit {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

fn prlimit(program: &Program, bytes: &str) {
    let pid = program.child.id().to_string();
    let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]).status().unwrap();
    assert!(done.success());
}

impl Room for FileLimit {
    fn shell(&mut self) -> String {
        // A write beyond the limit is an error, not the end.
        "trap '' XFSZ; exec \"$@\"".to_owned()
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn beside(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn limit(&mut self, program: &Program) {
        let length = |name: &str| fs::metadata(self.folder().join(name)).map_or(0, |file| file.len());
        prlimit(program, &(length("muster.db-wal").max(length("muster.db")) + 100_000).to_string());
    }

    fn free(&mut self, program: &Program) {
        prlimit(program, "unlimited");
    }
}

/// A file system of eight megabytes.
pub struct SmallDisk {
    beside: TempDir,
    mounted: TempDir,
    disk: PathBuf,
}

impl SmallDisk {
    /// None where no such thing can be mounted.
    pub fn new() -> Option<Self> {
        let (beside, mounted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let disk = mounted.path().to_owned();
        let can = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&disk).output();
        can.is_ok_and(|done| done.status.success()).then_some(Self { beside, mounted, disk })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").args(["-l"]).arg(self.mounted.path()).status());
    }
}

impl Room for SmallDisk {
    fn shell(&mut self) -> String {
        "exec \"$@\"".to_owned()
    }

    fn folder(&self) -> PathBuf {
        self.disk.join("data")
    }

    fn beside(&self) -> PathBuf {
        self.beside.path().to_owned()
    }

    fn limit(&mut self, _: &Program) {
        let mut filler = fs::File::create(self.disk.join("filler")).unwrap();
        let block = [0; 4096];
        while filler.write_all(&block).is_ok() {}
        // A little is left.
        let length = filler.metadata().unwrap().len();
        filler.set_len(length - 60_000).unwrap();
    }

    fn free(&mut self, _: &Program) {
        fs::remove_file(self.disk.join("filler")).unwrap();
    }
}

/// The running program.
pub struct Program {
    child: Child,
    address: String,
    cookie: String,
}

impl Program {
    /// Starts it, and waits until it says where it listens.
    pub fn start(room: &mut impl Room) -> Self {
        let password = room.beside().join("password");
        fs::write(&password, PASSWORD).unwrap();
        let others = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("MUSTER_"));
        let mut command = Command::new("sh");
        for name in others {
            command.env_remove(name);
        }
        let mut child = command
            .args(["-c", &room.shell(), "sh", env!("CARGO_BIN_EXE_muster"), "serve", "--listen", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(room.folder())
            .args(["--admin-email", EMAIL, "--admin-password-file"])
            .arg(&password)
            .current_dir(room.beside())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        let (say, hear) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                eprintln!("{line}");
                if let Some((_, url)) = line.split_once("is ready: http://") {
                    drop(say.send(url.split(' ').next().unwrap_or_default().to_owned()));
                }
            }
        });
        let address = hear.recv_timeout(std::time::Duration::from_secs(60)).expect("it starts");
        Self { child, address, cookie: String::new() }
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a request; gives the status, the headers and the body.
    fn send(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (host, cookie, length) = (&self.address, &self.cookie, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), body.to_owned())
    }

    /// Signs the administrator in.
    pub fn sign_in(&mut self) {
        let body = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let (status, head, body) = self.send("POST", "/api/session/sign-in", &body);
        assert_eq!(status, 200, "{body}");
        let set = head.lines().find_map(|line| line.strip_prefix("set-cookie: muster_session=")).expect("a session");
        self.cookie = format!("muster_session={}", set.split(';').next().unwrap());
    }

    /// Makes a token; gives the status.
    pub fn create_token(&self, name: &str) -> u16 {
        let (status, head, _) = self.send("POST", "/api/tokens/create", &format!("name={name}"));
        assert!(status != 503 || head.to_lowercase().contains("\r\nretry-after: "), "{head}");
        status
    }

    /// Waits until it says that it is ready.
    pub fn until_ready(&self) {
        while self.send("GET", "/readyz", "").0 != 200 {
            std::thread::yield_now();
        }
    }

    /// The names of all tokens.
    pub fn tokens(&self) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), "cursor=First".to_owned());
        loop {
            let (status, _, body) = self.send("POST", "/api/tokens/list", &format!("with_revoked=true&{cursor}"));
            assert_eq!(status, 200, "{body}");
            let page: serde_json::Value = serde_json::from_str(&body).unwrap();
            let rows = page["rows"].as_array().unwrap();
            names.extend(rows.iter().map(|row| row["token"]["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("cursor[After]={next}"),
                None => return names,
            }
        }
    }
}
