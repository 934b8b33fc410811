//! Scripts with secrets, handed to approved delegates alone.

use muster::script::Outcome;
use muster_server::db::entity::{profile, script_run, secret};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, sea_query::Expr};

use super::{Runner, run};
use crate::support::{StatusCode, TestApp, Value, json, log::logged_while};

const SCRIPT: &str = "echo ${secrets.getValue(\"one\")}${secrets.getValue(\"two\")} ${secrets.getValue(\"one\")}\n";

async fn values_take_the_place_of_their_names(app: TestApp) {
    let admin = app.administrator().await;
    let one = admin.new_secret("one", "first \"value\"").await;
    admin.new_secret("two", "${secrets.getValue(\"one\")}\nsecond").await;
    let runner = Runner::new(&app, SCRIPT).await;
    let expected = "echo 'first \"value\"''${secrets.getValue(\"one\")}\nsecond' 'first \"value\"'\n";
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
    assert_eq!(script, "echo replaced'${secrets.getValue(\"one\")}\nsecond' replaced\n");
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
        ("approval", "require"),
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

async fn d33_a_value_arrives_whole_whatever_is_in_it(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "a b; $(id) 'x' y").await;
    let reference = "${secrets.getValue(\"one\")}";
    let script = format!("#!/bin/bash\nX={reference} Y=\"{reference}\" Z='{reference}'\n# {reference}\n");
    let runner = Runner::new(&app, &script).await;
    let delivered = runner.asks().await.resource()["scriptContent"].take();
    let (single, double) = (r"'a b; $(id) '\''x'\'' y'", "\"a b; \\$(id) 'x' y\"");
    assert_eq!(delivered, format!("#!/bin/bash\nX={single} Y={double} Z={single}\n# {reference}\n"));
    let python = format!("#!/usr/bin/python3\nx = {reference}\n");
    runner.admin.edits_profile(&runner.profile, "startup_script", &python).await.ok();
    let delivered = runner.asks().await.resource()["scriptContent"].take();
    assert_eq!(delivered, "#!/usr/bin/python3\nx = a b; $(id) 'x' y\n", "other languages quote for themselves");
}

async fn d34_a_script_is_kept_as_interpreters_read_it(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_secret("one", "a-value").await;
    let script = "\u{feff}\r\n#!/bin/sh\r\nX='<+secrets.getValue(\"one\")>'\r\nY=\"${secrets.getValue('one')}\"\r\n";
    let runner = Runner::new(&app, script).await;
    let delivered = runner.asks().await.resource()["scriptContent"].take();
    assert_eq!(delivered, "#!/bin/sh\nX='a-value'\nY=\"a-value\"\n");
    runner.admin.edits_profile(&runner.profile, "startup_script", "echo <+secrets.getValue('one')>").await.ok();
    assert_eq!(admin.secrets().await[0].used_by.len(), 1, "whichever way its name is written");
    // As an earlier version kept it.
    let change = app.state().db.write().await.unwrap();
    let kept = "\u{feff}#!/bin/sh\r\ndate\r\n";
    let update = profile::Entity::update_many().col_expr(profile::Column::StartupScript, Expr::value(kept));
    update.exec(&*change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(runner.asks().await.resource()["scriptContent"], "#!/bin/sh\ndate\n");
}

async fn b17_a_secret_that_cannot_be_opened_is_kept_apart(app: TestApp) {
    let admin = app.administrator().await;
    let broken = admin.new_secret("one", "canary-one").await;
    let gone = admin.new_secret("gone", "canary-gone").await;
    admin.new_secret("two", "canary-two").await;
    let change = app.state().db.write().await.unwrap();
    let sealed = Expr::value(vec![7_u8; 60]);
    let update = secret::Entity::update_many().col_expr(secret::Column::SealedValue, sealed);
    update.filter(secret::Column::Name.ne("two")).exec(&*change).await.unwrap();
    change.commit().await.unwrap();
    let runner = Runner::new(&app, SCRIPT).await;
    let ((), log) = logged_while(async {
        let why = "The value of secret one cannot be opened any more. Replace it under Secrets.";
        for _ in 0..3 {
            let (status, _, sentence) = runner.asks().await.refusal();
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert_eq!(sentence, format!("The startup script was not delivered. {why}"));
        }
    })
    .await;
    let said = String::from_utf8(log).unwrap().matches("the value of a secret cannot be opened").count();
    assert_eq!(said, 1, "it is said once");
    let script = "echo ${secrets.getValue(\"two\")}\n";
    runner.admin.edits_profile(&runner.profile, "startup_script", script).await.ok();
    assert_eq!(runner.asks().await.resource()["scriptContent"], "echo canary-two\n", "the others are handed out");
    runner.runs(&run(1), &["canary-", "two\n"]).await;
    assert_eq!(runner.shown().await.log, "***\n", "and masked");
    admin.replaces_secret(&broken, "canary-new").await.ok();
    admin.acts("secrets/delete", &gone).await.ok();
    runner.admin.edits_profile(&runner.profile, "startup_script", SCRIPT).await.ok();
    assert_eq!(runner.asks().await.resource()["scriptContent"], "echo canary-newcanary-two canary-new\n");
}

on_both_databases!(
    d33_a_value_arrives_whole_whatever_is_in_it,
    d34_a_script_is_kept_as_interpreters_read_it,
    b17_a_secret_that_cannot_be_opened_is_kept_apart,
    values_take_the_place_of_their_names,
    who_is_not_approved_gets_neither_script_nor_secret,
    a_script_with_an_unknown_secret_is_not_delivered,
);
