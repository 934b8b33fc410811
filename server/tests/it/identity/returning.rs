//! A delegate that comes back is the same by its key, wherever it is; and those that registered before keys were proved.

use muster::audit::Action;
use muster_server::db::entity::delegate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use crate::support::{TestApp, json};

async fn a05_a_delegate_with_a_key_is_the_same_on_another_host(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let edge = app.delegate(&admin.new_token_with("edge", &[("profile", &profile)]).await.value).with_key(1);
    let id = edge.registered().await;
    admin.decides("approve", &id).await.ok();
    let mut before = "host-1".to_owned();
    for host in ["WEB8", "web8", "web8.corp.example", "localhost"] {
        let moved = edge.on(host).named("moved").from([203, 0, 113, 9]);
        assert_eq!(moved.registered().await, id);
        assert_eq!(moved.status(&id).await, "ENABLED");
        let seen = admin.sees(&id).await;
        assert_eq!(seen.row.delegate.facts.host_name.as_str(), host);
        assert_eq!(seen.row.delegate.address, "203.0.113.9");
        let entry = &seen.audit.rows[0];
        assert_eq!(entry.action, Action::DelegateChanged);
        assert!(entry.detail.contains(&format!("host {before} → {host}")), "{}", entry.detail);
        before = host.to_owned();
    }
    assert_eq!(app.count_delegates().await, 1);
}

/// Makes a delegate's row what the version before keys left.
async fn as_before_keys(app: &TestApp, id: &str, thumbprint: Option<&str>) {
    let change = app.state().db.write().await.unwrap();
    delegate::Entity::update_many()
        .col_expr(delegate::Column::Thumbprint, Expr::value(thumbprint.map(str::to_owned)))
        .col_expr(delegate::Column::Unbound, Expr::value(thumbprint.is_some()))
        .filter(delegate::Column::Id.eq(id.parse::<uuid::Uuid>().unwrap()))
        .exec(&*change)
        .await
        .unwrap();
    change.commit().await.unwrap();
}

async fn a02_who_registered_before_keys_is_bound_to_the_one_it_comes_back_with(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let former = "A".repeat(43);
    let old = app.delegate(&token.value).with("keyThumbprint", json!(former));
    let id = old.registered().await;
    admin.decides("approve", &id).await.ok();
    as_before_keys(&app, &id, Some(&former)).await;
    assert!(admin.sees(&id).await.row.delegate.unbound, "the console says who has not come back yet");
    assert_eq!(old.status(&id).await, "ENABLED", "it works on until it is upgraded");

    let wrong = app.delegate(&token.value).with("keyThumbprint", json!("B".repeat(43))).with_key(9);
    assert_ne!(wrong.registered().await, id, "who does not know its fingerprint of before is a stranger");

    let upgraded = old.with_key(1).with("delegateId", json!(id));
    assert_eq!(upgraded.registered().await, id);
    assert_eq!(upgraded.status(&id).await, "ENABLED");
    let delegate = admin.sees(&id).await.row.delegate;
    assert!(!delegate.unbound);
    assert_eq!(delegate.key.unwrap().thumbprint().fingerprint(), upgraded.fingerprint());
    let bound = app.audit_of(Action::KeyBound).await;
    assert_eq!(bound[0].detail, format!("fingerprint {}", upgraded.fingerprint()));

    assert_eq!(old.status(&id).await, "DELETED", "its token alone is no proof any more");
    let second = old.with_key(2).with("delegateId", json!(id));
    assert_ne!(second.registered().await, id, "only the first");
}

async fn a02_a_client_that_never_had_a_key_is_bound_to_none(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let old = app.delegate(&token.value);
    let id = old.registered().await;
    as_before_keys(&app, &id, None).await;
    let other = old.with_key(1).with("delegateId", json!(id)).with("keyThumbprint", json!("A".repeat(43)));
    let new = other.registered().await;
    assert_ne!(new, id);
    assert_eq!(other.status(&new).await, "WAITING_FOR_APPROVAL");
    assert_eq!(old.status(&id).await, "ENABLED");
}

on_both_databases!(
    a05_a_delegate_with_a_key_is_the_same_on_another_host,
    a02_who_registered_before_keys_is_bound_to_the_one_it_comes_back_with,
    a02_a_client_that_never_had_a_key_is_bound_to_none,
);
