//! One delegate, and what is said of what was done to it.

use futures_util::future::join_all;
use muster::{
    audit::{Action, FactChange},
    delegate::{DelegateDetail, DelegateType},
    token::TokenStatus,
};

use crate::support::{Person, Role, StatusCode, TestApp, json, seconds};

async fn everything_that_a_person_needs_to_decide_is_shown(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let form = [
        ("id", profile.as_str()),
        ("seen", "1"),
        ("name", "Approval"),
        ("description", ""),
        ("startup_script", ""),
        ("approval", "require"),
        ("selectors", "eu, prod"),
    ];
    admin.post("profiles/edit", &form).await.ok();
    let token = admin.new_token("edge").await;
    let thumbprint = "NzbL-sXh83q27w01".repeat(3)[..43].to_owned();
    let edge = app
        .delegate(&token.value)
        .with("delegateProfileId", json!(profile))
        .with("delegateType", json!("KUBERNETES"))
        .with("tags", json!(["linux", "", "linux"]))
        .with("description", json!("in Frankfurt"))
        .with("keyThumbprint", json!(thumbprint));
    let registered_at = app.now();
    let id = edge.registered().await;

    let detail = admin.sees(&id).await;
    let (row, facts) = (&detail.row, &detail.row.delegate.facts);
    assert_eq!((facts.name.as_str(), facts.host_name.as_str(), facts.ip.as_str()), ("edge-1", "host-1", "10.0.0.1"));
    assert_eq!((facts.kind, facts.version.as_str()), (DelegateType::Kubernetes, "1.0.0"));
    assert_eq!((facts.description.as_str(), facts.tags.to_string()), ("in Frankfurt", "linux".to_owned()));
    assert_eq!(facts.thumbprint.as_ref().map(|thumbprint| thumbprint.as_str()), Some(thumbprint.as_str()));
    assert_eq!((row.profile.as_str(), row.inherited.to_string()), ("Approval", "eu, prod".to_owned()));
    assert_eq!((row.token.as_str(), row.token_status), ("edge", Some(TokenStatus::Active)));
    assert_eq!(row.delegate.registered_at, registered_at);
    assert_eq!(detail.connections.len(), 1);
    assert_eq!((detail.connections[0].connected_at, detail.connections[0].lost_at), (registered_at, None));
    let entries: Vec<(&str, &str, Action)> =
        detail.audit.rows.iter().map(|entry| (entry.actor.as_str(), entry.address.as_str(), entry.action)).collect();
    assert_eq!(entries, [("edge-1", &*edge.address.to_string(), Action::DelegateRegistered)]);

    let edge = edge.without("ip").without("delegateType").without("version");
    assert_eq!(edge.registered().await, id);
    let facts = admin.sees(&id).await.row.delegate.facts;
    assert_eq!(facts.ip, edge.address.to_string(), "where it names none, the address it came from");
    assert_eq!((facts.kind, facts.version.as_str()), (DelegateType::Other, ""));
}

/// What stands at the end of a delegate's page.
async fn zone(person: &Person, id: &str) -> Option<String> {
    let page = person.page(&format!("/delegates/{id}")).await.ok();
    page.text().split_once("Danger zone").map(|(_, zone)| zone.to_owned())
}

async fn what_ends_a_delegate_stands_at_the_end_of_its_page(app: TestApp) {
    let admin = app.administrator().await;
    let careful = admin.new_profile("Careful", true).await;
    let token = admin.new_token("edge").await;
    let id = app.delegate(&token.value).with("delegateProfileId", json!(careful)).registered().await;
    let (delete, disable) = (format!("/delegates/{id}/delete"), format!("/delegates/{id}/disable"));
    let holds = async |parts: &[&str], not: &[&str]| {
        let zone = zone(&admin, &id).await.expect("the zone");
        assert!(parts.iter().all(|part| zone.contains(part)), "{parts:?}: {zone}");
        assert!(!not.iter().any(|part| zone.contains(part)), "{not:?}: {zone}");
    };
    let (enable, take_back) = ("/api/delegates/enable", "/api/delegates/take-back");
    holds(&[&delete], &[&disable, enable, take_back]).await;
    admin.decides("reject", &id).await.ok();
    holds(&[&delete, take_back], &[&disable, enable]).await;
    admin.acts("delegates/take-back", &id).await.ok();
    admin.decides("approve", &id).await.ok();
    holds(&[&delete, &disable], &[enable, take_back]).await;
    admin.acts("delegates/disable", &id).await.ok();
    holds(&[&delete, enable], &[&disable, take_back]).await;
    let viewer = app.person(Role::Viewer).await;
    assert_eq!(zone(&viewer, &id).await, None, "who may not is offered nothing");
}

