//! An operator runs what others wrote, and changes nothing else. (That each call is refused to who may not is in the table
//! of `access`.)

use muster::audit::Action;

use crate::support::{Role, StatusCode, TestApp};

async fn an_operator_runs_scripts_and_is_shown_nothing_else_to_do(app: TestApp) {
    let (admin, operator) = (app.administrator().await, app.person(Role::Operator).await);
    let token = admin.new_token("edge").await;
    let profile = admin.new_profile("Scripted", false).await;
    let edge = app.delegate(&token.value).with("delegateProfileId", profile.as_str().into());
    let id = edge.registered().await;
    let run = [("id", &*id), ("back", "")];
    operator.post("scripts/run-again", &run).await.ok();
    operator.post("profiles/run", &[("id", &*profile), ("which", "All")]).await.ok();
    let asked = app.audit_of(Action::ScriptRequested).await;
    assert_eq!(asked.iter().map(|entry| entry.actor_name.as_str()).collect::<Vec<_>>(), [&*operator.email; 2]);
    let page = operator.page(&format!("/profiles/{profile}")).await.ok();
    assert!(page.text().contains("Run script again") && !page.text().contains("/edit"), "{}", page.text());
    let list = operator.page("/delegates").await.ok();
    assert!(list.text().contains("Run script again") && !list.text().contains("Switch profile"));
    let viewer = app.person(Role::Viewer).await;
    assert!(!viewer.page("/delegates").await.ok().text().contains("Run script again"));
    let refused = operator.post("delegates/disable", &[("id", &*id), ("note", "x"), ("back", "")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

on_both_databases!(an_operator_runs_scripts_and_is_shown_nothing_else_to_do,);
