//! Identities over restarts, and what becomes of damaged ones.

use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

use muster::script::Outcome;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn load(directory: &Path, account: &str, key: u8) -> Identity {
    Identity::load(directory, account, NOW, None, || [key; 32]).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_restarted_delegate_is_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().join("made");
    let first = load(&at, "a", 1);
    assert_eq!(first.delegate_id(), None);
    first.set_delegate_id(Some("id-1".into())).unwrap();
    let thumbprint = first.thumbprint();
    drop(first);
    let second = load(&at, "a", 2);
    assert_eq!((second.delegate_id().as_deref(), second.thumbprint()), (Some("id-1"), thumbprint.clone()));
    assert_eq!(mode(&at.join(FILE)), 0o600);
    drop(second);
    let other = load(&at, "b", 3);
    assert_eq!((other.delegate_id(), other.thumbprint()), (None, thumbprint), "another account's id is not ours");
}

#[test]
fn an_id_can_be_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let identity = load(directory.path(), "a", 1);
    identity.set_delegate_id(Some("id-1".into())).unwrap();
    identity.set_delegate_id(None).unwrap();
    drop(identity);
    assert_eq!(load(directory.path(), "a", 1).delegate_id(), None);
}

#[test]
fn what_is_damaged_is_moved_aside() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    let long = "x".repeat(20_000);
    for bad in ["", "{", "null", r#"{"accountId":"a","key":"c2hvcnQ"}"#, long.as_str()] {
        fs::write(&path, bad).unwrap();
        let identity = load(directory.path(), "a", 1);
        assert_eq!(identity.delegate_id(), None);
        assert_eq!(fs::read_to_string(directory.path().join("delegate.json.bad")).unwrap(), bad);
    }
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    load(directory.path(), "a", 1);
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_mode_that_others_can_read_is_narrowed_and_leftovers_do_no_harm() {
    let directory = tempfile::tempdir().unwrap();
    drop(load(directory.path(), "a", 1));
    let path = directory.path().join(FILE);
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    fs::write(directory.path().join("delegate.json.new"), "half").unwrap();
    drop(load(directory.path(), "a", 1));
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn two_delegates_never_share_an_identity() {
    let directory = tempfile::tempdir().unwrap();
    let first = load(directory.path(), "a", 1);
    let error = Identity::load(directory.path(), "a", NOW, None, || [2; 32]).unwrap_err();
    assert!(matches!(error, IdentityError::InUse(_)) && error.to_string().contains("localDiskPath"), "{error}");
    drop(first);
    load(directory.path(), "a", 1);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Identity::load(&file.join("under"), "a", NOW, None, || [1; 32]).unwrap_err().to_string();
    assert!(error.contains("file/under") && error.contains("localDiskPath"), "{error}");
}

#[test]
fn the_thumbprint_is_of_the_key_and_the_key_is_never_printed() {
    let directory = tempfile::tempdir().unwrap();
    let identity = load(directory.path(), "a", 1);
    assert_eq!(identity.thumbprint().as_str().len(), 43);
    assert_eq!(format!("{identity:?}"), "Identity { delegate_id: None, .. }");
}

fn version(millis: i64) -> Applied {
    Applied { profile_id: "p".into(), last_updated_at: Timestamp::from_millis(millis) }
}

fn run(id: u128) -> Run {
    Run { id: ScriptRunId(uuid::Uuid::from_u128(id)), of: version(1), end: None, output: 0 }
}

#[test]
fn what_was_applied_is_known_after_a_restart_and_a_run_until_it_is_settled() {
    let directory = tempfile::tempdir().unwrap();
    let identity = load(directory.path(), "a", 1);
    identity.set_delegate_id(Some("id-1".into())).unwrap();
    identity.apply(version(1), Some(run(7))).unwrap();
    drop(identity);

    let identity = load(directory.path(), "a", 1);
    assert_eq!((identity.applied(), identity.run()), (Some(version(1)), Some(run(7))));
    let end = ScriptEnd { outcome: Outcome::Exited, exit_code: Some(3) };
    identity.ended(run(8).id, &end, 5).unwrap();
    assert_eq!(identity.run(), Some(run(7)), "another run's end");
    identity.ended(run(7).id, &end, 5).unwrap();
    drop(identity);

    let identity = load(directory.path(), "a", 1);
    assert_eq!(identity.run(), Some(Run { end: Some(end), output: 5, ..run(7) }));
    identity.settled(run(8).id).unwrap();
    assert!(identity.run().is_some());
    identity.settled(run(7).id).unwrap();
    drop(identity);

    let identity = load(directory.path(), "a", 1);
    assert_eq!((identity.applied(), identity.run()), (Some(version(1)), None));
}

#[test]
fn another_delegate_has_applied_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let identity = load(directory.path(), "a", 1);
    for id in [Some("id-2".to_owned()), None] {
        identity.set_delegate_id(Some("id-1".into())).unwrap();
        identity.apply(version(1), Some(run(7))).unwrap();
        identity.set_delegate_id(Some("id-1".into())).unwrap();
        assert!(identity.applied().is_some(), "the same delegate");
        identity.set_delegate_id(id).unwrap();
        assert_eq!((identity.applied(), identity.run()), (None, None));
    }
    identity.apply(version(1), None).unwrap();
    drop(identity);
    assert_eq!(load(directory.path(), "b", 1).applied(), None);
}

#[test]
fn what_cannot_be_written_down_is_not_applied() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path().join("gone");
    let identity = load(&at, "a", 1);
    fs::remove_dir_all(&at).unwrap();
    let error = identity.apply(version(1), None).unwrap_err().to_string();
    assert!(error.contains("delegate.json"), "{error}");
    assert_eq!(identity.applied(), None);
}
