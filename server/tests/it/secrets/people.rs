//! What people do with secrets.

use muster::{
    audit::Action,
    page::{Cursor, Page},
    secret::{SecretDetail, SecretRow, SecretValue},
};
use muster_server::db::entity::secret;
use sea_orm::{EntityTrait as _, Set};
use uuid::Uuid;

use super::complaint;
use crate::support::{
    Code, Role, StatusCode, TestApp, conflict,
    database::{everything_stored, holds},
    log::logged_while,
};

const VALUE: &str = "s3cr3t-canary-4711";

async fn a_value_is_written_and_never_read(app: TestApp) {
    let (admin, manager) = (app.administrator().await, app.person(Role::DelegateManager).await);
    let made_at = app.now();
    let id = manager.new_secret(" db-password ", VALUE).await;
    let row = &admin.secrets().await[0];
    assert_eq!((row.secret.name.as_str(), row.secret.updated_by.as_str()), ("db-password", manager.email.as_str()));
    assert_eq!((row.secret.created_at, row.secret.updated_at), (made_at, made_at));
    assert_eq!((row.secret.id.to_string(), row.used_by.len()), (id.clone(), 0));

    let replaced_at = app.now();
    admin.replaces_secret(&id, "another-canary-4712").await.ok();
    let row = manager.ask::<SecretDetail>("secrets/get", &[("id", &id)]).await.row;
    assert_eq!((row.secret.updated_by, row.secret.created_at), (admin.email.clone(), made_at));
    assert_eq!(row.secret.updated_at, replaced_at);

    let answers = [
        admin.post("secrets/list", &[("cursor", "First")]).await,
        admin.post("secrets/get", &[("id", &id)]).await,
        admin.page("/secrets").await,
        admin.page(&format!("/secrets/{id}/replace")).await,
    ];
    for answer in answers {
        assert!(!holds(&answer.body, b"canary"), "{}", answer.text());
    }
    admin.acts("secrets/delete", &id).await.ok();
    assert!(admin.secrets().await.is_empty());
    for endpoint in ["secrets/get", "secrets/delete"] {
        assert_eq!(admin.acts(endpoint, &id).await.status, StatusCode::NOT_FOUND, "{endpoint}");
    }
    assert_eq!(admin.replaces_secret(&id, VALUE).await.status, StatusCode::NOT_FOUND);
    for (action, by) in
        [(Action::SecretCreated, &manager), (Action::SecretReplaced, &admin), (Action::SecretDeleted, &admin)]
    {
        let entries = app.audit_of(action).await;
        let [entry] = &entries[..] else { panic!("{action:?}: {entries:?}") };
        assert_eq!((entry.object_name.as_str(), &entry.actor_name), ("db-password", &by.email));
        assert_eq!(entry.object_id.map(|id| id.to_string()), Some(id.clone()));
    }
    admin.new_secret("db-password", VALUE).await;
}

async fn what_cannot_be_taken_is_named_and_not_repeated(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("taken", VALUE).await;
    let before = app.audit().await.len();
    let too_long = "canary".repeat(SecretValue::MAX_LENGTH / 6 + 1);
    for (name, value, field) in [
        ("", VALUE, "name"),
        ("a b", VALUE, "name"),
        ("a\"b", VALUE, "name"),
        ("ä", VALUE, "name"),
        (&"x".repeat(129), VALUE, "name"),
        ("taken", VALUE, "name"),
        (" taken ", VALUE, "name"),
        ("free", "", "value"),
        ("free", "canar", "value"),
        ("free", "a    \n", "value"),
        ("free", "canary\0", "value"),
        ("free", &too_long, "value"),
    ] {
        let answer = admin.post("secrets/create", &[("name", name), ("value", value)]).await;
        let (found, sentence) = complaint(&answer);
        assert_eq!(found, field, "{name} {value:.9}: {sentence}");
        assert!(!sentence.contains("canar"), "{sentence}");
        if field == "value" {
            assert_eq!(complaint(&admin.replaces_secret(&id, value).await), (found, sentence));
        }
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
    let (one, other) = tokio::join!(
        admin.post("secrets/create", &[("name", "twin"), ("value", VALUE)]),
        admin.post("secrets/create", &[("name", "twin"), ("value", VALUE)])
    );
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY]);
}

