//! Changing a token: its name, how it admits delegates, and until when it is good.

use muster::{
    audit::Action,
    delegate::Status,
    token::{TokenDetail, TokenStatus},
};
use muster_server::presence;

use crate::support::{Code, Person, StatusCode, TestApp, conflict, days, seconds};

impl Person {
    /// Everything about a token.
    pub async fn token_detail(&self, id: &str) -> TokenDetail {
        self.ask("tokens/get", &[("id", id)]).await
    }
}

async fn its_name_and_how_it_admits_are_edited(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Canary", false).await;
    let token = admin.new_token("edge").await;
    let form =
        |name| [("id", token.id.as_str()), ("seen", "1"), ("name", name), ("back", "/tokens"), ("profile", &profile)];
    let (status, body) = admin.post("tokens/edit", &form("default_token")).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"name".into()));
    let elsewhere = [("id", token.id.as_str()), ("seen", "1"), ("name", "edge"), ("back", ""), ("profile", &token.id)];
    let (status, body) = admin.post("tokens/edit", &elsewhere).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"profile".into()));

    let saved = [&form("build")[..], &[("requires_approval", "true")]].concat();
    assert_eq!(admin.post("tokens/edit", &saved).await.ok().location(), format!("/tokens?done={}", token.id));
    let seen = admin.token_detail(&token.id).await;
    assert_eq!((seen.row.token.name.as_str(), seen.default_profile.as_str()), ("build", "Canary"));
    let id = app.delegate(&token.value).registered().await;
    let row = admin.sees(&id).await.row;
    assert_eq!((row.status, row.profile.as_str(), row.token.as_str()), (Status::PendingApproval, "Canary", "build"));

    // The same again changes nothing, and is not recorded.
    let again: Vec<_> = saved.iter().map(|&(name, value)| (name, if name == "seen" { "2" } else { value })).collect();
    admin.post("tokens/edit", &again).await.ok();
    assert_eq!(admin.token(&token.id).await.row.token.revision, 2);
    let recorded = app.audit_of(Action::TokenEdited).await;
    let details: Vec<&str> = recorded.iter().map(|entry| entry.detail.as_str()).collect();
    let all = "name edge → build; default profile Primary → Canary; approval as the profile says → always";
    assert_eq!(details, [all]);

    admin.acts("tokens/revoke", &token.id).await.ok();
    let (status, body) = admin.post("tokens/edit", &form("other")).await.pair();
    assert_eq!((status, body), conflict(Code::WrongState, "build is revoked: it cannot be changed any more."));
}

async fn a_token_is_extended_also_once_it_has_expired(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let before = admin.token(&token.id).await.row.token.expires_at.unwrap();
    app.advance(days(2));
    assert_eq!(edge.heartbeat(&id).await.refusal().1, "EXPIRED_TOKEN");

    let extend = async |form: &[(&str, &str)]| {
        let seen = admin.token(&token.id).await.row.token.revision.to_string();
        let form = [&[("id", token.id.as_str()), ("seen", seen.as_str()), ("back", "")][..], form].concat();
        admin.post("tokens/extend", &form).await
    };
    for (form, field) in [
        (&[("expires_in_days", "date"), ("expires_at", "2001-01-01T00:00")][..], "expires_at"),
        (&[("expires_in_days", "date")], "expires_at"),
        (&[("expires_in_days", "0")], "expires_in_days"),
    ] {
        let (status, body) = extend(form).await.pair();
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &field.into()), "{form:?}");
    }
    let until = app.now().plus(days(9)).to_minute();
    extend(&[("expires_in_days", "date"), ("expires_at", &until)]).await.ok();
    let row = admin.token(&token.id).await.row;
    assert_eq!((row.status, row.token.expires_at.unwrap().to_minute()), (TokenStatus::Active, until.clone()));
    assert!(row.expires_soon, "in nine days");
    assert_eq!(edge.status(&id).await, "ENABLED", "it comes back by itself");

    let (status, body) = extend(&[("expires_in_days", "2")]).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"expires_in_days".into()));
    extend(&[("expires_in_days", "")]).await.ok();
    assert_eq!(admin.token(&token.id).await.row.token.expires_at, None);
    let details: Vec<String> = app.audit_of(Action::TokenExtended).await.into_iter().map(|one| one.detail).collect();
    let until = format!("{} UTC", until.replace('T', " "));
    assert_eq!(details, [format!("expires {} → {until}", before.for_people()), format!("expires {until} → never")]);
    admin.acts("tokens/revoke", &token.id).await.ok();
    let (status, _) = extend(&[("expires_in_days", "30")]).await.pair();
    assert_eq!(status, StatusCode::CONFLICT);
}

