//! Single sign-on: who comes back from an identity provider, and what that one is here. The provider of these tests speaks
//! enough of OpenID Connect to be wrong in all ways; a real one is asked in the browser tests.

use std::sync::{Arc, Mutex};

use axum::{Form, Json, Router, extract::State, http::HeaderMap, routing::get, routing::post};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use muster::{
    audit::Action,
    single_sign_on::{ClaimPath, RoleMapping},
    user::{Password, UserStatus},
};
use muster_app::console::Frame;
use muster_server::single_sign_on::SingleSignOnSettings;
use sha2::Sha256;

use crate::support::{
    Person, Role, StatusCode, TestApp, Value, days, json, log::logged_while, person::PASSWORD, seconds,
};

const SECRET: &str = "a secret of client and provider";

/// What the provider says when it is asked.
#[derive(Clone, Debug)]
struct Says {
    claims: Value,
    /// What it answers in place of tokens.
    instead: Option<Value>,
    /// What it was last asked to exchange.
    asked: Vec<(String, String)>,
}

#[derive(Clone)]
struct Provider {
    issuer: String,
    says: Arc<Mutex<Says>>,
}

fn signed(claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256"],
    }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(asked): Form<Vec<(String, String)>>,
) -> Json<Value> {
    assert!(headers["authorization"].to_str().unwrap().starts_with("Basic "), "the client shows its secret");
    let mut says = provider.says.lock().unwrap();
    says.asked = asked;
    if let Some(instead) = &says.instead {
        return Json(instead.clone());
    }
    // Addresses are told by the other endpoint, as many providers do.
    let mut claims = says.claims.clone();
    claims.as_object_mut().unwrap().retain(|name, _| name != "email" && name != "email_verified");
    Json(json!({"access_token": "an access token", "token_type": "Bearer", "id_token": signed(&claims)}))
}

async fn user_info(State(provider): State<Provider>) -> Json<Value> {
    let mut claims = provider.says.lock().unwrap().claims.clone();
    claims.as_object_mut().unwrap().retain(|name, _| name == "sub" || name.starts_with("email"));
    Json(claims)
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider =
            Self { issuer, says: Arc::new(Mutex::new(Says { claims: json!({}), instead: None, asked: Vec::new() })) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(|| async { Json(json!({"keys": []})) }))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn settings(&self) -> SingleSignOnSettings {
        SingleSignOnSettings {
            issuer: self.issuer.clone(),
            client_id: "muster".to_owned(),
            client_secret: Password::new(SECRET.to_owned()),
            redirect: "http://muster.test/login/sso/callback".to_owned(),
            label: "Example ID".to_owned(),
            scopes: vec!["email".to_owned()],
            roles_claim: Some(ClaimPath::parse("realm_access.roles").unwrap()),
            roles: RoleMapping::parse(
                "admins=ACCOUNT_ADMINISTRATOR; ops=DELEGATE_MANAGER; edge=OPERATOR@platform/edge",
                muster::id::AccountId(uuid::Uuid::nil()),
            )
            .unwrap(),
            requires_role: true,
            links_by_email: false,
        }
    }

    /// The installation uses this provider.
    async fn serves(&self, app: &TestApp, change: impl FnOnce(&mut SingleSignOnSettings)) {
        let mut settings = self.settings();
        change(&mut settings);
        app.restart_with(|config| config.single_sign_on = Some(settings)).await;
    }

    /// What it says from now on, of one who is known there as `subject`.
    fn says(&self, app: &TestApp, subject: &str, roles: &[&str], more: Value) {
        let now = app.now().as_seconds();
        let mut claims = json!({
            "iss": self.issuer, "aud": "muster", "sub": subject, "iat": now, "exp": now + 600,
            "email": format!("{subject}@example.com"), "email_verified": true, "name": "Grace Hopper",
            "realm_access": {"roles": roles},
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.says.lock().unwrap().claims = claims;
    }

    fn claim(&self, name: &str, value: Value) {
        self.says.lock().unwrap().claims[name] = value;
    }
}

/// The value of a parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
    pairs.into_iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{name} in {address}")).1
}

/// Goes to the provider; gives the address there.
async fn goes(person: &Person) -> String {
    let answer = person.page("/login/sso?next=/tokens").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location().to_owned()
}

async fn comes_back(person: &Person, state: &str) -> String {
    let answer = person.page(&format!("/login/sso/callback?code=a-code&state={state}")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::SEE_OTHER, "no-store"));
    answer.location().to_owned()
}

