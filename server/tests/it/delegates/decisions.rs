//! Approving, rejecting, taking back, deleting.

use muster::{audit::Action, delegate::Status};

use crate::support::{
    Client, Code, Duration, Person, Role, StatusCode, TestApp, conflict, database::until_it_waits, json,
};

/// An administrator, and a delegate that has to be approved.
async fn someone_waits(app: &TestApp) -> (Person, Client, String) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    (admin, edge, id)
}

async fn an_approved_delegate_works_from_its_next_heartbeat(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL");
    let row = admin.row_with(Some(Status::PendingApproval), &id).await.expect("it is listed as waiting");
    assert_eq!((row.status, row.delegate.decision), (Status::PendingApproval, None));
    let decided_at = app.now().plus(Duration::from_millis(1));
    admin.decides("approve", &id).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED");
    let row = admin.sees(&id).await.row;
    let decision = row.delegate.decision.expect("a decision");
    assert_eq!((row.status, decision.by, decision.at), (Status::Connected, admin.email.clone(), decided_at));
}

async fn a_delegate_manager_decides_too(app: TestApp) {
    let (_, edge, id) = someone_waits(&app).await;
    let manager = app.person(Role::DelegateManager).await;
    manager.decides("approve", &id).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED");
}

async fn a_rejected_delegate_stays_rejected(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    admin.decides("reject", &id).await.ok();
    for client in [&edge, &edge.without_kid(), &edge.with("delegateId", json!(id))] {
        let reply = client.heartbeat(&id).await.resource();
        assert_eq!((&reply["status"], &reply["reason"]), (&json!("DELETED"), &json!("REJECTED")));
        let reply = client.register().await.resource();
        assert_eq!((&reply["delegateId"], &reply["action"]), (&json!(""), &json!("SELF_DESTRUCT")));
        let events = client.task_events(&id).await.ok().json();
        assert_eq!(events, json!({"delegateTaskEvents": []}));
    }
    app.restart().await;
    assert_eq!(edge.status(&id).await, "DELETED");
    assert_eq!(app.count_delegates().await, 1);
    assert_eq!(admin.sees_status(&id).await, Status::Rejected);
    assert!(admin.row_with(None, &id).await.is_none(), "it leaves the list");
    assert!(admin.row_with(Some(Status::Rejected), &id).await.is_some(), "and is found by its filter");
    let again = admin.decides("approve", &id).await.pair();
    assert_eq!(again, conflict(Code::Changed, &format!("edge-1 was already rejected by {}.", admin.email)));
}

async fn a_rejection_that_is_taken_back_leads_to_waiting(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    admin.decides("reject", &id).await.ok();
    admin.acts("delegates/take-back", &id).await.ok();
    let reply = edge.heartbeat(&id).await.resource();
    assert_eq!((&reply["status"], reply.get("reason")), (&json!("WAITING_FOR_APPROVAL"), None));
    assert_eq!(edge.registered().await, id);
    assert_eq!(
        admin.acts("delegates/take-back", &id).await.pair(),
        conflict(Code::WrongState, "edge-1 is not rejected.")
    );
    admin.decides("approve", &id).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED");
}

async fn a_deleted_delegate_is_evaluated_anew(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    admin.decides("reject", &id).await.ok();
    admin.acts("delegates/delete", &id).await.ok();
    let reply = edge.heartbeat(&id).await.resource();
    assert_eq!((&reply["status"], reply.get("reason")), (&json!("DELETED"), None), "it is unknown, not rejected");
    assert_eq!(app.count_delegates().await, 0, "a heartbeat brings nothing back");
    let new = edge.with("delegateId", json!(id)).registered().await;
    assert_ne!(new, id);
    assert_eq!(edge.status(&new).await, "WAITING_FOR_APPROVAL");
    let (status, body) = admin.acts("delegates/delete", &id).await.pair();
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body["Problem"]["message"].as_str().unwrap().contains("may have deleted it"), "{body}");
    for state in ["WAITING_FOR_APPROVAL", "ENABLED"] {
        assert_eq!(edge.status(&new).await, state);
        if state == "WAITING_FOR_APPROVAL" {
            admin.decides("approve", &new).await.ok();
        }
    }
    admin.acts("delegates/delete", &new).await.ok();
    assert_eq!(edge.status(&new).await, "DELETED");
}

async fn what_needs_no_decision_takes_none(app: TestApp) {
    let admin = app.administrator().await;
    let id = app.delegate(&admin.new_token("edge").await.value).registered().await;
    let sentence = "edge-1 is already enabled: its profile did not require approval.";
    for what in ["approve", "reject"] {
        assert_eq!(admin.decides(what, &id).await.pair(), conflict(Code::WrongState, sentence));
    }
    assert_eq!(
        admin.acts("delegates/take-back", &id).await.pair(),
        conflict(Code::WrongState, "edge-1 is not rejected.")
    );
}

