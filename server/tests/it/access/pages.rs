//! Where a page sends those who may not see it, or need not.

use axum::http::Method;

use crate::support::{Person, Role, StatusCode, TestApp, days};

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
    for path in ["/login", "/setup", "/login?ended=by-you", "/login?next=//evil.example"] {
        assert_eq!(sent_to(&viewer, path).await, "/", "{path}");
    }
    // Whoever logged in elsewhere meanwhile goes on to what was wanted.
    assert_eq!(sent_to(&viewer, "/login?ended=by-itself&next=/tokens%3Frevoked%3D1").await, "/tokens?revoked=1");
    for path in ["/", "/delegates", "/profiles", "/tokens", "/search?q=x", "/help"] {
        assert_eq!(sent_to(&viewer, path).await, "", "{path}");
    }
}

async fn u40_the_entrance_says_why_somebody_is_there(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    app.advance(days(8));
    let to = sent_to(&viewer, "/tokens?revoked=1").await;
    assert_eq!(to, "/login?next=/tokens%3Frevoked%3D1&ended=by-itself");
    assert!(viewer.page(&to).await.ok().text().contains("You are not logged in any more."));
    viewer.sign_in().await;
    let answer = viewer.post("session/sign-out", &[]).await.ok();
    assert_eq!(answer.location(), "/login?ended=by-you");
    assert!(viewer.page(answer.location()).await.ok().text().contains("You are logged out."));
    for path in ["/login", "/login?ended=%3Cb%3E"] {
        assert!(!viewer.page(path).await.ok().text().contains("notice-info"), "{path}");
    }
}

async fn u38_what_is_read_can_be_asked_after_without_being_read(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    let head = |person: Person, path: &'static str| async move {
        let answer = person.request(Method::HEAD, path, &[("accept", "text/html")], String::new()).await;
        assert_eq!(answer.text(), "", "{path}");
        (answer.status, answer.header("location").to_owned())
    };
    let cookie = viewer.cookie();
    for (path, status) in [("/delegates", StatusCode::OK), ("/no/such/page", StatusCode::NOT_FOUND)] {
        assert_eq!(head(viewer.with_cookie(cookie.clone()), path).await, (status, String::new()), "{path}");
    }
    for (path, to) in [("/", "/login"), ("/delegates", "/login?next=/delegates")] {
        assert_eq!(head(app.nobody(), path).await, (StatusCode::SEE_OTHER, to.to_owned()), "{path}");
    }
    for path in ["/login", "/healthz", "/robots.txt"] {
        assert_eq!(head(app.nobody(), path).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(app.nobody().page("/robots.txt").await.ok().text(), "User-agent: *\nDisallow: /\n");
}

async fn u33_what_is_not_there_stands_in_the_frame_and_leads_on(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    let id = "01900000-0000-7000-8000-000000000000";
    for (path, way) in [
        ("/no/such/page", "/delegates"),
        ("/delegates/xyz", "/delegates"),
        (&format!("/delegates/{id}"), "/delegates"),
        (&format!("/profiles/{id}"), "/profiles"),
        (&format!("/tokens/{id}/rotation"), "/tokens"),
    ] {
        let answer = viewer.page(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let page = answer.text();
        assert!(page.contains("aria-label=\"Main\"") && page.contains("or the link is incomplete"), "{path}: {page}");
        assert!(page.contains(&format!("href=\"{way}\" class=\"btn\"")), "{path}: {page}");
        assert!(!page.contains("Retry"), "{path}");
    }
}

async fn a_browser_keeps_its_theme(app: TestApp) {
    let nobody = app.nobody();
    app.user(Role::Viewer).await;
    let is = |text: &str, theme: &str| text.contains(&format!("data-theme=\"{theme}\""));
    for theme in ["dark", "light"] {
        nobody.post("session/choose-theme", &[("theme", theme)]).await.ok();
        assert_eq!(nobody.cookie_named("muster_theme").as_deref(), Some(theme));
        assert!(is(nobody.page("/login").await.ok().text(), theme));
    }
    let answer = nobody.post("session/choose-theme", &[("theme", "<script>")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    nobody.post("session/choose-theme", &[("theme", "system")]).await.ok();
    assert_eq!(nobody.cookie_named("muster_theme"), None);
    assert!(!nobody.page("/login").await.ok().text().contains("data-theme"));
    let other = nobody.with_cookie(Some("muster_theme=\"><script>".to_owned()));
    assert!(!other.page("/login").await.ok().text().contains("data-theme"));
}

async fn signing_in_leads_to_what_was_wanted_on_this_site_only(app: TestApp) {
    let viewer = app.user(Role::Viewer).await;
    for (next, to) in [
        ("/tokens?x=1", "/tokens?x=1"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
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
    u40_the_entrance_says_why_somebody_is_there,
    u38_what_is_read_can_be_asked_after_without_being_read,
    u33_what_is_not_there_stands_in_the_frame_and_leads_on,
    a_browser_keeps_its_theme,
    signing_in_leads_to_what_was_wanted_on_this_site_only,
    live_events_and_probes,
    server_functions_are_not_called_by_links,
);