async fn a_delegate_that_is_not_there_is_told_so(app: TestApp) {
    let admin = app.administrator().await;
    let id = "01900000-0000-7000-8000-000000000000";
    assert_eq!(admin.post("delegates/get", &[("id", id)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.decides_on("approve", id, 1).await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin.acts("delegates/take-back", id).await.status, StatusCode::NOT_FOUND);
}

/// What a page says to a person of what was done to an object.
async fn is_told(person: &Person, object: &str) -> Option<String> {
    person.ask("session/done", &[("object", object)]).await
}

async fn who_acted_is_told_what_was_done(app: TestApp) {
    let (admin, bob) = (app.administrator().await, app.administrator().await);
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).with("delegateProfileId", json!(profile));
    let id = edge.registered().await;
    let other = edge.named("edge-2").registered().await;
    assert_eq!(is_told(&admin, &id).await, None, "the delegate registered by itself");
    assert_eq!(is_told(&admin, &profile).await.as_deref(), Some("Profile Approval is created."));

    admin.decides("approve", &id).await.ok();
    assert_eq!(is_told(&admin, &id).await.as_deref(), Some("edge-1 is approved."));
    assert_eq!(is_told(&bob, &id).await, None, "somebody else did it");
    assert_eq!(is_told(&admin, &other).await, None, "nothing was done to that one");
    bob.decides("reject", &other).await.ok();
    assert!(is_told(&bob, &other).await.unwrap().starts_with("edge-2 is rejected. It keeps running, but"));
    bob.acts("delegates/take-back", &other).await.ok();
    assert!(is_told(&bob, &other).await.unwrap().starts_with("edge-2 waits for approval again."));
    bob.acts("delegates/delete", &other).await.ok();
    assert!(is_told(&bob, &other).await.unwrap().starts_with("edge-2 is deleted here."));
    admin.acts("tokens/revoke", &token.id).await.ok();
    assert!(is_told(&admin, &token.id).await.unwrap().starts_with("Token edge is revoked."));

    app.advance(seconds(110));
    assert!(is_told(&admin, &id).await.is_some());
    app.advance(seconds(11));
    assert_eq!(is_told(&admin, &id).await, None, "it was long ago");
    assert_eq!(is_told(&admin, "01900000-0000-7000-8000-000000000000").await, None);
}

async fn many_who_look_at_once_all_see_it(app: TestApp) {
    let admin = app.administrator().await;
    let id = app.delegate(&admin.new_token("edge").await.value).registered().await;
    let path = format!("/delegates/{id}");
    for _ in 0..12 {
        for page in join_all((0..5).map(|_| admin.page(&path))).await {
            assert!(page.ok().text().contains("<title>edge-1 · Muster</title>"));
        }
    }
}

async fn its_record_is_read_page_by_page(app: TestApp) {
    let admin = app.administrator().await;
    let id = app.delegate(&admin.new_token("edge").await.value).registered().await;
    for number in 0..60 {
        let selectors = format!("tag-{number}");
        admin.post("delegates/edit-selectors", &[("id", &id), ("selectors", &selectors), ("back", "")]).await.ok();
    }
    let first = admin.sees(&id).await.audit;
    assert_eq!((first.rows.len(), first.total, first.previous.is_none()), (50, 61, true));
    assert_eq!(first.rows[0].changes, [FactChange::new("selectors", "tag-58", "tag-59")]);
    let next = first.next.expect("there is more").to_string();
    let form = [("id", id.as_str()), ("record[After]", next.as_str())];
    let second: DelegateDetail = admin.ask("delegates/get", &form).await;
    assert_eq!((second.audit.rows.len(), second.audit.next), (11, None));
    assert_eq!(second.audit.rows[10].action, Action::DelegateRegistered);
    let page =
        admin.page(&format!("/delegates/{id}?record-after={next}&status=connected")).await.ok().text().to_owned();
    assert!(page.contains("Registered") && page.contains("record-before=") && page.contains(">Newer<"), "{page}");
}

on_both_databases!(
    what_ends_a_delegate_stands_at_the_end_of_its_page,
    its_record_is_read_page_by_page,
    many_who_look_at_once_all_see_it,
    everything_that_a_person_needs_to_decide_is_shown,
    a_delegate_that_is_not_there_is_told_so,
    who_acted_is_told_what_was_done,
);
