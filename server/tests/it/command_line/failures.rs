//! What is said where something cannot be done, and the code that the program ends with.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
};

use super::{Machine, done, failed, muster};

/// Answers each connection with the next answer.
fn answering<const N: usize>(answers: [&'static str; N]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for answer in answers {
            let mut stream = listener.accept().unwrap().0;
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

/// Speaks no TLS.
fn plain() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.accept().unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap());
    url
}

fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
}

/// A key in its form, of no installation.
const KEY: &str = "pat.00000000-0000-0000-0000-000000000000.00000000000000000000000000000000.canary";

#[test]
fn keys_are_kept_for_their_manager_and_shown_nowhere() {
    let machine = Machine::start();
    let key = machine.key("ci", "viewer");
    let file = machine.path().join("key");
    fs::write(&file, format!("{key}\n")).unwrap();
    let file = file.to_str().unwrap();
    done(machine.command(&["login", &machine.url, "--key-file", file]).output().unwrap());
    let kept = machine.path().join(".config/muster/contexts.toml");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    let known = machine.run(&["contexts"]);
    assert!(known.contains(&machine.url) && !known.contains("pat."), "{known}");
    assert_eq!(machine.json(&["whoami", "--manager", &machine.url])["name"], "ci of ada@example.com");
    // No other manager gets it.
    let other = answering([]);
    let (code, why) = machine.fails(&["whoami", "--manager", &other]);
    assert!(code == 3 && why.contains("there is no API key for"), "{why}");
    // What a role does not allow, what is not there, what cannot be taken.
    let (code, why) = machine.fails(&["tokens", "create", "edge"]);
    assert!(code == 4 && why.contains("role"), "{why}");
    assert_eq!(machine.fails(&["delegates", "show", "edge"]), (5, "muster: there is no delegate edge\n".to_owned()));
    assert_eq!(machine.fails(&["delegates", "ls", "--status", "blue"]).0, 2);
    assert_eq!(machine.fails(&["tokens", "create", "edge", "--expires", "soon"]).0, 2);
    // A key that is none is not sent, and not repeated; one that does not work is not kept.
    for wrong in ["canary", KEY] {
        let refused = machine.run_with(&["login", &machine.url, "--context", "other"], wrong);
        let (code, why) = failed(&refused);
        assert!([2, 3].contains(&code) && !why.contains("canary"), "{why}");
    }
    assert!(!machine.run(&["contexts"]).contains("other"));
    // A scope that is not there is not asked at.
    let (code, why) = machine.fails(&["profiles", "ls", "--scope", "platform"]);
    assert!(code == 5 && why.contains("rganization"), "{why}");
    machine.run(&["logout"]);
    assert_eq!(machine.fails(&["whoami"]).0, 3);
    // Nothing has to be kept at all.
    let mut from_environment = machine.command(&["whoami"]);
    from_environment.env("MUSTER_URL", &machine.url).env("MUSTER_API_KEY", &key);
    done(from_environment.output().unwrap());
}

#[test]
fn values_come_from_files_and_scripts_come_back_as_they_are() {
    let machine = Machine::start();
    let key = machine.key("ci", "delegate-manager");
    done(machine.run_with(&["login", &machine.url], &key));
    for done_to_it in ["made", "its value is replaced"] {
        let set = done(machine.run_with(&["secrets", "set", "db"], "a long value\n"));
        assert_eq!(String::from_utf8(set.stdout).unwrap(), format!("db: {done_to_it}\n"));
    }
    let script = "#!/bin/sh\necho \"${secrets.getValue(\"db\")}\"\n";
    let file = machine.path().join("script.sh");
    fs::write(&file, script).unwrap();
    machine.run(&["profiles", "create", "edge", "--script-file", file.to_str().unwrap()]);
    assert_eq!(machine.run(&["profiles", "show", "edge", "--script"]), script);
    let (code, why) = machine.fails(&["secrets", "rm", "db", "--yes"]);
    assert!(code == 6 && why.contains("edge"), "{why}");
    let (code, why) = machine.fails(&["profiles", "create", "edge"]);
    assert!(code == 6 && why.starts_with("muster: name: "), "{why}");
    // A reader that has read enough is no accident.
    let completions = machine.run(&["completions", "bash"]);
    assert!(completions.contains("take-back"));
}

#[test]
fn managers_that_do_not_answer_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let ask = |url: &str| {
        let mut whoami = muster(home.path(), &["whoami"]);
        whoami.env("MUSTER_URL", url).env("MUSTER_API_KEY", KEY).output().unwrap()
    };
    let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let page = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>";
    let moved = "HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example\r\ncontent-length: 0\r\n\r\n";
    let busy = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 49\r\n\r\n\
                {\"status\":429,\"code\":\"TOO_MANY\",\"detail\":\"Wait.\"}";
    let free = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 12\r\n\r\n{\"name\":\"x\"}";
    for (url, says) in [
        (format!("http://{refusing}"), "cannot be reached: Connection refused"),
        (plain(), "cannot be reached: received corrupt message"),
        (answering([page]), "no Muster manager"),
        (answering([moved]), "sends us on to https://elsewhere.example"),
        (answering([busy, busy]), "Wait."),
    ] {
        let (code, why) = failed(&ask(&url));
        assert!(code == 7 && why.contains(says) && !why.contains("canary"), "{url}: {why}");
    }
    // Once it is asked again, and no more.
    let told = done(ask(&answering([busy, free])));
    assert!(String::from_utf8(told.stdout).unwrap().starts_with("Name     x\n"));
    let (code, why) = failed(&ask("ftp://example.com"));
    assert!(code == 2 && why.contains("https://"), "{why}");
}
