//! A1: the program itself on a disk that is full: what it acknowledged is there afterwards, and nothing that it refused;
//! and it recovers by itself once there is room.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // A test says what went wrong by failing.

mod program;

use program::{Program, Room};

/// Makes tokens until one is refused because there is no room; gives the names of those that were acknowledged.
fn fill(program: &Program, acknowledged: &mut Vec<String>, refused: &mut Vec<String>) {
    for number in 0..5000 {
        let name = format!("token-{}-{number}", refused.len());
        match program.create_token(&name) {
            200 => acknowledged.push(name),
            503 => {
                refused.push(name);
                return;
            }
            status => panic!("{status}"),
        }
    }
    panic!("the disk does not get full");
}

fn survives(mut room: impl Room) {
    let mut program = Program::start(&mut room);
    program.sign_in();
    let (mut acknowledged, mut refused) = (Vec::new(), Vec::new());
    for round in 0..2 {
        room.limit(&program);
        fill(&program, &mut acknowledged, &mut refused);
        for again in 0..5 {
            let name = format!("again-{round}-{again}");
            // There may be room for a small one, or none: but whatever is acknowledged has to be there.
            match program.create_token(&name) {
                200 => acknowledged.push(name),
                503 => refused.push(name),
                status => panic!("{status}"),
            }
        }
        room.free(&program);
        program.until_ready();
        let name = format!("after-{round}");
        assert_eq!(program.create_token(&name), 200, "it recovers without a restart");
        acknowledged.push(name);
        let there = program.tokens();
        assert!(acknowledged.iter().all(|name| there.contains(name)), "acknowledged, and not there");
    }
    program.kill();
    let mut program = Program::start(&mut room);
    program.sign_in();
    let there = program.tokens();
    for name in &acknowledged {
        assert!(there.contains(name), "{name} was acknowledged, and is gone after a restart");
    }
    for name in &refused {
        assert!(!there.contains(name), "{name} was refused, and is there");
    }
    program.kill();
}

#[test]
fn a01_files_that_may_not_grow() {
    survives(program::FileLimit::new());
}

#[test]
fn a01_a_small_disk_that_is_full() {
    match program::SmallDisk::new() {
        Some(disk) => survives(disk),
        None => eprintln!("NOT TESTED: only root can mount a file system"),
    }
}
