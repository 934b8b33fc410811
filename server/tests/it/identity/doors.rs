//! Every door of the machines, and everybody who may knock with somebody else's id.

use axum::http::Method;
use muster::{
    id::{ProfileId, ScriptRunId},
    wire::path,
};
use muster_server::random;

use crate::support::{Answer, Client, StatusCode, TestApp, Value, json};

/// A call that speaks of a delegate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Heartbeat,
    Unregister,
    Tasks,
    Profile,
    Report,
    Result,
}

const CALLS: [Call; 6] = [Call::Heartbeat, Call::Unregister, Call::Tasks, Call::Profile, Call::Report, Call::Result];

impl Call {
    async fn make(self, client: &Client, app: &TestApp, id: &str) -> Answer {
        let query = format!("?accountId={}", client.account());
        match self {
            Self::Heartbeat => client.heartbeat(id).await,
            Self::Unregister => client.unregister(id).await,
            Self::Tasks => client.task_events(id).await,
            Self::Profile => client.profile(id, "").await,
            Self::Report => {
                let run = ScriptRunId::new(app.now(), &random::bytes());
                let profile = ProfileId::new(app.now(), &random::bytes()).to_string();
                let body = json!({"profileId": profile, "profileLastUpdatedAt": 1, "offset": 0, "output": "hello",
                    "end": null});
                let path = path::SCRIPT_RUN.replace("{id}", id).replace("{run}", &run.to_string());
                let to = format!("{path}{query}");
                client.raw(Method::PUT, &to, Some(&client.authorization()), body.to_string().into_bytes()).await
            }
            Self::Result => {
                let to = format!("{}{query}&error=false", path::PROFILE_RESULT.replace("{id}", id));
                client.raw(Method::POST, &to, Some(&client.authorization()), Vec::new()).await
            }
        }
    }

    /// What who is not the delegate is answered: what an id that nobody has is answered.
    fn check_stranger(self, answer: Answer, who: &str) {
        match self {
            Self::Heartbeat => {
                let reply = answer.resource();
                assert_eq!((&reply["status"], reply.get("applies")), (&json!("DELETED"), None), "{self:?} {who}");
            }
            Self::Unregister => assert_eq!(answer.status, StatusCode::OK, "{self:?} {who}"),
            Self::Tasks => assert_eq!(answer.json(), json!({"delegateTaskEvents": []}), "{self:?} {who}"),
            Self::Profile => assert_eq!(answer.resource(), Value::Null, "{self:?} {who}"),
            Self::Report | Self::Result => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{self:?} {who}"),
        }
    }
}

/// The whole table: each call by each caller. Nothing of the delegate changes but by itself.
async fn a02_every_door_checks_that_a_delegate_is_the_callers_own(app: TestApp) {
    let admin = app.administrator().await;
    let [own_token, other_token, revoked_token] =
        [admin.new_token("own").await, admin.new_token("other").await, admin.new_token("revoked").await];
    for has_key in [true, false] {
        let key = |client: Client, number: u8| if has_key { client.with_key(number) } else { client };
        let name = if has_key { "keyed" } else { "keyless" };
        let owner = key(app.delegate(&own_token.value).named(name), 1);
        let id = owner.registered().await;

        // Of the same token, and of another one: each with delegates of their own, which wait, or were rejected.
        let neighbour = key(app.delegate(&own_token.value).named(&format!("{name}-neighbour")), 2);
        let stranger = key(app.delegate(&other_token.value).named(&format!("{name}-stranger")), 3);
        let waiting = key(app.delegate(&other_token.value).named(name), 4);
        let rejected = key(app.delegate(&other_token.value).named(&format!("{name}-rejected")), 5);
        neighbour.registered().await;
        stranger.registered().await;
        assert_eq!(waiting.status(&waiting.registered().await).await, "WAITING_FOR_APPROVAL");
        let turned_away = rejected.with("delegateProfileId", json!("no such")).registered().await;
        admin.decides("reject", &turned_away).await.ok();

        let before = admin.sees(&id).await;
        let mut callers = vec![("other token", &stranger), ("waiting", &waiting), ("rejected", &rejected)];
        // Without a key, nothing but their word tells delegates of one token apart: docs/SECURITY.md says so.
        if has_key {
            callers.push(("other delegate of the same token", &neighbour));
        }
        let keyless = app.delegate(&own_token.value).named(name);
        if has_key {
            callers.push(("the same token without a key", &keyless));
        }
        for (who, client) in callers {
            for call in CALLS {
                call.check_stranger(call.make(client, &app, &id).await, who);
                let after = admin.sees(&id).await;
                assert_eq!(after.row.delegate, before.row.delegate, "{call:?} by {who}");
                assert_eq!(after.audit, before.audit, "{call:?} by {who}");
                assert_eq!(after.connections, before.connections, "{call:?} by {who}");
            }
        }
        let cut_off = key(app.delegate(&revoked_token.value).named(name), 6);
        let revoked = admin.token(&revoked_token.id).await.row.token.revoked_at.is_some();
        if !revoked {
            admin.acts("tokens/revoke", &revoked_token.id).await.ok();
        }
        for call in CALLS {
            assert_eq!(call.make(&cut_off, &app, &id).await.refusal().1, "REVOKED_TOKEN", "{call:?}");
            assert_eq!(admin.sees(&id).await.row.delegate, before.row.delegate, "{call:?} by a revoked token");
        }

        // A copy of the delegate's folder is found out by any call, and gets nothing.
        if has_key {
            for call in CALLS {
                let copy = owner.cloned().restarted().cloned();
                let stale = owner.clone();
                copy.registered().await;
                let answer = call.make(&stale, &app, &id).await;
                assert!(!answer.text().contains("ENABLED"), "{call:?}");
                assert_eq!(copy.status(&id).await, "WAITING_FOR_APPROVAL", "{call:?} by a copy");
                admin.decides("approve", &id).await.ok();
                // The owner goes on as its next start.
                assert_eq!(owner.status(&id).await, "ENABLED");
            }
        }

        // And the delegate itself is served.
        assert_eq!(owner.status(&id).await, "ENABLED");
        for call in [Call::Tasks, Call::Profile, Call::Report] {
            let answer = call.make(&owner, &app, &id).await;
            assert_eq!(answer.status, StatusCode::OK, "{call:?}");
        }
        Call::Unregister.make(&owner, &app, &id).await.ok();
        assert!(admin.sees(&id).await.row.delegate.connected_until.is_none());
    }
}

on_both_databases!(a02_every_door_checks_that_a_delegate_is_the_callers_own);
