//! What people change about a delegate: its selectors and its profile.

use muster::audit::{Action, FactChange};

use crate::support::{Answer, Person, StatusCode, TestApp, json};

impl Person {
    async fn selects(&self, id: &str, selectors: &str, own: bool) -> Answer {
        let own = if own { "true" } else { "false" };
        self.post("delegates/edit-selectors", &[("id", id), ("selectors", selectors), ("own", own), ("back", "")]).await
    }

    async fn switches(&self, id: &str, profile: &str) -> Answer {
        self.post("delegates/switch-profile", &[("id", id), ("profile", profile), ("back", "")]).await
    }
}

async fn selectors_that_a_person_gave_survive_a_restart_of_the_delegate(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).with("tags", json!(["linux", "frankfurt"]));
    let id = edge.registered().await;
    let own = async || admin.sees(&id).await.row.delegate.own_selectors().to_string();
    assert_eq!(own().await, "linux, frankfurt");

    admin.selects(&id, "by-hand, production", false).await.ok();
    edge.unregister(&id).await.ok();
    assert_eq!(edge.with("tags", json!(["other"])).registered().await, id);
    assert_eq!(own().await, "by-hand, production");
    assert_eq!(admin.sees(&id).await.row.delegate.facts.tags.to_string(), "other", "its own word is kept");
    assert_eq!(admin.finds("by-hand").await, ["edge-1"], "they are searched in");
    assert!(admin.finds("other").await.is_empty());

    // None at all is a choice, too.
    admin.selects(&id, "", false).await.ok();
    edge.registered().await;
    assert_eq!(own().await, "");
    admin.selects(&id, "ignored", true).await.ok();
    assert_eq!(own().await, "linux, frankfurt");
    assert_eq!(app.audit_of(Action::SelectorsEdited).await.len(), 3);

    let (status, body) = admin.selects(&id, &"x".repeat(200), false).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("selectors")));
}

async fn a_delegate_gets_another_profile_and_its_script(app: TestApp) {
    let admin = app.administrator().await;
    let open = admin.new_profile("Open", false).await;
    let careful = admin.new_profile("Careful", true).await;
    let token = admin.new_token_with("edge", &[("profile", &open)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let applies = async || edge.heartbeat(&id).await.resource()["applies"].clone();
    let before = applies().await;
    assert_eq!(before["profileId"], json!(open));

    admin.switches(&id, &careful).await.ok();
    assert_eq!(edge.status(&id).await, "ENABLED", "that it requires approval has no effect on a registered one");
    let after = applies().await;
    assert_eq!(after["profileId"], json!(careful));
    assert!(after["lastUpdatedAt"].as_i64() > before["lastUpdatedAt"].as_i64());
    edge.registered().await;
    assert_eq!(admin.sees(&id).await.row.profile, "Careful", "it survives a registration");
    let script = edge.profile(&id, &format!("&profileId={open}&lastUpdatedAt={}", app.now().as_millis())).await;
    assert_eq!(script.resource()["name"], "Careful");
    let entries = app.audit_of(Action::ProfileSwitched).await;
    assert_eq!(entries.iter().map(|entry| entry.detail.as_str()).collect::<Vec<_>>(), ["profile Open → Careful"]);

    for wrong in [careful.as_str(), "nonsense", "01900000-0000-7000-8000-000000000000"] {
        let (status, body) = admin.switches(&id, wrong).await.pair();
        assert_eq!(
            (status, &body["Problem"]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("profile")),
            "{wrong}"
        );
    }
}

async fn delegates_that_are_moved_to_primary_apply_it(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Going", false).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let (status, _) = admin.acts("profiles/delete", &profile).await.pair();
    assert_eq!(status, StatusCode::CONFLICT);
    admin.post("profiles/delete", &[("id", &profile), ("move_delegates", "true")]).await.ok();
    assert_eq!(edge.heartbeat(&id).await.resource()["applies"]["profileId"], json!(admin.primary().await));
}

async fn a_description_that_a_person_wrote_stays(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("description", json!("its own"));
    let id = edge.registered().await;
    let edits = async |text: &str, own: &str| {
        let form = [("id", id.as_str()), ("description", text), ("own", own), ("back", "")];
        admin.post("delegates/edit-description", &form).await
    };
    let shown = async || admin.sees(&id).await.row.delegate.description().to_owned();
    edits("Builds the\nwest", "false").await.ok();
    edge.registered().await;
    assert_eq!(shown().await, "Builds the\nwest");
    let entry = admin.sees(&id).await.audit.rows[0].clone();
    assert_eq!(entry.changes, [FactChange::new("description", "its own", "Builds the\nwest")]);
    assert_eq!(entry.detail, "description its own → Builds the\nwest");
    edits("ignored", "true").await.ok();
    assert_eq!(shown().await, "its own");
    assert_eq!(edits(&"x".repeat(1001), "false").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn its_page_has_the_other_keys_of_its_name_and_what_it_runs_on(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let first = app.delegate(&token.value).with_key(1).with("platform", json!("linux 6.8.0 x86_64"));
    let (first_id, second_id) = (first.registered().await, first.with_key(2).registered().await);
    let neighbour = first.with_key(3).named("neighbour").registered().await;
    let second = admin.sees(&second_id).await;
    assert_eq!(second.row.delegate.facts.platform, "linux 6.8.0 x86_64");
    let known: Vec<String> = second.same_name.iter().map(|known| known.id.to_string()).collect();
    assert_eq!((known, second.on_host), (vec![first_id.clone()], 2));
    assert_eq!(second.same_name[0].key, admin.sees(&first_id).await.row.delegate.key);
    let page = admin.page(&format!("/delegates/{second_id}?status=pending")).await.ok().text().to_owned();
    for shown in [first.fingerprint(), "href=\"/delegates?status=pending\"".to_owned(), "2 others".to_owned()] {
        assert!(page.contains(&shown), "{shown} in {page}");
    }
    assert!(admin.sees(&neighbour).await.same_name.is_empty());
    // Beneath a dialog that was opened from it lies the page itself.
    let dialog = admin.page(&format!("/delegates/{second_id}/delete?from=detail")).await.ok().text().to_owned();
    assert!(dialog.contains("Other keys of this host and name") && dialog.contains("<dialog"));
}

async fn an_approval_where_something_differs_asks_once_more(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let first = app.delegate(&token.value).with_key(1);
    first.registered().await;
    let second = first.with_key(2).registered().await;
    let page = admin.page(&format!("/delegates/{second}")).await.ok().text().to_owned();
    assert!(page.contains(&format!("/delegates/{second}/approve")) && !page.contains(">Approve<"));
    let dialog = admin.page(&format!("/delegates/{second}/approve?seen=1&from=detail")).await.ok().text().to_owned();
    for shown in ["all the same?", &first.fingerprint(), "installed anew", ">Approve<"] {
        assert!(dialog.contains(shown), "{shown} in {dialog}");
    }
    let careful = admin.new_profile("Approval", true).await;
    let plain = first.with_key(3).named("edge-3").with("delegateProfileId", json!(careful)).registered().await;
    assert!(admin.page(&format!("/delegates/{plain}")).await.ok().text().contains(">Approve<"));
}

on_both_databases!(
    a_description_that_a_person_wrote_stays,
    its_page_has_the_other_keys_of_its_name_and_what_it_runs_on,
    an_approval_where_something_differs_asks_once_more,
    selectors_that_a_person_gave_survive_a_restart_of_the_delegate,
    a_delegate_gets_another_profile_and_its_script,
    delegates_that_are_moved_to_primary_apply_it,
);
