//! Names that deceive: refused wherever they come in, and shown for what they are where they came in before.

use muster_server::db::entity::delegate;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};

use crate::support::{StatusCode, TestApp, json};

const DECEIT: &str = "edge-\u{202e}dorp";

async fn c25_names_that_deceive_are_refused_at_every_door(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let delegate = app.delegate(&token.value);
    for client in [delegate.named(DECEIT), delegate.on("\u{200b}"), delegate.with("tags", json!(["a", "edge\u{ad}1"]))]
    {
        let answer = client.register().await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("that cannot be seen or that reorder others: U+"), "{}", answer.text());
    }
    assert_eq!(app.count_delegates().await, 0);
    let profile =
        [("name", DECEIT), ("description", ""), ("startup_script", ""), ("approval", "off"), ("selectors", "")];
    for (endpoint, form) in [("tokens/create", &profile[..1]), ("profiles/create", &profile[..])] {
        let (status, answer) = admin.call(endpoint, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}: {answer}");
    }
}

async fn c25_a_name_of_before_is_shown_for_what_it_is(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let id = app.delegate(&token.value).registered().await;
    let row = delegate::Entity::find().one(app.state().db.read()).await.unwrap().unwrap();
    let mut row: delegate::ActiveModel = row.into();
    row.name = Set(DECEIT.to_owned());
    row.tags = Set("a, \u{3164}".to_owned());
    let change = app.state().db.write().await.unwrap();
    row.update(&*change).await.unwrap();
    change.commit().await.unwrap();
    let facts = admin.sees(&id).await.row.delegate.facts;
    assert_eq!((facts.name.as_str(), facts.tags.to_string().as_str()), ("edge-\u{fffd}dorp", "a, \u{fffd}"));
}

on_both_databases!(c25_names_that_deceive_are_refused_at_every_door, c25_a_name_of_before_is_shown_for_what_it_is,);
