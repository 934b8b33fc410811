//! Secrets that scripts name.

use muster::audit::Action;

use super::complaint;
use crate::support::{Code, Person, StatusCode, TestApp, conflict};

const VALUE: &str = "s3cr3t-value";
const NAMES_IT: &str = "set -e\nlogin \"${secrets.getValue(\"db_password\")}\"\n";

async fn used_by(person: &Person, name: &str) -> Vec<String> {
    let rows = person.secrets().await;
    let row = rows.into_iter().find(|row| row.secret.name.as_str() == name).expect("it is listed");
    row.used_by.into_iter().map(|(_, name)| name).collect()
}

async fn a_script_names_secrets_that_exist(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile_with("Plain", "true\n").await;
    let before = app.audit().await.len();
    let unknown = "There is no secret db_password. Add it under Secrets, or correct its name in the script.".to_owned();
    for (script, sentence) in [
        (NAMES_IT, unknown.as_str()),
        ("\n\n${secrets.getValue(x)}", "Line 3: write a secret as ${secrets.getValue(\"name\")}."),
        ("${secrets.db_password}", "Line 1: write a secret as ${secrets.getValue(\"name\")}."),
    ] {
        let expected = ("startup_script".to_owned(), sentence.to_owned());
        assert_eq!(complaint(&admin.makes_profile("New", script).await), expected);
        assert_eq!(complaint(&admin.edits_profile(&profile, "startup_script", script).await), expected);
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
    admin.new_secret("db.password", VALUE).await;
    assert_eq!(complaint(&admin.makes_profile("New", NAMES_IT).await).0, "startup_script", "another one");
    admin.new_secret("db_password", VALUE).await;
    admin.new_profile_with("New", NAMES_IT).await;
    admin.edits_profile(&profile, "startup_script", NAMES_IT).await.ok();
    assert_eq!(used_by(&admin, "db_password").await, ["New", "Plain"], "by name");
    assert_eq!(used_by(&admin, "db.password").await, Vec::<String>::new(), "alike is not the same");
}

async fn a_secret_in_use_is_not_deleted(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("db_password", VALUE).await;
    let one = admin.new_profile_with("Edge", NAMES_IT).await;
    let delete = async || admin.call("secrets/delete", &[("id", &id), ("back", "")]).await;
    let conflict = |names: &str| {
        let sentence = format!("db_password is named in the startup {names}. Take it out there first.");
        conflict(Code::InUse, &sentence)
    };
    assert_eq!(delete().await, conflict("script of Edge"));
    let other = admin.new_profile_with("Office", NAMES_IT).await;
    assert_eq!(delete().await, conflict("scripts of Edge and Office"));
    admin.replaces_secret(&id, "replaced-value").await.ok();
    admin.edits_profile(&one, "startup_script", "# secrets.getValue(\"db_password\")\n").await.ok();
    assert_eq!(delete().await, conflict("script of Office"));
    admin.post("profiles/delete", &[("id", &other)]).await.ok();
    assert_eq!(delete().await.0, StatusCode::OK);
    assert_eq!(app.audit_of(Action::SecretDeleted).await.len(), 1);
}

async fn a_secret_is_not_deleted_beside_a_script_that_begins_to_name_it(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    for round in 0..6 {
        let id = ada.new_secret("db_password", VALUE).await;
        let name = format!("Edge {round}");
        let form = [("id", id.as_str()), ("back", "")];
        let (saved, deleted) = tokio::join!(ada.makes_profile(&name, NAMES_IT), bob.post("secrets/delete", &form));
        let statuses = (saved.status, deleted.status);
        if statuses == (StatusCode::OK, StatusCode::CONFLICT) {
            let profile = saved.location().split_once("done=").unwrap().1;
            assert_eq!(used_by(&ada, "db_password").await, [name]);
            ada.post("profiles/delete", &[("id", profile)]).await.ok();
            ada.acts("secrets/delete", &id).await.ok();
        } else {
            assert_eq!(statuses, (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::OK), "{}", saved.text());
        }
    }
}

on_both_databases!(
    a_script_names_secrets_that_exist,
    a_secret_in_use_is_not_deleted,
    a_secret_is_not_deleted_beside_a_script_that_begins_to_name_it,
);
