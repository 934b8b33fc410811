//! Rotation: a successor, delegates that go over one by one, and when the old token can be revoked.

use muster::{
    audit::Action,
    token::{TokenRotation, TokenValue, Turn},
};
use muster_app::console::RevealedToken;

use crate::support::{Code, Person, StatusCode, TestApp, conflict, json, seconds};

impl Person {
    /// Gives a token a successor; gives that one's id and value.
    async fn rotates(&self, id: &str, name: &str) -> (String, TokenValue) {
        let answer = self.post("tokens/rotate", &[("id", id), ("name", name)]).await.ok();
        let (page, back) = answer.location().split_once("?back=").expect("a way back");
        assert_eq!(back.replace("%2F", "/"), format!("/tokens/{id}/rotation"));
        let new = page.strip_prefix("/tokens/").and_then(|rest| rest.strip_suffix("/created")).expect("the new token");
        let shown: Option<RevealedToken> = self.ask("tokens/reveal", &[("id", new)]).await;
        (new.to_owned(), TokenValue::parse(&shown.expect("the value is shown").value).unwrap())
    }

    async fn rotation(&self, id: &str) -> TokenRotation {
        self.ask("tokens/rotation", &[("id", id)]).await
    }
}

/// Who is where, sorted by name.
fn turns(rotation: &TokenRotation) -> Vec<(&str, Turn)> {
    let mut turns: Vec<_> = rotation.delegates.iter().map(|row| (row.user.name.as_str(), row.turn)).collect();
    turns.sort_unstable_by_key(|(name, _)| *name);
    turns
}

async fn delegates_go_over_one_by_one_until_the_old_token_can_go(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let old = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edges = ["a", "b", "c"].map(|name| app.delegate(&old.value).named(name).on(name));
    let mut ids = Vec::new();
    for edge in &edges {
        let id = edge.registered().await;
        admin.decides("approve", &id).await.ok();
        ids.push(id);
    }
    let (new_id, new) = admin.rotates(&old.id, "edge-2").await;
    // The successor's delegates get the same profile.
    assert_eq!(admin.token(&new_id).await.row.token.default_profile.map(|id| id.to_string()), Some(profile));

    edges[1].unregister(&ids[1]).await.ok();
    let beat = async |at: usize| assert_eq!(edges[at].status(&ids[at]).await, "ENABLED");
    beat(0).await;
    beat(2).await;
    app.flush().await;
    let seen = admin.rotation(&old.id).await;
    assert_eq!(turns(&seen), [("a", Turn::Old), ("b", Turn::Silent), ("c", Turn::Old)]);
    assert_eq!((seen.count_old, seen.count_silent, seen.count_new, seen.safe_to_revoke), (2, 1, 0, false));

    // One after the other, by a registration and by a mere heartbeat; nobody has to be approved again.
    app.advance(seconds(1));
    assert_eq!(edges[0].holding(&new).registered().await, ids[0]);
    assert_eq!(edges[2].holding(&new).status(&ids[2]).await, "ENABLED");
    app.flush().await;
    let seen = admin.rotation(&old.id).await;
    assert_eq!(turns(&seen), [("a", Turn::New), ("b", Turn::Silent), ("c", Turn::New)]);
    assert!(seen.safe_to_revoke, "nothing connected holds it, and nothing has used it since the last step");

    // The silent one comes back with the old token.
    app.advance(seconds(1));
    edges[1].registered().await;
    app.flush().await;
    assert!(!admin.rotation(&old.id).await.safe_to_revoke);
    edges[1].unregister(&ids[1]).await.ok();
    app.flush().await;
    let seen = admin.rotation(&old.id).await;
    assert_eq!((seen.count_old, seen.safe_to_revoke), (0, false), "it was used after the last step");
    app.advance(seconds(1));
    assert_eq!(edges[1].holding(&new).registered().await, ids[1]);
    let seen = admin.rotation(&old.id).await;
    assert_eq!((seen.count_old, seen.count_silent, seen.count_new, seen.safe_to_revoke), (0, 0, 3, true));

    admin.acts("tokens/revoke", &old.id).await.ok();
    for (edge, id) in edges.iter().zip(&ids) {
        assert_eq!(edge.holding(&new).status(id).await, "ENABLED");
    }
    assert!(app.audit_of(Action::DelegateApproved).await.len() == 3, "each was approved once");
}

