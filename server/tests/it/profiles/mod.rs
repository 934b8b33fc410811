//! Delegate profiles.

mod approval;
mod rollout;
mod versions;

use muster::{
    audit::Action,
    page::Page,
    profile::{Approval, MAX_SCRIPT_LENGTH, Profile, ProfileRow},
};

use crate::support::{Answer, Code, Person, StatusCode, TestApp, Value, conflict};

/// A profile's form as it would be filled in for what the profile is now.
fn form_of(profile: &Profile) -> Vec<(&'static str, String)> {
    let spec = &profile.spec;
    vec![
        ("id", profile.id.to_string()),
        ("seen", profile.revision.to_string()),
        ("name", spec.name.to_string()),
        ("description", spec.description.clone()),
        ("startup_script", spec.startup_script.clone()),
        ("approval", spec.approval.slug().to_owned()),
        ("selectors", spec.selectors.to_string()),
    ]
}

/// Edits a profile as it is now, but for some fields.
async fn edits(person: &Person, id: &str, changes: &[(&'static str, &str)]) -> Answer {
    let profile = person.profile(id).await.row.profile;
    let mut form = form_of(&profile);
    for (name, value) in changes {
        form.iter_mut().find(|field| field.0 == *name).unwrap().1 = (*value).to_owned();
    }
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    person.post("profiles/edit", &form).await
}

fn field_of(answer: &Answer) -> String {
    let (status, body) = answer.pair();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    body["Problem"]["field"].as_str().expect("a field").to_owned()
}

async fn primary_is_edited_but_neither_renamed_nor_deleted(app: TestApp) {
    let admin = app.administrator().await;
    let primary = admin.primary().await;
    edits(&admin, &primary, &[("description", "For everybody"), ("approval", "require")]).await.ok();
    let profile = admin.profile(&primary).await.row.profile;
    assert!(profile.primary && profile.spec.approval == Approval::Require);
    assert_eq!(profile.spec.description, "For everybody");
    let before = app.audit().await.len();
    assert_eq!(field_of(&edits(&admin, &primary, &[("name", "Secondary")]).await), "name");
    for form in [&[("id", primary.as_str())][..], &[("id", &primary), ("move_delegates", "true")]] {
        let answer = admin.call("profiles/delete", form).await;
        assert_eq!(answer, conflict(Code::WrongState, "Primary cannot be deleted."));
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
}

async fn names_are_unique(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_profile("Edge", false).await;
    let form =
        [("name", " Edge "), ("description", ""), ("startup_script", ""), ("approval", "off"), ("selectors", "")];
    assert_eq!(field_of(&admin.post("profiles/create", &form).await), "name");
    assert_eq!(field_of(&edits(&admin, &id, &[("name", "Primary")]).await), "name");
    edits(&admin, &id, &[("description", "its own name is no clash")]).await.ok();
    let (bob, form) = (
        app.administrator().await,
        [("name", "Twin"), ("description", ""), ("startup_script", ""), ("approval", "off"), ("selectors", "")],
    );
    let (one, other) = tokio::join!(admin.call("profiles/create", &form), bob.call("profiles/create", &form));
    let mut statuses = [one.0, other.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY], "{one:?} {other:?}");
}

async fn an_edit_on_sight_of_an_older_state_is_refused(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let id = ada.new_profile("Edge", false).await;
    let seen = form_of(&ada.profile(&id).await.row.profile);
    let seen: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    edits(&bob, &id, &[("description", "by Bob")]).await.ok();
    let (status, body) = ada.call("profiles/edit", &seen).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        body["Problem"]["message"].as_str().unwrap().starts_with("Edge was changed while you edited it."),
        "{body}"
    );
    assert_eq!(ada.profile(&id).await.row.profile.spec.description, "by Bob");
    assert_eq!(app.audit_of(Action::ProfileEdited).await.len(), 1);
}

async fn of_two_edits_at_once_one_is_refused(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let id = ada.new_profile("Edge", false).await;
    for round in 0..4 {
        let (by_ada, by_bob) =
            ([("description", &*format!("Ada {round}"))], [("description", &*format!("Bob {round}"))]);
        let (one, other) = tokio::join!(edits(&ada, &id, &by_ada), edits(&bob, &id, &by_bob));
        // Each reads the profile first: one may well have seen the other's edit.
        let refused = [&one, &other].into_iter().filter(|answer| answer.status == StatusCode::CONFLICT).count();
        let done = [&one, &other].into_iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(refused + done, 2, "{one:?} {other:?}");
        assert!(done >= 1);
    }
    let revision = ada.profile(&id).await.row.profile.revision;
    let edits = i32::try_from(app.audit_of(Action::ProfileEdited).await.len()).unwrap();
    assert_eq!(revision, 1 + edits, "each edit that was done counts");
}

async fn a_profile_in_use_is_deleted_once_its_delegates_have_moved(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_profile("Edge", true).await;
    let token = admin.new_token_with("edge", &[("profile", &id)]).await;
    let edge = app.delegate(&token.value);
    let delegate = edge.registered().await;
    let refused = admin.call("profiles/delete", &[("id", &id)]).await;
    assert_eq!(
        refused,
        conflict(Code::InUse, "Edge is the profile of 1 delegate. Move them to Primary first, or delete them.")
    );
    edge.named("edge-2").registered().await;
    let refused = admin.call("profiles/delete", &[("id", &id)]).await;
    assert_eq!(
        refused,
        conflict(Code::InUse, "Edge is the profile of 2 delegates. Move them to Primary first, or delete them.")
    );
    let detail = admin.profile(&id).await;
    assert_eq!((detail.row.delegates, detail.used_by), (2, vec!["edge-2".to_owned(), "edge-1".to_owned()]));

    admin.post("profiles/delete", &[("id", &id), ("move_delegates", "true")]).await.ok();
    assert_eq!(admin.sees(&delegate).await.row.profile, "Primary");
    assert_eq!(edge.status(&delegate).await, "WAITING_FOR_APPROVAL", "it waits as before");
    assert_eq!(admin.post("profiles/get", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.audit_of(Action::ProfileDeleted).await.len(), 1);
}

async fn scripts_and_selectors_come_back_as_they_were(app: TestApp) {
    let admin = app.administrator().await;
    let script = "#!/bin/sh\nset -eu\necho \"ä & ü = 100%\" '+1' \\\n  | tr a-z A-Z\t# <script>\n\n";
    let form = [
        ("name", "Edge"),
        ("description", " two\r\nlines "),
        ("startup_script", &*script.replace('\n', "\r\n")),
        ("approval", "require"),
        ("selectors", "linux, amd64,,linux\r\nfrankfurt"),
    ];
    let answer = admin.post("profiles/create", &form).await.ok();
    let id = answer.location().split_once("done=").unwrap().1;
    let spec = admin.profile(id).await.row.profile.spec;
    assert_eq!((spec.startup_script.as_str(), spec.description.as_str()), (script, "two\nlines"));
    assert_eq!(spec.selectors.to_string(), "linux, amd64, frankfurt");
    edits(&admin, id, &[("startup_script", &"ü".repeat(MAX_SCRIPT_LENGTH))]).await.ok();
    assert_eq!(admin.profile(id).await.row.profile.spec.startup_script.chars().count(), MAX_SCRIPT_LENGTH);
}

async fn what_cannot_be_taken_is_named(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_profile("Edge", false).await;
    let before = app.audit().await.len();
    let many = (0..51).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    for (field, value) in [
        ("name", ""),
        ("name", "a\tb"),
        ("name", &"x".repeat(65)),
        ("description", &"x".repeat(1001)),
        ("description", "a\0b"),
        ("startup_script", &"x".repeat(MAX_SCRIPT_LENGTH + 1)),
        ("startup_script", "echo \0"),
        ("selectors", &"x".repeat(129)),
        ("selectors", "a\u{7}b"),
        ("selectors", &many),
    ] {
        assert_eq!(field_of(&edits(&admin, &id, &[(field, value)]).await), field, "{value:.10}");
        let good =
            [("name", "New"), ("description", ""), ("startup_script", ""), ("approval", "off"), ("selectors", "")];
        let form: Vec<(&str, &str)> =
            good.into_iter().map(|one| if one.0 == field { (field, value) } else { one }).collect();
        assert_eq!(field_of(&admin.post("profiles/create", &form).await), field, "{value:.10}");
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
}

async fn approval_concerns_delegates_that_are_new(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Edge", false).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    edits(&admin, &profile, &[("approval", "require")]).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED");
    assert_eq!(edge.registered().await, id);
    assert_eq!(edge.status(&id).await, "ENABLED", "also after it registered again");
    let new = edge.named("edge-2");
    let waiting = new.registered().await;
    assert_eq!(new.status(&waiting).await, "WAITING_FOR_APPROVAL");
    edits(&admin, &profile, &[("approval", "off")]).await.ok();
    assert_eq!(new.status(&waiting).await, "WAITING_FOR_APPROVAL", "it still waits");
}

async fn the_list_counts_delegates(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Edge", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let rejected = edge.registered().await;
    edge.named("edge-2").registered().await;
    admin.decides("reject", &rejected).await.ok();
    let page: Page<ProfileRow> = admin.ask("profiles/list", &[("cursor", "First")]).await;
    let counts: Vec<(&str, u64)> =
        page.rows.iter().map(|row| (row.profile.spec.name.as_str(), row.delegates)).collect();
    assert_eq!((counts, page.total), (vec![("Edge", 2), ("Primary", 0)], 2), "the newest first, rejected included");
    assert_eq!((page.previous, page.next), (None, None));
    let answer: Value = admin.ask("install/options", &[]).await;
    assert_eq!(answer["profiles"][0][1], "Primary", "to choose from, Primary is the first");
}

on_both_databases!(
    primary_is_edited_but_neither_renamed_nor_deleted,
    names_are_unique,
    an_edit_on_sight_of_an_older_state_is_refused,
    of_two_edits_at_once_one_is_refused,
    a_profile_in_use_is_deleted_once_its_delegates_have_moved,
    scripts_and_selectors_come_back_as_they_were,
    what_cannot_be_taken_is_named,
    approval_concerns_delegates_that_are_new,
    the_list_counts_delegates,
);
