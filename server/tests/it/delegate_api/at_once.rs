//! First registrations that come at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use muster::{audit::Action, delegate::Status};

use crate::support::{Client, TestApp, json};

async fn each_is_made_once_and_recorded(app: TestApp) {
    let admin = app.administrator().await;
    let [one, two] = [admin.new_token("one").await, admin.new_token("two").await];
    let clients: Vec<Client> = (0..30)
        .map(|number| {
            let token = if number % 3 == 0 { &one } else { &two };
            let client =
                app.delegate(&token.value).named(&format!("edge-{number}")).on(&format!("host-{}", number % 7));
            if number % 2 == 0 { client.with_key(u8::try_from(number).unwrap()) } else { client }
        })
        .collect();
    let ids = join_all(clients.iter().map(Client::registered)).await;
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 30);
    for (client, id) in clients.iter().zip(&ids) {
        assert_eq!(client.status(id).await, "ENABLED");
        assert_eq!(&client.registered().await, id, "it is known by now");
    }
    let detail = admin.sees(&ids[20]).await;
    assert_eq!((detail.row.status, detail.connections.len()), (Status::Connected, 1));
    let recorded = app.audit_of(Action::DelegateRegistered).await;
    assert_eq!(recorded.len(), 30);
    assert!(recorded.iter().any(|entry| entry.object_name == "edge-20" && entry.detail == "host host-6; token two"));
}

async fn who_is_not_plainly_new_is_told_apart(app: TestApp) {
    let admin = app.administrator().await;
    let careful = admin.new_profile("Careful", true).await;
    let [good, revoked] = [admin.new_token("good").await, admin.new_token("revoked").await];
    let asking = admin.new_token_with("asking", &[("profile", &careful)]).await;
    let known = app.delegate(&good.value).named("known");
    let id = known.registered().await;
    let late = app.delegate(&revoked.value).named("late");
    admin.acts("tokens/revoke", &revoked.id).await.ok();

    let (twin, other) = (app.delegate(&good.value).named("twin"), app.delegate(&good.value).named("twin").with_key(1));
    let waits = app.delegate(&asking.value).named("waits");
    let lost = app.delegate(&good.value).named("lost").with("delegateProfileId", json!("Nowhere"));
    let plain: Vec<Client> =
        (0..20).map(|number| app.delegate(&good.value).named(&format!("plain-{number}"))).collect();
    let all = [&known, &late, &twin, &twin, &other, &waits, &lost].into_iter().chain(&plain);
    let answers = join_all(all.map(Client::register)).await;

    assert_eq!(answers[1].refusal().1, "REVOKED_TOKEN");
    let given = |at: usize| answers[at].json()["resource"]["delegateId"].as_str().unwrap().to_owned();
    assert_eq!(given(0), id);
    assert_eq!(given(2), given(3), "without a key the same host, name and token are the same delegate");
    assert_ne!(given(4), given(2), "with a key it is another");
    assert_eq!(waits.status(&given(5)).await, "WAITING_FOR_APPROVAL");
    assert_eq!(lost.status(&given(6)).await, "WAITING_FOR_APPROVAL");
    // The later one resembles the first.
    let mut statuses = [twin.status(&given(2)).await, other.status(&given(4)).await];
    statuses.sort_unstable();
    assert_eq!(statuses, ["ENABLED", "WAITING_FOR_APPROVAL"]);
    assert_eq!(app.count_delegates().await, 1 + 2 + 2 + 20);
}

on_both_databases!(each_is_made_once_and_recorded, who_is_not_plainly_new_is_told_apart);
