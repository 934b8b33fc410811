//! How far the delegates of a profile are with its script, and another run on them.

use muster::{
    audit::Action,
    page::Page,
    profile::{ProfileDelegate, Progress, Rollout},
};

use crate::{
    scripts::{Runner, reports_as, run},
    support::{Code, StatusCode, TestApp, conflict, json},
};

/// A profile with delegates `edge-1`, on which the script went well, `edge-2`, on which it failed, `edge-3`, which runs
/// it, and `edge-4`, which has not begun.
async fn fleet(app: &TestApp) -> (Runner, Vec<String>) {
    let runner = Runner::new(app, "date\n").await;
    runner.runs(&run(1), &["fine\n"]).await;
    let mut ids = vec![runner.id.clone()];
    for number in 2..=4 {
        let client = runner.client.named(&format!("edge-{number}"));
        let id = client.registered().await;
        let version = runner.admin.sees(&id).await.row.delegate.script_version.as_millis();
        let mut report =
            json!({"profileId": runner.profile, "profileLastUpdatedAt": version, "offset": 0, "output": ""});
        if number == 2 {
            report["end"] = json!({"outcome": "EXITED", "exitCode": 1});
        }
        if number < 4 {
            reports_as(app, &client, &id, &run(number), report.to_string()).await.ok();
        }
        ids.push(id);
    }
    (runner, ids)
}

impl Runner {
    async fn rollout(&self) -> Vec<(Progress, u64)> {
        self.admin.ask::<Rollout>("profiles/rollout", &[("id", &self.profile)]).await.counts
    }

    /// The names of the profile's delegates that are this far.
    async fn who(&self, progress: Option<Progress>) -> Vec<String> {
        let progress = progress.map(|progress| format!("{progress:?}"));
        let mut form = vec![("id", self.profile.as_str()), ("cursor", "First")];
        form.extend(progress.as_deref().map(|progress| ("progress", progress)));
        let page: Page<ProfileDelegate> = self.admin.ask("profiles/delegates", &form).await;
        assert_eq!(page.total, u64::try_from(page.rows.len()).unwrap());
        page.rows.into_iter().map(|row| row.name).collect()
    }

    async fn runs_on(&self, which: &str) -> (StatusCode, serde_json::Value) {
        self.admin.call("profiles/run", &[("id", &self.profile), ("which", which)]).await
    }
}

async fn delegates_are_counted_by_how_far_they_are(app: TestApp) {
    use Progress::{Earlier, Failed, NotReached, Running, Succeeded};
    let (runner, ids) = fleet(&app).await;
    assert_eq!(runner.rollout().await, [(Succeeded, 1), (Failed, 1), (Running, 1), (NotReached, 1)]);
    for (progress, name) in [(Succeeded, "edge-1"), (Failed, "edge-2"), (Running, "edge-3"), (NotReached, "edge-4")] {
        assert_eq!(runner.who(Some(progress)).await, [name]);
    }
    assert_eq!(runner.who(None).await, ["edge-4", "edge-3", "edge-2", "edge-1"]);

    assert_eq!(runner.runs_on("Failed").await.0, StatusCode::OK);
    assert_eq!(runner.rollout().await, [(Succeeded, 1), (Running, 1), (NotReached, 2)]);
    runner.admin.saves_script(&runner.profile, "date -u\n", &[]).await.ok();
    assert_eq!(runner.rollout().await, [(Earlier, 4)]);
    // One of them tries it first.
    runner.admin.acts("scripts/run-again", &ids[3]).await.ok();
    assert_eq!(runner.rollout().await, [(NotReached, 1), (Earlier, 3)]);
    let version = runner.admin.sees(&ids[3]).await.row.delegate.script_version;
    assert_eq!(runner.runs_on("Earlier").await.0, StatusCode::OK);
    assert_eq!(runner.rollout().await, [(NotReached, 4)]);
    assert_eq!(runner.admin.sees(&ids[3]).await.row.delegate.script_version, version, "it was asked before");
    assert!(!runner.admin.profile(&runner.profile).await.saved_only);
    assert_eq!(runner.runs_on("All").await.0, StatusCode::OK);
    assert!(runner.admin.sees(&ids[3]).await.row.delegate.script_version > version);
    let audit = app.audit_of(Action::ScriptRequested).await;
    let details: Vec<&str> = audit.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(details, ["run on 1 delegate where it failed", "", "run on 3 delegates", "run on 4 delegates"]);
    assert_eq!(runner.asks().await.resource()["scriptContent"], "date -u\n");

    runner.admin.saves_script(&runner.profile, " \n", &[]).await.ok();
    let sentence = "Edge has no startup script.";
    assert_eq!(runner.runs_on("All").await, conflict(Code::WrongState, sentence));
}

async fn those_that_are_not_admitted_are_not_counted_and_run_nothing(app: TestApp) {
    let (runner, ids) = fleet(&app).await;
    let approval = runner.admin.new_profile("Approval", true).await;
    let pending = runner.client.named("edge-5").with("delegateProfileId", json!(approval)).registered().await;
    let form = [("id", pending.as_str()), ("profile", &runner.profile), ("back", "")];
    runner.admin.post("delegates/switch-profile", &form).await.ok();
    assert_eq!(runner.who(None).await.len(), 5);
    let counted: u64 = runner.rollout().await.iter().map(|(_, count)| count).sum();
    assert_eq!(counted, 4);
    let before = runner.admin.sees(&pending).await.row.delegate.script_version;
    assert_eq!(runner.runs_on("All").await.0, StatusCode::OK);
    assert_eq!(runner.admin.sees(&pending).await.row.delegate.script_version, before);
    assert_eq!(runner.rollout().await, [(Progress::NotReached, u64::try_from(ids.len()).unwrap())]);
}

async fn a_script_that_runs_on_many_delegates_is_asked_about(app: TestApp) {
    let (runner, _) = fleet(&app).await;
    for number in 5..=6 {
        runner.client.named(&format!("edge-{number}")).registered().await;
    }
    let saves = async |more: &[(&str, &str)]| runner.admin.saves_script(&runner.profile, "date -u\n", more).await;
    for more in [&[("run", "true")][..], &[("run", "true"), ("confirmed", "5")]] {
        let (status, body) = saves(more).await.pair();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(body["Problem"]["field"], "confirmed");
        assert!(body["Problem"]["message"].as_str().unwrap().starts_with("6 delegates run the script"), "{body}");
    }
    assert_eq!(runner.admin.profile(&runner.profile).await.row.profile.spec.startup_script, "date\n");
    saves(&[("run", "true"), ("confirmed", "6")]).await.ok();
    assert_eq!(runner.rollout().await, [(Progress::NotReached, 6)]);
    // Nothing runs: nothing is asked.
    runner.admin.edits_profile(&runner.profile, "description", "for the edge").await.ok();
    runner.admin.saves_script(&runner.profile, "date -R\n", &[]).await.ok();
}

on_both_databases!(
    delegates_are_counted_by_how_far_they_are,
    those_that_are_not_admitted_are_not_counted_and_run_nothing,
    a_script_that_runs_on_many_delegates_is_asked_about,
);
