//! Making tokens: names, lifetimes, default profiles, and the list.

use muster::{
    audit::Action,
    page::Page,
    token::{TokenRow, TokenStatus},
};

use crate::support::{Code, Person, StatusCode, TestApp, problem, seconds};

/// Which field a token's form complains about.
async fn complains_about(person: &Person, form: &[(&str, &str)]) -> String {
    let (status, body) = person.call("tokens/create", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}: {body}");
    assert!(body["Problem"]["message"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{body}");
    body["Problem"]["field"].as_str().unwrap().to_owned()
}

async fn what_cannot_be_taken_is_named(app: TestApp) {
    let admin = app.administrator().await;
    let before = app.audit().await.len();
    for name in ["", "   ", "a\nb", "a\0b", &"x".repeat(65), "default_token", " default_token "] {
        assert_eq!(complains_about(&admin, &[("name", name)]).await, "name", "{name:?}");
    }
    for days in ["0", "-1", "1.5", "soon", "3651", "99999999999999999999"] {
        let form = [("name", "edge"), ("expires_in_days", days)];
        assert_eq!(complains_about(&admin, &form).await, "expires_in_days", "{days}");
    }
    for profile in ["Primary", "x", "01900000-0000-7000-8000-000000000000"] {
        assert_eq!(complains_about(&admin, &[("name", "edge"), ("profile", profile)]).await, "profile", "{profile}");
    }
    assert_eq!(app.audit().await.len(), before, "nothing happened");
    assert_eq!(admin.token_names(true).await, ["default_token"]);
}

async fn names_are_unique_while_they_are_taken(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[]).await;
    assert_eq!(complains_about(&admin, &[("name", "edge")]).await, "name");
    admin.acts("tokens/revoke", &id).await.ok();
    assert_eq!(complains_about(&admin, &[("name", "edge")]).await, "name", "a revoked token keeps its name");
    admin.acts("tokens/delete", &id).await.ok();
    assert_ne!(admin.makes_token("edge", &[]).await, id, "the name is free again");
    admin.makes_token("Edge", &[]).await;
}

async fn of_two_who_take_a_name_at_once_one_is_told(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    for number in 0..4 {
        let form = [("name", &*format!("edge-{number}"))];
        let (one, other) = tokio::join!(ada.call("tokens/create", &form), bob.call("tokens/create", &form));
        let mut statuses = [one.0, other.0];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY], "{one:?} {other:?}");
    }
    assert_eq!(app.audit_of(Action::TokenCreated).await.len(), 1 + 4);
}

async fn a_new_token_stands_in_the_list(app: TestApp) {
    let admin = app.administrator().await;
    let made_at = app.now();
    let token = admin.new_token_with("edge", &[("expires_in_days", "2")]).await;
    let row = admin.token(&token.id).await.row;
    assert_eq!((row.token.name.as_str(), row.status), ("edge", TokenStatus::Active));
    assert_eq!((row.token.created_by.as_str(), row.token.created_at), (admin.email.as_str(), made_at));
    assert_eq!(row.token.expires_at, Some(made_at.plus(seconds(2 * 24 * 60 * 60))));
    assert_eq!((row.connected, row.last_used), (0, None));

    let edge = app.delegate(&token.value);
    let id = edge.registered().await;
    let used_at = app.now();
    edge.heartbeat(&id).await.ok();
    app.flush().await;
    let seen = admin.token(&token.id).await;
    assert_eq!((seen.row.connected, seen.row.last_used), (1, Some((used_at, "edge-1".to_owned()))));
    assert_eq!((seen.total, seen.seen_last_minute), (1, 1));
    assert_eq!((seen.users[0].name.as_str(), seen.users[0].host_name.as_str()), ("edge-1", "host-1"));
    app.advance(seconds(61));
    // One that is connected is heard of all the time, until the next look for the silent.
    app.sweep().await;
    assert_eq!(admin.token(&token.id).await.seen_last_minute, 0);
}

async fn revoked_tokens_are_shown_on_demand(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[]).await;
    admin.acts("tokens/revoke", &id).await.ok();
    assert_eq!(admin.token_names(false).await, ["default_token"]);
    assert_eq!(admin.token_names(true).await, ["default_token", "edge"]);
}

async fn the_list_comes_in_pages(app: TestApp) {
    let admin = app.administrator().await;
    for number in 0..55 {
        admin.makes_token(&format!("edge-{number}"), &[]).await;
    }
    let page = |cursor: (&'static str, String)| {
        let admin = &admin;
        async move {
            let form = [("with_revoked", "false"), (cursor.0, cursor.1.as_str())];
            admin.ask::<Page<TokenRow>>("tokens/list", &form).await
        }
    };
    let first = page(("cursor", "First".to_owned())).await;
    assert_eq!((first.rows.len(), first.total, first.previous), (50, 56, None));
    assert_eq!(first.rows[0].token.name.as_str(), "edge-54", "the newest first");
    let second = page(("cursor[After]", first.next.unwrap().to_string())).await;
    assert_eq!((second.rows.len(), second.total, second.next), (6, 56, None));
    assert_eq!(second.rows[5].token.name.as_str(), "default_token");
    let back = page(("cursor[Before]", second.previous.unwrap().to_string())).await;
    assert_eq!(back.rows, first.rows);
}

