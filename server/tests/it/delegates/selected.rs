//! Doing one thing to several delegates.

use muster::{
    audit::Action,
    delegate::{
        Status,
        selected::{Act, Outcome, Report},
    },
};

use crate::support::{Person, Role, StatusCode, TestApp, json};

/// Some delegates that wait, by their ids and the revisions of now.
async fn some_wait(app: &TestApp, admin: &Person, many: usize) -> Vec<(String, i32)> {
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let mut waiting = Vec::new();
    for number in 0..many {
        let id = edge.named(&format!("edge-{number}")).registered().await;
        let seen = admin.sees(&id).await.row.delegate.revision;
        waiting.push((id, seen));
    }
    waiting
}

fn selected(all: &[(String, i32)]) -> String {
    all.iter().map(|(id, seen)| format!("{id}:{seen}")).collect::<Vec<_>>().join(" ")
}

async fn acts_on(person: &Person, act: &str, all: &[(String, i32)], profile: &str) -> Report {
    let text = selected(all);
    let form = [("act", act), ("selected", text.as_str()), ("profile", profile), ("back", "/delegates?q=edge")];
    let answer = person.post("delegates/act-on-selected", &form).await.ok();
    assert_eq!(answer.location(), "/selected/done?back=%2Fdelegates%3Fq%3Dedge");
    let report: Option<Report> = person.ask("delegates/act-report", &[]).await;
    report.expect("a report")
}

async fn each_is_a_decision_of_its_own(app: TestApp) {
    let admin = app.administrator().await;
    let mut all = some_wait(&app, &admin, 4).await;
    // One has changed since, another was decided on, and a third is gone.
    all[1].1 -= 1;
    admin.decides("reject", &all[2].0).await.ok();
    admin.acts("delegates/delete", &all[3].0).await.ok();
    let Report { act, outcomes } = acts_on(&admin, "approve", &all, "").await;
    assert_eq!(act, Act::Approve);
    let told: Vec<(&str, Option<&str>)> =
        outcomes.iter().map(|Outcome { name, problem, .. }| (name.as_str(), problem.as_deref())).collect();
    let already = format!("edge-2 was already rejected by {}.", admin.email);
    assert_eq!(
        told[..3],
        [
            ("edge-0", None),
            ("edge-1", Some("edge-1 has changed since you looked. Check its facts and decide again.")),
            ("edge-2", Some(already.as_str())),
        ]
    );
    assert!(told[3].0.is_empty() && told[3].1.is_some(), "{told:?}");
    let statuses = [Status::Connected, Status::PendingApproval, Status::Rejected];
    for ((id, _), status) in all.iter().zip(statuses) {
        assert_eq!(admin.sees_status(id).await, status);
    }
    let recorded = app.audit_of(Action::DelegateApproved).await;
    assert_eq!(recorded.len(), 1);
    assert!(recorded[0].detail.contains("host host-1; address "), "{}", recorded[0].detail);
}

async fn they_get_another_profile_are_disabled_and_deleted(app: TestApp) {
    let admin = app.administrator().await;
    let all = some_wait(&app, &admin, 2).await;
    let now = async |all: &[(String, i32)]| {
        let mut now = Vec::new();
        for (id, _) in all {
            now.push((id.clone(), admin.sees(id).await.row.delegate.revision));
        }
        now
    };
    let done = |report: Report| report.outcomes.into_iter().all(|outcome| outcome.problem.is_none());
    assert!(done(acts_on(&admin, "approve", &all, "").await));
    let primary = admin.primary().await;
    assert!(done(acts_on(&admin, "profile", &now(&all).await, &primary).await));
    assert_eq!(app.audit_of(Action::ProfileSwitched).await.len(), 2);
    assert!(done(acts_on(&admin, "disable", &now(&all).await, "").await));
    assert_eq!(admin.sees_status(&all[0].0).await, Status::Disabled);
    assert!(!done(acts_on(&admin, "delete", &all, "").await), "they have changed since");
    assert!(done(acts_on(&admin, "delete", &now(&all).await, "").await));
    assert_eq!(app.count_delegates().await, 0);
}

async fn only_who_may_does_anything(app: TestApp) {
    let admin = app.administrator().await;
    let all = some_wait(&app, &admin, 1).await;
    let text = selected(&all);
    let viewer = app.person(Role::Viewer).await;
    let form = [("act", "approve"), ("selected", text.as_str()), ("back", "")];
    assert_eq!(viewer.call("delegates/act-on-selected", &form).await, (StatusCode::FORBIDDEN, json!("Forbidden")));
    for (act, selected) in
        [("nonsense", text.as_str()), ("approve", ""), ("approve", "x:1"), ("profile", text.as_str())]
    {
        let form = [("act", act), ("selected", selected), ("back", "")];
        let (status, _) = admin.call("delegates/act-on-selected", &form).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY].contains(&status),
            "{act} {selected}: {status}"
        );
    }
    assert_eq!(admin.sees_status(&all[0].0).await, Status::PendingApproval);
}

/// By the pages alone, as a browser without scripts goes: select all that match, look at them, confirm.
async fn two_hundred_that_wait_are_approved_without_scripts(app: TestApp) {
    let admin = app.administrator().await;
    some_wait(&app, &admin, 200).await;
    let path = "/selected/approve?q=edge&status=pending&all=1";
    let page = admin.page(path).await.ok();
    assert!(page.text().contains("Approve 200 delegates"), "{}", page.text());
    let field = |name: &str| {
        let (_, rest) = page.text().split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
        rest.split('"').next().unwrap().to_owned()
    };
    let (all, back) = (field("selected"), field("back").replace("&amp;", "&"));
    assert_eq!(all.split(' ').count(), 200);
    let form = [("act", "approve"), ("selected", all.as_str()), ("back", back.as_str())];
    let answer = admin.post_form_without_script("/api/delegates/act-on-selected", &form, path).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let told = admin.page(answer.location()).await.ok();
    assert!(told.text().contains("Approve: done for 200 delegates."), "{}", told.text());
    assert_eq!(app.audit_of(Action::DelegateApproved).await.len(), 200);
    assert_eq!(admin.finds("status:pending").await, Vec::<String>::new());
}

on_both_databases!(
    each_is_a_decision_of_its_own,
    they_get_another_profile_are_disabled_and_deleted,
    only_who_may_does_anything,
    two_hundred_that_wait_are_approved_without_scripts,
);