async fn a_token_is_rotated_once_and_only_while_it_is_good(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[]).await;
    assert_eq!(admin.post("tokens/rotation", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
    let (status, body) = admin.post("tokens/rotate", &[("id", &id), ("name", "edge")]).await.pair();
    assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("name")));
    assert_eq!(admin.token_names(true).await, ["default_token", "edge"], "nothing is left of it");

    admin.rotates(&id, "edge-2").await;
    let again = admin.post("tokens/rotate", &[("id", &id), ("name", "edge-3")]).await.pair();
    assert_eq!(again, conflict(Code::Changed, "edge has a successor already."));
    let revoked = admin.makes_token("revoked", &[]).await;
    admin.acts("tokens/revoke", &revoked).await.ok();
    let (status, _) = admin.post("tokens/rotate", &[("id", &revoked), ("name", "next")]).await.pair();
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(admin.token_names(true).await, ["default_token", "edge", "edge-2", "revoked"]);

    let entries: Vec<_> = app.audit_of(Action::TokenRotated).await.into_iter().map(|entry| entry.object_name).collect();
    assert_eq!(entries, ["edge"]);
}

async fn u21_who_is_refused_is_not_silent(app: TestApp) {
    let admin = app.administrator().await;
    let old = admin.new_token("edge").await;
    let edges =
        ["silent", "tries"].map(|name| app.delegate(&old.value).named(name).on(name).with_key(name.len() as u8));
    let ids = [edges[0].registered().await, edges[1].registered().await];
    admin.rotates(&old.id, "edge-2").await;
    admin.acts("tokens/revoke", &old.id).await.ok();
    assert_eq!(edges[1].heartbeat(&ids[1]).await.refusal().1, "REVOKED_TOKEN");
    app.flush().await;
    let seen = admin.rotation(&old.id).await;
    assert_eq!(turns(&seen), [("silent", Turn::Silent), ("tries", Turn::Refused)]);
    assert_eq!((seen.count_silent, seen.count_refused), (1, 1));
}

async fn v08_a_rotation_comes_in_pages(app: TestApp) {
    let admin = app.administrator().await;
    let old = admin.new_token("edge").await;
    for number in 0..53 {
        app.delegate(&old.value).named(&format!("edge-{number}")).registered().await;
    }
    admin.rotates(&old.id, "edge-2").await;
    let page = async |page: &str| {
        let seen: TokenRotation = admin.ask("tokens/rotation", &[("id", &old.id), ("page", page)]).await;
        (seen.delegates.len(), seen.count_old)
    };
    assert_eq!((page("0").await, page("1").await, page("2").await), ((50, 53), (3, 53), (0, 53)));
    let shown = admin.page(&format!("/tokens/{}/rotation?page=2", old.id)).await.ok();
    assert!(shown.text().contains("edge-0") && !shown.text().contains("edge-52"));
}

async fn a_rotation_outlives_its_successor(app: TestApp) {
    let admin = app.administrator().await;
    let old = admin.new_token("edge").await;
    let (new, _) = admin.rotates(&old.id, "edge-2").await;
    admin.acts("tokens/revoke", &new).await.ok();
    admin.acts("tokens/delete", &new).await.ok();
    let seen = admin.rotation(&old.id).await;
    assert!(seen.new.is_none() && seen.delegates.is_empty());
}

on_both_databases!(
    delegates_go_over_one_by_one_until_the_old_token_can_go,
    a_token_is_rotated_once_and_only_while_it_is_good,
    u21_who_is_refused_is_not_silent,
    v08_a_rotation_comes_in_pages,
    a_rotation_outlives_its_successor,
);
