//! What is turned away: cheaply, at a limited rate, and so that somebody sees it.

use muster::{
    install::Arrivals,
    token::{TokenRefusal, TokenRow, TokenValue},
};

use crate::support::{Person, StatusCode, TestApp, days};

pub async fn refusals(admin: &Person, name: &str) -> Vec<TokenRefusal> {
    let page: muster::page::Page<TokenRow> =
        admin.ask("tokens/list", &[("with_revoked", "true"), ("cursor", "First")]).await;
    page.rows.into_iter().find(|row| row.token.name.as_str() == name).expect("the token").refusals
}

async fn b12_a_key_that_nobody_knows_is_not_tried_on_every_token(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    // Names a key that is unknown, though a token that is there opens it: what is named counts, and nothing is tried.
    let unknown = TokenValue::from_bytes([9; 16]);
    let edge = app.delegate(&unknown);
    assert_eq!(edge.register().await.refusal().1, "INVALID_TOKEN");
    let sealed_with_good_named_unknown = {
        let good = app.delegate(&token.value).authorization();
        let named = app.delegate(&unknown).authorization();
        let (head, _) = named.split_once("..").unwrap();
        let (_, tail) = good.split_once("..").unwrap();
        format!("{head}..{tail}")
    };
    let answer = edge.register_as(Some(&sealed_with_good_named_unknown)).await;
    assert_eq!(answer.refusal().1, "INVALID_TOKEN");
}

async fn b12_who_names_no_key_is_tried_at_a_limited_rate(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let known = app.delegate(&token.value).without_kid();
    let id = known.registered().await;
    let stranger = app.delegate(&TokenValue::from_bytes([9; 16])).without_kid().from([203, 0, 113, 5]);
    let mut refused = 0;
    while stranger.register().await.status == StatusCode::UNAUTHORIZED {
        refused += 1;
        assert!(refused < 5000, "there is no limit");
    }
    assert_eq!(stranger.register().await.refusal().1, "TOO_MANY_REQUESTS");
    assert_eq!(known.status(&id).await, "ENABLED", "others are not slowed down");
    known.named("another").registered().await;
}

async fn b17_a_token_that_cannot_be_read_refuses_nobody_else(app: TestApp) {
    use muster_server::db::entity::token;
    use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
    let admin = app.administrator().await;
    let [good, bad] = [admin.new_token("good").await, admin.new_token("bad").await];
    let change = app.state().db.write().await.unwrap();
    token::Entity::update_many()
        .col_expr(token::Column::SealedValue, Expr::value(vec![1_u8; 60]))
        .filter(token::Column::Id.eq(bad.id.parse::<uuid::Uuid>().unwrap()))
        .exec(&*change)
        .await
        .unwrap();
    change.commit().await.unwrap();
    assert_eq!(app.delegate(&bad.value).register().await.refusal().1, "INVALID_TOKEN");
    app.delegate(&good.value).without_kid().registered().await;
}

async fn b36_what_is_turned_away_is_told_by_token_reason_and_address(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value).from([203, 0, 113, 9]);
    app.advance(days(2));
    let since = app.now();
    for _ in 0..3 {
        assert_eq!(edge.register().await.refusal().1, "EXPIRED_TOKEN");
    }
    app.flush().await;
    let told = refusals(&admin, "edge").await;
    assert_eq!((told.len(), told[0].count, told[0].address.as_str()), (1, 3, "203.0.113.9"));
    assert!(told[0].reason.contains("expired") && told[0].last_at >= since);
    edge.register().await;
    app.flush().await;
    assert_eq!(refusals(&admin, "edge").await[0].count, 4, "a flood is one line");

    // Who waits for it under Download Delegate sees it at once.
    let arrivals: Arrivals = admin.ask("install/arrivals", &[("name", "edge-1"), ("token", &token.id)]).await;
    assert_eq!(arrivals.refusals[0].count, 4);
    app.advance(days(2));
    assert!(refusals(&admin, "edge").await.is_empty(), "after a day it is no news");
}

async fn u04_an_expired_token_is_said_and_can_be_rotated(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token_with("edge", &[("expires_in_days", "1")]).await;
    let edge = app.delegate(&token.value).with_key(1);
    let id = edge.registered().await;
    app.advance(days(2));
    assert_eq!(edge.heartbeat(&id).await.refusal().1, "EXPIRED_TOKEN");
    app.flush().await;
    let row = admin.sees(&id).await.row;
    assert_eq!(row.token_status, Some(muster::token::TokenStatus::Expired));
    assert!(row.delegate.refused_at.is_some(), "when it tried last");
    let next = admin.rotates_token(&token.id, "edge-2").await;
    assert_eq!(edge.holding(&next.value).status(&id).await, "ENABLED");
}

async fn c29_a_page_says_by_how_much_a_clock_is_wrong(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with_key(1);
    let id = edge.registered().await;
    // The proofs of these tests are of 1970.
    let behind = admin.sees(&id).await.row.delegate.clock_behind.unwrap();
    assert!((app.now().as_seconds() - behind).abs() < 10, "{behind}");
    let page = admin.page(&format!("/delegates/{id}")).await.ok();
    assert!(page.text().contains("min behind the manager"), "{}", page.text());
    let other = app.delegate(&admin.new_token("other").await.value).named("keyless");
    let id = other.registered().await;
    assert_eq!(admin.sees(&id).await.row.delegate.clock_behind, None);
}

on_both_databases!(
    b12_a_key_that_nobody_knows_is_not_tried_on_every_token,
    b12_who_names_no_key_is_tried_at_a_limited_rate,
    b17_a_token_that_cannot_be_read_refuses_nobody_else,
    b36_what_is_turned_away_is_told_by_token_reason_and_address,
    u04_an_expired_token_is_said_and_can_be_rotated,
    c29_a_page_says_by_how_much_a_clock_is_wrong,
);
