//! The audit trail: one entry for each change, in the name of who made it.

mod chain;
mod placed;
mod refusals;
mod trail;

use muster::audit::Action;

use crate::support::{Answer, Person, TestApp, json, person::PASSWORD};

/// Does something, and checks that exactly one entry tells of it: by this person, from this person's address.
async fn leaves_one_entry(
    app: &TestApp,
    person: &Person,
    (action, object): (Action, &str),
    work: impl Future<Output = Answer>,
) -> Answer {
    let before = app.audit().await;
    let answer = work.await.ok();
    let all = app.audit().await;
    let new: Vec<_> = all.into_iter().filter(|entry| !before.contains(entry)).collect();
    assert_eq!(new.len(), 1, "{action:?}: {new:?}");
    let entry = &new[0];
    assert_eq!(entry.action, action.code());
    assert_eq!((entry.actor_kind.as_str(), &entry.actor_name), ("USER", &person.email), "{action:?}");
    assert_eq!(entry.address, person.address.to_string(), "{action:?}");
    assert_eq!(entry.object_name, object, "{action:?}");
    assert!(entry.object_id.is_some() && entry.actor_id.is_some(), "{action:?}");
    answer
}

/// Does something that is refused, and checks that no entry tells of it.
async fn leaves_none(app: &TestApp, what: &str, work: impl Future<Output = Answer>) {
    let before = app.audit().await.len();
    let answer = work.await;
    assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
    assert_eq!(app.audit().await.len(), before, "{what}");
}

const fn profile_form<'a>(name: &'a str, approval: &'a str) -> [(&'a str, &'a str); 5] {
    [("name", name), ("description", ""), ("startup_script", ""), ("approval", approval), ("selectors", "")]
}

async fn every_change_is_told_once_in_the_persons_name(app: TestApp) {
    let ada = app.administrator().await;
    let form = profile_form("Edge", "off");
    let made = ada.post("profiles/create", &form);
    let answer = leaves_one_entry(&app, &ada, (Action::ProfileCreated, "Edge"), made).await;
    let profile = answer.location().split_once("done=").unwrap().1.to_owned();
    let form = [&[("id", profile.as_str()), ("seen", "1")], &profile_form("Edge", "require")[..]];
    leaves_one_entry(&app, &ada, (Action::ProfileEdited, "Edge"), ada.post("profiles/edit", &form.concat())).await;

    let form = [("name", "edge"), ("profile", &*profile)];
    let made = ada.post("tokens/create", &form);
    let answer = leaves_one_entry(&app, &ada, (Action::TokenCreated, "edge"), made).await;
    let token = answer.location().split('/').nth(2).unwrap().to_owned();
    let shown: serde_json::Value = ada.ask("tokens/reveal", &[("id", &token)]).await;
    let value = muster::token::TokenValue::parse(shown["value"].as_str().unwrap()).unwrap();

    let edge = app.delegate(&value);
    let mut ids = Vec::new();
    for name in ["one", "two"] {
        ids.push(edge.named(name).registered().await);
    }
    let registered = app.audit_of(Action::DelegateRegistered).await;
    assert_eq!(registered.len(), 2);
    assert_eq!((registered[0].actor_kind.as_str(), registered[0].actor_name.as_str()), ("DELEGATE", "one"));
    assert_eq!(registered[0].address, edge.address.to_string());
    assert_eq!(registered[0].detail, "host host-1; token edge");

    let bob = app.administrator().await;
    leaves_one_entry(&app, &bob, (Action::DelegateApproved, "one"), bob.decides("approve", &ids[0])).await;
    leaves_one_entry(&app, &bob, (Action::DelegateRejected, "two"), bob.decides("reject", &ids[1])).await;
    let taken_back = bob.acts("delegates/take-back", &ids[1]);
    leaves_one_entry(&app, &bob, (Action::RejectionTakenBack, "two"), taken_back).await;
    for (id, name) in [(&ids[0], "one"), (&ids[1], "two")] {
        leaves_one_entry(&app, &ada, (Action::DelegateDeleted, name), ada.acts("delegates/delete", id)).await;
    }
    leaves_one_entry(&app, &ada, (Action::TokenRevoked, "edge"), ada.acts("tokens/revoke", &token)).await;
    leaves_one_entry(&app, &ada, (Action::TokenDeleted, "edge"), ada.acts("tokens/delete", &token)).await;
    let form = [("id", &*profile)];
    let deleted = ada.post("profiles/delete", &form);
    leaves_one_entry(&app, &ada, (Action::ProfileDeleted, "Edge"), deleted).await;
    leaves_one_entry(&app, &ada, (Action::SignedOut, &ada.email), ada.post("session/sign-out", &[])).await;
    let form = [("email", ada.email.as_str()), ("password", PASSWORD)];
    leaves_one_entry(&app, &ada, (Action::SignedIn, &ada.email), ada.post("session/sign-in", &form)).await;

    for entry in app.audit().await {
        assert!(!entry.actor_name.is_empty() && !entry.actor_name.contains("SYSTEM"), "{entry:?}");
        assert!(!entry.actor_kind.contains("SYSTEM"), "{entry:?}");
    }
}

async fn what_was_refused_is_not_told_as_done(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let taken = profile_form("Approval", "off");
    leaves_none(&app, "a name that is taken", admin.post("profiles/create", &taken)).await;
    leaves_none(&app, "a profile in use", admin.post("profiles/delete", &[("id", &profile)])).await;
    leaves_none(&app, "a token name that is taken", admin.post("tokens/create", &[("name", "edge")])).await;
    leaves_none(&app, "an active token", admin.acts("tokens/delete", &token.id)).await;
    leaves_none(&app, "a stale decision", admin.decides_on("approve", &id, 99)).await;
    leaves_none(&app, "nothing to take back", admin.acts("delegates/take-back", &id)).await;
    admin.decides("approve", &id).await.ok();
    leaves_none(&app, "a second decision", admin.decides_on("reject", &id, 2)).await;
    leaves_none(&app, "a bad body", edge.with("hostName", json!("")).register()).await;
    admin.acts("tokens/revoke", &token.id).await.ok();
    leaves_none(&app, "a second revocation", admin.acts("tokens/revoke", &token.id)).await;
    leaves_none(&app, "nobody", app.nobody().acts("delegates/delete", &id)).await;
    assert_eq!(app.count_delegates().await, 1);
}

async fn a_returning_delegate_is_told_where_it_changed(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    let before = app.audit().await.len();
    edge.registered().await;
    edge.status(&id).await;
    assert_eq!(app.audit().await.len(), before, "the same facts are no news");
    edge.with("version", json!("2.0.0")).registered().await;
    let changed = app.audit_of(Action::DelegateChanged).await;
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].actor_kind.as_str(), changed[0].actor_name.as_str()), ("DELEGATE", "edge-1"));
    assert_eq!(changed[0].object_id.unwrap().to_string(), id);
}

async fn a_new_installation_tells_how_it_began(app: TestApp) {
    let entries = app.audit().await;
    let mut actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["ACCOUNT_CREATED", "PROFILE_CREATED", "TOKEN_CREATED"]);
    assert!(entries.iter().all(|entry| entry.actor_name == "Muster at first start" && entry.address.is_empty()));
    app.restart().await;
    assert_eq!(app.audit().await.len(), 3, "a later start adds nothing");
}

on_both_databases!(
    every_change_is_told_once_in_the_persons_name,
    what_was_refused_is_not_told_as_done,
    a_returning_delegate_is_told_where_it_changed,
    a_new_installation_tells_how_it_began,
);
