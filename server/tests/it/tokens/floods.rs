//! Registrations beyond what is allowed: turned away, told in one line, and rejected together.

use muster::{audit::Action, token::Flood};
use muster_server::config::Bounds;

use crate::support::{Client, Person, Role, StatusCode, TestApp, seconds};

impl Person {
    async fn floods(&self) -> Vec<Flood> {
        self.ask("tokens/floods", &[]).await
    }
}

async fn bounded(app: &TestApp, bounds: Bounds) {
    app.restart_with(|config| config.bounds = bounds).await;
}

fn new(edge: &Client, number: u8) -> Client {
    edge.named(&format!("edge-{number}")).on(&format!("host-{number}")).with_key(number)
}

async fn a_flood_is_turned_away_told_in_one_line_and_rejected(app: TestApp) {
    bounded(&app, Bounds { pending_per_token: 3, ..Bounds::default() }).await;
    let admin = app.administrator().await;
    let token = admin.new_token_with("leaked", &[("requires_approval", "true")]).await;
    let edge = app.delegate(&token.value);
    for number in 1..=3 {
        new(&edge, number).registered().await;
    }
    for number in 4..=9 {
        let answer = new(&edge, number).register().await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
        if number % 2 == 0 {
            app.flush().await;
            app.advance(seconds(3));
        }
    }
    app.flush().await;
    let other = admin.new_token("other").await;
    let bystander = new(&app.delegate(&other.value), 20).registered().await;

    let told = app.audit_of(Action::RegistrationRefused).await;
    assert_eq!((told.len(), told[0].object_name.as_str()), (1, "leaked"));
    assert!(told[0].detail.contains("too many delegates wait"), "{}", told[0].detail);
    let flood = admin.floods().await.remove(0);
    assert_eq!((flood.name.as_str(), flood.waiting, flood.turned_away), ("leaked", 3, 6));
    let dialog = format!("/tokens/{}/reject-waiting", token.id);
    for page in ["/delegates", "/delegates?status=pending", &format!("/tokens/{}", token.id)] {
        let text = admin.page(page).await.ok().text().to_owned();
        assert!(text.contains("Reject all from this token") && text.contains(&dialog), "{page}: {text}");
    }
    assert!(!admin.page("/delegates?status=connected").await.ok().text().contains(&dialog));
    let viewer = app.person(Role::Viewer).await;
    assert!(!viewer.page("/delegates").await.ok().text().contains("Reject all from this token"));

    // Asked about first, and done by a form without scripts too.
    let page = admin.page(&format!("{dialog}?back=%2Fdelegates")).await.ok();
    for part in [
        "Reject all that wait with leaked?",
        "<b>3<!></b> delegates wait",
        "action=\"/api/tokens/reject-waiting\"",
        "edge-2",
    ] {
        assert!(page.text().contains(part), "{part} is not in {}", page.text());
    }
    let form = [("id", token.id.as_str()), ("back", "/delegates")];
    let site = format!("http://muster.test{dialog}");
    let answer = admin.post_form_without_script("/api/tokens/reject-waiting", &form, &site).await;
    assert_eq!(answer.header("location"), format!("/delegates?done={}", token.id));
    let toast = admin.page(answer.header("location")).await.ok();
    assert!(toast.text().contains("All delegates that waited with token leaked are rejected."));
    assert_eq!(app.audit_of(Action::DelegateRejected).await.len(), 3);
    let rejected = app.audit_of(Action::WaitingRejected).await;
    assert_eq!((rejected.len(), rejected[0].detail.as_str()), (1, "delegates 3"));
    assert_eq!(new(&edge, 2).register().await.resource()["action"], "SELF_DESTRUCT");

    // There is room again. What comes long after is another flood.
    new(&edge, 10).registered().await;
    app.advance(seconds(16 * 60));
    new(&edge, 11).registered().await;
    new(&edge, 12).registered().await;
    new(&edge, 13).register().await;
    app.flush().await;
    assert_eq!(app.audit_of(Action::RegistrationRefused).await.len(), 2, "the first at once, the others as a number");
    assert_eq!(admin.floods().await[0].turned_away, 1);
    admin.post("tokens/reject-waiting", &form).await.ok();
    app.advance(seconds(16 * 60));
    assert!(admin.floods().await.is_empty(), "it is over");
    assert!(!admin.sees(&bystander).await.row.delegate.admission.is_barred());
}

async fn all_that_wait_are_bounded_too(app: TestApp) {
    bounded(&app, Bounds { pending: 2, ..Bounds::default() }).await;
    let admin = app.administrator().await;
    for name in ["one", "two"] {
        let token = admin.new_token_with(name, &[("requires_approval", "true")]).await;
        app.delegate(&token.value).named(name).on(name).registered().await;
    }
    let third = admin.new_token_with("three", &[("requires_approval", "true")]).await;
    let refused = app.delegate(&third.value).named("three").on("three").register().await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    let free = admin.new_token("four").await;
    app.delegate(&free.value).named("four").on("four").registered().await;
}

async fn first_registrations_come_at_a_rate(app: TestApp) {
    bounded(&app, Bounds { registrations_per_minute: 5, ..Bounds::default() }).await;
    let admin = app.administrator().await;
    let [token, other] = [admin.new_token("edge").await, admin.new_token("other").await];
    let edge = app.delegate(&token.value);
    for number in 1..=5 {
        new(&edge, number).registered().await;
    }
    let refused = new(&edge, 6).register().await;
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!(refused.status == StatusCode::TOO_MANY_REQUESTS && (1..=28).contains(&wait), "{wait}");
    new(&edge, 1).restarted().registered().await;
    new(&app.delegate(&other.value), 7).registered().await;
    app.flush().await;
    assert_eq!(app.audit_of(Action::RegistrationRefused).await.len(), 1);
    let flood = &admin.floods().await[0];
    assert_eq!((flood.waiting, flood.turned_away), (0, 1));
    assert!(!admin.page("/delegates").await.ok().text().contains("Reject all from this token"), "nobody waits");
}

on_both_databases!(
    a_flood_is_turned_away_told_in_one_line_and_rejected,
    all_that_wait_are_bounded_too,
    first_registrations_come_at_a_rate,
);