/// The path of a form of a token, what else it holds, and what of that a page shows again.
type Form = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const FORMS: [Form; 2] = [
    ("edit", &[("name", "mine"), ("requires_approval", "true")], "value=\"mine\""),
    ("extend", &[("expires_in_days", "180")], "<option value=\"180\" selected>"),
];

async fn of_two_who_change_a_token_at_once_the_second_is_told(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    for (dialog, fields, kept) in FORMS {
        let name = format!("edge-{dialog}");
        let token = ada.new_token_with(&name, &[("expires_in_days", "30")]).await;
        let page = format!("/tokens/{}/{dialog}", token.id);
        let seen = bob.page(&page).await.ok();
        assert!(seen.text().contains("name=\"seen\" value=\"1\""), "{}", seen.text());
        let more = [("id", token.id.as_str()), ("seen", "1"), ("back", "")];
        let renamed = format!("{name}-ada");
        ada.post("tokens/edit", &[&more[..], &[("name", renamed.as_str())]].concat()).await.ok();

        let form = [&more[..], fields].concat();
        let (status, body) = bob.post(&format!("tokens/{dialog}"), &form).await.pair();
        let sentence = format!("{renamed} was changed while you edited it. What you chose is not saved.");
        assert_eq!((status, body), conflict(Code::Changed, &sentence));
        assert!(!ada.token(&token.id).await.row.token.requires_approval);

        // With scripts and without, the form comes back with what was typed, what is saved, and the new revision.
        let (path, site) = (format!("/api/tokens/{dialog}"), format!("http://muster.test{page}"));
        let with_scripts = bob.post_form_from_page(&path, &form, &site).await;
        assert_eq!(with_scripts.status, StatusCode::CONFLICT);
        bob.post_form_without_script(&path, &form, &site).await;
        for answer in [with_scripts, bob.page(&page).await.ok()] {
            let text = answer.text();
            for part in [sentence.as_str(), kept, ada.email.as_str(), "Saved now", "name=\"seen\" value=\"2\""] {
                assert!(text.contains(part), "{dialog}: {part} is not in {text}");
            }
        }
        // Who saves over it on sight of that may.
        let over = [&[("id", token.id.as_str()), ("seen", "2"), ("back", "")][..], fields].concat();
        bob.post(&format!("tokens/{dialog}"), &over).await.ok();
        let changed = ada.token(&token.id).await.row.token.changed.unwrap();
        assert_eq!(changed.by, bob.email);
    }
}

async fn who_loses_a_race_for_a_token_is_told(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let token = ada.new_token("edge").await;
    let form = |name| [("id", token.id.as_str()), ("seen", "1"), ("name", name), ("back", "")];
    let (first, second) = (form("one"), form("two"));
    let (one, two) = tokio::join!(ada.post("tokens/edit", &first), bob.post("tokens/edit", &second));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
    assert_eq!(app.audit_of(Action::TokenEdited).await.len(), 1);
}

async fn the_profile_that_a_token_names_is_deleted_under_its_form(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Canary", false).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    admin.post("profiles/delete", &[("id", &profile)]).await.ok();
    let form = [("id", token.id.as_str()), ("seen", "1"), ("name", "edge"), ("back", "")];
    let (status, body) = admin.post("tokens/edit", &form).await.pair();
    assert_eq!(
        (status, body),
        conflict(Code::Changed, "edge was changed while you edited it. What you chose is not saved.")
    );
}

async fn u04_who_is_connected_by_a_token_is_not_any_more_once_it_expires(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let (edge, other) =
        (app.delegate(&token.value), app.delegate(&admin.new_token("other").await.value).named("other"));
    app.advance(days(1) - seconds(5));
    let (id, other) = (edge.registered().await, other.registered().await);
    let start = app.now();
    let look = async || {
        presence::job::disconnect_expired(&app.state(), start, app.now()).await.unwrap();
        admin.sees_status(&id).await
    };
    assert_eq!(look().await, Status::Connected);
    app.advance(seconds(5));
    assert_eq!(look().await, Status::NotConnected);
    let seen = admin.sees(&id).await;
    assert_eq!(seen.row.token_status, Some(TokenStatus::Expired));
    assert_eq!(seen.connections[0].cause, "token expired");
    assert_eq!(admin.sees_status(&other).await, Status::Connected);
    // What was heard of it before, and is written only now, changes nothing.
    app.flush().await;
    assert_eq!(look().await, Status::NotConnected);
}

on_both_databases!(
    its_name_and_how_it_admits_are_edited,
    a_token_is_extended_also_once_it_has_expired,
    of_two_who_change_a_token_at_once_the_second_is_told,
    who_loses_a_race_for_a_token_is_told,
    the_profile_that_a_token_names_is_deleted_under_its_form,
    u04_who_is_connected_by_a_token_is_not_any_more_once_it_expires,
);
