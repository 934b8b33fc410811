//! What a token is good for: how many delegates register with it, from where, and which.

use std::net::IpAddr;

use futures_util::future::join_all;
use muster::audit::Action;

use crate::support::{Answer, Client, Person, StatusCode, TestApp, database::Backend, json, person::NewToken, seconds};

fn from(client: &Client, address: &str) -> Client {
    let mut other = client.clone();
    other.address = address.parse::<IpAddr>().unwrap();
    other
}

/// The code of the restriction that an answer tells of.
#[track_caller]
fn code(answer: &Answer) -> String {
    let (status, code, sentence) = answer.refusal();
    assert_eq!(status, StatusCode::FORBIDDEN, "{code} {sentence}");
    assert!(sentence.starts_with("This delegate token") && sentence.ends_with('.'), "{sentence}");
    code
}

/// How a registration is refused.
async fn refused(client: &Client) -> String {
    code(&client.register().await)
}

impl Person {
    /// Edits what a token is good for.
    async fn restricts(&self, token: &NewToken, form: &[(&str, &str)]) {
        let row = self.token(&token.id).await.row;
        let (seen, name) = (row.token.revision.to_string(), row.token.name.to_string());
        let own = [("id", token.id.as_str()), ("seen", seen.as_str()), ("name", name.as_str()), ("back", "")];
        self.post("tokens/edit", &[&own[..], form].concat()).await.ok();
    }
}

async fn fifty_at_once_with_a_one_time_token_are_one(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("once", &[("max_registrations", "1")]).await;
    // At two managers, where there can be two.
    let other = if app.backend() == Backend::Sqlite { app.clone() } else { app.second().await };
    let all: Vec<Client> = (0..50)
        .map(|number| if number % 2 == 0 { (&app, number) } else { (&other, number) })
        .map(|(app, number)| app.delegate(&token.value).named(&format!("edge-{number}")).on(&format!("host-{number}")))
        .enumerate()
        .map(|(number, client)| client.with_key(u8::try_from(number).unwrap()))
        .collect();
    let mut answers = join_all(all.iter().map(Client::register)).await;
    // Who found a database that is too busy asks again.
    for (client, answer) in all.iter().zip(&mut answers) {
        while answer.status == StatusCode::SERVICE_UNAVAILABLE {
            *answer = client.register().await;
        }
    }
    let admitted = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    assert_eq!(admitted, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for answer in answers.into_iter().filter(|answer| answer.status != StatusCode::OK) {
        assert!(answer.text().contains("is used up: as many delegates have registered with it as may"));
        assert_eq!(code(&answer), "REGISTRATIONS_USED_UP");
    }
    assert_eq!(app.count_delegates().await, 1);
    let row = admin.token(&token.id).await.row;
    assert_eq!((row.registrations, row.total), (1, 1));
    app.flush().await;
    if app.backend() == Backend::Postgres {
        other.flush().await;
        other.stop().await;
    }
    let calls = admin.token_detail(&token.id).await.refused;
    assert_eq!((calls[0].reason.as_str(), calls[0].count), ("the token is used up", 49));
}

async fn who_is_known_comes_back_and_is_not_counted(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("once", &[("max_registrations", "1")]).await;
    let mut edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    for _ in 0..2 {
        edge = edge.restarted();
        assert_eq!(edge.registered().await, id, "a restart resumes");
        assert_eq!(edge.status(&id).await, "ENABLED");
    }
    let other = app.delegate(&token.value).named("edge-2").on("host-2").with_key(2);
    assert_eq!(refused(&other).await, "REGISTRATIONS_USED_UP");
    assert_eq!(admin.token(&token.id).await.row.registrations, 1);

    // One more may, from the next request on.
    admin.restricts(&token, &[("max_registrations", "2")]).await;
    other.registered().await;
    assert_eq!(refused(&other.named("edge-3").on("host-3").with_key(3)).await, "REGISTRATIONS_USED_UP");

    // A successor has no more left than the token had.
    let next = admin.rotates_token(&token.id, "next").await;
    assert_eq!(admin.token(&next.id).await.row.registrations, 2);
    let gone_over = edge.restarted().holding(&next.value);
    assert_eq!(gone_over.registered().await, id);
    let third = app.delegate(&next.value).named("edge-3").on("host-3").with_key(3);
    assert_eq!(refused(&third).await, "REGISTRATIONS_USED_UP");

    // Without a limit nothing is counted, and one that is set later begins anew.
    admin.restricts(&next, &[]).await;
    third.registered().await;
    admin.restricts(&next, &[("max_registrations", "1")]).await;
    assert_eq!(admin.token(&next.id).await.row.registrations, 0);
    third.named("edge-4").on("host-4").with_key(4).registered().await;
    assert_eq!(admin.token(&next.id).await.row.registrations, 1);
    let edited = app.audit_of(Action::TokenEdited).await;
    let details: Vec<&str> = edited.iter().map(|entry| entry.detail.as_str()).collect();
    assert_eq!(details, ["registrations 1 → 2", "registrations 2 → any", "registrations any → 1"]);
}

async fn every_request_comes_from_the_networks_that_are_allowed(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("networks", "198.51.100.0/24, fd00::/8")]).await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    assert_eq!(refused(&from(&edge, "203.0.113.5").named("thief").with_key(2)).await, "NETWORK_NOT_ALLOWED");
    let elsewhere = from(&edge, "203.0.113.5");
    assert_eq!(code(&elsewhere.heartbeat(&id).await), "NETWORK_NOT_ALLOWED");
    assert_eq!(code(&elsewhere.task_events(&id).await), "NETWORK_NOT_ALLOWED");
    for good in ["198.51.100.255", "::ffff:198.51.100.1", "fd12::1"] {
        assert_eq!(from(&edge, good).status(&id).await, "ENABLED", "{good}");
    }
    app.flush().await;
    let calls = admin.token_detail(&token.id).await.refused;
    let told: Vec<_> = calls.iter().map(|one| (one.address.as_str(), one.reason.as_str(), one.count)).collect();
    assert_eq!(told, [("203.0.113.5", "the token cannot be used from that address", 3)]);

    // An edit counts at the next request, for heartbeats too; taken back, the delegate goes on.
    admin.restricts(&token, &[("networks", "10.0.0.0/8")]).await;
    assert_eq!(code(&edge.heartbeat(&id).await), "NETWORK_NOT_ALLOWED");
    admin.restricts(&token, &[]).await;
    assert_eq!(edge.status(&id).await, "ENABLED");
}

