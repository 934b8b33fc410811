//! Forms: the browser posts, and is sent on or back; a page with scripts gets itself back at once.

use muster::problem::Problem;
use muster_app::{error::ConsoleError, ui::form::Flash};

use crate::support::{Person, Role, StatusCode, TestApp, Value, person::PASSWORD};

const SITE: &str = "http://muster.test";

/// Where the browser is sent after a form.
async fn sent_to(person: &Person, path: &str, form: &[(&str, &str)], referer: &str) -> String {
    let answer = person.post_form_without_script(path, form, referer).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text());
    assert!(answer.header("serverfnredirect").is_empty());
    answer.location().to_owned()
}

/// What the session of the only person there is holds of a form.
async fn left_behind(app: &TestApp) -> Option<Flash> {
    let sessions = app.sessions().await;
    assert_eq!(sessions.len(), 1);
    let mut data: Value = serde_json::from_str(&sessions[0].data).unwrap();
    data.get_mut("flash").map(|flash| serde_json::from_value(flash.take()).unwrap())
}

async fn after_success_the_browser_goes_on(app: TestApp) {
    let admin = app.administrator().await;
    let tokens = &format!("{SITE}/tokens");
    let to = sent_to(&admin, "/api/tokens/create", &[("name", "edge")], &format!("{SITE}/tokens/new")).await;
    let id =
        to.strip_prefix("/tokens/").and_then(|to| to.strip_suffix("/created")).expect("the value's page").to_owned();
    assert!(left_behind(&app).await.is_none());
    let form = [("id", id.as_str()), ("back", "/tokens?revoked=1")];
    let to = sent_to(&admin, "/api/tokens/revoke", &form, tokens).await;
    assert_eq!(to, format!("/tokens?revoked=1&done={id}"));
    let form = [("id", id.as_str()), ("back", "https://evil.example/")];
    assert_eq!(sent_to(&admin, "/api/tokens/delete", &form, tokens).await, format!("/tokens?done={id}"));
    assert_eq!(sent_to(&admin, "/api/session/sign-out", &[], tokens).await, "/login?ended=by-you");
    let form = [("email", admin.email.as_str()), ("password", PASSWORD), ("next", "/tokens")];
    assert_eq!(sent_to(&admin, "/api/session/sign-in", &form, &format!("{SITE}/login")).await, "/tokens");
    admin.post("session/frame", &[]).await.ok();
}

async fn after_an_error_the_browser_goes_back_with_what_was_typed(app: TestApp) {
    let admin = app.administrator().await;
    let form = [("name", "default_token"), ("expires_in_days", "7"), ("profile", "")];
    let back = format!("{SITE}/tokens/new?revoked=1");
    assert_eq!(sent_to(&admin, "/api/tokens/create", &form, &back).await, "/tokens/new?revoked=1");
    let flash = left_behind(&app).await.expect("what the form left");
    assert_eq!(flash.endpoint, "/api/tokens/create");
    assert!(matches!(&flash.error, ConsoleError::Problem(problem) if problem.field == "name"), "{:?}", flash.error);
    let fields: Vec<(&str, &str)> = flash.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("expires_in_days", "7"), ("name", "default_token"), ("profile", "")]);

    let page = admin.page("/tokens/new?revoked=1").await.ok();
    assert!(page.text().contains("There is a token default_token already."), "the page shows the error");
    assert!(left_behind(&app).await.is_none(), "once");
    let page = admin.page("/tokens/new?revoked=1").await.ok();
    assert!(!page.text().contains("There is a token default_token already."));
}

