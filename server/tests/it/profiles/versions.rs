//! Versions of startup scripts: what is kept of them, which of them a delegate is handed, and the way back.

use muster::{
    audit::{Action, AuditRow},
    page::Page,
    profile::{ChangeSince, MAX_VERSIONS, VersionDetail, VersionRow},
};

use crate::{
    scripts::Runner,
    support::{Answer, Person, StatusCode, TestApp, Value, json},
};

impl Person {
    /// The newest versions of a profile's script.
    async fn versions(&self, profile: &str) -> Page<VersionRow> {
        self.ask("profiles/versions", &[("id", profile), ("cursor", "First")]).await
    }

    /// Saves another script, and runs it only where that is said.
    pub async fn saves_script(&self, profile: &str, script: &str, more: &[(&str, &str)]) -> Answer {
        let found = self.profile(profile).await.row.profile;
        let seen = found.revision.to_string();
        let form = [
            ("id", profile),
            ("seen", &*seen),
            ("name", found.spec.name.as_str()),
            ("description", ""),
            ("startup_script", script),
            ("approval", "off"),
            ("selectors", ""),
        ];
        self.post("profiles/edit", &[&form[..], more].concat()).await
    }
}

async fn each_script_that_is_saved_is_a_version(app: TestApp) {
    let ada = app.administrator().await;
    let bob = app.administrator().await;
    ada.new_secret("db_password", "correct-horse").await;
    let profile = ada.new_profile_with("Edge", "one\n").await;
    bob.saves_script(&profile, "one\ncurl ${secrets.getValue(\"db_password\")}\n", &[]).await.ok();
    super::edits(&ada, &profile, &[("description", "no other script")]).await.ok();
    ada.saves_script(&profile, "", &[("run", "true")]).await.ok();

    let page = ada.versions(&profile).await;
    let rows: Vec<_> = page.rows.iter().map(|row| (row.lines, row.differs.as_str(), row.saved_by.as_str())).collect();
    assert_eq!(rows, [(0, "+0 −3", ada.email.as_str()), (2, "+1 −0", &bob.email), (1, "", &ada.email)]);
    let of = |at: usize| &page.rows[at];
    assert_eq!((of(0).current, of(1).current), (true, false));
    assert_eq!((of(0).run_at.is_some(), of(1).run_at.is_some(), of(2).run_at.is_some()), (true, false, true));
    assert_eq!(of(1).secrets.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["db_password"]);

    let (middle, oldest) = (of(1).id.to_string(), of(2).id.to_string());
    let detail: VersionDetail = ada.ask("profiles/version", &[("id", &profile), ("version", &middle)]).await;
    assert_eq!(detail.against.map(|version| version.script), Some("one\n".to_owned()), "the one before it");
    assert_eq!(detail.others.len(), 2);
    let form = [("id", profile.as_str()), ("version", &oldest), ("against", &middle)];
    let detail: VersionDetail = ada.ask("profiles/version", &form).await;
    assert!(detail.against.is_some_and(|version| version.script.contains("db_password")));
    let other = ada.new_profile_with("Office", "date\n").await;
    let answer = ada.post("profiles/version", &[("id", &other), ("version", &middle)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "another profile's");

    let record: Page<AuditRow> = ada.ask("profiles/record", &[("id", &profile), ("cursor", "First")]).await;
    let details: Vec<&str> = record.rows.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "description changed; script +0 −3 lines; run on 0 delegates",
            "description changed",
            "script +1 −0 lines; run on none: saved without running",
            "approval not required",
        ]
    );
    ada.post("profiles/delete", &[("id", &profile)]).await.ok();
    assert_eq!(
        ada.post("profiles/versions", &[("id", &profile), ("cursor", "First")]).await.status,
        StatusCode::NOT_FOUND
    );
}

async fn only_the_newest_versions_are_kept(app: TestApp) {
    let ada = app.administrator().await;
    let profile = ada.new_profile_with("Edge", "0\n").await;
    for number in 1..=MAX_VERSIONS {
        ada.saves_script(&profile, &format!("{number}\n"), &[]).await.ok();
    }
    let page = ada.versions(&profile).await;
    assert_eq!(page.total, MAX_VERSIONS);
    let next = page.next.expect("another page").to_string();
    let form = [("id", profile.as_str()), ("cursor[After]", &next)];
    let page: Page<VersionRow> = ada.ask("profiles/versions", &form).await;
    assert_eq!((page.rows.len(), page.previous.is_some()), (50, true));
    // The version before the oldest one is gone.
    assert!(page.rows[..49].iter().all(|row| row.differs == "+1 −1"), "across pages, too");
}

