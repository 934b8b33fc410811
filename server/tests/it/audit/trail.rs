//! The page of the whole trail: what it finds, for whom, and how far it looks.

use muster::{
    audit::{Action, TrailRow},
    id::AuditId,
    page::Page,
    time::Timestamp,
};
use muster_server::db::entity::audit;
use sea_orm::{EntityTrait, Set};

use crate::support::{Person, Role, StatusCode, TestApp, seconds};

async fn trail(person: &Person, filter: &[(&str, &str)]) -> Page<TrailRow> {
    let first = [("filter[who]", ""), ("filter[cursor]", "First")];
    let rest = first.into_iter().filter(|(name, _)| !filter.iter().any(|(other, _)| other.starts_with(name)));
    let form: Vec<(&str, &str)> = rest.chain(filter.iter().copied()).collect();
    person.ask("audit/list", &form).await
}

async fn it_is_narrowed_by_person_object_kind_time_and_address(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge-token").await;
    let edge = app.delegate(&token.value).named("edge-1").from([198, 51, 100, 7]);
    let id = edge.registered().await;
    app.flush().await;
    app.advance(seconds(3600));
    let later = app.now();
    let profile = admin.new_profile("Careful", true).await;
    admin.acts("profiles/delete", &profile).await.ok();

    let all = trail(&admin, &[]).await;
    assert!(all.rows.len() > 4 && all.total == all.rows.len() as u64 && !all.at_least, "{}", all.total);
    assert!(all.rows.windows(2).all(|pair| pair[0].entry.at >= pair[1].entry.at), "the newest first");

    let actions = async |filter: &[(&str, &str)]| -> Vec<Action> {
        trail(&admin, filter).await.rows.into_iter().map(|row| row.entry.action).collect()
    };
    let (made, deleted) = (Action::ProfileCreated, Action::ProfileDeleted);
    let later_field = later.as_millis().to_string();
    let registered = [Action::DelegateRegistered];
    for (filter, found) in [
        (&[("filter[object]", "EDGE-1")][..], &registered[..]),
        (&[("filter[object]", id.as_str())], &registered),
        (&[("filter[address]", "198.51")], &registered),
        (&[("filter[action]", "TokenCreated"), ("filter[who]", admin.email.as_str())], &[Action::TokenCreated]),
        (&[("filter[subject]", "Profiles")], &[deleted, made, made]),
        (&[("filter[since]", later_field.as_str())], &[deleted, made]),
        (&[("filter[until]", later_field.as_str()), ("filter[subject]", "Profiles")], &[made]),
        (&[("filter[who]", admin.email.as_str()), ("filter[subject]", "Profiles")], &[deleted, made]),
        (&[("filter[who]", "nobody\0' OR 1=1")], &[]),
        (&[("filter[object]", "edge_1")], &[]),
    ] {
        assert_eq!(actions(filter).await, found, "{filter:?}");
    }

    let html = admin.page("/audit?kind=profiles").await.ok().text().to_owned();
    assert!(html.contains("Profile deleted") && !html.contains(&format!("href=\"/profiles/{profile}\"")));
    let html = admin.page("/audit?object=edge-1").await.ok().text().to_owned();
    assert!(html.contains(&format!("href=\"/delegates/{id}\"")) && html.contains("198.51.100.7"));
}

async fn it_is_read_by_who_manages_alone(app: TestApp) {
    app.administrator().await;
    let viewer = app.person(Role::Viewer).await;
    for path in ["/audit", "/audit/export.csv"] {
        assert_eq!(viewer.page(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!viewer.page("/").await.ok().text().contains("href=\"/audit\""));
    let manager = app.person(Role::DelegateManager).await;
    assert!(manager.page("/").await.ok().text().contains("href=\"/audit\""));
    let exported = manager.page("/audit/export.jsonl?action=signed-in").await.ok();
    let line: serde_json::Value = serde_json::from_str(exported.text().lines().next().unwrap()).unwrap();
    assert_eq!((&line["action"], &line["object_kind"]), (&"SIGNED_IN".into(), &"people".into()));
}

/// Of a trail of any length a page looks at a part, says so, and nothing that lies further back is lost.
async fn what_lies_far_back_is_found_by_going_on(app: TestApp) {
    let admin = app.administrator().await;
    let state = app.state();
    let entry = |number: i64| {
        let at = Timestamp::from_millis(1_000_000_000_000 + number);
        audit::ActiveModel {
            id: Set(AuditId::new(at, &[7; 10]).0),
            account_id: Set(state.account.0),
            organization: Set(String::new()),
            project: Set(String::new()),
            at: Set(at.as_millis()),
            actor_kind: Set("USER".to_owned()),
            actor_id: Set(None),
            actor_name: Set(if number == 5 { "rare@example.com" } else { "often@example.com" }.to_owned()),
            address: Set(String::new()),
            action: Set(Action::SignedIn.code().to_owned()),
            object_id: Set(None),
            object_name: Set(format!("entry {number}")),
            detail: Set(String::new()),
            changes: Set(None),
            seq: Set(None),
            hash: Set(None),
        }
    };
    let numbers: Vec<i64> = (0..10_500).collect();
    let change = state.db.write().await.unwrap();
    for some in numbers.chunks(500) {
        audit::Entity::insert_many(some.iter().map(|number| entry(*number))).exec(&*change).await.unwrap();
    }
    change.commit().await.unwrap();
    let rare = [("filter[who]", "rare@")];
    let first = trail(&admin, &rare).await;
    assert_eq!((first.rows.len(), first.total, first.at_least), (0, 0, true));
    let next = first.next.expect("where to go on").to_string();
    let second = trail(&admin, &[rare[0], ("filter[cursor][After]", &next)]).await;
    assert_eq!(second.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["entry 5"]);
    assert_eq!(second.next, None);
    let back = second.previous.expect("the way back").to_string();
    let before = trail(&admin, &[rare[0], ("filter[cursor][Before]", &back)]).await;
    assert!(before.rows.is_empty() && before.previous.is_some(), "it goes on where it had stopped");

    let exported = admin.page("/audit/export.csv?who=rare@").await.ok().text().to_owned();
    assert!(exported.lines().count() == 2 && exported.contains("entry 5"), "{exported}");
    let whole = admin.page("/audit/export.csv?who=often").await.ok().text().to_owned();
    assert_eq!(whole.lines().count(), 10_500, "a head, and all but one");
}

on_both_databases!(
    it_is_narrowed_by_person_object_kind_time_and_address,
    it_is_read_by_who_manages_alone,
    what_lies_far_back_is_found_by_going_on,
);