async fn a_page_with_scripts_gets_itself_back_with_the_error(app: TestApp) {
    let admin = app.administrator().await;
    let form = [("name", "default_token"), ("expires_in_days", "7"), ("profile", "")];
    let page = &format!("{SITE}/tokens/new?revoked=1");
    let answer = admin.post_form_from_page("/api/tokens/create", &form, page).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = answer.text();
    assert!(text.contains("There is a token default_token already."), "{text}");
    assert!(text.contains("value=\"default_token\"") && text.contains("aria-invalid=\"true\""), "{text}");
    assert!(left_behind(&app).await.is_none(), "nothing is stored");
    let again = admin.page("/tokens/new").await.ok();
    assert!(!again.text().contains("There is a token default_token already."));
    let secret = [("name", "no name"), ("value", "my-secret-value")];
    let answer = admin.post_form_from_page("/api/secrets/create", &secret, &format!("{SITE}/secrets/new")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!answer.text().contains("my-secret"), "{}", answer.text());

    // The object is gone, and its form with it: the page says so all the same.
    let gone = [("id", "00000000-0000-4000-8000-000000000000"), ("seen", "1"), ("back", "/delegates")];
    for answer in [admin.post_form_from_page("/api/delegates/approve", &gone, &format!("{SITE}/delegates")).await, {
        sent_to(&admin, "/api/delegates/approve", &gone, &format!("{SITE}/delegates")).await;
        admin.page("/delegates").await
    }] {
        assert_eq!(
            answer.text().matches("role=\"alert\" data-said=\"\" class=\"banner banner-bad\"><p>").count(),
            1,
            "{}",
            answer.text()
        );
    }
    assert!(!text.contains("role=\"alert\" data-said=\"\" class=\"banner banner-bad\"><p>"), "shown once: {text}");

    // What is done leads on, with and without scripts.
    let answer = admin.post_form_from_page("/api/tokens/create", &[("name", "edge")], page).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().ends_with("/created"), "{}", answer.location());

    // Nobody is shown a page that he could not open.
    let form = [("name", "edge-2")];
    let answer = app.nobody().post_form_from_page("/api/tokens/create", &form, page).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/tokens/new?revoked=1"));
}

/// A form with several fields that are wrong: its page, where it goes, what it holds, and those fields in their order.
type Wrong = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const WRONG: &[Wrong] = &[
    (
        "/tokens/new",
        "tokens/create",
        &[("name", ""), ("expires_in_days", "date"), ("expires_at", "soon"), ("profile", "")],
        &["name", "expires_at"],
    ),
    (
        "/profiles/new",
        "profiles/create",
        &[
            ("name", ""),
            ("description", "for all"),
            ("startup_script", ""),
            ("approval", "off"),
            ("selectors", "a\u{7}"),
        ],
        &["name", "selectors"],
    ),
    (
        "/secrets/new",
        "secrets/create",
        &[("name", "no name"), ("value", "short"), ("description", "\u{7}")],
        &["name", "value", "description"],
    ),
    (
        "/install/ecs",
        "install/check",
        &[("kind", "ecs"), ("name", "Edge"), ("vpc", "true"), ("hostname", "host"), ("cluster", "$(id)")],
        &["name", "profile", "token", "hostname", "cluster"],
    ),
];

/// The control of a field, as HTML writes it.
fn control<'a>(html: &'a str, name: &str) -> &'a str {
    let tags =
        html.split('<').filter(|tag| ["input ", "select ", "textarea "].iter().any(|kind| tag.starts_with(kind)));
    let named = format!("name=\"{name}\"");
    tags.map(|tag| tag.split('>').next().unwrap_or_default())
        .find(|tag| tag.contains(&named) && !tag.contains("type=\"hidden\""))
        .unwrap_or_else(|| panic!("there is no field {name} in {html}"))
}

