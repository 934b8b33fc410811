//! Every server function, called as each kind of person.

use std::collections::BTreeSet;

use leptos::server_fn;

use crate::support::{Person, Role, StatusCode, TestApp, Value, json};

/// Who may call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Anybody,
    Look,
    Manage,
}

type Row = (&'static str, May, &'static [(&'static str, &'static str)]);

/// Nothing has this id.
const ID: &str = "01900000-0000-7000-8000-000000000000";

/// The same, as it was seen.
const ID_SEEN: &str = "01900000-0000-7000-8000-000000000000:1";

/// One row for each server function, with arguments that it understands. Signing out comes last: it ends the session.
const TABLE: &[Row] = &[
    ("session/frame", May::Look, &[]),
    ("session/done", May::Look, &[("object", ID)]),
    ("session/set-up", May::Anybody, &[("code", "x"), ("email", "eve@example.com"), ("password", "x")]),
    ("session/sign-in", May::Anybody, &[("email", "no address"), ("password", "x")]),
    ("overview/get", May::Look, &[]),
    ("search/find", May::Look, &[("text", "edge")]),
    ("delegates/filter-names", May::Look, &[]),
    ("delegates/count", May::Look, &[("filter[search]", ""), ("filter[cursor]", "First")]),
    ("delegates/list", May::Look, &[("filter[search]", ""), ("filter[cursor]", "First")]),
    ("delegates/some", May::Look, &[("ids", ID)]),
    ("delegates/act-on-selected", May::Manage, &[("act", "approve"), ("selected", ID_SEEN), ("back", "")]),
    ("delegates/act-report", May::Look, &[]),
    ("delegates/get", May::Look, &[("id", ID)]),
    ("delegates/approve", May::Manage, &[("id", ID), ("seen", "1"), ("back", "")]),
    ("delegates/reject", May::Manage, &[("id", ID), ("seen", "1"), ("back", "")]),
    ("delegates/take-back", May::Manage, &[("id", ID), ("back", "")]),
    ("delegates/disable", May::Manage, &[("id", ID), ("note", "why"), ("back", "")]),
    ("delegates/enable", May::Manage, &[("id", ID), ("back", "")]),
    ("delegates/delete", May::Manage, &[("id", ID), ("back", "")]),
    ("delegates/switch-profile", May::Manage, &[("id", ID), ("profile", ID), ("back", "")]),
    ("delegates/edit-selectors", May::Manage, &[("id", ID), ("selectors", "a, b"), ("back", "")]),
    ("delegates/edit-description", May::Manage, &[("id", ID), ("description", "x"), ("back", "")]),
    ("profiles/list", May::Look, &[("cursor", "First")]),
    ("profiles/get", May::Look, &[("id", ID)]),
    ("profiles/create", May::Manage, &[("name", ""), ("description", ""), ("startup_script", ""), ("selectors", "")]),
    (
        "profiles/edit",
        May::Manage,
        &[("id", ID), ("seen", "1"), ("name", "x"), ("description", ""), ("startup_script", ""), ("selectors", "")],
    ),
    ("profiles/delete", May::Manage, &[("id", ID)]),
    ("profiles/rollout", May::Look, &[("id", ID)]),
    ("profiles/delegates", May::Look, &[("id", ID), ("progress", "Failed"), ("cursor", "First")]),
    ("profiles/run", May::Manage, &[("id", ID), ("which", "All")]),
    ("profiles/versions", May::Look, &[("id", ID), ("cursor", "First")]),
    ("profiles/version", May::Look, &[("id", ID), ("version", ID)]),
    ("profiles/restore", May::Manage, &[("id", ID), ("version", ID), ("seen", "1")]),
    ("profiles/change-since", May::Look, &[("id", ID), ("seen", "1")]),
    ("profiles/record", May::Look, &[("id", ID), ("cursor", "First")]),
    ("tokens/list", May::Look, &[("with_revoked", "true"), ("cursor", "First")]),
    ("tokens/use", May::Look, &[("id", ID)]),
    ("tokens/get", May::Look, &[("id", ID)]),
    ("tokens/record", May::Look, &[("id", ID), ("cursor", "First")]),
    ("tokens/edit", May::Manage, &[("id", ID), ("seen", "1"), ("name", "new"), ("back", "")]),
    ("tokens/extend", May::Manage, &[("id", ID), ("seen", "1"), ("expires_in_days", "7"), ("back", "")]),
    ("tokens/create", May::Manage, &[("name", "")]),
    ("tokens/reveal", May::Manage, &[("id", ID)]),
    ("tokens/forget-value", May::Manage, &[("id", ID)]),
    ("tokens/revoke", May::Manage, &[("id", ID), ("back", "")]),
    ("tokens/delete", May::Manage, &[("id", ID), ("back", "")]),
    ("tokens/rotate", May::Manage, &[("id", ID), ("name", "new")]),
    ("tokens/rotation", May::Look, &[("id", ID)]),
    ("secrets/list", May::Manage, &[("cursor", "First")]),
    ("secrets/usable", May::Manage, &[]),
    ("secrets/get", May::Manage, &[("id", ID)]),
    ("secrets/create", May::Manage, &[("name", ""), ("value", "")]),
    ("secrets/edit", May::Manage, &[("id", ID), ("description", "x"), ("limited", "true"), ("profiles[0]", ID)]),
    ("secrets/replace", May::Manage, &[("id", ID), ("value", "a new value"), ("back", "")]),
    ("secrets/delete", May::Manage, &[("id", ID), ("back", "")]),
    ("scripts/of", May::Look, &[("delegate", ID)]),
    ("scripts/cancel", May::Manage, &[("id", ID), ("run", ID), ("back", "")]),
    ("scripts/run-again", May::Manage, &[("id", ID), ("back", "")]),
    ("install/options", May::Manage, &[]),
    ("install/check", May::Manage, &[("kind", "shell"), ("name", "edge")]),
    ("install/create-link", May::Manage, &[("kind", "helm"), ("name", "edge")]),
    ("install/review", May::Manage, &[("kind", "kubernetes"), ("fields[name]", "edge")]),
    ("install/link", May::Manage, &[("id", ID)]),
    ("install/arrivals", May::Manage, &[("name", "edge")]),
    ("session/choose-theme", May::Anybody, &[("theme", "dark")]),
    ("session/sign-out", May::Anybody, &[]),
];

