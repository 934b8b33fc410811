//! Managers that come and go, and readers that stay: delegates notice neither.

use muster::delegate::Status;
use sea_orm::{ConnectionTrait as _, Database as Connector, TransactionTrait as _};

use crate::support::{Client, TestApp, database::Backend, seconds};

/// A delegate, as one of two managers sees it.
fn at(app: &TestApp, number: usize, token: &muster::token::TokenValue) -> Client {
    app.delegate(token).named(&format!("edge-{number}"))
}

async fn a_rolling_restart_of_two_managers_loses_nothing(app: TestApp) {
    if app.backend() == Backend::Sqlite {
        return;
    }
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await.value;
    let other = app.second().await;
    let managers = [&app, &other];
    let mut ids = Vec::new();
    for (leaves, stays) in [(0, 1), (1, 0)] {
        // Known to the one that leaves.
        for number in ids.len()..ids.len() + 3 {
            ids.push(at(managers[leaves], number, &token).registered().await);
        }
        managers[leaves].stop().await;
        for _ in 0..4 {
            app.advance(seconds(10));
            for (number, id) in ids.iter().enumerate() {
                assert_eq!(at(managers[stays], number, &token).status(id).await, "ENABLED");
            }
            managers[stays].flush().await;
            managers[stays].sweep().await;
        }
        // New ones come meanwhile.
        let number = ids.len();
        ids.push(at(managers[stays], number, &token).registered().await);
        managers[leaves].start().await.unwrap();
        managers[leaves].sweep().await;
    }
    for (number, id) in ids.iter().enumerate() {
        let detail = admin.sees(id).await;
        assert_eq!((detail.row.status, detail.connections.len()), (Status::Connected, 1), "edge-{number}");
    }
    assert_eq!(app.count_delegates().await, 8);
    other.stop().await;
}

async fn a_long_read_delays_no_heartbeat(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await.value;
    let edge = app.delegate(&token);
    let id = edge.registered().await;
    // Somebody exports everything, and takes the time.
    let reader = Connector::connect(app.database_url()).await.unwrap();
    let export = reader.begin().await.unwrap();
    export.execute_unprepared("SELECT * FROM delegate").await.unwrap();
    app.advance(seconds(10));
    let heard_at = app.now();
    assert_eq!(edge.status(&id).await, "ENABLED");
    app.flush().await;
    assert_eq!(admin.sees(&id).await.row.delegate.last_heartbeat_at, heard_at);
    app.delegate(&token).named("edge-2").registered().await;
    export.rollback().await.unwrap();
    reader.close().await.unwrap();
}

on_both_databases!(a_rolling_restart_of_two_managers_loses_nothing, a_long_read_delays_no_heartbeat);