async fn the_list_is_searched_and_sorted_by_expiry(app: TestApp) {
    let admin = app.administrator().await;
    for number in 0..55 {
        admin.makes_token(&format!("Edge_{number}"), &[("expires_in_days", &format!("{}", 400 - number))]).await;
    }
    let ask = async |form: &[(&str, &str)]| {
        let page: Page<TokenRow> = admin.ask("tokens/list", &[&[("with_revoked", "false")][..], form].concat()).await;
        page
    };
    let names = |page: &Page<TokenRow>| page.rows.iter().map(|row| row.token.name.to_string()).collect::<Vec<_>>();
    let found = ask(&[("cursor", "First"), ("search", "EDGE_2")]).await;
    assert_eq!((found.rows.len(), found.total), (11, 11));
    assert!(ask(&[("cursor", "First"), ("search", "edge%")]).await.rows.is_empty(), "signs mean themselves");

    let first = ask(&[("cursor", "First"), ("sort", "Expiry")]).await;
    assert_eq!((names(&first)[0].as_str(), first.rows.len(), first.total), ("Edge_54", 50, 56));
    let mark = first.next.clone().unwrap().to_string();
    let second = ask(&[("cursor[After]", &mark), ("sort", "Expiry")]).await;
    assert_eq!((names(&second)[0].as_str(), names(&second)[5].as_str()), ("Edge_4", "default_token"));
    let mark = second.previous.unwrap().to_string();
    assert_eq!(ask(&[("cursor[Before]", &mark), ("sort", "Expiry")]).await.rows, first.rows);
}

async fn a_token_that_expires_soon_is_told_on_every_page(app: TestApp) {
    let admin = app.administrator().await;
    let id = admin.makes_token("edge", &[("expires_in_days", "15")]).await;
    let told = async || admin.page("/profiles").await.ok().text().contains("expire within two weeks");
    assert!(!told().await && !admin.token(&id).await.row.expires_soon);
    app.advance(seconds(2 * 24 * 60 * 60));
    assert!(told().await && admin.token(&id).await.row.expires_soon);
    admin.acts("tokens/revoke", &id).await.ok();
    assert!(!told().await);
}

async fn delegates_that_name_no_profile_get_the_tokens(app: TestApp) {
    let admin = app.administrator().await;
    let profile = admin.new_profile("Approval", true).await;
    let token = admin.new_token_with("edge", &[("profile", &profile)]).await;
    assert_eq!(admin.token(&token.id).await.row.token.default_profile.map(|id| id.to_string()), Some(profile.clone()));
    let id = app.delegate(&token.value).registered().await;
    let row = admin.sees(&id).await.row;
    assert_eq!((row.profile.as_str(), row.token.as_str()), ("Approval", "edge"));
    assert_eq!(app.delegate(&token.value).status(&id).await, "WAITING_FOR_APPROVAL");

    admin.decides("reject", &id).await.ok();
    let form = [("id", profile.as_str()), ("move_delegates", "true")];
    admin.post("profiles/delete", &form).await.ok();
    assert_eq!(admin.token(&token.id).await.row.token.default_profile, None, "the token's default goes with it");
    let other = app.delegate(&token.value).named("edge-2");
    let id = other.registered().await;
    assert_eq!(admin.sees(&id).await.row.profile, "Primary");
}

async fn a_token_that_is_not_there_is_told_so(app: TestApp) {
    let admin = app.administrator().await;
    for endpoint in ["tokens/use", "tokens/revoke", "tokens/delete"] {
        let (status, body) = admin.acts(endpoint, "01900000-0000-7000-8000-000000000000").await.pair();
        assert_eq!(status, StatusCode::NOT_FOUND, "{endpoint}");
        assert_eq!(body, problem(Code::NotFound, "There is no such token any more; somebody may have deleted it."));
    }
}

on_both_databases!(
    what_cannot_be_taken_is_named,
    names_are_unique_while_they_are_taken,
    of_two_who_take_a_name_at_once_one_is_told,
    a_new_token_stands_in_the_list,
    revoked_tokens_are_shown_on_demand,
    the_list_comes_in_pages,
    the_list_is_searched_and_sorted_by_expiry,
    a_token_that_expires_soon_is_told_on_every_page,
    delegates_that_name_no_profile_get_the_tokens,
    a_token_that_is_not_there_is_told_so,
);