/// Goes to the provider and comes back as who that says; gives where the browser ends.
async fn signs_in(provider: &Provider, person: &Person) -> String {
    let address = goes(person).await;
    provider.claim("nonce", parameter(&address, "nonce").into());
    comes_back(person, &parameter(&address, "state")).await
}

/// Nobody came in, and the entrance says why.
async fn is_told(person: &Person, location: &str, why: &str) {
    assert_eq!(location, "/login");
    let page = person.page("/login").await.ok();
    assert!(page.text().contains(why), "{why}: {}", page.text());
    assert_eq!(person.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED);
}

async fn frame(person: &Person) -> Frame {
    person.ask("session/frame", &[]).await
}

async fn who_is_signed_in_there_is_signed_in_here_as_what_the_mapping_says(app: TestApp) {
    let admin = app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    admin.sign_in().await;
    let grace = app.nobody();
    assert!(grace.page("/login").await.ok().text().contains("Log in with Example ID"));
    let address = goes(&grace).await;
    assert!(address.starts_with(&format!("{}/authorize?", provider.issuer)), "{address}");
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "muster"),
        ("redirect_uri", "http://muster.test/login/sso/callback"),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&address, name), value);
    }
    provider.says(&app, "grace", &["ops", "edge", "unknown"], json!({"nonce": parameter(&address, "nonce")}));
    assert_eq!(comes_back(&grace, &parameter(&address, "state")).await, "/tokens");
    let asked = provider.says.lock().unwrap().asked.clone();
    assert!(asked.iter().any(|(name, value)| name == "code_verifier" && value.len() >= 43), "{asked:?}");
    let account = grace.page("/account").await.ok();
    assert!(!account.text().contains("type=\"password\""), "there is none to change");
    let shown = frame(&grace).await;
    assert_eq!((shown.email.as_str(), shown.called.as_str()), ("grace@example.com", "Grace Hopper"));
    assert_eq!(shown.account_role, Some(Role::DelegateManager));

    // Another address there is the same person; another role there is another role here.
    provider.says(&app, "grace", &["admins"], json!({"email": "hopper@example.com"}));
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    let shown = frame(&grace).await;
    assert_eq!((shown.email.as_str(), shown.account_role), ("grace@example.com", Some(Role::AccountAdministrator)));
    let row = admin.row_of("grace@example.com").await.unwrap();
    assert_eq!(row.sessions, 1, "of one browser");
    let details: Vec<_> = app.audit_of(Action::SignedIn).await.into_iter().map(|entry| entry.detail).collect();
    assert_eq!(details.iter().filter(|detail| *detail == "by single sign-on").count(), 2, "{details:?}");
    let changed = app.audit_of(Action::RoleChanged).await;
    assert_eq!(changed[0].detail, "role Delegate Manager → Account Administrator; by single sign-on");
    assert_eq!(
        (app.audit_of(Action::UserCreated).await.len(), changed[0].actor_name.as_str()),
        (2, "grace@example.com")
    );
}

