//! Every server function, called as each kind of person.

use std::collections::BTreeSet;

use leptos::server_fn;

use crate::support::{Person, Role, StatusCode, TestApp, Value, json};

/// Who may call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    Anybody,
    Look,
    Run,
    Manage,
    Administer,
}

impl May {
    /// Whether somebody of a role may.
    pub const fn includes(self, role: Role) -> bool {
        match self {
            Self::Anybody | Self::Look => true,
            Self::Run => !matches!(role, Role::Viewer),
            Self::Manage => matches!(role, Role::DelegateManager | Role::AccountAdministrator),
            Self::Administer => matches!(role, Role::AccountAdministrator),
        }
    }
}

pub type Row = (&'static str, May, &'static [(&'static str, &'static str)]);

/// Nothing has this id.
pub const ID: &str = "01900000-0000-7000-8000-000000000000";

/// The same, as it was seen.
pub const ID_SEEN: &str = "01900000-0000-7000-8000-000000000000:1";

/// One row for each server function, with arguments that it understands. Signing out comes last: it ends the session.
pub const TABLE: &[Row] = &[
    ("session/frame", May::Look, &[]),
    ("session/done", May::Look, &[("object", ID)]),
    ("session/set-up", May::Anybody, &[("code", "x"), ("email", "eve@example.com"), ("password", "x")]),
    ("session/sign-in", May::Anybody, &[("email", "no address"), ("password", "x")]),
    ("session/give-code", May::Anybody, &[("code", "123456")]),
    ("overview/get", May::Look, &[]),
    ("search/find", May::Look, &[("text", "edge")]),
    ("audit/list", May::Manage, &[("filter[who]", "ada"), ("filter[cursor]", "First")]),
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
    (
        "profiles/create",
        May::Manage,
        &[("name", ""), ("description", ""), ("startup_script", ""), ("approval", "off"), ("selectors", "")],
    ),
    (
        "profiles/edit",
        May::Manage,
        &[
            ("id", ID),
            ("seen", "1"),
            ("name", "x"),
            ("description", ""),
            ("startup_script", ""),
            ("approval", "off"),
            ("selectors", ""),
        ],
    ),
    ("profiles/delete", May::Manage, &[("id", ID)]),
    ("profiles/rollout", May::Look, &[("id", ID)]),
    ("profiles/delegates", May::Look, &[("id", ID), ("progress", "Failed"), ("cursor", "First")]),
    ("profiles/run", May::Run, &[("id", ID), ("which", "All")]),
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
    ("tokens/floods", May::Look, &[]),
    ("tokens/reject-waiting", May::Manage, &[("id", ID), ("back", "")]),
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
    ("scripts/cancel", May::Run, &[("id", ID), ("run", ID), ("back", "")]),
    ("scripts/run-again", May::Run, &[("id", ID), ("back", "")]),
    ("install/options", May::Manage, &[]),
    ("install/check", May::Manage, &[("kind", "shell"), ("name", "edge")]),
    ("install/create-link", May::Manage, &[("kind", "helm"), ("name", "edge")]),
    ("install/review", May::Manage, &[("kind", "kubernetes"), ("fields[name]", "edge")]),
    ("install/link", May::Manage, &[("id", ID)]),
    ("install/arrivals", May::Manage, &[("name", "edge")]),
    ("users/list", May::Administer, &[("cursor", "First")]),
    ("users/get", May::Administer, &[("id", ID)]),
    ("users/invite", May::Administer, &[("email", ""), ("role", "VIEWER")]),
    ("users/renew-invitation", May::Administer, &[("id", ID)]),
    ("users/reset-password", May::Administer, &[("id", ID)]),
    ("users/reveal-link", May::Administer, &[("id", ID)]),
    ("users/forget-link", May::Administer, &[("id", ID)]),
    ("users/change-role", May::Administer, &[("id", ID), ("role", "VIEWER"), ("back", "")]),
    ("users/remove-role", May::Administer, &[("id", ID), ("scope", ""), ("back", "")]),
    ("users/disable", May::Administer, &[("id", ID), ("back", "")]),
    ("users/enable", May::Administer, &[("id", ID), ("back", "")]),
    ("users/end-sessions", May::Administer, &[("id", ID), ("back", "")]),
    ("users/reset-second-factor", May::Administer, &[("id", ID), ("back", "")]),
    ("users/delete", May::Administer, &[("id", ID), ("back", "")]),
    ("account/get", May::Look, &[]),
    ("account/rename", May::Look, &[("name", "")]),
    ("account/change-password", May::Look, &[("current_password", "x"), ("password", "short")]),
    ("account/end-session", May::Look, &[("id", "x")]),
    ("account/end-other-sessions", May::Look, &[]),
    ("second-factor/step", May::Look, &[]),
    ("second-factor/begin", May::Look, &[("current_password", "x")]),
    ("second-factor/finish", May::Look, &[("code", "123456")]),
    ("second-factor/renew-codes", May::Look, &[("current_password", "x"), ("code", "123456")]),
    ("second-factor/reveal-codes", May::Look, &[]),
    ("second-factor/forget-codes", May::Look, &[("id", ID)]),
    ("second-factor/turn-off", May::Look, &[("current_password", "x"), ("code", "123456")]),
    ("api-keys/list", May::Look, &[]),
    ("api-keys/get", May::Look, &[("id", ID)]),
    ("api-keys/create", May::Look, &[("name", ""), ("role", "VIEWER")]),
    ("api-keys/rotate", May::Look, &[("id", ID), ("overlap_hours", "24")]),
    ("api-keys/delete", May::Look, &[("id", ID)]),
    ("api-keys/reveal", May::Look, &[("id", ID)]),
    ("api-keys/forget", May::Look, &[("id", ID)]),
    ("service-accounts/list", May::Administer, &[]),
    ("service-accounts/get", May::Administer, &[("id", ID)]),
    ("service-accounts/create", May::Administer, &[("name", ""), ("role", "VIEWER")]),
    ("service-accounts/delete", May::Administer, &[("id", ID)]),
    ("scopes/list", May::Look, &[("cursor", "First")]),
    ("scopes/choices", May::Look, &[]),
    ("scopes/get", May::Look, &[("id", ID)]),
    ("scopes/create", May::Administer, &[("name", "")]),
    ("scopes/rename", May::Administer, &[("id", ID), ("name", "x"), ("back", "")]),
    ("scopes/delete", May::Administer, &[("id", ID), ("back", "")]),
    ("invitation/get", May::Anybody, &[]),
    ("invitation/accept", May::Anybody, &[("email", "eve@example.com"), ("name", "Eve"), ("password", "x")]),
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

async fn each_role_may_do_what_it_includes_and_is_refused_the_rest(app: TestApp) {
    for role in Role::ALL {
        let person = app.person(role).await;
        for ((endpoint, may, _), status, body) in calls_all(&person).await {
            if may.includes(role) {
                understood(endpoint, status, &body);
            } else {
                assert_eq!((status, body), (StatusCode::FORBIDDEN, json!("Forbidden")), "{role:?} {endpoint}");
            }
        }
    }
}

/// The call got as far as the use case: it was neither refused nor misread.
pub fn understood(endpoint: &str, status: StatusCode, body: &Value) {
    let use_case = [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];
    assert!(use_case.contains(&status), "{endpoint}: {status} {body}");
}

async fn a_changed_role_counts_at_once(app: TestApp) {
    let (admin, manager) = (app.administrator().await, app.person(Role::DelegateManager).await);
    manager.new_token("edge").await;
    let form = [("id", &*manager.id().await), ("role", Role::Viewer.code()), ("back", "")];
    admin.post("users/change-role", &form).await.ok();
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
    each_role_may_do_what_it_includes_and_is_refused_the_rest,
    a_changed_role_counts_at_once,
    arguments_that_are_not_understood_are_the_callers_fault,
);
