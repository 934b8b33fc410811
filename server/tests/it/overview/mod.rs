//! The first page and the search over everything: what they find, and for whom.

use muster::{
    audit::Action,
    delegate::Status,
    overview::Overview,
    search::{Found, Hit},
};

use crate::support::{Person, Role, StatusCode, TestApp, days, seconds};

async fn overview(person: &Person) -> Overview {
    person.ask("overview/get", &[]).await
}

async fn found(person: &Person, text: &str) -> Found {
    person.ask("search/find", &[("text", text)]).await
}

fn names(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.name.as_str()).collect()
}

async fn it_tells_who_waits_who_is_lost_and_who_decided_what(app: TestApp) {
    let admin = app.administrator().await;
    let viewer = app.person(Role::Viewer).await;
    assert!(overview(&viewer).await.is_empty());
    assert!(viewer.page("/").await.ok().text().contains("Your first delegate"));

    let token = admin.new_token_with("edge", &[("expires_in_days", "30")]).await;
    let careful = admin.new_profile("Careful", true).await;
    let edge = app.delegate(&token.value).with("delegateProfileId", careful.as_str().into());
    let waiting = edge.named("waits").on("a").registered().await;
    let approved = edge.named("approved").on("b").with_key(2);
    let approved_id = approved.registered().await;
    admin.decides("approve", &approved_id).await.ok();
    approved.heartbeat(&approved_id).await;
    let lost = app.delegate(&token.value).named("lost").on("c").with_key(3);
    let lost_id = lost.registered().await;
    lost.unregister(&lost_id).await;
    app.flush().await;

    let now = overview(&viewer).await;
    assert_eq!(now.waiting, 1);
    let counts =
        [(Status::PendingApproval, 1), (Status::Connected, 1), (Status::NotConnected, 1), (Status::Rejected, 0)];
    for (status, count) in counts {
        assert_eq!(now.count(status), count, "{status:?}");
    }
    assert_eq!(now.lost.total, 1);
    assert_eq!((now.lost.named[0].name.as_str(), now.lost.named[0].id.to_string()), ("lost", lost_id));
    assert_eq!(now.expiring.len(), 1);
    assert_eq!((now.expiring[0].name.as_str(), now.expiring[0].soon), ("edge", false));
    let decided = &now.decisions[0];
    assert_eq!(
        (decided.action, &decided.by, decided.name.as_str()),
        (Action::DelegateApproved, &admin.email, "approved")
    );
    assert!(decided.on.contains(&approved.fingerprint()), "{}", decided.on);
    assert_eq!(decided.delegate.map(|id| id.to_string()), Some(approved_id.clone()));

    let page = viewer.page("/").await.ok();
    for part in
        ["Waiting for approval", "/delegates?status=pending", &format!("/delegates/{approved_id}"), &admin.email]
    {
        assert!(page.text().contains(part), "{part}");
    }
    admin.acts("delegates/delete", &approved_id).await.ok();
    assert_eq!(overview(&viewer).await.decisions[0].delegate, None, "there is no way to who is deleted");

    admin.decides("reject", &waiting).await.ok();
    app.advance(days(1) + seconds(60));
    let later = overview(&viewer).await;
    assert_eq!((later.waiting, later.count(Status::Rejected)), (0, 1));
    assert_eq!(later.lost.total, 0, "it is no news after a day");
    assert_eq!(later.decisions[0].action, Action::DelegateRejected);
}

async fn the_token_that_expires_next_comes_first(app: TestApp) {
    let admin = app.administrator().await;
    for (name, expiry) in [("late", "90"), ("soon", "7"), ("never", ""), ("gone", "7")] {
        admin.new_token_with(name, &[("expires_in_days", expiry)]).await;
    }
    let gone = found(&admin, "gone").await.tokens[0].id.to_string();
    admin.acts("tokens/revoke", &gone).await.ok();
    let expiring = overview(&admin).await.expiring;
    let told: Vec<_> = expiring.iter().map(|token| (token.name.as_str(), token.soon)).collect();
    assert_eq!(told, [("soon", true), ("late", false)]);
}

async fn a_search_finds_objects_of_each_kind_by_their_names(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge-2026").await;
    admin.new_profile("Edge production", true).await;
    admin.post("secrets/create", &[("name", "edge_password"), ("value", "hunter2-hunter2")]).await.ok();
    app.delegate(&token.value).named("edge-fra-2").on("ip-10-0-3-59").registered().await;
    let all = found(&admin, " EDGE ").await;
    assert_eq!(names(&all.delegates), ["edge-fra-2"]);
    assert!(all.delegates[0].beside.starts_with("ip-10-0-3-59"));
    assert_eq!(names(&all.profiles), ["Edge production"]);
    assert_eq!(names(&all.tokens), ["edge-2026"]);
    assert_eq!(names(&all.secrets), ["edge_password"]);
    assert!(
        found(&app.person(Role::Viewer).await, "edge").await.secrets.is_empty(),
        "that there are any is not theirs"
    );
    for nothing in ["", "   ", "%", "_d", "edge%fra", "\\"] {
        let found = found(&admin, nothing).await;
        assert!(found.tokens.is_empty() && found.profiles.is_empty(), "{nothing:?}: {found:?}");
    }
    assert_eq!(found(&admin, &"x".repeat(10_000)).await, Found::default());
}

async fn a_search_works_by_links_alone(app: TestApp) {
    let admin = app.administrator().await;
    admin.new_token("edge-2026").await;
    let page = admin.page("/search?q=edge").await.ok();
    let id = found(&admin, "edge").await.tokens[0].id;
    assert!(page.text().contains(&format!("/tokens/{id}")) && page.text().contains("edge-2026"));
    let places = |text: &str| text.matches("<a href=\"/secrets\"").count();
    assert_eq!(places(admin.page("/search").await.ok().text()), 2, "in the navigation and among the places");
    let viewer = app.person(Role::Viewer).await;
    assert_eq!(places(viewer.page("/search").await.ok().text()), 0);
    let hostile = viewer.page("/search?q=%3Cscript%3E%22").await.ok();
    assert!(!hostile.text().contains("<script>\"") && hostile.text().contains("Nothing is called so."));
    assert_eq!(app.nobody().page("/search?q=edge").await.status, StatusCode::SEE_OTHER);
}

on_both_databases!(
    it_tells_who_waits_who_is_lost_and_who_decided_what,
    the_token_that_expires_next_comes_first,
    a_search_finds_objects_of_each_kind_by_their_names,
    a_search_works_by_links_alone,
);
