//! The public API: keys, what they may do, and the main job by it alone.

mod document;
mod keys;
mod once;
mod people;
mod story;
mod table;

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use muster::{
    api_key::{NewApiKey, Owner},
    audit::Actor,
    id::ApiKeyId,
    user::Email,
};
use muster_server::manage::{Context, api_keys, users};

use crate::support::{Answer, Person, Role, TestApp, Value};

/// A program with a key.
pub struct Client {
    app: TestApp,
    pub id: ApiKeyId,
    pub key: String,
    pub address: IpAddr,
}

impl TestApp {
    /// A program with a new key of a person, made at the command line.
    pub async fn client(&self, of: &Person, role: Role) -> Client {
        self.client_at(of, role, "").await
    }

    /// The same, of a key for one scope.
    pub async fn client_at(&self, of: &Person, role: Role, scope: &str) -> Client {
        let cx = Context::system(self.state(), Actor::CommandLine);
        let owner = Owner::User(users::by_email(&cx, &Email::parse(&of.email).unwrap()).await.unwrap());
        let name = format!("key {}", self.next_number());
        let command = NewApiKey::parse(cx.state.account, &name, role.code(), scope, "90", "").unwrap();
        let mut change = cx.state.db.write().await.unwrap();
        let created = api_keys::create(&cx, &mut change, owner, command).await.unwrap();
        change.commit().await.unwrap();
        self.client_with(created.key.id, &created.value)
    }

    pub fn client_with(&self, id: ApiKeyId, key: &str) -> Client {
        let number = u8::try_from(self.next_number()).unwrap();
        Client { app: self.clone(), id, key: key.to_owned(), address: IpAddr::from(Ipv4Addr::new(192, 0, 2, number)) }
    }
}

impl Client {
    /// Asks; a body is sent where there is one.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(&[], method, path, body).await
    }

    /// The same, with headers.
    pub async fn ask_with(&self, headers: &[(&str, &str)], method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("x-api-key", &self.key)
            .header(header::HOST, "muster.test");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        Answer::read(self.app.send(request.unwrap(), self.address).await).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }
}
