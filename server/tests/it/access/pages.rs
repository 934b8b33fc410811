//! Where a page sends those who may not see it, or need not.

use axum::http::Method;

use crate::support::{Person, Role, StatusCode, TestApp};

/// Where a page sends somebody; empty where it is shown.
async fn sent_to(person: &Person, path: &str) -> String {
    let answer = person.page(path).await;
    if answer.status == StatusCode::OK {
        return String::new();
    }
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    answer.location().to_owned()
}

async fn while_there_is_no_user_every_page_leads_to_the_set_up(app: TestApp) {
    let nobody = app.nobody();
    for path in ["/", "/delegates", "/login", "/tokens/new?x=1", "/no/such/page"] {
        assert_eq!(sent_to(&nobody, path).await, "/setup", "{path}");
    }
    assert_eq!(sent_to(&nobody, "/setup").await, "");
}

async fn nobody_is_sent_to_sign_in_and_back_to_what_was_wanted(app: TestApp) {
    app.user(Role::Viewer).await;
    let nobody = app.nobody();
    for (path, to) in [
        ("/", "/login"),
        ("/setup", "/login"),
        ("/login", ""),
        ("/login?next=/tokens", ""),
        ("/delegates", "/login?next=/delegates"),
        ("/delegates?q=a%20b&status=pending", "/login?next=/delegates%3Fq%3Da%2520b%26status%3Dpending"),
        ("//evil.example/x", "/login?next=//evil.example/x"),
    ] {
        assert_eq!(sent_to(&nobody, path).await, to, "{path}");
    }
}

async fn who_is_signed_in_has_no_use_for_the_entrance(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    for path in ["/", "/login", "/setup", "/login?next=/tokens"] {
        assert_eq!(sent_to(&viewer, path).await, "/delegates", "{path}");
    }
    for path in ["/delegates", "/profiles", "/tokens"] {
        assert_eq!(sent_to(&viewer, path).await, "", "{path}");
    }
}

async fn signing_in_leads_to_what_was_wanted_on_this_site_only(app: TestApp) {
    let viewer = app.user(Role::Viewer).await;
    for (next, to) in [
        ("/tokens?x=1", "/tokens?x=1"),
        ("", "/delegates"),
        ("//evil.example", "/delegates"),
        ("https://evil.example", "/delegates"),
        ("/\\evil.example", "/delegates"),
        ("/a\r\nset-cookie: x=y", "/delegates"),
    ] {
        let form = [("email", viewer.email.as_str()), ("password", crate::support::person::PASSWORD), ("next", next)];
        assert_eq!(viewer.post("session/sign-in", &form).await.ok().location(), to, "{next}");
    }
}

async fn live_events_and_probes(app: TestApp) {
    app.user(Role::Viewer).await;
    let nobody = app.nobody();
    assert_eq!(nobody.page("/api/events").await.status, StatusCode::UNAUTHORIZED);
    for (path, body) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = nobody.page(path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, body));
    }
    app.state().stop.cancel();
    let answer = nobody.page("/readyz").await;
    assert_eq!((answer.status, answer.text()), (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"));
}

async fn server_functions_are_not_called_by_links(app: TestApp) {
    let admin = app.administrator().await;
    let answer = admin.request(Method::GET, "/api/tokens/create?name=edge", &[], String::new()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(admin.token_names(true).await, ["default_token"]);
}

on_both_databases!(
    while_there_is_no_user_every_page_leads_to_the_set_up,
    nobody_is_sent_to_sign_in_and_back_to_what_was_wanted,
    who_is_signed_in_has_no_use_for_the_entrance,
    signing_in_leads_to_what_was_wanted_on_this_site_only,
    live_events_and_probes,
    server_functions_are_not_called_by_links,
);
