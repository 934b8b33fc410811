//! Scripts with secrets, handed to approved delegates alone.

use muster::script::Outcome;
use muster_server::db::entity::{script_run, secret};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::Runner;
use crate::support::{StatusCode, TestApp, Value, json};

const SCRIPT: &str = "echo ${secrets.getValue(\"one\")}${secrets.getValue(\"two\")} ${secrets.getValue(\"one\")}\n";

async fn values_take_the_place_of_their_names(app: TestApp) {
    let admin = app.administrator().await;
    let one = admin.new_secret("one", "first \"value\"").await;
    admin.new_secret("two", "${secrets.getValue(\"one\")}\nsecond").await;
    let runner = Runner::new(&app, SCRIPT).await;
    let expected = "echo first \"value\"${secrets.getValue(\"one\")}\nsecond first \"value\"\n";
    let answer = runner.asks().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let version = runner.version().await;
    assert_eq!(
        answer.resource(),
        json!({"name": "Edge", "profileId": runner.profile, "profileLastUpdatedAt": version,
            "scriptContent": expected})
    );
    let has = format!("&profileId={}&lastUpdatedAt={version}", runner.profile);
    assert_eq!(runner.client.profile(&runner.id, &has).await.resource(), Value::Null, "it has this version");
    admin.replaces_secret(&one, "replaced").await.ok();
    assert_eq!(runner.version().await, version, "another value is no other script");
    let script = runner.asks().await.resource()["scriptContent"].take();
    assert_eq!(script, "echo replaced${secrets.getValue(\"one\")}\nsecond replaced\n");
    runner.admin.edits_profile(&runner.profile, "startup_script", "").await.ok();
    assert_eq!(runner.client.profile(&runner.id, &has).await.resource()["scriptContent"], "", "empty is new, too");
}

async fn who_is_not_approved_gets_neither_script_nor_secret(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "canary-one").await;
    admin.new_secret("two", "canary-two").await;
    let form = [
        ("name", "Approval"),
        ("description", ""),
        ("startup_script", SCRIPT),
        ("requires_approval", "true"),
        ("selectors", ""),
    ];
    let profile = admin.post("profiles/create", &form).await.ok();
    let profile = profile.location().split_once("done=").unwrap().1;
    let token = admin.new_token_with("edge", &[("profile", profile)]).await;
    let other = admin.new_token("other").await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let asks = async |what: &str| {
        let answer = edge.profile(&id, "").await;
        assert!(what == "approved" || !answer.text().contains("canary"), "{what}: {}", answer.text());
        answer
    };
    assert_eq!(asks("pending").await.resource(), Value::Null);
    admin.decides("reject", &id).await.ok();
    assert_eq!(asks("rejected").await.resource(), Value::Null);
    admin.acts("delegates/take-back", &id).await.ok();
    admin.decides("approve", &id).await.ok();
    assert_eq!(asks("approved").await.resource()["scriptContent"], "echo canary-onecanary-two canary-one\n");
    for unknown in ["", "x", "01900000-0000-7000-8000-000000000000"] {
        assert!(!edge.profile(unknown, "").await.text().contains("canary"), "{unknown}");
    }
    admin.acts("tokens/revoke", &token.id).await.ok();
    assert_eq!(asks("revoked").await.refusal().1, "REVOKED_TOKEN");
    assert_eq!(edge.holding(&other.value).profile(&id, "").await.resource(), Value::Null, "another token's");
    // With a key, it is still itself by the account's other tokens.
    let keyed = app.delegate(&other.value).with("delegateProfileId", json!(profile)).named("keyed").with_key(1);
    let id = keyed.registered().await;
    admin.decides("approve", &id).await.ok();
    let third = admin.new_token("third").await;
    let keyed = keyed.holding(&third.value);
    let script = keyed.profile(&id, "").await.resource()["scriptContent"].take();
    assert_eq!(script, "echo canary-onecanary-two canary-one\n");
    admin.acts("delegates/delete", &id).await.ok();
    assert_eq!(keyed.profile(&id, "").await.resource(), Value::Null, "deleted");
}

async fn a_script_with_an_unknown_secret_is_not_delivered(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "canary-one").await;
    admin.new_secret("two", "canary-two").await;
    let runner = Runner::new(&app, SCRIPT).await;
    // Nobody can delete it by the console.
    let change = app.state().db.write().await.unwrap();
    secret::Entity::delete_many().exec(&*change).await.unwrap();
    change.commit().await.unwrap();
    admin.new_secret("two", "canary-two").await;

    let why = "There is no secret one. Add it under Secrets, or correct its name in the script.";
    let refused =
        (StatusCode::BAD_REQUEST, "INVALID_REQUEST".to_owned(), format!("The startup script was not delivered. {why}"));
    let noted_at = app.now();
    for _ in 0..3 {
        assert_eq!(runner.asks().await.refusal(), refused);
    }
    let count = async || script_run::Entity::find().count(app.state().db.read()).await.unwrap();
    assert_eq!(count().await, 1, "it is noted once");
    let shown = runner.shown().await;
    let end = shown.runs[0].end.clone().expect("it has ended");
    assert_eq!((end.outcome, end.exit_code, end.at), (Outcome::NotDelivered, None, noted_at));
    assert_eq!((shown.runs[0].profile.as_str(), shown.runs[0].started_at), ("Edge", noted_at));
    assert_eq!((shown.log.as_str(), shown.more), (&*format!("{why}\n"), false));
    assert!(shown.has_script && shown.due, "it has still to run");

    runner.admin.acts("scripts/run-again", &runner.id).await.ok();
    assert_eq!(runner.asks().await.refusal(), refused);
    assert_eq!(count().await, 2, "another version");
    admin.new_secret("one", "canary-new").await;
    assert_eq!(runner.asks().await.resource()["scriptContent"], "echo canary-newcanary-two canary-new\n");
}

on_both_databases!(
    values_take_the_place_of_their_names,
    who_is_not_approved_gets_neither_script_nor_secret,
    a_script_with_an_unknown_secret_is_not_delivered,
);
