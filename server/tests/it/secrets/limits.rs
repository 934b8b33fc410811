//! Which profiles may use a secret, to whom it was handed out, and what runs again once its value is another.

use muster::{
    audit::Action,
    secret::{SecretDetail, SecretName},
};

use super::complaint;
use crate::{
    scripts::Runner,
    support::{Answer, Code, Person, StatusCode, TestApp, conflict, json},
};

const NAMES_IT: &str = "curl -u ada:${secrets.getValue(\"db_password\")} https://db.test\n";
const BARRED: &str = "Secret db_password is limited to other profiles. Let this one use it on the secret's page, or take \
                      it out of the script.";

impl Person {
    /// Everything about a secret.
    async fn sees_secret(&self, id: &str) -> SecretDetail {
        self.ask("secrets/get", &[("id", id)]).await
    }

    /// Limits a secret to profiles.
    async fn limits_secret(&self, id: &str, profiles: &[&str]) -> Answer {
        let names: Vec<String> = (0..profiles.len()).map(|number| format!("profiles[{number}]")).collect();
        let mut form = vec![("id", id), ("description", "of the database"), ("limited", "true")];
        form.extend(names.iter().map(String::as_str).zip(profiles.iter().copied()));
        self.post("secrets/edit", &form).await
    }

    /// The secrets that a profile's script can name.
    async fn usable(&self, profile: &[(&str, &str)]) -> Vec<String> {
        let names: Vec<SecretName> = self.ask("secrets/usable", profile).await;
        names.into_iter().map(String::from).collect()
    }
}

async fn only_the_profiles_that_a_secret_is_limited_to_may_name_it(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("db_password", "correct-horse").await;
    admin.new_secret("other", "battery-staple").await;
    let (edge, office) =
        (admin.new_profile_with("Edge", "date\n").await, admin.new_profile_with("Office", "date\n").await);
    let answer = admin.limits_secret(&id, &[&edge]).await.ok();
    assert_eq!(answer.location(), format!("/secrets/{id}?done={id}"));
    let detail = admin.sees_secret(&id).await;
    assert_eq!((detail.row.secret.limited, detail.row.secret.description.as_str()), (true, "of the database"));
    let allowed: Vec<&str> =
        detail.choices.iter().filter(|choice| choice.allowed).map(|choice| choice.name.as_str()).collect();
    assert_eq!((allowed, detail.choices.len()), (vec!["Edge"], 3));
    assert_eq!(
        app.audit_of(Action::SecretEdited).await[0].detail,
        "description changed; profiles that may use it all → Edge"
    );

    assert_eq!(admin.usable(&[("profile", &edge)]).await, ["db_password", "other"]);
    assert_eq!(admin.usable(&[("profile", &office)]).await, ["other"]);
    assert_eq!(admin.usable(&[]).await, ["other"]);
    let barred = ("startup_script".to_owned(), BARRED.to_owned());
    assert_eq!(complaint(&admin.edits_profile(&office, "startup_script", NAMES_IT).await), barred);
    assert_eq!(complaint(&admin.makes_profile("New", NAMES_IT).await), barred);
    admin.edits_profile(&edge, "startup_script", NAMES_IT).await.ok();

    let sentence = "db_password is named in the startup script of Edge, which could not use it any more. Choose them, \
                    too, or take it out there first.";
    for profiles in [&[][..], &[office.as_str()]] {
        assert_eq!(admin.limits_secret(&id, profiles).await.pair(), conflict(Code::InUse, sentence));
    }
    admin.limits_secret(&id, &[&edge, &office]).await.ok();
    admin.edits_profile(&office, "startup_script", NAMES_IT).await.ok();
    admin.post("secrets/edit", &[("id", &id), ("description", "")]).await.ok();
    admin.makes_profile("New", NAMES_IT).await.ok();
    assert_eq!(
        app.audit_of(Action::SecretEdited).await.last().unwrap().detail,
        "description changed; profiles that may use it Edge, Office → all"
    );
    assert_eq!(admin.limits_secret(&id, &[&id]).await.status, StatusCode::CONFLICT, "its users come first");
}

async fn a_version_from_before_a_limit_is_not_handed_out(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("db_password", "correct-horse").await;
    let runner = Runner::new(&app, NAMES_IT).await;
    let script = runner.asks().await.resource();
    assert_eq!(script["scriptContent"], "curl -u ada:correct-horse https://db.test\n");
    // The delegate's own version is still the one that names it.
    admin.saves_script(&runner.profile, "date\n", &[]).await.ok();
    admin.limits_secret(&id, &[]).await.ok();
    let answer = runner.asks().await;
    assert!(!answer.text().contains("correct-horse"), "{}", answer.text());
    let shown = runner.shown().await;
    assert!(shown.log.contains("limited to other profiles"), "{}", shown.log);
    let versions: serde_json::Value =
        admin.ask("profiles/versions", &[("id", &runner.profile), ("cursor", "First")]).await;
    let oldest = versions["rows"][1]["id"].as_str().unwrap().to_owned();
    let form = [("id", runner.profile.as_str()), ("version", &oldest), ("seen", "2")];
    let answer = admin.post("profiles/restore", &form).await;
    assert_eq!(complaint(&answer).1, BARRED, "nor is it restored");
}

