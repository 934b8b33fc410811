//! The main job, by the command line alone.

use super::{Machine, done};
use crate::support::json;

#[test]
fn the_main_job_is_done_at_the_command_line_alone() {
    let machine = Machine::start();
    let key = machine.key("ci", "account-administrator");
    let signed_in = done(machine.run_with(&["login", &machine.url], &format!("{key}\n")));
    assert!(String::from_utf8(signed_in.stdout).unwrap().contains("ci of ada@example.com (account administrator)"));
    let account = machine.json(&["whoami"])["account_id"].as_str().unwrap().to_owned();
    // 1. A profile whose delegates wait, 2. and a token for it: its value alone is on standard output.
    machine.run(&["profiles", "create", "careful", "--approval", "require", "--selector", "eu"]);
    let create =
        ["tokens", "create", "edge", "--profile", "careful", "--type", "shell_script", "--network", "127.0.0.0/8"];
    let value = machine.run(&create);
    let is_value = |text: &str| text.len() == 33 && text.trim_end().bytes().all(|c| c.is_ascii_hexdigit());
    assert!(is_value(&value), "{value}");
    // 3. A delegate registers, 4. and waits.
    let delegate = machine.delegate("edge-1", &account, value.trim());
    let waiting =
        machine.until(&["delegates", "ls", "--status", "pending", "--token", "edge"], |list| list[0].is_object());
    assert_eq!((&waiting[0]["name"], &waiting[0]["waits_because"]), (&json!("edge-1"), &json!("REQUIRED")));
    let shown = machine.run(&["delegates", "show", "edge-1"]);
    assert!(shown.contains("Waits because        REQUIRED") && !shown.contains('\u{1b}'), "{shown}");
    // 5. It is approved, 6. and connected.
    let approved = machine.run(&["delegates", "approve", "edge-1", "--note", "known to Ada"]);
    assert!(approved.starts_with("edge-1 on ") && approved.ends_with(": approved\n"), "{approved}");
    let connected = machine.until(&["delegates", "ls", "--status", "connected"], |list| list[0].is_object());
    assert_eq!(connected[0]["decision"]["note"], json!("known to Ada"));
    let table = machine.run(&["delegates", "ls", "-q", "edge", "--profile", "careful", "--sort", "name"]);
    assert!(table.starts_with("NAME    HOST") && table.contains("connected  careful"), "{table}");
    // 7. The token is rotated, 8. the old one revoked: 9. its delegate is refused.
    let successor = machine.run(&["tokens", "rotate", "edge"]);
    assert!(is_value(&successor) && successor != value);
    let (code, why) = machine.fails(&["tokens", "revoke", "edge"]);
    assert!(code == 2 && why.contains("--yes"), "{why}");
    assert_eq!(machine.run(&["tokens", "revoke", "edge", "--yes"]), "edge: revoked\n");
    delegate.says("revoked");
    machine.until(&["delegates", "ls", "--status", "not-connected"], |list| list[0].is_object());
    let refused = ["audit", "ls", "--action", "CREDENTIAL_REFUSED", "--subject", "tokens", "--limit", "1"];
    machine.until(&refused, |list| list[0]["object_name"] == "edge");
    // 10. All of it is deleted, and what is gone is told to be.
    drop(delegate);
    machine.run(&["delegates", "rm", "edge-1", "--yes"]);
    machine.run(&["tokens", "rm", "edge", "--yes"]);
    let edited = machine.run(&["profiles", "edit", "careful", "--name", "calm", "--approval", "off", "--no-selectors"]);
    assert_eq!(edited, "calm: changed\n");
    assert_eq!(machine.json(&["profiles", "show", "calm"])["selectors"], json!([]));
    let (code, why) = machine.fails(&["tokens", "rm", "edge-2", "--yes"]);
    assert!(code == 6 && why.contains("edge-2"), "it is good still: {why}");
    let results = machine.command(&["profiles", "rm", "calm", "gone", "-y", "-o", "json"]).output().unwrap();
    assert_eq!(results.status.code(), Some(5), "that of the first that failed");
    let results: serde_json::Value = serde_json::from_slice(&results.stdout).unwrap();
    assert_eq!((&results[0]["done"], &results[1]["error"]), (&json!("deleted"), &json!("there is no profile gone")));
}
