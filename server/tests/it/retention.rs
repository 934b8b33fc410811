//! What happened is kept for a time, and not for ever.

use muster::{
    audit::Action,
    delegate::Status,
    id::{ConnectionId, DelegateId},
};
use muster_server::{
    db::entity::{audit, connection, script_run},
    manage::{audit::chain, delegates::remove_lost},
    random,
    retention::{self, MAX_CONNECTIONS},
};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, Set};

use crate::support::{Role, TestApp, database::Backend, days, json, seconds};

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
    while chain::link(&app.state()).await.unwrap() > 0 {}
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

async fn lost_delegates_in_containers_are_removed_and_no_others(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await.value;
    let careful = admin.new_profile("Careful", true).await;
    let of_kind = |kind: &str| app.delegate(&token).named(&kind.to_lowercase()).with("delegateType", json!(kind));
    let mut ids = Vec::new();
    for kind in ["KUBERNETES", "ECS", "HELM_DELEGATE", "DOCKER", "SHELL_SCRIPT"] {
        ids.push(of_kind(kind).registered().await);
    }
    let alive = of_kind("KUBERNETES").named("alive");
    let alive_id = alive.registered().await;
    let waits = of_kind("KUBERNETES").named("waits").with("delegateProfileId", json!(careful));
    let waits_id = waits.registered().await;
    let rejected = waits.named("rejected");
    let rejected_id = rejected.registered().await;
    admin.decides("reject", &rejected_id).await.ok();

    let there = async |id: &str| {
        admin.row_with(None, id).await.is_some() || admin.row_with(Some(Status::Rejected), id).await.is_some()
    };
    app.advance(seconds(60));
    app.sweep().await;
    app.advance(days(1));
    assert_eq!(alive.status(&alive_id).await, "ENABLED");
    remove_lost(&app.state()).await.unwrap();
    for (at, id) in ids.iter().enumerate() {
        assert_eq!(there(id).await, at > 2, "{at}");
    }
    for id in [&alive_id, &waits_id, &rejected_id] {
        assert!(there(id).await);
    }
    let told = app.audit_of(Action::DelegateDeleted).await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|entry| entry.detail.ends_with("lost for more than 6 h")));
}

async fn nobody_is_removed_by_a_manager_that_was_away(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value).with("delegateType", json!("KUBERNETES"));
    let id = edge.registered().await;
    edge.unregister(&id).await.ok();
    app.stop().await;
    app.advance(days(2));
    app.start().await.unwrap();
    remove_lost(&app.state()).await.unwrap();
    assert_eq!(edge.status(&id).await, "ENABLED");
}

async fn only_one_manager_clears_away_at_a_time(app: TestApp) {
    let (one, other) = (app.state().db.write().await.unwrap(), app.state());
    assert!(one.takes_job().await.unwrap());
    if app.backend() == Backend::Postgres {
        assert!(!other.db.write().await.unwrap().takes_job().await.unwrap());
    }
    drop(one);
    while !other.db.write().await.unwrap().takes_job().await.unwrap() {
        tokio::task::yield_now().await;
    }
}

async fn runs_of_scripts_go_some_time_after_their_end(app: TestApp) {
    let admin = app.administrator().await;
    let id: DelegateId = app.delegate(&admin.new_token("edge").await.value).registered().await.parse().unwrap();
    let profile = admin.primary().await.parse().unwrap();
    let version = app.now().as_millis();
    let change = app.state().db.write().await.unwrap();
    for (ended_at, at) in [(None, 1_u128), (Some(version), 2)] {
        let run = script_run::Model {
            id: uuid::Uuid::from_u128(at),
            account_id: app.state().account.0,
            organization: String::new(),
            project: String::new(),
            delegate_id: id.0,
            profile_id: profile,
            profile_name: String::new(),
            version,
            started_at: version,
            ended_at,
            outcome: None,
            exit_code: None,
            received: 0,
            sealed_rest: Vec::new(),
        };
        script_run::Entity::insert(run.into_active_model().reset_all()).exec(&*change).await.unwrap();
    }
    change.commit().await.unwrap();
    app.advance(days(91));
    retention::tidy(&app.state()).await.unwrap();
    let left = script_run::Entity::find().all(app.state().db.read()).await.unwrap();
    assert_eq!(left.iter().map(|run| run.ended_at).collect::<Vec<_>>(), [None], "one that goes on stays");
}

on_both_databases!(
    lost_delegates_in_containers_are_removed_and_no_others,
    nobody_is_removed_by_a_manager_that_was_away,
    only_one_manager_clears_away_at_a_time,
    runs_of_scripts_go_some_time_after_their_end,
    b17_the_audit_trail_ends_where_it_may,
    b17_many_rows_go_in_several_changes,
    b17_the_connection_history_is_bounded,
);