async fn a_decision_on_sight_of_older_facts_is_refused(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    let seen = admin.sees(&id).await.row.delegate.revision;
    assert_eq!(edge.registered().await, id);
    assert_eq!(admin.sees(&id).await.row.delegate.revision, seen, "the same facts are no change");
    assert_eq!(edge.with("ip", json!("203.0.113.9")).registered().await, id);
    let before = app.audit().await.len();
    let sentence = "edge-1 has changed since you looked. Check its facts and decide again.";
    for what in ["approve", "reject"] {
        assert_eq!(admin.decides_on(what, &id, seen).await.pair(), conflict(Code::Changed, sentence));
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
    assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL");
    admin.decides("approve", &id).await.ok();
}

async fn a_heartbeat_with_another_token_is_a_change_too(app: TestApp) {
    let (admin, edge, _) = someone_waits(&app).await;
    let edge = edge.named("edge-2").with_key(1);
    let id = edge.registered().await;
    let seen = admin.sees(&id).await.row.delegate.revision;
    let other = admin.new_token("other").await;
    assert_eq!(edge.holding(&other.value).status(&id).await, "WAITING_FOR_APPROVAL");
    let row = admin.sees(&id).await.row;
    assert_eq!(row.token, "other");
    let answer = admin.decides_on("approve", &id, seen).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "the administrator saw the token that it held before");
}

async fn of_two_who_decide_at_once_one_is_told_who_did_what(app: TestApp) {
    let (ada, edge, _) = someone_waits(&app).await;
    let bob = app.administrator().await;
    for number in 0..6 {
        let edge = edge.on(&format!("host-{number}"));
        let id = edge.registered().await;
        let (approval, rejection) = tokio::join!(ada.decides("approve", &id), bob.decides("reject", &id));
        let (told, sentence, status) = match (approval.status, rejection.status) {
            (StatusCode::OK, _) => (&rejection, format!("edge-1 was already approved by {}.", ada.email), "ENABLED"),
            (_, StatusCode::OK) => (&approval, format!("edge-1 was already rejected by {}.", bob.email), "DELETED"),
            both => panic!("nobody won: {both:?}"),
        };
        assert_eq!(told.pair(), conflict(Code::Changed, &sentence));
        assert_eq!(edge.status(&id).await, status);
        let decisions = [Action::DelegateApproved, Action::DelegateRejected].map(|action| app.audit_of(action));
        let [approved, rejected] = decisions;
        let entries = [approved.await, rejected.await].concat();
        assert_eq!(entries.into_iter().filter(|entry| entry.object_id.unwrap().to_string() == id).count(), 1);
    }
}

/// A registration that began before a decision and ends after it takes nothing of it back.
async fn a_registration_beside_a_decision_does_not_undo_it(app: TestApp) {
    use muster_server::db::entity::delegate;
    use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
    let (admin, edge, id) = someone_waits(&app).await;
    let state = app.state();
    let change = state.db.write().await.unwrap();
    delegate::Entity::update_many()
        .col_expr(delegate::Column::Admission, Expr::value("REJECTED"))
        .col_expr(delegate::Column::DecidedBy, Expr::value(admin.email.as_str()))
        .col_expr(delegate::Column::DecidedAt, Expr::value(app.now().as_millis()))
        .col_expr(delegate::Column::Revision, Expr::value(2))
        .filter(delegate::Column::Id.eq(id.parse::<uuid::Uuid>().unwrap()))
        .exec(&*change)
        .await
        .unwrap();
    let registration = tokio::spawn(async move { edge.register().await });
    until_it_waits(&app, &registration).await;
    change.commit().await.unwrap();
    registration.await.unwrap().ok();
    assert_eq!(admin.sees_status(&id).await, Status::Rejected);
}

async fn decisions_and_registrations_at_once_lose_nothing(app: TestApp) {
    let (admin, edge, _) = someone_waits(&app).await;
    for number in 0..6 {
        let edge = edge.on(&format!("host-{number}"));
        let id = edge.registered().await;
        let seen = admin.sees(&id).await.row.delegate.revision;
        let (decided, _, _) =
            tokio::join!(admin.decides_on("approve", &id, seen), edge.register(), edge.heartbeat(&id));
        decided.ok();
        assert_eq!(edge.status(&id).await, "ENABLED");
    }
}

async fn a_decision_leads_back_to_where_it_was_taken(app: TestApp) {
    let (admin, edge, id) = someone_waits(&app).await;
    let seen = admin.sees(&id).await.row.delegate.revision.to_string();
    let form = |back| [("id", id.as_str()), ("seen", seen.as_str()), ("back", back)];
    let answer = admin.post("delegates/approve", &form("/delegates?q=edge")).await.ok();
    assert_eq!(answer.location(), format!("/delegates?q=edge&done={id}"));
    for back in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x=y"] {
        let id = edge.on(&format!("host of {}", back.len())).registered().await;
        let answer = admin.post("delegates/delete", &[("id", &id), ("back", back)]).await.ok();
        assert_eq!(answer.location(), format!("/delegates?done={id}"), "{back}");
    }
}

on_both_databases!(
    an_approved_delegate_works_from_its_next_heartbeat,
    a_delegate_manager_decides_too,
    a_rejected_delegate_stays_rejected,
    a_rejection_that_is_taken_back_leads_to_waiting,
    a_deleted_delegate_is_evaluated_anew,
    what_needs_no_decision_takes_none,
    a_decision_on_sight_of_older_facts_is_refused,
    a_heartbeat_with_another_token_is_a_change_too,
    of_two_who_decide_at_once_one_is_told_who_did_what,
    a_registration_beside_a_decision_does_not_undo_it,
    decisions_and_registrations_at_once_lose_nothing,
    a_decision_leads_back_to_where_it_was_taken,
);
