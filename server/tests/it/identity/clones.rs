//! Two processes that use one identity: neither gets scripts or secrets until a person has decided.

use muster::{
    audit::Action,
    delegate::{Reason, Status},
};

use crate::support::{Client, Person, TestApp, Value, seconds};

async fn running(app: &TestApp) -> (Person, Client, String) {
    let admin = app.administrator().await;
    let form = [
        ("name", "Script"),
        ("description", ""),
        ("startup_script", "echo hello"),
        ("approval", "off"),
        ("selectors", ""),
    ];
    let answer = admin.post("profiles/create", &form).await.ok();
    let profile = answer.location().split_once("done=").unwrap().1;
    let token = admin.new_token_with("edge", &[("profile", profile)]).await;
    let edge = app.delegate(&token.value).with_key(1).from([192, 0, 2, 1]);
    let id = edge.registered().await;
    assert_eq!(edge.status(&id).await, "ENABLED");
    (admin, edge, id)
}

async fn is_in_conflict(admin: &Person, id: &str, addresses: [&str; 2]) {
    let row = admin.sees(id).await.row;
    assert_eq!((row.status, row.delegate.reason), (Status::PendingApproval, Some(Reason::Conflict)));
    assert_eq!(row.delegate.conflict.unwrap().addresses, addresses);
}

async fn a06_a_copy_of_the_same_start_is_found_by_its_first_call(app: TestApp) {
    let (admin, edge, id) = running(&app).await;
    let copy = edge.cloned().from([192, 0, 2, 2]);
    assert_eq!(copy.registered().await, id);
    is_in_conflict(&admin, &id, ["192.0.2.1", "192.0.2.2"]).await;
    for process in [&edge, &copy] {
        assert_eq!(process.status(&id).await, "WAITING_FOR_APPROVAL");
        assert_eq!(process.profile(&id, "").await.resource(), Value::Null, "a script goes to neither");
    }
    assert_eq!(app.audit_of(Action::IdentityConflict).await.len(), 1, "it is said once");
}

async fn a06_a_copy_that_starts_later_is_found_when_the_other_speaks(app: TestApp) {
    let (admin, edge, id) = running(&app).await;
    let copy = edge.restarted().from([192, 0, 2, 2]);
    assert_eq!(copy.registered().await, id);
    assert_eq!(copy.status(&id).await, "ENABLED", "so far it may be a restart");
    assert_eq!(copy.profile(&id, "").await.resource(), Value::Null, "but nothing secret goes to it");
    // Any call of the other one finds it out.
    edge.task_events(&id).await.ok();
    is_in_conflict(&admin, &id, ["192.0.2.2", "192.0.2.1"]).await;
    assert_eq!(copy.status(&id).await, "WAITING_FOR_APPROVAL");
}

async fn a06_an_older_copy_that_was_restored_is_found(app: TestApp) {
    let (admin, edge, id) = running(&app).await;
    let later = edge.restarted();
    edge.unregister(&id).await.ok();
    assert_eq!(later.registered().await, id);
    assert_eq!(later.profile(&id, "").await.resource()["scriptContent"], "echo hello");
    later.unregister(&id).await.ok();
    let restored = edge.from([192, 0, 2, 3]);
    assert_eq!(restored.registered().await, id);
    is_in_conflict(&admin, &id, ["192.0.2.1", "192.0.2.3"]).await;
}

async fn a06_a_restart_is_no_copy(app: TestApp) {
    let (admin, edge, id) = running(&app).await;
    edge.unregister(&id).await.ok();
    let again = edge.restarted();
    assert_eq!(again.registered().await, id);
    assert_eq!(again.profile(&id, "").await.resource()["scriptContent"], "echo hello", "at once after a clean stop");

    let killed = again.restarted();
    assert_eq!(killed.registered().await, id);
    assert_eq!(killed.profile(&id, "").await.resource(), Value::Null, "the one before may still run");
    app.advance(seconds(31));
    assert_eq!(killed.status(&id).await, "ENABLED");
    assert_eq!(killed.profile(&id, "").await.resource()["scriptContent"], "echo hello");
    assert_eq!(admin.sees_status(&id).await, Status::Connected);
    assert!(app.audit_of(Action::IdentityConflict).await.is_empty());
}

async fn a06_a_person_decides_and_the_other_one_is_found_again(app: TestApp) {
    let (admin, edge, id) = running(&app).await;
    let copy = edge.cloned();
    copy.registered().await;
    admin.decides("approve", &id).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED", "whichever speaks first goes on");
    assert_eq!(edge.profile(&id, "").await.resource()["scriptContent"], "echo hello");
    assert_eq!(copy.status(&id).await, "WAITING_FOR_APPROVAL");
    assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL");
    assert_eq!(app.audit_of(Action::IdentityConflict).await.len(), 2);
    admin.decides("reject", &id).await.ok();
    for process in [&edge, &copy] {
        assert_eq!(process.register().await.resource()["action"], "SELF_DESTRUCT");
    }
}

on_both_databases!(
    a06_a_copy_of_the_same_start_is_found_by_its_first_call,
    a06_a_copy_that_starts_later_is_found_when_the_other_speaks,
    a06_an_older_copy_that_was_restored_is_found,
    a06_a_restart_is_no_copy,
    a06_a_person_decides_and_the_other_one_is_found_again,
);
