//! Whether delegates of a profile wait: off, warn, require.

use muster::{
    audit::Action,
    delegate::{Admission, Reason},
    profile::Approval,
};

use crate::support::{Person, StatusCode, TestApp};

async fn profile(admin: &Person, name: &str, approval: &str) -> String {
    let form = [("name", name), ("description", ""), ("startup_script", ""), ("approval", approval), ("selectors", "")];
    let answer = admin.post("profiles/create", &form).await.ok();
    answer.location().split_once("done=").unwrap().1.to_owned()
}

async fn a_profile_that_warns_admits_and_marks(app: TestApp) {
    let admin = app.administrator().await;
    let [warns, requires, off] = [
        profile(&admin, "Warns", "warn").await,
        profile(&admin, "Requires", "require").await,
        profile(&admin, "Off", "off").await,
    ];
    assert_eq!(admin.profile(&warns).await.row.profile.spec.approval, Approval::Warn);
    let token = admin.new_token_with("warns", &[("profile", &warns)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    assert_eq!(edge.status(&id).await, "ENABLED", "nothing else on the wire");
    let row = admin.sees(&id).await.row.delegate;
    assert_eq!((row.admission, row.reason, row.warned), (Admission::Enabled, None, true));
    for page in ["/delegates".to_owned(), format!("/delegates/{id}")] {
        assert!(admin.page(&page).await.ok().text().contains("Would have waited"), "{page}");
    }
    let told = app.audit_of(Action::DelegateRegistered).await;
    assert!(told[0].detail.ends_with("approval would have waited, were it required"), "{}", told[0].detail);

    // What its own token's profile asks for is not lowered by naming another one, and may be raised.
    let new = |name: &str, profile: &str| edge.named(name).on(name).with("delegateProfileId", profile.into());
    let named_off = new("off", &off).registered().await;
    assert!(admin.sees(&named_off).await.row.delegate.warned);
    let named_strict = new("strict", &requires).registered().await;
    let row = admin.sees(&named_strict).await.row.delegate;
    assert_eq!((row.admission, row.reason, row.warned), (Admission::WaitingForApproval, Some(Reason::Required), false));
    // Those that wait for another reason wait, and are not marked as admitted.
    let lost = admin.sees(&new("lost", "Nowhere").registered().await).await.row.delegate;
    assert_eq!((lost.reason, lost.warned), (Some(Reason::UnknownProfile), false));
    // A floor is above it.
    let floor = admin.new_token_with("floor", &[("profile", &warns), ("requires_approval", "true")]).await;
    let waits = app.delegate(&floor.value).named("floor").on("floor").registered().await;
    assert_eq!(admin.sees(&waits).await.row.delegate.reason, Some(Reason::Required));
}

async fn the_three_are_read_from_forms_and_nothing_else_is(app: TestApp) {
    let admin = app.administrator().await;
    for approval in ["", "true", "Require", "sometimes"] {
        let form =
            [("name", "x"), ("description", ""), ("startup_script", ""), ("approval", approval), ("selectors", "")];
        let (status, body) = admin.call("profiles/create", &form).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"approval".into()));
    }
    // A form of a version before lowers nothing.
    let id = profile(&admin, "Careful", "require").await;
    let form = [
        ("id", id.as_str()),
        ("seen", "1"),
        ("name", "Careful"),
        ("description", ""),
        ("startup_script", ""),
        ("selectors", ""),
    ];
    assert_eq!(admin.call("profiles/edit", &form).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let warn = [&form[..], &[("approval", "warn")]].concat();
    admin.post("profiles/edit", &warn).await.ok();
    let edited = app.audit_of(Action::ProfileEdited).await;
    assert_eq!(edited[0].detail, "approval required → warns");
}

on_both_databases!(a_profile_that_warns_admits_and_marks, the_three_are_read_from_forms_and_nothing_else_is);
