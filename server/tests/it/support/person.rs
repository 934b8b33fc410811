//! A person with a browser, signed in or not.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::Mutex,
};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, header},
    response::Response,
};
use muster::{
    audit::Actor,
    scope::Scope,
    token::TokenValue,
    user::{Email, Password, Role},
};
use muster_app::console::RevealedToken;
use muster_server::manage::{Context, users};
use serde::de::DeserializeOwned;

use super::{Answer, StatusCode, TestApp, Value};

/// Everybody's.
pub const PASSWORD: &str = "correct horse battery";

/// The session's cookie.
const SESSION: &str = "muster_session";

/// A person: a cookie jar behind an address.
pub struct Person {
    app: TestApp,
    pub email: String,
    pub address: IpAddr,
    /// What the addresses begin with that it asks for: a scope; empty at the account.
    scope: String,
    /// What its cookie jar holds: names and values.
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A token that a person made.
pub struct NewToken {
    pub id: String,
    pub value: TokenValue,
}

type Form<'a> = &'a [(&'a str, &'a str)];

impl TestApp {
    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Person {
        let number = u8::try_from(self.next_number()).unwrap();
        let address = IpAddr::from(Ipv4Addr::new(192, 0, 2, number));
        Person { app: self.clone(), email: String::new(), address, scope: String::new(), cookies: Mutex::default() }
    }

    /// A new user of a role, signed in. The address tells the role: `viewer-1@example.com`.
    pub async fn person(&self, role: Role) -> Person {
        let person = self.user(role).await;
        person.sign_in().await;
        person
    }

    /// A new user of a role, not yet signed in.
    pub async fn user(&self, role: Role) -> Person {
        let mut person = self.nobody();
        let number = self.next_number();
        person.email = format!("{}-{number}@example.com", role.label().to_lowercase().replace(' ', "-"));
        let cx = Context::system(self.state(), Actor::CommandLine);
        let email = Email::parse(&person.email).unwrap();
        users::create(&cx, email, Password::new(PASSWORD.to_owned()), role).await.unwrap();
        person
    }

    /// A new user who has a role at one organization or project alone, signed in.
    pub async fn person_at(&self, role: Role, scope: &str) -> Person {
        let person = self.user(Role::Viewer).await;
        let cx = Context::system(self.state(), Actor::CommandLine);
        let id = users::by_email(&cx, &Email::parse(&person.email).unwrap()).await.unwrap();
        let account = Scope::account(self.state().account);
        let scope = Scope::parse(account.account, scope).unwrap();
        users::change::change_role(&cx, id, &scope, Some(role)).await.unwrap();
        users::change::change_role(&cx, id, &account, None).await.unwrap();
        person.sign_in().await;
        person
    }