async fn an_answer_counts_once_for_the_browser_that_asked(app: TestApp) {
    app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    provider.says(&app, "grace", &["ops"], json!({}));
    let [grace, eve] = [app.nobody(), app.nobody()];
    const MISMATCH: &str = "was begun in another browser";
    let (address, of_eve) = (goes(&grace).await, goes(&eve).await);
    provider.claim("nonce", parameter(&address, "nonce").into());
    let state = parameter(&address, "state");
    // Somebody else's answer in this browser, this one's in another, none at all.
    is_told(&eve, &comes_back(&eve, &state).await, MISMATCH).await;
    is_told(&grace, &comes_back(&grace, &parameter(&of_eve, "state")).await, MISMATCH).await;
    is_told(&grace, &comes_back(&grace, &state).await, MISMATCH).await;
    is_told(&app.nobody(), &comes_back(&app.nobody(), &state).await, "").await;

    // Another nonce: the token was made for another login.
    let address = goes(&grace).await;
    provider.claim("nonce", "of another login".into());
    is_told(&grace, &comes_back(&grace, &parameter(&address, "state")).await, "cannot be verified").await;
    for (name, value) in [
        ("aud", json!("another client")),
        ("iss", json!("https://evil.example")),
        ("exp", json!(app.now().as_seconds() - 1)),
    ] {
        provider.says(&app, "grace", &["ops"], json!({}));
        provider.claim(name, value);
        is_told(&grace, &signs_in(&provider, &grace).await, "cannot be verified").await;
    }
    // Too late.
    provider.says(&app, "grace", &["ops"], json!({}));
    let address = goes(&grace).await;
    provider.claim("nonce", parameter(&address, "nonce").into());
    app.advance(seconds(15 * 60));
    is_told(&grace, &comes_back(&grace, &parameter(&address, "state")).await, MISMATCH).await;
    // The provider refuses.
    let state = parameter(&goes(&grace).await, "state");
    let answer = grace.page(&format!("/login/sso/callback?error=access_denied&state={state}")).await;
    is_told(&grace, answer.location(), "did not log you in").await;
    app.flush().await;
    assert!(
        app.audit_of(Action::SignInFailed).await.iter().any(|entry| entry.detail.contains("single sign-on failed"))
    );
    assert_eq!(app.audit_of(Action::UserCreated).await.len(), 1);
}

async fn a_provider_that_is_away_is_told_and_keeps_nothing_else_from_working(app: TestApp) {
    let admin = app.administrator().await;
    let provider = Provider { issuer: "http://127.0.0.1:9".to_owned(), ..Provider::start().await };
    provider.serves(&app, |_| {}).await;
    let answer = app.nobody().page("/login/sso").await;
    assert_eq!(answer.location(), "/login");
    admin.sign_in().await;
    // Where there is none, nothing leads there.
    app.restart_with(|config| config.single_sign_on = None).await;
    assert!(!app.nobody().page("/login").await.ok().text().contains("/login/sso"));
    assert_eq!(app.nobody().page("/login/sso").await.location(), "/login");
    assert_eq!(app.nobody().page("/login/sso/callback?code=x").await.location(), "/login");
}

async fn an_answer_that_cannot_be_read_is_in_no_log(app: TestApp) {
    app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    provider.says(&app, "grace", &["ops"], json!({}));
    let grace = app.nobody();
    for instead in [
        json!({"access_token": {"zq-secret": 1}, "token_type": "Bearer", "id_token": "zq-secret"}),
        json!({"access_token": "zq-secret", "token_type": "Bearer", "id_token": "zq-secret"}),
        json!({"access_token": "zq-secret", "token_type": "Bearer"}),
    ] {
        provider.says.lock().unwrap().instead = Some(instead);
        let (location, log) = logged_while(signs_in(&provider, &grace)).await;
        assert_eq!(location, "/login");
        let log = String::from_utf8(log).unwrap();
        assert!(log.contains("a single sign-on failed") && !log.contains("zq"), "{log}");
    }
}

