//! The bundle of a shell delegate, through its form.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::GzDecoder;
use muster::audit::Action;
use muster_app::install::api::BUNDLE_PATH;

use crate::support::{Answer, Person, Role, StatusCode, TestApp, database::holds};

/// The form as it would be filled in, but for some fields.
async fn downloads(person: &Person, profile: &str, token: &str, changes: &[(&str, &str)]) -> Answer {
    let form = [
        ("name", "edge-fra-1"),
        ("description", "in Frankfurt"),
        ("profile", profile),
        ("token", token),
        ("tags", "eu"),
    ];
    let form: Vec<(&str, &str)> = form
        .into_iter()
        .map(|(name, value)| changes.iter().copied().find(|change| change.0 == name).unwrap_or((name, value)))
        .collect();
    person.post_form_without_script(BUNDLE_PATH, &form, "http://muster.test/install/shell").await
}

async fn the_bundle_holds_what_the_delegate_needs(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let profile = admin.primary().await;
    let answer = downloads(&admin, &profile, &token.id, &[]).await.ok();
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"harness-delegate.tar.gz\"");
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/gzip", "no-store"));
    let mut archive = tar::Archive::new(GzDecoder::new(answer.body.as_ref()));
    let files: BTreeMap<String, Vec<u8>> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.path().unwrap().display().to_string(), content)
        })
        .collect();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected =
        ["config-delegate.yml", "muster", "start.sh", "stop.sh"].map(|name| format!("harness-delegate/{name}"));
    assert_eq!(names, expected);
    let config = &files["harness-delegate/config-delegate.yml"];
    for part in
        [&*token.value.expose(), &app.state().account.to_string(), "http://muster.test", "Primary", "edge-fra-1"]
    {
        assert!(holds(config, part.as_bytes()), "{part}");
    }
    assert_eq!(files["harness-delegate/muster"], b"the program");
    let entries = app.audit_of(Action::BundleDownloaded).await;
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0].actor_name, entries[0].object_name.as_str()), (&admin.email, "edge"));
    assert_eq!(entries[0].detail, "shell script delegate edge-fra-1");
}

async fn what_cannot_be_taken_leads_back_to_the_form(app: TestApp) {
    let admin = app.administrator().await;
    let [good, revoked] = [admin.new_token("good").await, admin.new_token("revoked").await];
    admin.acts("tokens/revoke", &revoked.id).await.ok();
    let profile = admin.primary().await;
    let unknown = "01900000-0000-7000-8000-000000000000";
    for (field, value) in [
        ("name", "Not A Name"),
        ("name", "a$(id)"),
        ("description", &"x".repeat(1001)),
        ("tags", "a\u{7}"),
        ("profile", "Primary"),
        ("profile", unknown),
        ("token", unknown),
        ("token", &revoked.id),
    ] {
        let answer = downloads(&admin, &profile, &good.id, &[(field, value)]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/install/shell"), "{field}");
        let session = app.sessions().await.pop().unwrap().data;
        assert!(session.contains(&format!("{{\"field\":\"{field}\"")), "{field}: {session:.300}");
    }
    assert!(app.audit_of(Action::BundleDownloaded).await.is_empty());
}

async fn only_managers_get_a_bundle(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let profile = admin.primary().await;
    for person in [app.nobody(), app.person(Role::Viewer).await] {
        let answer = downloads(&person, &profile, &token.id, &[]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/install/shell"));
        assert!(answer.body.is_empty());
    }
    assert!(app.audit_of(Action::BundleDownloaded).await.is_empty());
    downloads(&app.person(Role::DelegateManager).await, &profile, &token.id, &[]).await.ok();
}

on_both_databases!(
    the_bundle_holds_what_the_delegate_needs,
    what_cannot_be_taken_leads_back_to_the_form,
    only_managers_get_a_bundle,
);