    /// A new account administrator, signed in.
    pub async fn administrator(&self) -> Person {
        self.person(Role::AccountAdministrator).await
    }
}

impl Person {
    /// Signs in.
    pub async fn sign_in(&self) {
        let answer = self.post("session/sign-in", &[("email", &self.email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    /// The same browser in another place: another person, or this one again, with this cookie.
    pub fn with_cookie(&self, cookie: Option<String>) -> Self {
        let (app, email) = (self.app.clone(), self.email.clone());
        let pair = cookie.map(|cookie| {
            cookie
                .split_once('=')
                .map_or((cookie.clone(), String::new()), |(name, value)| (name.to_owned(), value.to_owned()))
        });
        Self {
            app,
            email,
            address: self.address,
            scope: self.scope.clone(),
            cookies: Mutex::new(pair.into_iter().collect()),
        }
    }

    /// The same browser at an organization or a project.
    pub fn at(&self, scope: &str) -> Self {
        let scope = Scope::parse(self.app.state().account, scope).unwrap().path();
        let cookies = Mutex::new(self.cookies.lock().unwrap().clone());
        Self { app: self.app.clone(), email: self.email.clone(), address: self.address, scope, cookies }
    }

    /// Makes an organization at the account, or a project at an organization; gives its id.
    pub async fn new_scope(&self, identifier: &str) -> String {
        let answer = self.post("scopes/create", &[("name", identifier), ("identifier", identifier)]).await.ok();
        answer.location().split_once("done=").expect("the list with what was done").1.to_owned()
    }

    /// The session's cookie, as it goes over the wire.
    pub fn cookie(&self) -> Option<String> {
        self.cookie_named(SESSION).map(|value| format!("{SESSION}={value}"))
    }

    /// The value of a cookie.
    pub fn cookie_named(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// The browser has a cookie from elsewhere.
    pub fn keeps_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The browser loses its session, and keeps what else it has.
    pub fn loses_its_session(&self) {
        self.cookies.lock().unwrap().remove(SESSION);
    }

    /// Sends a request with this person's cookie, and keeps the cookie that comes back.
    pub async fn open(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Response {
        let path = format!("{}{path}", self.scope);
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "muster.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies = self.cookies.lock().unwrap().clone();
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !pairs.is_empty() {
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let response = self.app.send(request.body(Body::from(body)).unwrap(), self.address).await;
        self.keep_cookies(response.headers());
        response
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for set in headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(set.len() <= 4096, "browsers keep no larger cookie: {} bytes", set.len());
            let pair = set.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a name and a value");
            if value.is_empty() {
                cookies.remove(name)
            } else {
                cookies.insert(name.to_owned(), value.to_owned())
            };
        }
    }

    /// Sends a request and reads the whole answer.
    pub async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        Answer::read(self.open(method, path, headers, body).await).await
    }

    /// Calls a server function as the console's own scripts do.
    pub async fn post(&self, endpoint: &str, form: Form<'_>) -> Answer {
        self.post_with(endpoint, form, &[]).await
    }

    /// Calls a server function with more headers.
    pub async fn post_with(&self, endpoint: &str, form: Form<'_>, more: &[(&str, &str)]) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers = [&[kind, ("accept", "application/json")], more].concat();
        let body = serde_urlencoded::to_string(form).unwrap();
        self.request(Method::POST, &format!("/api/{endpoint}"), &headers, body).await
    }

    /// Calls a server function: status and JSON.
    pub async fn call(&self, endpoint: &str, form: Form<'_>) -> (StatusCode, Value) {
        self.post(endpoint, form).await.pair()
    }

    /// Calls a server function that succeeds.
    pub async fn ask<T: DeserializeOwned>(&self, endpoint: &str, form: Form<'_>) -> T {
        self.post(endpoint, form).await.ok().to()
    }

    /// Opens a page.
    pub async fn page(&self, path: &str) -> Answer {
        self.request(Method::GET, path, &[("accept", "text/html")], String::new()).await
    }

    /// Posts a form as a browser without scripts does.
    pub async fn post_form_without_script(&self, path: &str, form: Form<'_>, referer: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html,application/xhtml+xml"),
            ("sec-fetch-site", "same-origin"),
            ("referer", referer),
        ];
        self.request(Method::POST, path, &headers, serde_urlencoded::to_string(form).unwrap()).await
    }

    /// Posts a form as the console's own script does.
    pub async fn post_form_from_page(&self, path: &str, form: Form<'_>, referer: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("muster-form", "1"),
            ("sec-fetch-site", "same-origin"),
            ("referer", referer),
        ];
        self.request(Method::POST, path, &headers, serde_urlencoded::to_string(form).unwrap()).await
    }

    /// Makes a token; gives its id.
    pub async fn makes_token(&self, name: &str, more: Form<'_>) -> String {
        let form = [&[("name", name)], more].concat();
        let answer = self.post("tokens/create", &form).await.ok();
        let page = answer.location().strip_prefix(&self.scope);
        let id = page.and_then(|page| page.strip_prefix("/tokens/")).and_then(|rest| rest.strip_suffix("/created"));
        id.expect("the page that shows the value").to_owned()
    }

    /// Makes a token and looks at its value.
    pub async fn new_token(&self, name: &str) -> NewToken {
        self.new_token_with(name, &[]).await
    }

    /// Makes a token with more than a name, and looks at its value.
    pub async fn new_token_with(&self, name: &str, more: Form<'_>) -> NewToken {
        let id = self.makes_token(name, more).await;
        let shown: Option<RevealedToken> = self.ask("tokens/reveal", &[("id", &id)]).await;
        let value = TokenValue::parse(&shown.expect("the value is shown").value).unwrap();
        NewToken { id, value }
    }

    /// Makes the successor of a token.
    pub async fn rotates_token(&self, id: &str, name: &str) -> NewToken {
        let answer = self.post("tokens/rotate", &[("id", id), ("name", name)]).await.ok();
        let location = answer.location().to_owned();
        let id =
            location.strip_prefix("/tokens/").and_then(|rest| rest.split_once('/')).expect("its page").0.to_owned();
        let shown: Option<RevealedToken> = self.ask("tokens/reveal", &[("id", &id)]).await;
        let value = TokenValue::parse(&shown.expect("the value is shown").value).unwrap();
        NewToken { id, value }
    }

    /// Makes a profile; gives its id.
    pub async fn new_profile(&self, name: &str, requires_approval: bool) -> String {
        let approval = if requires_approval { "require" } else { "off" };
        let form = [
            ("name", name),
            ("description", ""),
            ("startup_script", "echo hello"),
            ("approval", approval),
            ("selectors", ""),
        ];
        let answer = self.post("profiles/create", &form).await.ok();
        answer.location().split_once("done=").expect("the list with what was done").1.to_owned()
    }
}