async fn who_has_the_same_address_is_not_the_same_person(app: TestApp) {
    let vera = app.user(Role::Operator).await;
    app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    let somebody = app.nobody();
    let says = |verified: bool| {
        provider.says(&app, "x", &["ops"], json!({"email": vera.email.to_uppercase(), "email_verified": verified}));
    };
    says(true);
    is_told(&somebody, &signs_in(&provider, &somebody).await, "is not linked to your account").await;
    provider.serves(&app, |settings| settings.links_by_email = true).await;
    says(false);
    is_told(&somebody, &signs_in(&provider, &somebody).await, "is not linked to your account").await;
    says(true);
    assert_eq!(signs_in(&provider, &somebody).await, "/tokens");
    assert_eq!(frame(&somebody).await.email, vera.email);
    assert_eq!(app.audit_of(Action::IdentityLinked).await.len(), 1);
    // Linked once, by issuer and subject alone.
    provider.serves(&app, |_| {}).await;
    provider.says(&app, "x", &["ops"], json!({"email": "other@example.com", "email_verified": false}));
    assert_eq!(signs_in(&provider, &somebody).await, "/tokens");
    assert_eq!(frame(&somebody).await.email, vera.email);
    provider.says(&app, "y", &["ops"], json!({"email": "no address"}));
    is_told(&somebody.with_cookie(None), &signs_in(&provider, &somebody.with_cookie(None)).await, "").await;
}

async fn the_mapping_decides_at_each_login(app: TestApp) {
    let admin = app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    admin.sign_in().await;
    let grace = app.nobody();
    for roles in [&[][..], &["edge"], &["OPS"]] {
        provider.says(&app, "grace", roles, json!({}));
        is_told(&grace, &signs_in(&provider, &grace).await, "has no role in Muster").await;
    }
    assert!(admin.row_of("grace@example.com").await.is_none(), "who may not come in is not made");
    provider.says(&app, "grace", &["ops"], json!({}));
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    provider.serves(&app, |settings| settings.requires_role = false).await;
    provider.says(&app, "grace", &[], json!({}));
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    assert_eq!(frame(&grace).await.account_role, Some(Role::Viewer));
    // Without a mapping roles are given here, and nobody comes in who was not there.
    provider.serves(&app, |settings| settings.roles_claim = None).await;
    provider.says(&app, "mallory", &["admins"], json!({}));
    let mallory = app.nobody();
    is_told(&mallory, &signs_in(&provider, &mallory).await, "has no role in Muster").await;
    provider.says(&app, "grace", &[], json!({}));
    admin.sign_in().await;
    let id = admin.row_of("grace@example.com").await.unwrap().user.id.to_string();
    admin.post("users/change-role", &[("id", &id), ("role", "OPERATOR"), ("back", "")]).await.ok();
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    assert_eq!(frame(&grace).await.account_role, Some(Role::Operator));
    // Who is disabled here stays out.
    admin.post("users/disable", &[("id", &id), ("back", "")]).await.ok();
    is_told(&grace, &signs_in(&provider, &grace).await, "You are disabled").await;
    app.advance(days(1));
}

async fn a_value_can_mean_a_role_at_a_project(app: TestApp) {
    let admin = app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    let edge = "platform/edge";
    provider.says(&app, "grace", &["edge"], json!({}));
    let grace = app.nobody();
    is_told(&grace, &signs_in(&provider, &grace).await, "has no role in Muster").await;
    admin.post("scopes/create", &[("name", "platform")]).await.ok();
    admin.at("platform").post("scopes/create", &[("name", "edge")]).await.ok();
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    assert_eq!(frame(&grace).await.account_role, None);
    assert_eq!(frame(&grace.at(edge)).await.role, Some(Role::Operator));
    provider.says(&app, "grace", &["edge", "ops"], json!({}));
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    provider.says(&app, "grace", &["ops"], json!({}));
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    let details: Vec<_> = app.audit_of(Action::RoleChanged).await.into_iter().map(|entry| entry.detail).collect();
    assert_eq!(
        details,
        ["role none → Delegate Manager; by single sign-on", "role at platform/edge Operator → none; by single sign-on"]
    );
}

