//! Every server function and route, by role and scope: what lies outside of somebody's role is not there.

use std::collections::BTreeMap;

use axum::http::Method;

use super::platform;
use crate::{
    access::table::{ID, ID_SEEN, May, Row, TABLE, understood},
    support::{Person, Role, StatusCode, TestApp, json},
};

/// Stands in everything that belongs to another project.
const MARK: &str = "quetzal";
/// What everybody may at every address: the own account, and the frame.
const OWN: [&str; 6] = ["session/", "account/", "second-factor/", "api-keys/", "invitation/", "scopes/choices"];

/// What there is in a project, by the noun of the functions that take its id.
async fn fill(app: &TestApp, admin: &Person) -> BTreeMap<&'static str, String> {
    let token = admin.new_token(MARK).await;
    let delegate = app.delegate(&token.value).with("delegateName", json!(MARK)).registered().await;
    let profile = admin.new_profile(MARK, false).await;
    let made = admin.post("secrets/create", &[("name", MARK), ("value", "a long value")]).await.ok();
    let secret = made.location().split_once("done=").unwrap().1.to_owned();
    BTreeMap::from([
        ("delegates", delegate.clone()),
        ("scripts", delegate),
        ("profiles", profile),
        ("tokens", token.id),
        ("secrets", secret),
    ])
}

/// The arguments of a row, about an object of another project where it is about one.
fn about<'a>(row: &Row, objects: &'a BTreeMap<&str, String>, seen: &'a str) -> Vec<(&'static str, &'a str)> {
    let noun = row.0.split('/').next().unwrap_or_default();
    let object = objects.get(noun).map_or(ID, String::as_str);
    let real = |(name, value): &(&'static str, &'static str)| match *value {
        ID => (*name, object),
        ID_SEEN => (*name, seen),
        // A form that is wrong would be refused for that.
        "" if *name == "name" => (*name, "intruder"),
        other => (*name, other),
    };
    row.2.iter().map(real).collect()
}

async fn nobody_reaches_what_lies_outside_of_the_own_role(app: TestApp) {
    let admin = platform(&app).await;
    let there = admin.at("other/edge");
    let mut objects = fill(&app, &there).await;
    objects.insert("scopes", admin.scope_id("other/edge").await);
    let seen = format!("{}:1", objects["delegates"]);
    let before = state(&there, &objects).await;
    for role in Role::ALL {
        let person = app.person_at(role, "platform/edge").await;
        for row in TABLE.iter().filter(|row| !OWN.iter().any(|own| row.0.starts_with(own))) {
            // At the account, above, beside and in a foreign project of the same name; and by the id from the own one.
            for place in ["", "platform", "platform/core", "other/edge", "platform/edge"] {
                let answer = person.at(place).post(row.0, &about(row, &objects, &seen)).await;
                let what = format!("{role:?} {} at {place:?}: {} {}", row.0, answer.status, answer.text());
                assert!(!answer.text().contains(MARK) && !answer.location().contains(MARK), "{what}");
                // What is about no object is about the own project there, and lists of ids leave out what is not there.
                let is_own = place == "platform/edge" && !row.2.iter().any(|(_, value)| [ID, ID_SEEN].contains(value));
                let lists = ["delegates/some", "delegates/act-on-selected", "delegates/act-report"].contains(&row.0);
                // A value that is shown once is there for who made it alone.
                let is_nothing = answer.status == StatusCode::OK && answer.text() == "null";
                if !is_own && !lists && !is_nothing {
                    let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY];
                    assert!(refused.contains(&answer.status), "{what}");
                }
            }
        }
        // Pages and files: who may most of all is refused them as the others are.
        if role != Role::AccountAdministrator {
            continue;
        }
        for place in ["", "platform", "other/edge"] {
            let person = person.at(place);
            for (list, page) in [
                ("delegates", "/delegates"),
                ("tokens", "/tokens"),
                ("profiles", "/profiles"),
                ("secrets", "/secrets"),
                ("scopes", "/organizations"),
            ] {
                for page in [
                    page.to_owned(),
                    format!("{page}/{}", objects[list]),
                    format!("{page}?q={MARK}"),
                    "/".to_owned(),
                    "/audit".to_owned(),
                    format!("/search?q={MARK}"),
                ] {
                    let answer = person.page(&page).await;
                    let what = format!("{role:?} {place}{page}: {}", answer.status);
                    assert!(!answer.status.is_success() || page == "/search?q=quetzal", "{what}");
                    let text =
                        answer.text().replace(&format!("q={MARK}"), "").replace(&format!("value=\"{MARK}\""), "");
                    assert!(!text.contains(MARK), "{what}: {text}");
                }
            }
            for file in ["/delegates/export.csv", "/delegates/export.jsonl", "/audit/export.csv", "/audit/export.jsonl"]
            {
                let answer = person.request(Method::GET, file, &[], String::new()).await;
                assert!(!answer.status.is_success() && !answer.text().contains(MARK), "{role:?} {place}{file}");
            }
        }
    }
    assert_eq!(state(&there, &objects).await, before, "and nothing changed");
}