async fn a_script_that_is_saved_without_running_it_is_run_by_nobody_who_was_admitted(app: TestApp) {
    let runner = Runner::new(&app, "old\n").await;
    let approval = runner.admin.new_profile("Approval", true).await;
    let pending = runner.client.named("edge-2").with("delegateProfileId", json!(approval)).registered().await;
    for profile in [&runner.profile, &approval] {
        runner.admin.saves_script(profile, "new\n", &[]).await.ok();
    }
    let before = runner.version().await;
    let script = async |version: i64| {
        let asked = format!("&profileId={}&lastUpdatedAt={version}", runner.profile);
        runner.client.profile(&runner.id, &asked).await.resource()
    };
    assert_eq!(script(before).await, Value::Null, "it has nothing to do");
    assert_eq!(script(0).await["scriptContent"], "old\n", "not with an empty disk either");
    let shown = runner.shown().await;
    assert!(shown.has_script && shown.newer_saved && shown.due);
    assert!(runner.admin.profile(&runner.profile).await.saved_only);

    // Who is admitted later has run nothing before.
    runner.admin.decides("approve", &pending).await.ok();
    let delivered = runner.client.named("edge-2").profile(&pending, "").await.resource();
    assert_eq!(delivered["scriptContent"], "new\n");
    let new = runner.client.named("edge-3");
    let id = new.registered().await;
    assert_eq!(new.profile(&id, "").await.resource()["scriptContent"], "new\n");

    runner.admin.acts("scripts/run-again", &runner.id).await.ok();
    let delivered = script(before).await;
    assert_eq!(delivered["scriptContent"], "new\n");
    assert!(!runner.shown().await.newer_saved);
}

async fn a_first_script_that_is_saved_without_running_it_runs_nowhere(app: TestApp) {
    let runner = Runner::new(&app, "").await;
    runner.admin.saves_script(&runner.profile, "date\n", &[]).await.ok();
    assert_eq!(runner.asks().await.resource()["scriptContent"], "");
    let shown = runner.shown().await;
    assert!(!shown.has_script && shown.newer_saved && !shown.due);
    // Saved once more, to be run: the script is the same, and was not run.
    runner.admin.saves_script(&runner.profile, "date\n", &[("run", "true")]).await.ok();
    assert_eq!(runner.asks().await.resource()["scriptContent"], "date\n");
    assert!(!runner.admin.profile(&runner.profile).await.saved_only);
    let version = runner.version().await;
    runner.admin.saves_script(&runner.profile, "date\n", &[("run", "true")]).await.ok();
    assert_eq!(runner.version().await, version, "a script that was run does not run again because of a save");
}

async fn an_earlier_version_is_restored_as_a_new_one(app: TestApp) {
    let runner = Runner::new(&app, "old\n").await;
    runner.admin.saves_script(&runner.profile, "new\n", &[("run", "true")]).await.ok();
    let oldest = runner.admin.versions(&runner.profile).await.rows[1].id.to_string();
    let restores = async |seen: &str, run: &str| {
        let form = [("id", runner.profile.as_str()), ("version", &oldest), ("seen", seen), ("run", run)];
        runner.admin.post("profiles/restore", &form).await
    };
    assert_eq!(restores("1", "true").await.status, StatusCode::CONFLICT, "it has changed since");
    let version = runner.version().await;
    let answer = restores("2", "false").await.ok();
    assert!(answer.location().starts_with(&format!("/profiles/{}?done=", runner.profile)));
    assert_eq!(runner.version().await, version);
    let page = runner.admin.versions(&runner.profile).await;
    assert_eq!((page.total, page.rows[0].restored, page.rows[0].run_at), (3, Some(page.rows[2].saved_at), None));
    assert_eq!(runner.admin.profile(&runner.profile).await.row.profile.spec.startup_script, "old\n");
    runner.admin.saves_script(&runner.profile, "newer\n", &[]).await.ok();
    restores("4", "true").await.ok();
    assert!(runner.version().await > version);
    assert_eq!(runner.asks().await.resource()["scriptContent"], "old\n");
    let audit = app.audit_of(Action::ProfileEdited).await;
    assert!(
        audit
            .iter()
            .any(|row| row.detail.starts_with("restored version ") && row.detail.contains("script +1 −1 lines")),
        "{audit:?}"
    );
}

async fn who_comes_second_is_told_what_the_first_did(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let profile = ada.new_profile_with("Edge", "one\n").await;
    ada.edits_profile(&profile, "description", "by Ada").await.ok();
    bob.saves_script(&profile, "two\n", &[]).await.ok();
    let since = async |person: &Person, seen: &str| -> Option<ChangeSince> {
        person.ask("profiles/change-since", &[("id", &profile), ("seen", seen)]).await
    };
    let change = since(&ada, "2").await.expect("it has changed");
    assert_eq!(change.by, bob.email);
    assert_eq!(change.script_before.as_deref(), Some("one\n"), "as it was when it was seen");
    assert_eq!(since(&ada, "3").await, None);

    let form = [
        ("id", profile.as_str()),
        ("seen", "2"),
        ("name", "Edge"),
        ("description", "mine"),
        ("startup_script", "three\n"),
        ("approval", "off"),
        ("selectors", ""),
    ];
    let site = format!("http://muster.test/profiles/{profile}/edit");
    let page = bob.post_form_from_page("/api/profiles/edit", &form, &site).await;
    assert!(page.status == StatusCode::CONFLICT && page.text().contains("you, in another tab"), "{}", page.text());
    let page = ada.post_form_from_page("/api/profiles/edit", &form, &site).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let html = page.text();
    for part in ["Changed by", &bob.email, "Saved now", "take what is saved", "three\n", "<td>mine"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(html.contains("name=\"seen\" value=\"3\""), "saved once more, it replaces what is saved now");
}

on_both_databases!(
    each_script_that_is_saved_is_a_version,
    only_the_newest_versions_are_kept,
    a_script_that_is_saved_without_running_it_is_run_by_nobody_who_was_admitted,
    a_first_script_that_is_saved_without_running_it_runs_nowhere,
    an_earlier_version_is_restored_as_a_new_one,
    who_comes_second_is_told_what_the_first_did,
);