fn assert_names_all(html: &str, wrong: &[&str]) {
    assert_eq!(html.matches("class=\"field-error\"").count(), wrong.len(), "{wrong:?}: {html}");
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), wrong.len(), "{wrong:?}: {html}");
    for (index, name) in wrong.iter().enumerate() {
        let control = control(html, name);
        assert!(control.contains("aria-invalid=\"true\""), "{name}: {control}");
        let described = control.split_once("aria-describedby=\"").expect("a description").1;
        let error = described.split(['"', ' ']).next().unwrap_or_default();
        assert!(error.ends_with(&format!("{name}-error")), "{name}: {control}");
        assert!(html.contains(&format!("id=\"{error}\"")), "{name}: {html}");
        assert_eq!(control.contains("autofocus"), index == 0, "the first one has the focus: {control}");
    }
    assert!(!html.contains("notice-bad"), "nothing is said twice: {html}");
}

async fn all_that_is_wrong_is_named_at_once(app: TestApp) {
    let code = app.state().setup.expose().to_owned();
    let nobody = app.nobody();
    let set_up: Wrong = (
        "/setup",
        "session/set-up",
        &[("code", ""), ("email", "ada"), ("password", "short")],
        &["code", "email", "password"],
    );
    names_all(&nobody, &set_up).await;
    let form = [("code", code.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
    nobody.post("session/set-up", &form).await.ok();
    for wrong in WRONG {
        names_all(&nobody, wrong).await;
    }
}

async fn names_all(person: &Person, (page, endpoint, form, wrong): &Wrong) {
    let (status, body) = person.call(endpoint, form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}: {body}");
    let problem: Problem = serde_json::from_value(body["Problem"].clone()).unwrap();
    assert_eq!(problem.fields().map(|(field, _)| field).collect::<Vec<_>>(), **wrong, "{problem:?}");

    let (path, site) = (format!("/api/{endpoint}"), format!("{SITE}{page}"));
    let answer = person.post_form_from_page(&path, form, &site).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}");
    assert_names_all(answer.text(), wrong);
    assert_eq!(sent_to(person, &path, form, &site).await, *page);
    assert_names_all(person.page(page).await.ok().text(), wrong);
}

async fn passwords_and_codes_are_not_given_back(app: TestApp) {
    let nobody = app.nobody();
    let form = [("code", "my-secret-code"), ("email", "ada@example.com"), ("password", "my-secret-password")];
    assert_eq!(sent_to(&nobody, "/api/session/set-up", &form, &format!("{SITE}/setup")).await, "/setup");
    let sign_in = app.user(Role::Viewer).await;
    let page = nobody.page("/login").await.ok();
    assert!(!page.text().contains("my-secret"));
    let form = [("email", sign_in.email.as_str()), ("password", "my-secret-password")];
    assert_eq!(
        sent_to(&sign_in, "/api/session/sign-in", &form, &format!("{SITE}/login?next=/tokens")).await,
        "/login?next=/tokens"
    );
    assert!(app.sessions().await.is_empty());
    let page = sign_in.page("/login?next=/tokens").await.ok();
    assert!(page.text().contains("The email address or the password is wrong."));
    assert!(!page.text().contains("my-secret"));
}

async fn the_way_back_never_leads_away_from_the_site(app: TestApp) {
    let admin = app.administrator().await;
    for (referer, back) in [
        ("https://evil.example/tokens?x=1", "/tokens?x=1"),
        ("https://evil.example//evil.example/x", "/delegates"),
        ("https://evil.example/\\evil.example", "/delegates"),
        ("//evil.example/x", "/delegates"),
        ("javascript:alert(1)", "/delegates"),
        ("", "/delegates"),
    ] {
        assert_eq!(sent_to(&admin, "/api/tokens/create", &[("name", "")], referer).await, back, "{referer}");
    }
}

async fn who_is_signed_out_signs_in_again(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    viewer.with_cookie(viewer.cookie()).post("session/sign-out", &[]).await.ok();
    let back = sent_to(&viewer, "/api/tokens/create", &[("name", "edge")], &format!("{SITE}/tokens/new")).await;
    assert_eq!(viewer.page(&back).await.location(), "/login?next=/tokens/new&ended=by-itself");
}

async fn b13_nothing_is_stored_for_strangers(app: TestApp) {
    app.user(Role::Viewer).await;
    let audited = app.audit().await.len();
    let much = "x".repeat(200_000);
    let little: Vec<String> = (0..16).map(|number| format!("{number:02}{}", "y".repeat(503))).collect();
    let many: Vec<(&str, &str)> = little.iter().map(|text| (&text[..2], &text[2..])).collect();
    let nobody = app.nobody();
    for form in [&[("name", &*much), ("email", "x")][..], &[("next", &much), ("email", "x")], &many] {
        for path in ["/api/tokens/create", "/api/session/sign-in", "/api/session/sign-out", "/install/shell/download"] {
            sent_to(&nobody, path, form, &format!("{SITE}/login")).await;
            nobody.page("/login").await;
        }
    }
    assert!(app.sessions().await.is_empty());
    assert_eq!(app.audit().await.len(), audited);
}

async fn b13_what_a_stranger_typed_comes_back_once(app: TestApp) {
    app.user(Role::Viewer).await;
    let nobody = app.nobody();
    let form = [("email", "ada@example.com"), ("password", "a wrong password"), ("next", "/tokens")];
    let back = format!("{SITE}/login?next=/tokens");
    assert_eq!(sent_to(&nobody, "/api/session/sign-in", &form, &back).await, "/login?next=/tokens");
    let sealed = nobody.cookie_named("muster_flash").expect("a cookie");
    assert!(!sealed.contains("ada"));
    // Somebody else's browser that was given this cookie is shown no more than it tells.
    let page = nobody.page("/login?next=/tokens").await.ok();
    assert!(page.text().contains("The email address or the password is wrong."));
    assert!(page.text().contains("ada@example.com") && !page.text().contains("a wrong password"));
    assert_eq!(nobody.cookie_named("muster_flash"), None, "it is gone once shown");
    let page = nobody.page("/login?next=/tokens").await.ok();
    assert!(!page.text().contains("The email address or the password is wrong."));
    // One that was not made here is nothing.
    let forged = nobody.with_cookie(Some("muster_flash=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()));
    forged.page("/login").await.ok();
}

async fn b13_strangers_cannot_post_without_end(app: TestApp) {
    let viewer = app.person(Role::Viewer).await;
    let stranger = app.nobody();
    let neighbour = viewer.with_cookie(viewer.cookie());
    for _ in 0..2000 {
        let answer = stranger.post("tokens/list", &[]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.header("retry-after").parse::<u32>().is_ok());
            neighbour.post("session/frame", &[]).await.ok();
            return;
        }
    }
    panic!("a stranger could post without end");
}

async fn a_form_that_is_too_large_is_refused(app: TestApp) {
    let admin = app.administrator().await;
    let much = "x".repeat(1024 * 1024);
    let answer = admin.post_form_without_script("/api/tokens/create", &[("name", &much)], SITE).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = admin.post("tokens/create", &[("name", &much)]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

async fn an_error_of_arguments_goes_back_too(app: TestApp) {
    let admin = app.administrator().await;
    let form = [("id", "no id"), ("back", "")];
    assert_eq!(sent_to(&admin, "/api/tokens/revoke", &form, &format!("{SITE}/tokens")).await, "/tokens");
    assert_eq!(left_behind(&app).await.unwrap().error, ConsoleError::Unreachable);
}

on_both_databases!(
    after_success_the_browser_goes_on,
    after_an_error_the_browser_goes_back_with_what_was_typed,
    a_page_with_scripts_gets_itself_back_with_the_error,
    all_that_is_wrong_is_named_at_once,
    passwords_and_codes_are_not_given_back,
    the_way_back_never_leads_away_from_the_site,
    who_is_signed_out_signs_in_again,
    b13_nothing_is_stored_for_strangers,
    b13_what_a_stranger_typed_comes_back_once,
    b13_strangers_cannot_post_without_end,
    a_form_that_is_too_large_is_refused,
    an_error_of_arguments_goes_back_too,
);