#[test]
fn every_server_function_has_a_row() {
    let registered: BTreeSet<String> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(method, axum::http::Method::POST, "{path} would pass the protection against other sites");
            path.trim_start_matches("/api/").to_owned()
        })
        .collect();
    let listed: BTreeSet<String> = TABLE.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(registered, listed, "each server function needs a row in TABLE, and each row its function");
}

async fn calls_all(person: &Person) -> Vec<(Row, StatusCode, Value)> {
    let mut answers = Vec::new();
    for row in TABLE {
        let (status, body) = person.call(row.0, row.2).await;
        answers.push((*row, status, body));
    }
    answers
}

async fn nobody_may_do_anything_but_enter_and_leave(app: TestApp) {
    app.user(Role::AccountAdministrator).await;
    for ((endpoint, may, _), status, body) in calls_all(&app.nobody()).await {
        if may == May::Anybody {
            assert!(!matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN), "{endpoint}: {status}");
        } else {
            assert_eq!((status, body), (StatusCode::UNAUTHORIZED, json!("SignedOut")), "{endpoint}");
        }
    }
}

async fn a_viewer_may_look_and_change_nothing(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    for ((endpoint, may, _), status, body) in calls_all(&viewer).await {
        if may == May::Manage {
            assert_eq!((status, body), (StatusCode::FORBIDDEN, json!("Forbidden")), "{endpoint}");
        } else {
            understood(endpoint, status, &body);
        }
    }
}

async fn managers_and_administrators_may_do_everything(app: TestApp) {
    for role in [Role::DelegateManager, Role::AccountAdministrator] {
        let person = app.person(role).await;
        for ((endpoint, _, _), status, body) in calls_all(&person).await {
            understood(endpoint, status, &body);
        }
    }
}

/// The call got as far as the use case: it was neither refused nor misread.
fn understood(endpoint: &str, status: StatusCode, body: &Value) {
    let use_case = [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    assert!(use_case.contains(&status), "{endpoint}: {status} {body}");
}

async fn a_changed_role_counts_at_once(app: TestApp) {
    use muster_server::db::entity::user;
    use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, Set};
    let manager = app.person(Role::DelegateManager).await;
    manager.new_token("edge").await;
    let change = app.state().db.write().await.unwrap();
    let mut row = user::Entity::find().one(&*change).await.unwrap().unwrap().into_active_model();
    row.role = Set(Role::Viewer.code().to_owned());
    row.update(&*change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(manager.call("tokens/create", &[("name", "other")]).await, (StatusCode::FORBIDDEN, json!("Forbidden")));
}

async fn arguments_that_are_not_understood_are_the_callers_fault(app: TestApp) {
    let admin = app.administrator().await;
    for (endpoint, form) in [
        ("delegates/approve", &[("id", "x"), ("seen", "1"), ("back", "")][..]),
        ("delegates/approve", &[("id", ID), ("seen", "many"), ("back", "")]),
        ("delegates/list", &[("filter[search]", ""), ("filter[cursor]", "Last")]),
        ("tokens/revoke", &[]),
    ] {
        assert_eq!(admin.call(endpoint, form).await, (StatusCode::BAD_REQUEST, json!("Unreachable")), "{endpoint}");
    }
    assert_eq!(admin.post("no/such/function", &[]).await.status, StatusCode::UNAUTHORIZED, "that is for machines");
}

on_both_databases!(
    nobody_may_do_anything_but_enter_and_leave,
    a_viewer_may_look_and_change_nothing,
    managers_and_administrators_may_do_everything,
    a_changed_role_counts_at_once,
    arguments_that_are_not_understood_are_the_callers_fault,
);
