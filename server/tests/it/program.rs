//! The program itself, in surroundings that others have filled.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    os::unix::{ffi::OsStringExt as _, fs::PermissionsExt as _},
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program with nothing in its environment.
fn muster(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

fn latin(text: &[u8]) -> OsString {
    OsString::from_vec(text.to_vec())
}

#[track_caller]
fn error_of(output: &Output, code: i32) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    error
}

#[test]
fn c20_bytes_of_others_do_not_end_the_healthcheck() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(latin(b"caf\xe9"));
    fs::create_dir(&folder).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let manager = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    let environment: [(&OsStr, OsString); 9] = [
        ("OLD".as_ref(), latin(b"caf\xe9")),
        ("PWD".as_ref(), folder.clone().into_os_string()),
        ("MUSTER_LISTEN".as_ref(), address.into()),
        ("MUSTER_PUBLIC_URL".as_ref(), OsString::new()),
        ("MUSTER_CONFIG".as_ref(), OsString::new()),
        ("MUSTER_DELEGATE_DIR".as_ref(), latin(b"/caf\xe9")),
        ("MUSTER_SCRIPT_RUN".as_ref(), "1".into()),
        ("MUSTER_METRICS_PORT".as_ref(), "tcp://10.0.0.1:9090".into()),
        ("MUSTER_METRICS_SERVICE_HOST".as_ref(), "10.0.0.1".into()),
    ];
    let output = muster(&["healthcheck"], &folder).envs(environment).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    manager.join().unwrap();
    let output = muster(&["healthcheck"], &folder).env("MUSTER_LISEN", "x").output().unwrap();
    assert!(error_of(&output, 1).starts_with("muster: MUSTER_LISEN is not a setting"));
}

#[test]
fn c20_a_setting_of_a_delegate_that_is_no_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let mut command = muster(&["delegate", "run"], folder.path());
        command.env("OLD", latin(b"caf\xe9")).env("ACCOUNT_ID", "acc").env(name, latin(b"caf\xe9"));
        error_of(&command.output().unwrap(), 2)
    };
    assert!(run("DELEGATE_NAME").contains("delegateName (DELEGATE_NAME) is wrong: Write it in UTF-8."));
    assert!(run("OTHER").contains("delegateToken (DELEGATE_TOKEN) is missing"));
}

#[test]
fn c21_the_file_that_is_opened_is_told_and_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    let whole = root.join("x.db");
    for address in [format!("sqlite:///{}", whole.display()), "sqlite://x.db?mode=rwc".to_owned()] {
        let mut command = muster(&["serve", "--listen", "127.0.0.1:0"], &root);
        command.env("MUSTER_DATABASE_URL", &address).env("MUSTER_LOG", "").stderr(Stdio::piped());
        let mut manager = command.spawn().unwrap();
        let lines = BufReader::new(manager.stderr.take().unwrap()).lines().map(Result::unwrap);
        let lines: Vec<String> = lines.take_while(|line| !line.contains("is ready: ")).collect();
        manager.kill().unwrap();
        manager.wait().unwrap();
        let told = format!("the database is the file {}", whole.display());
        assert!(lines.iter().any(|line| line.ends_with(&told)), "{address}: {lines:#?}");
        assert_eq!(fs::metadata(&whole).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn c22_nothing_of_a_password_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, says) in [
        ("postgres://muster:canary#x@127.0.0.1/muster".to_owned(), "percent-encode"),
        ("postgres://muster:canary/x@127.0.0.1/muster".to_owned(), "percent-encode"),
        ("postgres://muster:canary@127.0.0.1:port/muster".to_owned(), "percent-encode"),
        (format!("postgres://muster:canary@{refusing}/muster"), "the connection was refused"),
        ("postgres://muster:canary@no-such-host.invalid/muster".to_owned(), "cannot be reached"),
    ] {
        let mut command = muster(&["serve"], folder.path());
        let error = error_of(&command.env("MUSTER_DATABASE_URL", &address).output().unwrap(), 1);
        let line = error.lines().last().unwrap();
        assert!(line.starts_with("muster: MUSTER_DATABASE_URL") && line.contains(says), "{address}: {error}");
        assert!(!error.contains("canary"), "{address}: {error}");
    }
}
