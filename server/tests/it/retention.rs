//! What happened is kept for a time, and not for ever.

use muster::{
    audit::Action,
    id::{ConnectionId, DelegateId},
};
use muster_server::{
    db::entity::{audit, connection},
    random,
    retention::{self, MAX_CONNECTIONS},
};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, Set};

use crate::support::{Role, TestApp, days, seconds};

async fn connections(app: &TestApp) -> u64 {
    connection::Entity::find().count(app.state().db.read()).await.unwrap()
}

async fn b17_the_audit_trail_ends_where_it_may(app: TestApp) {
    app.restart_with(|config| config.retention.audit_days = 30).await;
    app.user(Role::Viewer).await;
    app.advance(days(20));
    let new = app.user(Role::Viewer).await;
    let all = app.audit().await.len();
    retention::tidy(&app.state()).await.unwrap();
    assert_eq!(app.audit().await.len(), all, "it is all younger than that");
    app.advance(days(11));
    retention::tidy(&app.state()).await.unwrap();
    let made = app.audit_of(Action::UserCreated).await;
    assert_eq!(made.iter().map(|row| row.object_name.as_str()).collect::<Vec<_>>(), [new.email]);
}

async fn b17_many_rows_go_in_several_changes(app: TestApp) {
    app.administrator().await.makes_token("edge", &[]).await;
    let row = app.audit().await.pop().unwrap();
    let change = app.state().db.write().await.unwrap();
    for _ in 0..25 {
        let rows = (0..100).map(|_| {
            let mut copy = row.clone().into_active_model();
            copy.id = Set(muster::id::AuditId::new(app.now(), &random::bytes()).0);
            copy
        });
        audit::Entity::insert_many(rows).exec(&*change).await.unwrap();
    }
    change.commit().await.unwrap();
    app.advance(days(401));
    retention::tidy(&app.state()).await.unwrap();
    assert!(app.audit().await.is_empty());
}

async fn b17_the_connection_history_is_bounded(app: TestApp) {
    app.restart_with(|config| config.retention.connection_days = 7).await;
    let token = app.administrator().await.new_token("edge").await;
    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    edge.unregister(&id).await.ok();
    app.advance(days(3));
    // One that goes on is kept, however old it is.
    edge.registered().await;
    let other = edge.named("edge-2").on("host-2");
    other.registered().await;
    assert_eq!(connections(&app).await, 3);
    app.advance(days(5));
    retention::tidy(&app.state()).await.unwrap();
    assert_eq!(connections(&app).await, 2);
    app.advance(days(30));
    retention::tidy(&app.state()).await.unwrap();
    assert_eq!(connections(&app).await, 2, "they were never lost");

    // One that comes and goes without end.
    let delegate: DelegateId = id.parse().unwrap();
    let row = connection::Entity::find().one(app.state().db.read()).await.unwrap().unwrap();
    let change = app.state().db.write().await.unwrap();
    for number in 0..MAX_CONNECTIONS + 5 {
        let mut copy = row.clone().into_active_model();
        app.advance(seconds(1));
        copy.id = Set(ConnectionId::new(app.now(), &random::bytes()).0);
        copy.delegate_id = Set(delegate.0);
        copy.connected_at = Set(app.now().as_millis());
        copy.lost_at = Set(Some(app.now().as_millis()));
        copy.cause = Set(number.to_string());
        copy.insert(&*change).await.unwrap();
    }
    change.commit().await.unwrap();
    retention::tidy(&app.state()).await.unwrap();
    let left = connection::Entity::find().all(app.state().db.read()).await.unwrap();
    let of_it: Vec<_> = left.iter().filter(|row| row.delegate_id == delegate.0 && row.lost_at.is_some()).collect();
    assert_eq!(u64::try_from(of_it.len()).unwrap(), MAX_CONNECTIONS);
    assert!(of_it.iter().all(|row| !["0", "1", "2", "3", "4"].contains(&row.cause.as_str())), "the oldest went");
    assert!(left.iter().any(|row| row.delegate_id == delegate.0 && row.lost_at.is_none()), "it is connected still");
}

on_both_databases!(
    b17_the_audit_trail_ends_where_it_may,
    b17_many_rows_go_in_several_changes,
    b17_the_connection_history_is_bounded,
);
