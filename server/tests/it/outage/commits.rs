//! A1: no answer of success before a commit that happened, and none of refusal after one.

use muster::audit::Action;
use sea_orm::ConnectionTrait as _;

use super::proxy::{Proxy, Way};
use crate::support::{Person, StatusCode, TestApp, database::Backend, log::logged_while};

async fn tokens(admin: &Person) -> Vec<String> {
    let page: muster::page::Page<muster::token::TokenRow> =
        admin.ask("tokens/list", &[("with_revoked", "true"), ("cursor", "First")]).await;
    page.rows.into_iter().map(|row| row.token.name.to_string()).collect()
}

/// SQLite: the database may not grow, as on a full disk; the transaction ends by itself.
async fn a01_after_a_failed_commit_no_change_is_lost(app: TestApp) {
    if app.backend() != Backend::Sqlite {
        return;
    }
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    for round in 0..3 {
        // Fills what is left of the file, until SQLite says that it is full.
        let change = app.state().db.write().await.unwrap();
        change.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let mut error = None;
        for _ in 0..1000 {
            let big = "INSERT INTO setting (name, value) VALUES (hex(randomblob(8)), randomblob(60000))";
            if let Err(full) = change.execute_unprepared(big).await {
                error = Some(full);
                break;
            }
        }
        let error = error.expect("the database is full");
        assert!(muster_server::db::failure::is_unavailable(&error), "{error}");
        assert!(change.commit().await.is_err(), "what was rolled back is not committed");

        let name = format!("after-{round}");
        admin.new_token(&name).await;
        assert!(tokens(&admin).await.contains(&name));
        app.restart().await;
        assert!(tokens(&admin).await.contains(&name), "what was answered with success is there");
        assert_eq!(edge.status(&id).await, "ENABLED");
    }
    let state = app.state();
    let left = "SELECT 1 FROM setting WHERE length(value) = 60000";
    let left = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, left);
    assert!(state.db.read().query_one_raw(left).await.unwrap().is_none(), "nothing of what failed is there");
    assert_eq!(admin.page("/readyz").await.status, StatusCode::OK);
}

/// An installation whose way to PostgreSQL can be cut; none on SQLite.
async fn behind_a_proxy(app: &TestApp) -> Option<(Proxy, Person)> {
    if app.backend() != Backend::Postgres {
        return None;
    }
    let proxy = Proxy::to(&app.database_url()).await;
    let url = proxy.url(&app.database_url());
    app.restart_with(|config| config.database = url.parse().expect("a URL")).await;
    let admin = app.administrator().await;
    Some((proxy, admin))
}

async fn until_ready(admin: &Person) {
    while admin.page("/readyz").await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
}

async fn a01_a_commit_whose_answer_is_lost_is_looked_up(app: TestApp) {
    let Some((proxy, admin)) = behind_a_proxy(&app).await else { return };
    proxy.set(Way::LosesAnswerOfCommit);
    let call = admin.post("tokens/create", &[("name", "committed")]);
    let back = async {
        proxy.until_cut().await;
        proxy.set(Way::Open);
    };
    let (answer, ()) = tokio::join!(call, back);
    assert_eq!(answer.status, StatusCode::OK, "the database says that it was committed: {}", answer.text());
    until_ready(&admin).await;
    assert!(tokens(&admin).await.contains(&"committed".to_owned()));
    assert_eq!(app.audit_of(Action::TokenCreated).await.last().unwrap().object_name, "committed");
}

async fn a01_a_commit_that_got_lost_is_refused_and_can_be_made_again(app: TestApp) {
    let Some((proxy, admin)) = behind_a_proxy(&app).await else { return };
    proxy.set(Way::LosesCommit);
    let call = admin.post("tokens/create", &[("name", "lost")]);
    let back = async {
        proxy.until_cut().await;
        proxy.set(Way::Open);
    };
    let ((answer, ()), log) = logged_while(async { tokio::join!(call, back) }).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    assert_eq!(answer.header("retry-after"), "2");
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(!log.contains("TOKEN_CREATED"), "A9: the log claims nothing that failed: {log}");
    until_ready(&admin).await;
    assert!(!tokens(&admin).await.contains(&"lost".to_owned()));
    admin.new_token("lost").await;
}

async fn a01_where_nobody_can_tell_the_answer_says_so(app: TestApp) {
    let Some((proxy, admin)) = behind_a_proxy(&app).await else { return };
    proxy.set(Way::LosesAnswerOfCommit);
    let answer = admin.post("tokens/create", &[("name", "unknown")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    assert!(answer.text().contains("UnknownOutcome"), "{}", answer.text());
    proxy.set(Way::Open);
    until_ready(&admin).await;
    assert!(tokens(&admin).await.contains(&"unknown".to_owned()), "as it happens, it was saved");
}

async fn b11_a_database_that_is_gone_is_said_at_once_and_found_again(app: TestApp) {
    let Some((proxy, admin)) = behind_a_proxy(&app).await else { return };
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let id = edge.registered().await;
    for way in [Way::Cut, Way::Hangs] {
        proxy.set(way);
        while admin.page("/readyz").await.status != StatusCode::SERVICE_UNAVAILABLE {
            tokio::task::yield_now().await;
        }
        let refused = [edge.register().await, edge.heartbeat(&id).await, edge.on("new").register().await];
        for answer in refused {
            let (status, code, _) = answer.refusal();
            assert_eq!((status, code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"), "{way:?}");
            assert_eq!(answer.header("retry-after"), "2");
        }
        let call = admin.post("tokens/create", &[("name", "while-away")]).await;
        assert_eq!((call.status, call.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"), "{way:?}");
        let page = admin.page("/delegates").await;
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"), "{way:?}");
        proxy.set(Way::Open);
        until_ready(&admin).await;
        assert_eq!(edge.status(&id).await, "ENABLED", "{way:?}");
        assert!(!tokens(&admin).await.contains(&"while-away".to_owned()));
    }
}

async fn b11_a_database_that_takes_no_writes_is_not_ready(app: TestApp) {
    let Some((_proxy, admin)) = behind_a_proxy(&app).await else { return };
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let name = app.database_url().rsplit_once('/').unwrap().1.to_owned();
    let set = async |value: &str| {
        app.on_server(&format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}")).await;
        // What was opened before keeps its setting: as with a server that was demoted.
        app.on_server(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .await;
    };
    set("on").await;
    while admin.page("/readyz").await.status != StatusCode::SERVICE_UNAVAILABLE {
        tokio::task::yield_now().await;
    }
    assert_eq!(edge.register().await.status, StatusCode::SERVICE_UNAVAILABLE);
    set("off").await;
    until_ready(&admin).await;
    edge.registered().await;
}

on_both_databases!(
    a01_after_a_failed_commit_no_change_is_lost,
    a01_a_commit_whose_answer_is_lost_is_looked_up,
    a01_a_commit_that_got_lost_is_refused_and_can_be_made_again,
    a01_where_nobody_can_tell_the_answer_says_so,
    b11_a_database_that_is_gone_is_said_at_once_and_found_again,
    b11_a_database_that_takes_no_writes_is_not_ready,
);
