//! A8: one order of locks. Many who rotate, revoke, register, beat and edit at once on two managers never deadlock.

use std::time::Duration;

use muster_server::presence;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::support::{Answer, Person, StatusCode, TestApp, Value, database::Backend, json};

/// How many deadlocks PostgreSQL has counted in the test's database.
async fn deadlocks(app: &TestApp) -> i64 {
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let row = app.state().db.read().query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

/// Revokes a token, also where the disk has no room for it at once.
async fn revoke(admin: &Person, token: &str) -> Answer {
    loop {
        let answer = admin.acts("tokens/revoke", token).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return answer;
        }
    }
}

async fn a08_rotation_beside_thirty_registrations_and_a_revocation(app: TestApp) {
    let admin = app.administrator().await;
    for round in 0..5 {
        let old = admin.new_token(&format!("old-{round}")).await;
        let edges: Vec<_> = (0..30_u8)
            .map(|number| app.delegate(&old.value).on(&format!("host-{round}-{number}")).with_key(100 + number))
            .collect();
        let mut ids = Vec::new();
        for edge in &edges {
            ids.push(edge.named(&format!("edge-{round}")).registered().await);
        }
        let new = admin.rotates_token(&old.id, &format!("new-{round}")).await;
        let over = edges.iter().map(|edge| {
            let edge = edge.holding(&new.value).named(&format!("edge-{round}"));
            async move {
                // A slow disk may have no room for thirty changes at once: who is told to come back does.
                loop {
                    let answer = edge.register().await;
                    if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                        return answer;
                    }
                }
            }
        });
        let (over, revoked, ()) = tokio::join!(futures_util::future::join_all(over), revoke(&admin, &old.id), async {
            for _ in 0..20 {
                let _ = presence::job::flush(&app.state()).await;
                tokio::task::yield_now().await;
            }
        });
        assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.text());
        for (answer, id) in over.into_iter().zip(&ids) {
            assert_eq!(answer.resource()["delegateId"], json!(id));
        }
    }
    if app.backend() == Backend::Postgres {
        assert_eq!(deadlocks(&app).await, 0);
    }
}

/// A few seconds here; `MUSTER_TEST_SOAK_SECONDS` makes it longer.
async fn a08_eight_workers_on_two_managers_never_deadlock(app: TestApp) {
    if app.backend() != Backend::Postgres {
        return;
    }
    let lasts = std::env::var("MUSTER_TEST_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let admin = app.administrator().await;
    let profiles = [admin.new_profile("One", false).await, admin.new_profile("Two", false).await];
    let tokens = [admin.new_token("a").await, admin.new_token("b").await];
    let other = app.second().await;
    let until = tokio::time::Instant::now() + Duration::from_secs(lasts);
    let worker = |number: u8| {
        let (app, other, admin, tokens, profiles) = (&app, &other, &admin, &tokens, &profiles);
        async move {
            let app = if number.is_multiple_of(2) { app } else { other };
            let mut done = 0_u32;
            while tokio::time::Instant::now() < until {
                let host = format!("host-{}", (u32::from(number) + done) % 6);
                let token = &tokens[usize::try_from(done % 2).unwrap()];
                // Different workers run the same delegates with either token.
                let key = u8::try_from((u32::from(number) + done) % 6).unwrap() + 1;
                let edge = app.delegate(&token.value).on(&host).with_key(key);
                let answer = edge.register().await;
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text());
                let id = answer.json()["resource"]["delegateId"].as_str().unwrap_or_default().to_owned();
                let beat = edge.heartbeat(&id).await;
                assert_ne!(beat.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", beat.text());
                let profile = &profiles[usize::try_from((done / 2) % 2).unwrap()];
                let acts = match done % 5 {
                    0 => {
                        admin.post("delegates/switch-profile", &[("id", &id), ("profile", profile), ("back", "")]).await
                    }
                    1 => admin.post("delegates/approve", &[("id", &id), ("seen", "1"), ("back", "")]).await,
                    2 => {
                        let made = admin.makes_token(&format!("t-{number}-{done}"), &[("profile", profile)]).await;
                        admin.acts("tokens/revoke", &made).await
                    }
                    3 => admin.post("delegates/delete", &[("id", &id), ("back", "")]).await,
                    _ => {
                        let script = format!("echo {number} {done}");
                        let detail: Value = admin.ask("profiles/get", &[("id", profile)]).await;
                        let seen = detail["row"]["profile"]["revision"].to_string();
                        let name = detail["row"]["profile"]["spec"]["name"].as_str().unwrap().to_owned();
                        let form = [
                            ("id", profile.as_str()),
                            ("seen", &seen),
                            ("name", &name),
                            ("description", ""),
                            ("startup_script", &script),
                            ("approval", "off"),
                            ("selectors", ""),
                            ("back", ""),
                        ];
                        admin.post("profiles/edit", &form).await
                    }
                };
                assert_ne!(acts.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", acts.text());
                let _ = presence::job::flush(&app.state()).await;
                let _ = presence::job::sweep(&app.state()).await;
                done += 1;
            }
            done
        }
    };
    let done = futures_util::future::join_all((0..8).map(worker)).await;
    assert!(done.iter().all(|done| *done > 0), "{done:?}");
    assert_eq!(deadlocks(&app).await, 0);
    other.stop().await;
}

on_both_databases!(
    a08_rotation_beside_thirty_registrations_and_a_revocation,
    a08_eight_workers_on_two_managers_never_deadlock,
);
