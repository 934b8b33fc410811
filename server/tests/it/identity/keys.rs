//! Another key, another token, another profile: each waits for a person, and touches nothing of who was approved.

use axum::http::Method;
use muster::{
    audit::Action,
    delegate::{Reason, Status},
    wire::path,
};

use crate::support::{Client, Person, StatusCode, TestApp, Value, json};

/// A delegate with a key that was approved, under a profile with a script.
async fn approved(app: &TestApp) -> (Person, Client, String) {
    let admin = app.administrator().await;
    admin.new_secret("one", "canary-one").await;
    let form = [
        ("name", "Approval"),
        ("description", ""),
        ("startup_script", "echo ${secrets.getValue(\"one\")}"),
        ("approval", "require"),
        ("selectors", ""),
    ];
    let answer = admin.post("profiles/create", &form).await.ok();
    let profile = answer.location().split_once("done=").unwrap().1;
    let token = admin.new_token_with("edge", &[("profile", profile)]).await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    admin.decides("approve", &id).await.ok();
    (admin, edge, id)
}

async fn a02_another_key_under_a_known_name_waits_beside_it(app: TestApp) {
    let (admin, edge, id) = approved(&app).await;
    let before = admin.sees(&id).await;
    let other_token = admin.new_token("other").await;
    let impostors = [
        edge.with_key(2),
        app.delegate(&other_token.value).with_key(3),
        app.delegate(&other_token.value),
        edge.with_key(4).with("delegateId", json!(id)),
        edge.with_key(5).with("delegateProfileId", json!("Primary")),
    ];
    for impostor in impostors {
        let new = impostor.registered().await;
        assert_ne!(new, id);
        assert_eq!(impostor.status(&new).await, "WAITING_FOR_APPROVAL");
        assert_eq!(impostor.status(&id).await, "DELETED", "to it, the other does not exist");
        assert_eq!(impostor.profile(&id, "").await.resource(), Value::Null);
        assert_eq!(impostor.profile(&new, "").await.resource(), Value::Null);
        impostor.unregister(&id).await.ok();
        let row = admin.sees(&new).await.row;
        assert_eq!((row.status, row.delegate.reason), (Status::PendingApproval, Some(Reason::Resembles)));
        let earlier = row.earlier.expect("it is shown beside the one that it resembles");
        assert_eq!(earlier.delegate.facts.name.as_str(), "edge-1");
    }
    let after = admin.sees(&id).await;
    assert_eq!(after.row.delegate, before.row.delegate, "nothing of it was touched");
    assert_eq!(after.audit, before.audit);
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert!(edge.profile(&id, "").await.text().contains("canary-one"));
}

async fn a02_a_token_alone_gets_nothing_of_a_delegate_that_has_a_key(app: TestApp) {
    let (admin, edge, id) = approved(&app).await;
    let before = admin.sees(&id).await.row.delegate;
    // The same token, host, name and id; but no key, or the proof of another call, or one that was altered.
    let account = edge.account().to_owned();
    let target = format!("{}?accountId={account}", path::PROFILE.replace("{id}", &id));
    let authorization = edge.authorization();
    let of_another_call = edge.proof(&Method::GET, "/api/agent/delegates/x/profile", &authorization);
    let of_another_credential = edge.proof(&Method::GET, &target, &edge.authorization());
    let altered = format!("{}x", edge.proof(&Method::GET, &target, &authorization));
    for proof in [&of_another_call, &of_another_credential, &altered, "", "nonsense"] {
        let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
        let answer = edge.bare(Method::GET, &target, &headers, Vec::new()).await;
        let (status, code, _) = answer.refusal();
        assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "INVALID_PROOF"), "{proof}");
    }
    let none = edge.bare(Method::GET, &target, &[("authorization", &authorization)], Vec::new()).await;
    assert_eq!(none.resource(), Value::Null);
    assert_eq!(admin.sees(&id).await.row.delegate, before);
}

async fn a02_a_proof_is_good_once(app: TestApp) {
    let (_, edge, id) = approved(&app).await;
    let target = format!("{}?accountId={}", path::PROFILE.replace("{id}", &id), edge.account());
    let authorization = edge.authorization();
    let proof = edge.proof(&Method::GET, &target, &authorization);
    let headers = [("authorization", authorization.as_str()), ("dpop", &proof)];
    let send = async || edge.bare(Method::GET, &target, &headers, Vec::new()).await;
    assert!(send().await.text().contains("canary-one"));
    let (status, code, _) = send().await.refusal();
    assert_eq!((status, code.as_str()), (StatusCode::CONFLICT, "PROOF_ALREADY_USED"));
    app.restart().await;
    let again = send().await;
    assert!(!again.text().contains("canary-one"), "also by a manager that has not heard it");
    assert_eq!(again.status, StatusCode::CONFLICT);
}

