//! What becomes of a delegate that registers for the first time.

use muster::delegate::Admission;
use muster_server::db::entity::delegate;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, Set};

use super::turned_away::refusals;
use crate::support::{StatusCode, TestApp, json};

async fn the_reply_has_the_shape_that_clients_read(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    let reply = edge.register().await.resource();
    let id = reply["delegateId"].as_str().unwrap().to_owned();
    let expected = json!({"delegateId": id, "action": null, "migrateUrl": null, "sequenceNum": null,
        "delegateRandomToken": null});
    assert_eq!(reply, expected);
    let reply = edge.heartbeat(&id).await.resource();
    let delegate = admin.sees(&id).await.row.delegate;
    let applies = json!({"profileId": delegate.profile_id, "lastUpdatedAt": delegate.script_version});
    let expected = json!({"delegateId": id, "status": "ENABLED", "useCdn": false, "jreVersion": null,
        "delegateRandomToken": null, "sequenceNumber": null, "applies": applies});
    assert_eq!(reply, expected);
    assert_eq!(edge.task_events(&id).await.ok().json(), json!({"delegateTaskEvents": []}));
}

async fn the_profile_decides_by_id_by_name_by_token_or_primary(app: TestApp) {
    let admin = app.administrator().await;
    let [strict, lax] = [admin.new_profile("Strict", true).await, admin.new_profile("Lax", false).await];
    let plain = admin.new_token("plain").await;
    let strict_token = admin.new_token_with("strict", &[("profile", &strict)]).await;
    let unknown = "01900000-0000-7000-8000-000000000000";
    for (number, (token, asked, profile, status)) in [
        (&plain, json!(strict), "Strict", "WAITING_FOR_APPROVAL"),
        (&plain, json!("Strict"), "Strict", "WAITING_FOR_APPROVAL"),
        (&plain, json!(lax), "Lax", "ENABLED"),
        (&plain, json!("Lax"), "Lax", "ENABLED"),
        (&strict_token, json!(lax), "Lax", "WAITING_FOR_APPROVAL"),
        (&strict_token, json!("Lax"), "Lax", "WAITING_FOR_APPROVAL"),
        (&strict_token, json!(unknown), "Strict", "WAITING_FOR_APPROVAL"),
        (&strict_token, json!("no such profile"), "Strict", "WAITING_FOR_APPROVAL"),
        (&strict_token, json!(""), "Strict", "WAITING_FOR_APPROVAL"),
        (&strict_token, json!(null), "Strict", "WAITING_FOR_APPROVAL"),
        (&plain, json!(unknown), "Primary", "WAITING_FOR_APPROVAL"),
        (&plain, json!("a\0b"), "Primary", "WAITING_FOR_APPROVAL"),
        (&plain, json!(null), "Primary", "ENABLED"),
    ]
    .into_iter()
    .enumerate()
    {
        let edge = app.delegate(&token.value).on(&format!("host-{number}")).with("delegateProfileId", asked.clone());
        let id = edge.registered().await;
        assert_eq!(admin.sees(&id).await.row.profile, profile, "{asked} with {}", token.id);
        assert_eq!(edge.status(&id).await, status, "{asked}");
    }
}

async fn a_delegate_without_a_name_is_called_by_its_host(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value).without("delegateName");
    let id = edge.registered().await;
    assert_eq!(admin.sees(&id).await.row.delegate.facts.name.as_str(), "host-1");
    assert_eq!(edge.with("delegateName", json!(null)).registered().await, id);
}

async fn registering_twice_at_once_makes_one_delegate(app: TestApp) {
    let admin = app.administrator().await;
    let edge = app.delegate(&admin.new_token("edge").await.value);
    for number in 0..4_u64 {
        let edge = edge.on(&format!("host-{number}"));
        let (one, two, three) = tokio::join!(edge.registered(), edge.registered(), edge.registered());
        assert_eq!((&one, &one), (&two, &three));
        assert_eq!(app.count_delegates().await, number + 1);
        assert_eq!(admin.sees(&one).await.connections.len(), 1);
    }
}

async fn b36_a_leaked_token_cannot_fill_the_database_and_is_told(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    let edge = app.delegate(&token.value);
    let first = edge.registered().await;
    let state = app.state();
    let row = delegate::Entity::find().one(state.db.read()).await.unwrap().unwrap();
    assert_eq!(row.admission, Admission::WaitingForApproval.code());
    let rows = (1..1000_u128).map(|number| {
        let mut copy = row.clone().into_active_model().reset_all();
        copy.id = Set(uuid::Uuid::from_u128(number));
        copy.host_name = Set(format!("copy-{number}"));
        copy.proof_counter = Set(None);
        copy
    });
    let change = state.db.write().await.unwrap();
    for chunk in rows.collect::<Vec<_>>().chunks(100) {
        delegate::Entity::insert_many(chunk.to_vec()).exec(&*change).await.unwrap();
    }
    change.commit().await.unwrap();

    let refused = edge.on("one-too-many").register().await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert_eq!(refused.refusal().1, "TOO_MANY_REQUESTS");
    assert_eq!(app.count_delegates().await, 1000);
    app.flush().await;
    let told = refusals(&admin, "edge").await;
    assert_eq!((told.len(), told[0].count, told[0].name.as_str()), (1, 1, "edge-1"));
    assert!(told[0].reason.contains("wait for approval"), "{told:?}");
    assert_eq!(edge.registered().await, first, "who is known may come back");
    let other = admin.new_token("other").await;
    edge.holding(&other.value).on("another-token").registered().await;
    admin.decides("approve", &first).await.ok();
    edge.on("one-too-many").registered().await;
}

on_both_databases!(
    the_reply_has_the_shape_that_clients_read,
    the_profile_decides_by_id_by_name_by_token_or_primary,
    a_delegate_without_a_name_is_called_by_its_host,
    registering_twice_at_once_makes_one_delegate,
    b36_a_leaked_token_cannot_fill_the_database_and_is_told,
);
