//! Starting: a first time, again, and where something is wrong.

use std::{fs, os::unix::fs::PermissionsExt as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use muster::{audit::Action, user::Email};
use muster_server::db::entity::{account, profile, token};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};

use crate::support::{StatusCode, TestApp, database::Backend, person::PASSWORD};

/// Why it does not start.
async fn does_not_start(app: &TestApp) -> String {
    match app.start().await {
        Err(error) => error.to_string(),
        Ok(()) => panic!("it started"),
    }
}

async fn a_new_installation_has_what_it_needs(app: TestApp) {
    let admin = app.administrator().await;
    assert_eq!(admin.token_names(true).await, ["default_token"]);
    assert!(!admin.primary().await.is_empty());
    let key = app.folder().join("secret.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(app.folder()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(STANDARD.decode(fs::read_to_string(&key).unwrap().trim()).unwrap().len(), 32);
    let (before, account) = (fs::read(&key).unwrap(), app.state().account);
    app.restart().await;
    assert_eq!((fs::read(&key).unwrap(), app.state().account), (before, account));
}

async fn a_key_that_was_given_is_used(app: TestApp) {
    let fresh = TestApp::before_its_first_start(app.backend()).await.unwrap();
    let text = format!(" {}\n\n", STANDARD.encode([7; 32]));
    let key = fresh.write_file("given.key", &text);
    fresh.configure(|config| config.secret_key_file = key.clone());
    fresh.start().await.unwrap();
    let token = fresh.administrator().await.new_token("edge").await;
    fresh.restart().await;
    fresh.delegate(&token.value).registered().await;
    assert_eq!(fs::read_to_string(key).unwrap(), text, "the file is left as it was");
    assert!(!fresh.folder().join("secret.key").exists());
    fresh.remove().await;
}

async fn without_the_right_key_it_does_not_start(app: TestApp) {
    let admin = app.administrator().await;
    let token = admin.new_token("edge").await;
    let key = app.folder().join("secret.key");
    let right = fs::read(&key).unwrap();
    app.stop().await;
    let path = key.display().to_string();
    for (content, sentence) in [
        (Some(STANDARD.encode([7; 32])), "is not the one that the database was sealed with: put the right file back"),
        (Some("short".to_owned()), "must hold 32 bytes in base64, as `openssl rand -base64 32` makes them"),
        (Some(String::new()), "must hold 32 bytes in base64"),
        (Some(STANDARD.encode([7; 31])), "must hold 32 bytes in base64"),
        (None, "is missing, but the database was sealed with it: put the file back"),
    ] {
        match &content {
            Some(content) => fs::write(&key, content).unwrap(),
            None => fs::remove_file(&key).unwrap(),
        }
        let error = does_not_start(&app).await;
        assert!(error.starts_with(&format!("the secret key file {path} ")) && error.contains(sentence), "{error}");
        assert_eq!(fs::read_to_string(&key).ok(), content, "the file is left as it was");
    }
    fs::write(&key, right).unwrap();
    app.start().await.unwrap();
    app.delegate(&token.value).registered().await;
}

async fn a_database_of_a_newer_version_is_refused(app: TestApp) {
    let change = app.state().db.write().await.unwrap();
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
    change.execute_unprepared(sql).await.unwrap();
    change.commit().await.unwrap();
    app.stop().await;
    let error = does_not_start(&app).await;
    let sentence = "the database was migrated by a newer version of Muster (m29990101_000001_later)";
    assert!(error.starts_with(sentence), "{error}");
}

async fn the_settings_can_make_the_first_administrator(app: TestApp) {
    let email = Email::parse("ada@example.com").unwrap();
    let short = app.write_file("short", "short\n");
    app.stop().await;
    app.configure(|config| config.admin = Some((email.clone(), short)));
    let error = does_not_start(&app).await;
    assert!(
        error.starts_with("the first administrator cannot be made: password: Use at least 12 characters"),
        "{error}"
    );
    let missing = app.folder().join("no-such-file");
    app.configure(|config| config.admin = Some((email.clone(), missing)));
    let error = does_not_start(&app).await;
    assert!(error.contains("no-such-file cannot be read"), "{error}");

    let file = app.write_file("password", &format!("{PASSWORD}\r\n"));
    app.restart_with(|config| config.admin = Some((email.clone(), file.clone()))).await;
    let ada = app.nobody();
    assert_eq!(ada.page("/setup").await.location(), "/login", "there is nothing to set up");
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    assert_eq!(ada.post("session/sign-in", &form).await.status, StatusCode::OK);
    let made = app.audit_of(Action::UserCreated).await;
    assert_eq!((made.len(), made[0].actor_name.as_str()), (1, "Muster at first start"));

    app.write_file("password", "another long password");
    app.restart().await;
    ada.post("session/frame", &[]).await.ok();
    ada.post("session/sign-in", &form).await.ok();
    fs::remove_file(&file).unwrap();
    app.restart().await;
    app.restart_with(|config| config.admin = Some((Email::parse("eve@example.com").unwrap(), file))).await;
    assert_eq!(app.audit_of(Action::UserCreated).await.len(), 1, "it is made once only");
}

async fn two_managers_that_start_at_once_found_one_installation(app: TestApp) {
    // SQLite is for one manager.
    if app.backend() == Backend::Sqlite {
        return;
    }
    let fresh = TestApp::before_its_first_start(app.backend()).await.unwrap();
    let (one, other) = tokio::join!(fresh.another_manager(), fresh.another_manager());
    let managers = [one.expect("the one starts"), other.expect("the other starts")];
    assert_eq!(managers[0].account, managers[1].account);
    let db = managers[0].db.read();
    assert_eq!(account::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(profile::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(token::Entity::find().count(db).await.unwrap(), 1);
    for manager in &managers {
        manager.db.clone().close().await;
    }
    fresh.remove().await;
}

on_both_databases!(
    a_new_installation_has_what_it_needs,
    a_key_that_was_given_is_used,
    without_the_right_key_it_does_not_start,
    a_database_of_a_newer_version_is_refused,
    the_settings_can_make_the_first_administrator,
    two_managers_that_start_at_once_found_one_installation,
);