async fn the_last_administrator_is_not_demoted_by_a_mapping(app: TestApp) {
    let provider = Provider::start().await;
    let (ada, bob) = (app.user(Role::AccountAdministrator).await, app.user(Role::AccountAdministrator).await);
    provider.serves(&app, |settings| settings.links_by_email = true).await;
    let as_user = |person: &Person, subject: &str| {
        provider.says(&app, subject, &["ops"], json!({"email": person.email, "email_verified": true}));
    };
    let browser = app.nobody();
    as_user(&bob, "bob");
    assert_eq!(signs_in(&provider, &browser).await, "/tokens");
    assert_eq!(frame(&browser).await.account_role, Some(Role::DelegateManager), "there is another one");
    as_user(&ada, "ada");
    assert_eq!(signs_in(&provider, &browser).await, "/tokens");
    let shown = frame(&browser).await;
    assert_eq!((shown.email.as_str(), shown.account_role), (ada.email.as_str(), Some(Role::AccountAdministrator)));
    let signed_in = app.audit_of(Action::SignedIn).await;
    let detail = &signed_in.last().unwrap().detail;
    assert!(detail.contains("only account administrator"), "{detail}");
}

async fn passwords_can_be_switched_off_but_for_those_of_the_servers_machine(app: TestApp) {
    let admin = app.administrator().await;
    let (_, path) = super::invites(&admin, "max@example.com", Role::Viewer).await;
    let max = super::comes_in(&app, &path, "max@example.com").await;
    let (_, late) = super::invites(&admin, "late@example.com", Role::Viewer).await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    app.restart_with(|config| config.password_sign_in = false).await;
    let page = app.nobody().page("/login").await.ok();
    assert!(page.text().contains("Log in by password") && !page.text().contains("type=\"password\""));
    assert!(app.nobody().page("/login?by=password").await.ok().text().contains("type=\"password\""));
    let by_password = async |person: &Person, password: &str| {
        let form = [("email", person.email.as_str()), ("password", password)];
        person.with_cookie(None).call("session/sign-in", &form).await
    };
    let (status, body) = by_password(&max, PASSWORD).await;
    assert_eq!(
        (status, body["Problem"]["message"].as_str().unwrap().contains("switched off")),
        (StatusCode::CONFLICT, true)
    );
    assert_eq!(by_password(&max, "a guess").await.0, StatusCode::UNPROCESSABLE_ENTITY, "only who knows it is told");
    assert_eq!(by_password(&admin, PASSWORD).await.0, StatusCode::OK, "made at the command line");
    let by_link = app.nobody();
    super::opens(&by_link, &late).await;
    let form = [("email", "late@example.com"), ("name", "Late"), ("password", PASSWORD)];
    assert_eq!(by_link.call("invitation/accept", &form).await.0, StatusCode::CONFLICT);
    assert_eq!(admin.row_of("late@example.com").await.unwrap().user.status, UserStatus::Invited);
}

async fn a_second_factor_is_the_providers_business(app: TestApp) {
    app.administrator().await;
    let provider = Provider::start().await;
    provider.serves(&app, |_| {}).await;
    app.restart_with(|config| config.require_second_factor = true).await;
    provider.says(&app, "grace", &["ops"], json!({}));
    let grace = app.nobody();
    assert_eq!(signs_in(&provider, &grace).await, "/tokens");
    grace.page("/tokens").await.ok();
}

on_both_databases!(
    who_is_signed_in_there_is_signed_in_here_as_what_the_mapping_says,
    an_answer_counts_once_for_the_browser_that_asked,
    a_provider_that_is_away_is_told_and_keeps_nothing_else_from_working,
    an_answer_that_cannot_be_read_is_in_no_log,
    who_has_the_same_address_is_not_the_same_person,
    the_mapping_decides_at_each_login,
    a_value_can_mean_a_role_at_a_project,
    the_last_administrator_is_not_demoted_by_a_mapping,
    passwords_can_be_switched_off_but_for_those_of_the_servers_machine,
    a_second_factor_is_the_providers_business,
);
