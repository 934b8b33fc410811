//! Secrets: written once, named by scripts, read by nobody.

mod limits;
mod people;
mod scripts;

use muster::{page::Page, secret::SecretRow};

use crate::support::{Answer, Person, StatusCode};

impl Person {
    /// Makes a secret; gives its id.
    pub async fn new_secret(&self, name: &str, value: &str) -> String {
        let answer = self.post("secrets/create", &[("name", name), ("value", value)]).await.ok();
        answer.location().split_once("done=").expect("the list with what was done").1.to_owned()
    }

    /// Gives a secret another value.
    pub async fn replaces_secret(&self, id: &str, value: &str) -> Answer {
        self.post("secrets/replace", &[("id", id), ("value", value), ("back", "/secrets")]).await
    }

    /// All secrets of the first page, the newest first.
    pub async fn secrets(&self) -> Vec<SecretRow> {
        self.ask::<Page<SecretRow>>("secrets/list", &[("cursor", "First")]).await.rows
    }

    /// Makes a profile that needs no approval, with a script.
    pub async fn makes_profile(&self, name: &str, script: &str) -> Answer {
        let form =
            [("name", name), ("description", ""), ("startup_script", script), ("approval", "off"), ("selectors", "")];
        self.post("profiles/create", &form).await
    }

    /// Makes a profile that needs no approval, with a script; gives its id.
    pub async fn new_profile_with(&self, name: &str, script: &str) -> String {
        let answer = self.makes_profile(name, script).await.ok();
        answer.location().split_once("done=").expect("the list with what was done").1.to_owned()
    }

    /// Edits the script or the description of a profile as it is now, and runs the script where it is another.
    pub async fn edits_profile(&self, id: &str, field: &str, text: &str) -> Answer {
        let profile = self.profile(id).await.row.profile;
        let seen = profile.revision.to_string();
        let mut form = vec![
            ("id", id),
            ("seen", &seen),
            ("name", profile.spec.name.as_str()),
            ("description", &profile.spec.description),
            ("startup_script", &profile.spec.startup_script),
            ("approval", "off"),
            ("selectors", ""),
            ("run", "true"),
        ];
        form.iter_mut().find(|one| one.0 == field).expect("a field of the form").1 = text;
        self.post("profiles/edit", &form).await
    }
}

/// The field and the sentence of an error beside a field.
#[track_caller]
pub fn complaint(answer: &Answer) -> (String, String) {
    let (status, body) = answer.pair();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    let part = |name| body["Problem"][name].as_str().expect("a field's error").to_owned();
    (part("field"), part("message"))
}