async fn it_is_noted_to_whom_a_secret_was_handed_out(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("db_password", "correct-horse").await;
    let other = admin.new_secret("other", "battery-staple").await;
    let runner = Runner::new(&app, NAMES_IT).await;
    let second = runner.client.named("edge-2");
    let second_id = second.registered().await;
    assert!(admin.sees_secret(&id).await.handouts.is_empty());
    for _ in 0..2 {
        runner.asks().await.resource();
        second.profile(&second_id, "").await.resource();
    }
    let detail = admin.sees_secret(&id).await;
    let mut names: Vec<&str> = detail.handouts.iter().map(|handout| handout.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!((names, detail.row.handed_out.is_some(), detail.delegates), (vec!["edge-1", "edge-2"], true, 2));
    let version = runner.version().await;
    let has_it = format!("&profileId={}&lastUpdatedAt={version}", runner.profile);
    let last = detail.row.handed_out;
    runner.client.profile(&runner.id, &has_it).await.resource();
    runner.client.heartbeat(&runner.id).await.resource();
    assert_eq!(admin.sees_secret(&id).await.row.handed_out, last, "nothing was handed out");
    assert!(admin.sees_secret(&other).await.handouts.is_empty());
    let listed = admin.secrets().await;
    let of = |name: &str| listed.iter().find(|row| row.secret.name.as_str() == name).unwrap().handed_out;
    assert_eq!((of("db_password"), of("other")), (last, None));

    // What is deleted is known all the same.
    admin.acts("delegates/delete", &second_id).await.ok();
    assert_eq!(admin.sees_secret(&id).await.handouts.len(), 2);
}

async fn scripts_run_again_with_a_new_value_where_that_is_asked(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("db_password", "correct-horse").await;
    let runner = Runner::new(&app, NAMES_IT).await;
    let unconcerned = runner.client.named("edge-2");
    let plain = admin.new_profile_with("Plain", "date\n").await;
    let unconcerned = unconcerned.with("delegateProfileId", json!(plain)).registered().await;
    let version_of = async |id: &str| admin.sees(id).await.row.delegate.script_version;
    let before = (version_of(&runner.id).await, version_of(&unconcerned).await);
    admin.replaces_secret(&id, "battery-staple").await.ok();
    assert_eq!(version_of(&runner.id).await, before.0, "nothing runs because of it");
    let form = [("id", id.as_str()), ("value", "another-horse"), ("run", "true"), ("back", "/secrets")];
    admin.post("secrets/replace", &form).await.ok();
    assert!(version_of(&runner.id).await > before.0);
    assert_eq!(version_of(&unconcerned).await, before.1);
    let script = runner.asks().await.resource();
    assert_eq!(script["scriptContent"], "curl -u ada:another-horse https://db.test\n");
    let details: Vec<String> =
        app.audit_of(Action::SecretReplaced).await.into_iter().map(|entry| entry.detail).collect();
    assert_eq!(details, ["", "scripts run again on 1 delegate"]);
}

async fn secrets_and_profiles_are_searched(app: TestApp) {
    let admin = app.administrator().await;
    for name in ["db_password", "dbXpassword", "npm"] {
        admin.new_secret(name, "correct-horse").await;
    }
    let form = [("name", "aws"), ("description", "Of the Ärzte, 100% theirs"), ("value", "correct-horse")];
    admin.post("secrets/create", &form).await.ok();
    admin.new_profile_with("Edge", "").await;
    admin.new_profile_with("Office", "").await;
    let found = async |endpoint: &str, search: &str| -> u64 {
        let page: serde_json::Value = admin.ask(endpoint, &[("search", search), ("cursor", "First")]).await;
        page["total"].as_u64().unwrap()
    };
    for (search, count) in
        [("", 4), ("DB", 2), ("db_", 1), ("ärzte", 0), ("Ärzte", 1), ("100% t", 1), ("100%t", 0), ("'; --", 0)]
    {
        let found = found("secrets/list", search).await;
        // PostgreSQL knows small and large letters of every script.
        assert!(found == count || search == "ärzte" && found == 1, "{search}: {found}");
    }
    assert_eq!((found("profiles/list", "edg").await, found("profiles/list", "other profile").await), (1, 1));
}

on_both_databases!(
    only_the_profiles_that_a_secret_is_limited_to_may_name_it,
    a_version_from_before_a_limit_is_not_handed_out,
    it_is_noted_to_whom_a_secret_was_handed_out,
    scripts_run_again_with_a_new_value_where_that_is_asked,
    secrets_and_profiles_are_searched,
);