async fn a02_without_a_key_another_token_waits_and_a_successor_does_not(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let other = admin.new_token("other").await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    admin.decides("approve", &id).await.ok();

    let stranger = edge.holding(&other.value);
    let new = stranger.registered().await;
    assert_ne!(new, id);
    assert_eq!(stranger.status(&new).await, "WAITING_FOR_APPROVAL", "though its profile asks for no approval");
    assert_eq!(stranger.status(&id).await, "DELETED");
    assert_eq!(admin.sees(&new).await.row.delegate.reason, Some(Reason::Resembles));

    let successor = admin.rotates_token(&token.id, "edge-2").await;
    let edge = edge.holding(&successor.value);
    assert_eq!(edge.status(&id).await, "ENABLED", "a rotation is a person's will");
    assert_eq!(edge.registered().await, id);
    assert_eq!(admin.sees(&id).await.row.token, "edge-2");
    let steps = app.audit_of(Action::TokenSwitched).await;
    assert_eq!(steps.iter().map(|row| row.detail.as_str()).collect::<Vec<_>>(), ["token edge → edge-2"]);
    assert_eq!(edge.holding(&token.value).status(&id).await, "DELETED", "not back to what it succeeds");
}

async fn a03_a_token_that_requires_approval_cannot_be_talked_out_of_it(app: TestApp) {
    let admin = app.administrator().await;
    let strict = admin.new_profile("Strict", true).await;
    let by_profile = admin.new_token_with("by-profile", &[("profile", &strict)]).await;
    let by_setting = admin.new_token_with("by-setting", &[("requires_approval", "true")]).await;
    for (number, token) in [&by_profile, &by_setting].into_iter().enumerate() {
        for (at, asked) in ["Primary", "", "no such"].into_iter().enumerate() {
            let edge = app.delegate(&token.value).on(&format!("host-{number}-{at}"));
            let edge = edge.with("delegateProfileId", json!(asked));
            let id = edge.registered().await;
            assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL", "{asked}");
        }
    }
    let rotated = admin.rotates_token(&by_setting.id, "rotated").await;
    let edge = app.delegate(&rotated.value).on("host-9");
    assert_eq!(edge.status(&edge.registered().await).await, "WAITING_FOR_APPROVAL", "its successor requires it too");
    let plain = app.delegate(&admin.new_token("plain").await.value).on("host-8");
    assert_eq!(plain.status(&plain.registered().await).await, "ENABLED");
}

async fn a04_an_unknown_profile_waits_and_says_what_was_asked_for(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let gone = admin.new_profile("prod", false).await;
    admin.post("profiles/delete", &[("id", &gone), ("back", "")]).await.ok();
    for (number, asked) in ["prod", "prdo", "Production", &gone, "a\nb"].into_iter().enumerate() {
        let edge = app.delegate(&token.value).on(&format!("host-{number}")).with("delegateProfileId", json!(asked));
        let id = edge.registered().await;
        assert_eq!(edge.status(&id).await, "WAITING_FOR_APPROVAL", "{asked}");
        let seen = admin.sees(&id).await;
        assert_eq!(seen.row.profile, "Primary");
        assert_eq!(seen.row.delegate.reason, Some(Reason::UnknownProfile));
        let shown = asked.replace('\n', " ");
        assert_eq!(seen.row.delegate.asked_profile.as_deref(), Some(shown.as_str()));
        assert!(seen.audit.rows[0].detail.contains(&format!("unknown profile {shown}")));
    }
}

async fn a07_another_profile_than_the_one_it_keeps_is_answered_and_shown(app: TestApp) {
    let (admin, edge, id) = approved(&app).await;
    admin.new_profile("Other", false).await;
    let reply = edge.with("delegateProfileId", json!("Other")).register().await.resource();
    assert_eq!((&reply["delegateId"], &reply["keepsProfile"]), (&json!(id), &json!("Approval")));
    assert_eq!(admin.sees(&id).await.row.delegate.asked_profile.as_deref(), Some("Other"));
    for same in ["Approval", ""] {
        let reply = edge.with("delegateProfileId", json!(same)).register().await.resource();
        assert!(reply.get("keepsProfile").is_none(), "{reply}");
        assert_eq!(admin.sees(&id).await.row.delegate.asked_profile, None);
    }
}

on_both_databases!(
    a02_another_key_under_a_known_name_waits_beside_it,
    a02_a_token_alone_gets_nothing_of_a_delegate_that_has_a_key,
    a02_a_proof_is_good_once,
    a02_without_a_key_another_token_waits_and_a_successor_does_not,
    a03_a_token_that_requires_approval_cannot_be_talked_out_of_it,
    a04_an_unknown_profile_waits_and_says_what_was_asked_for,
    a07_another_profile_than_the_one_it_keeps_is_answered_and_shown,
);
