//! What a token's own page tells.

use muster::{
    audit::{Action, AuditRow},
    delegate::Status,
    page::Page,
};
use muster_server::retention;

use crate::support::{Person, Role, StatusCode, TestApp, days, seconds};

async fn a_token_tells_who_uses_it(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).from([203, 0, 113, 4]);
    let id = edge.registered().await;
    edge.named("edge-2").registered().await;
    edge.unregister(&id).await.ok();
    app.flush().await;
    let seen = admin.token_detail(&token.id).await;
    assert!(token.value.key_id().as_str().ends_with(&seen.key_id_end) && seen.key_id_end.len() == 6);
    assert_eq!((seen.default_profile.as_str(), seen.row.last_used_from.as_str()), ("Primary", "203.0.113.4"));
    let count = |status| seen.counts.iter().find(|(of, _)| *of == status).map(|(_, count)| *count);
    assert_eq!((count(Status::Connected), count(Status::NotConnected)), (Some(1), Some(1)));
    assert_eq!((seen.row.connected, seen.row.total), (1, 2));
    let names: Vec<&str> = seen.newest.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["edge-2", "edge-1"]);

    let page = admin.page(&format!("/tokens/{}", token.id)).await.ok();
    assert!(page.text().contains("203.0.113.4") && !page.text().contains(token.value.expose().as_str()));
    let viewer = app.person(Role::Viewer).await;
    let page = viewer.page(&format!("/tokens/{}", token.id)).await.ok();
    assert!(!page.text().contains("Rotate"), "who may not is offered nothing");
    let nobody = admin.page("/tokens/01900000-0000-7000-8000-000000000000").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

async fn refusals_are_told_by_address_and_hour(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value);
    admin.acts("tokens/revoke", &token.id).await.ok();
    for (address, calls) in [(1, 3), (2, 1)] {
        for _ in 0..calls {
            assert_eq!(edge.from([203, 0, 113, address]).register().await.refusal().1, "REVOKED_TOKEN");
        }
    }
    app.flush().await;
    edge.from([203, 0, 113, 1]).register().await;
    app.flush().await;
    let told = async |admin: &Person| {
        let seen = admin.token_detail(&token.id).await.refused;
        seen.into_iter().map(|one| (one.address, one.count)).collect::<Vec<_>>()
    };
    let address = |last| format!("203.0.113.{last}");
    assert_eq!(told(&admin).await, [(address(1), 4), (address(2), 1)]);
    assert!(admin.token_detail(&token.id).await.refused[0].reason.contains("revoked"));
    app.advance(seconds(60 * 60));
    edge.from([203, 0, 113, 2]).register().await;
    app.flush().await;
    assert_eq!(told(&admin).await, [(address(2), 1), (address(1), 4), (address(2), 1)], "each hour has its own");

    let now = app.now();
    retention::tidy(&app.state()).await.unwrap();
    assert_eq!(told(&admin).await.len(), 3, "they are kept for a week");
    app.advance(days(8));
    retention::tidy(&app.state()).await.unwrap();
    app.set_clock(now);
    assert!(told(&admin).await.is_empty());
    admin.acts("tokens/delete", &token.id).await.ok();
}

async fn files_and_links_and_the_record_are_told(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let form = [("kind", "shell"), ("name", "edge-1"), ("token", &token.id), ("profile", &admin.primary().await)];
    admin.post("install/create-link", &form).await.ok();
    let seen = admin.token_detail(&token.id).await.handed_out;
    assert_eq!(
        (seen.len(), seen[0].action, seen[0].by.as_str()),
        (1, Action::InstallLinkCreated, admin.email.as_str())
    );
    assert!(seen[0].detail.contains("edge-1"));

    for number in 0..60 {
        let (name, seen) = (format!("edge-{number}"), (number + 1).to_string());
        admin.post("tokens/edit", &[("id", &token.id), ("seen", &seen), ("name", &name), ("back", "")]).await.ok();
    }
    let page = async |place: &str, mark: &str| {
        admin.ask::<Page<AuditRow>>("tokens/record", &[("id", &token.id), (place, mark)]).await
    };
    let first = page("cursor", "First").await;
    assert_eq!((first.rows.len(), first.total), (50, 62));
    assert_eq!(first.rows[0].action, Action::TokenEdited);
    let second = page("cursor[After]", first.next.unwrap().as_str()).await;
    assert_eq!(second.rows.last().map(|row| row.action), Some(Action::TokenCreated));
    assert_eq!(page("cursor[Before]", second.previous.unwrap().as_str()).await.rows, first.rows);
    let shown = admin.page(&format!("/tokens/{}", token.id)).await.ok();
    assert!(shown.text().contains("<del>edge-58<") && shown.text().contains("<ins>edge-59<"));
}

on_both_databases!(
    a_token_tells_who_uses_it,
    refusals_are_told_by_address_and_hour,
    files_and_links_and_the_record_are_told,
);