/// Writes secrets straight into the database.
async fn fills(app: &TestApp, count: u128, bytes: usize) {
    let change = app.state().db.write().await.unwrap();
    let rows = (0..count).map(|number| secret::ActiveModel {
        id: Set(Uuid::from_u128(number)),
        account_id: Set(app.state().account.0),
        organization: Set(String::new()),
        project: Set(String::new()),
        name: Set(format!("secret-{number}")),
        sealed_value: Set(vec![7; bytes]),
        description: Set(String::new()),
        limited: Set(false),
        created_by: Set(String::new()),
        updated_by: Set(String::new()),
        created_at: Set(0),
        updated_at: Set(0),
    });
    secret::Entity::insert_many(rows).exec(&*change).await.unwrap();
    change.commit().await.unwrap();
}

async fn secrets_are_bounded_in_number(app: TestApp) {
    let admin = app.administrator().await;
    fills(&app, 499, 30).await;
    admin.new_secret("the-last", VALUE).await;
    let answer = admin.call("secrets/create", &[("name", "one-more"), ("value", VALUE)]).await;
    let sentence = "There are 500 secrets. Delete one that is not needed first.";
    assert_eq!(answer, conflict(Code::LimitReached, sentence));
    let first: Page<SecretRow> = admin.ask("secrets/list", &[("cursor", "First")]).await;
    assert_eq!((first.rows.len(), first.total), (50, 500));
    assert_eq!(first.rows[0].secret.name.as_str(), "the-last", "the newest first");
    let next = first.next.expect("another page").to_string();
    let second: Page<SecretRow> = admin.ask("secrets/list", &[("cursor[After]", &next)]).await;
    assert_eq!(second.rows[0].secret.name.as_str(), "secret-449");
    assert_eq!(Cursor::default(), Cursor::First);
}

async fn secrets_are_bounded_in_size(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("mine", VALUE).await;
    fills(&app, 1, 1024 * 1024 - 100).await;
    let larger = "x".repeat(101);
    assert_eq!(complaint(&admin.post("secrets/create", &[("name", "new"), ("value", &larger)]).await).0, "value");
    assert_eq!(complaint(&admin.replaces_secret(&id, &larger).await).0, "value");
    admin.replaces_secret(&id, &larger[..100]).await.ok();
}

async fn a_form_without_scripts_gives_no_value_back(app: TestApp) {
    let admin = app.administrator().await;
    let form = [("name", "a b"), ("value", VALUE)];
    let (answer, log) = logged_while(async {
        let answer = admin.post_form_without_script("/api/secrets/create", &form, "http://muster.test/secrets").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/secrets"));
        admin.page("/secrets").await
    })
    .await;
    assert!(!answer.text().contains(VALUE) && !holds(&log, VALUE.as_bytes()));
    assert!(!holds(&everything_stored(&app).await, VALUE.as_bytes()), "not even in the session");
}

async fn d35_what_masking_cannot_promise_is_said_beside_the_forms(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.new_secret("one", VALUE).await;
    for path in ["/secrets/new", &format!("/secrets/{id}/replace"), "/profiles/new"] {
        let page = admin.page(path).await.ok();
        let words = page.text().split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["masked in the", "compresses, encrypts, hashes or rearranges it, or writes only part of it."] {
            assert!(words.contains(part), "{path}: {words}");
        }
    }
}

on_both_databases!(
    d35_what_masking_cannot_promise_is_said_beside_the_forms,
    a_value_is_written_and_never_read,
    what_cannot_be_taken_is_named_and_not_repeated,
    secrets_are_bounded_in_number,
    secrets_are_bounded_in_size,
    a_form_without_scripts_gives_no_value_back,
);