/// How the objects are.
async fn state(admin: &Person, objects: &BTreeMap<&str, String>) -> Vec<String> {
    let mut state = Vec::new();
    for noun in ["delegates", "tokens", "profiles", "secrets", "scopes"] {
        let mut value: serde_json::Value = admin.ask(&format!("{noun}/get"), &[("id", &objects[noun])]).await;
        // Who looks is heard of, and that is no change.
        value.as_object_mut().unwrap().retain(|key, _| !["uptime", "record", "refusals"].contains(&key.as_str()));
        state.push(value.to_string());
    }
    state
}

async fn each_role_may_in_its_scope_what_it_includes(app: TestApp) {
    let admin = platform(&app).await;
    for role in Role::ALL {
        let person = app.person_at(role, "platform").await;
        for place in ["platform", "platform/edge"] {
            for row in TABLE.iter().filter(|row| row.1 != May::Anybody) {
                // People and service accounts belong to the account, and only that has organizations.
                let of_account = ["users/", "service-accounts/"].iter().any(|own| row.0.starts_with(own));
                let (status, body) = person.at(place).call(row.0, row.2).await;
                if body.is_null() {
                    continue;
                }
                if row.1.includes(role) && !of_account {
                    understood(row.0, status, &body);
                } else {
                    let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY];
                    assert!(refused.contains(&status), "{role:?} {} at {place}: {status} {body}", row.0);
                }
            }
        }
    }
    assert_eq!(admin.scopes_here().await.len(), 5);
}

async fn the_api_keeps_to_scopes(app: TestApp) {
    let admin = platform(&app).await;
    let there = admin.at("other/edge");
    let objects = fill(&app, &there).await;
    let owner = app.person_at(Role::AccountAdministrator, "platform").await;
    let client = app.client_at(&owner, Role::AccountAdministrator, "platform/edge").await;
    for noun in ["delegates", "tokens", "profiles", "secrets"] {
        let own = client.get(&format!("/{noun}")).await.ok();
        assert!(!own.text().contains(MARK), "{noun}");
        let elsewhere = client.get(&format!("/{noun}?scope=other/edge&q={MARK}")).await;
        assert_eq!(
            (elsewhere.status, &elsewhere.json()["code"]),
            (StatusCode::NOT_FOUND, &json!("NOT_FOUND")),
            "{noun}"
        );
        assert_eq!(client.get(&format!("/{noun}/{}", objects[noun])).await.status, StatusCode::NOT_FOUND, "{noun}");
        assert_eq!(client.get(&format!("/{noun}?scope=platform")).await.status, StatusCode::NOT_FOUND, "above the key");
    }
    assert_eq!(client.get("/tokens?scope=a/b/c").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = client.post("/tokens", json!({"name": "by key"})).await;
    assert_eq!((made.status, &made.json()["token"]["scope"]), (StatusCode::CREATED, &json!("platform/edge")));
    let whole = app.client(&admin, Role::AccountAdministrator).await;
    let made = whole.post("/tokens?scope=platform/core", json!({"name": "by another"})).await;
    assert_eq!(made.json()["token"]["scope"], "platform/core");
    assert_eq!(whole.get("/tokens?scope=nothing").await.status, StatusCode::NOT_FOUND);
    // The owner's role bounds the key, wherever that is.
    let wide = [("name", "wide"), ("role", "VIEWER"), ("scope", ""), ("expires_in_days", "7")];
    let (status, body) = owner.call("api-keys/create", &wide).await;
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("scope")));
}

on_both_databases!(
    nobody_reaches_what_lies_outside_of_the_own_role,
    each_role_may_in_its_scope_what_it_includes,
    the_api_keeps_to_scopes,
);
