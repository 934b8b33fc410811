//! The document, taken at its word: by schemathesis, which asks what it says can be asked, and by a client that is generated
//! from it. Both are installed by `cargo xtask test`, which names them in `MUSTER_VALIDATE`; elsewhere these tests end at
//! once.

use std::process::Command;

use crate::command_line::Machine;

fn validate(arguments: &[&str]) {
    let Some(program) = std::env::var_os("MUSTER_VALIDATE") else { return };
    let machine = Machine::start();
    let mut command = Command::new(program);
    command.args(arguments).env("MUSTER_URL", &machine.url);
    let output = command.env("MUSTER_API_KEY", machine.key("document", "account-administrator")).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

#[test]
fn schemathesis_finds_nothing() {
    validate(&["api"]);
}

#[test]
fn a_generated_client_does_the_main_job() {
    validate(&["client", env!("CARGO_BIN_EXE_muster")]);
}