async fn an_edit_counts_at_other_managers_too(app: TestApp) {
    if app.backend() == Backend::Sqlite {
        return;
    }
    let other = app.second().await;
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let there = other.delegate(&token.value).with_key(1);
    let id = there.registered().await;
    assert_eq!(there.status(&id).await, "ENABLED");
    admin.restricts(&token, &[("networks", "10.0.0.0/8")]).await;
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(code(&there.heartbeat(&id).await), "NETWORK_NOT_ALLOWED");
    other.stop().await;
}

async fn types_and_names_are_asked_of_who_is_new(app: TestApp) {
    let admin = app.administrator().await;
    let form = [("kinds[0]", "DOCKER"), ("kinds[4]", "SHELL_SCRIPT"), ("name_pattern", "edge-*")];
    let token = admin.new_token_with("edge", &form).await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    let new = |name: &str, key| edge.named(name).on(name).with_key(key);
    let kubernetes = new("edge-2", 2).with("delegateType", json!("KUBERNETES"));
    assert_eq!(refused(&kubernetes).await, "DELEGATE_TYPE_NOT_ALLOWED");
    assert_eq!(refused(&new("prod-1", 2)).await, "DELEGATE_NAME_NOT_ALLOWED");
    new("edge-2", 2).with("delegateType", json!("DOCKER")).registered().await;

    // Who is known cannot become what is not allowed, either.
    let edge = edge.restarted();
    assert_eq!(refused(&edge.named("prod-1")).await, "DELEGATE_NAME_NOT_ALLOWED");
    assert_eq!(edge.named("edge-9").registered().await, id);
    // But stays what it is under rules that came later.
    admin.restricts(&token, &[("kinds[0]", "ECS"), ("name_pattern", "other-*")]).await;
    let edge = edge.restarted().named("edge-9");
    assert_eq!(edge.registered().await, id);
    assert_eq!(edge.status(&id).await, "ENABLED");
    let page = admin.page(&format!("/tokens/{}", token.id)).await.ok();
    for part in ["ECS Task", "other-*", "Delegate names"] {
        assert!(page.text().contains(part), "{part}");
    }
}

async fn what_cannot_be_taken_names_its_field_and_comes_back(app: TestApp) {
    let admin = app.administrator().await;
    for (field, value) in [
        ("max_registrations", "0"),
        ("max_registrations", "many"),
        ("networks", "10.0.0.0/33"),
        ("networks", "here"),
        ("name_pattern", "a\u{200b}b"),
    ] {
        let (status, body) = admin.call("tokens/create", &[("name", "edge"), (field, value)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}: {body}");
        assert_eq!(body["Problem"]["field"], field, "{body}");
    }
    let form = [("name", "edge"), ("networks", "here"), ("kinds[1]", "DOCKER"), ("max_registrations", "3")];
    admin.post_form_without_script("/api/tokens/create", &form, "http://muster.test/tokens/new").await;
    let page = admin.page("/tokens/new").await.ok();
    for part in [">here</textarea>", "is neither an address nor a network", "value=\"DOCKER\" checked", "value=\"3\""] {
        assert!(page.text().contains(part), "{part} is not in {}", page.text());
    }
}

async fn the_delegate_that_used_it_last_is_named_and_found(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    app.flush().await;
    let row = admin.token(&token.id).await.row;
    assert_eq!(row.last_used_by.map(|id| id.to_string()), Some(id.clone()));
    assert_eq!(row.last_used_from, "198.51.100.7");
    assert!(admin.page(&format!("/tokens/{}", token.id)).await.ok().text().contains(&format!("/delegates/{id}")));
    // Who was turned away did not use it.
    admin.restricts(&token, &[("name_pattern", "other-*")]).await;
    refused(&from(&edge, "198.51.100.9").named("edge-2").on("host-2").with_key(2)).await;
    app.flush().await;
    assert_eq!(admin.token(&token.id).await.row.last_used_from, "198.51.100.7");
}

on_both_databases!(
    fifty_at_once_with_a_one_time_token_are_one,
    who_is_known_comes_back_and_is_not_counted,
    every_request_comes_from_the_networks_that_are_allowed,
    an_edit_counts_at_other_managers_too,
    types_and_names_are_asked_of_who_is_new,
    what_cannot_be_taken_names_its_field_and_comes_back,
    the_delegate_that_used_it_last_is_named_and_found,
);
