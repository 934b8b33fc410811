//! What people see and ask for.

use axum::http::Method;
use muster::audit::Action;

use super::{Runner, run};
use crate::support::{Code, Role, StatusCode, TestApp, Value, conflict, json};

async fn a_script_runs_again_where_somebody_asks_for_it(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let manager = app.person(Role::DelegateManager).await;
    let before = runner.version().await;
    runner.runs(&run(1), &["one\n"]).await;
    let applied = format!("&profileId={}&lastUpdatedAt={before}", runner.profile);
    assert_eq!(runner.client.profile(&runner.id, &applied).await.resource(), Value::Null);
    assert!(!runner.shown().await.due);

    let asked = manager.post("scripts/run-again", &[("id", &runner.id), ("back", "/delegates/x")]).await.ok();
    assert_eq!(asked.location(), format!("/delegates/x?done={}", runner.id));
    let version = runner.version().await;
    assert!(version > before && runner.shown().await.due);
    let beat = runner.client.heartbeat(&runner.id).await.resource();
    assert_eq!(beat["applies"], json!({"profileId": runner.profile, "lastUpdatedAt": version}));
    let delivered = runner.client.profile(&runner.id, &applied).await.resource();
    assert_eq!((&delivered["scriptContent"], &delivered["profileLastUpdatedAt"]), (&json!("date\n"), &json!(version)));
    runner.runs(&run(2), &["two\n"]).await;
    let shown = runner.shown().await;
    assert!(!shown.due && shown.runs.len() == 2 && shown.log == "two\n");
    let audit = app.audit_of(Action::ScriptRequested).await;
    assert_eq!(audit.len(), 1);
    assert_eq!((audit[0].object_name.as_str(), &audit[0].actor_name), ("edge-1", &manager.email));
}

async fn nothing_runs_again_that_cannot_run(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let approval = runner.admin.new_profile("Approval", true).await;
    let pending = runner.client.named("edge-2").with("delegateProfileId", json!(approval)).registered().await;
    let again = async |id: &str| runner.admin.call("scripts/run-again", &[("id", id), ("back", "")]).await;
    let conflict = |sentence: &str| conflict(Code::WrongState, sentence);
    assert_eq!(again(&pending).await, conflict("edge-2 is not approved. It runs its script once it is."));
    runner.admin.decides("reject", &pending).await.ok();
    assert_eq!(again(&pending).await, conflict("edge-2 is not approved. It runs its script once it is."));
    runner.admin.edits_profile(&runner.profile, "startup_script", " \n").await.ok();
    assert_eq!(again(&runner.id).await, conflict("The profile of edge-1 has no startup script."));
    assert_eq!(again(&run(1)).await.0, StatusCode::NOT_FOUND);
    assert!(app.audit_of(Action::ScriptRequested).await.is_empty());
    let shown = runner.shown().await;
    assert!(!shown.has_script && !shown.due);
}

async fn only_another_script_is_due(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let approval = runner.admin.new_profile("Approval", true).await;
    let pending = runner.client.named("edge-2").with("delegateProfileId", json!(approval)).registered().await;
    let of_pending: Value = runner.admin.ask("scripts/of", &[("delegate", &pending)]).await;
    assert_eq!((&of_pending["has_script"], &of_pending["due"]), (&json!(true), &json!(false)), "not before approval");
    runner.admin.decides("approve", &pending).await.ok();
    let of_pending: Value = runner.admin.ask("scripts/of", &[("delegate", &pending)]).await;
    assert_eq!(of_pending["due"], true);

    runner.runs(&run(1), &["one\n"]).await;
    let version = runner.version().await;
    runner.admin.edits_profile(&runner.profile, "description", "for the edge").await.ok();
    assert!(runner.version().await == version && !runner.shown().await.due, "a description is not run");
    runner.admin.edits_profile(&runner.profile, "startup_script", "date -u\n").await.ok();
    assert!(runner.version().await > version && runner.shown().await.due);
    runner.runs(&run(2), &["two\n"]).await;
    assert!(!runner.shown().await.due);
    let form = [("id", runner.id.as_str()), ("profile", &approval), ("back", "")];
    runner.admin.post("delegates/switch-profile", &form).await.ok();
    assert!(runner.shown().await.due, "another profile");
}

async fn a_log_is_a_file_for_who_may_look(app: TestApp) {
    let runner = Runner::new(&app, "date\n").await;
    let strange = runner.client.named("edge \"1\"; ä");
    let strange_id = strange.registered().await;
    let log = "<script>alert(1)</script>\n".repeat(5000);
    let mut offset = 0;
    for piece in [&log[..60_000], &log[60_000..120_000], &log[120_000..]] {
        let report = runner.output(offset, piece).await.to_string();
        super::reports_as(&app, &strange, &strange_id, &run(1), report).await.ok();
        offset += piece.len();
    }
    let viewer = app.person(Role::Viewer).await;
    let path = |delegate: &str, run: &str| format!("/delegates/{delegate}/script-runs/{run}/log.txt");
    let file = viewer.page(&path(&strange_id, &run(1))).await.ok();
    assert_eq!(file.text(), log);
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-disposition", "attachment; filename=\"startup-script-edge--1----.log\""),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    for (delegate, run) in [
        (runner.id.as_str(), run(1)),
        (&strange_id, run(2)),
        (&run(3), run(1)),
        ("x", run(1)),
        (&strange_id, "x".to_owned()),
    ] {
        let answer = viewer.page(&path(delegate, &run)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::NOT_FOUND, "no-store"), "{delegate}");
        assert!(answer.text().starts_with("There is no such run") || answer.text().contains("delegate"));
    }
    let nobody = app.nobody().page(&path(&strange_id, &run(1))).await;
    assert_eq!(nobody.status, StatusCode::SEE_OTHER);
    let asked = viewer.request(Method::POST, &path(&strange_id, &run(1)), &[], String::new()).await;
    assert_eq!(asked.status, StatusCode::METHOD_NOT_ALLOWED);
}

on_both_databases!(
    a_script_runs_again_where_somebody_asks_for_it,
    nothing_runs_again_that_cannot_run,
    only_another_script_is_due,
    a_log_is_a_file_for_who_may_look,
);
