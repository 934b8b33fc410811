//! Links that work once: an invitation, and a password that is chosen anew.

use muster::{audit::Action, user::UserStatus};
use muster_app::console::Frame;
use muster_server::{auth::session, db::entity::user_link};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{comes_in, id_in, invites, opens, reads_link};
use crate::support::{
    Code, Person, Role, StatusCode, TestApp, Value,
    database::{everything_stored, holds},
    days, json,
    log::logged_while,
    person::PASSWORD,
    seconds,
};

const EMAIL: &str = "grace@example.com";
const OTHER_PASSWORD: &str = "another long password";

async fn accepts(person: &Person, email: &str, password: &str) -> (StatusCode, Value) {
    let form = [("email", email), ("name", "Grace Hopper"), ("password", password)];
    person.call("invitation/accept", &form).await
}

fn works_no_more((status, body): (StatusCode, Value)) {
    assert_eq!((status, &body["Problem"]["code"]), (StatusCode::NOT_FOUND, &json!(Code::NotFound)), "{body}");
}

async fn who_is_invited_comes_in_once(app: TestApp) {
    let admin = app.administrator().await;
    let (id, path) = invites(&admin, " Grace@Example.com ", Role::Operator).await;
    let row = admin.row_of(EMAIL).await.unwrap();
    assert_eq!(
        (row.user.status, row.user.account_role(), row.signed_in_at),
        (UserStatus::Invited, Some(Role::Operator), None)
    );
    assert_eq!(row.link.unwrap().expires_at, row.user.created_at.plus(days(7)));

    let grace = app.nobody();
    assert_eq!(opens(&grace, &path).await, "/invitation", "what makes it work leaves the address");
    let page = grace.page("/invitation").await.ok();
    assert!(page.text().contains("Welcome to Muster") && page.text().contains(EMAIL));
    assert!(!page.text().contains(path.rsplit('/').next().unwrap()));
    for (name, password, field) in [("", PASSWORD, "name"), ("Grace", "short", "password")] {
        let form = [("email", EMAIL), ("name", name), ("password", password)];
        let (status, body) = grace.call("invitation/accept", &form).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
    assert_eq!(accepts(&grace, EMAIL, PASSWORD).await.0, StatusCode::OK, "what could not be taken did not use it up");
    let frame: Frame = grace.ask("session/frame", &[]).await;
    assert_eq!((frame.called.as_str(), frame.role), ("Grace Hopper", Some(Role::Operator)));
    assert_eq!(grace.cookie_named("muster_link"), None, "the browser forgets it");

    let row = admin.row_of(EMAIL).await.unwrap();
    assert_eq!((row.user.status, row.sessions, row.link), (UserStatus::Active, 1, None));
    assert!(row.signed_in_at.is_some());
    let later = app.nobody();
    opens(&later, &path).await;
    works_no_more(later.call("invitation/get", &[]).await);
    works_no_more(accepts(&later, EMAIL, OTHER_PASSWORD).await);
    let page = later.page("/invitation").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("This link does not work"), "{}", page.text());
    for (action, changes) in [
        (Action::UserInvited, r#"[{"what":"role","after":"Operator"}]"#),
        (Action::InvitationAccepted, r#"[{"what":"name","after":"Grace Hopper"}]"#),
    ] {
        let entries = app.audit_of(action).await;
        assert_eq!((entries.len(), entries[0].object_name.as_str()), (1, EMAIL));
        assert_eq!(entries[0].object_id.unwrap().to_string(), id);
        assert_eq!(entries[0].changes.as_deref(), Some(changes));
    }
    let signed_in = app.audit_of(Action::SignedIn).await;
    assert_eq!(signed_in.last().unwrap().actor_name, EMAIL);
}

async fn of_two_at_once_one_comes_in(app: TestApp) {
    let admin = app.administrator().await;
    let (_, path) = invites(&admin, EMAIL, Role::Viewer).await;
    let (one, other) = (app.nobody(), app.nobody());
    opens(&one, &path).await;
    opens(&other, &path).await;
    let (first, second) = tokio::join!(accepts(&one, EMAIL, PASSWORD), accepts(&other, EMAIL, OTHER_PASSWORD));
    let mut statuses = [first.0, second.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::NOT_FOUND]);
    assert_eq!(app.audit_of(Action::InvitationAccepted).await.len(), 1);
    assert_eq!(admin.row_of(EMAIL).await.unwrap().sessions, 1);
}

async fn a_link_expires(app: TestApp) {
    let admin = app.administrator().await;
    let (_, path) = invites(&admin, EMAIL, Role::Viewer).await;
    let grace = app.nobody();
    app.advance(days(7) - seconds(60));
    opens(&grace, &path).await;
    grace.post("invitation/get", &[]).await.ok();
    app.advance(seconds(120));
    works_no_more(grace.call("invitation/get", &[]).await);
    works_no_more(accepts(&grace, EMAIL, PASSWORD).await);
    session::tidy(&app.state().db, app.now()).await.unwrap();
    assert_eq!(user_link::Entity::find().count(app.state().db.read()).await.unwrap(), 0);
}

async fn a_link_is_taken_back_by_the_next_and_with_the_person(app: TestApp) {
    let admin = app.administrator().await;
    let (id, first) = invites(&admin, EMAIL, Role::Viewer).await;
    let grace = app.nobody();
    opens(&grace, &first).await;
    admin.post("users/renew-invitation", &[("id", &id)]).await.ok();
    works_no_more(accepts(&grace, EMAIL, PASSWORD).await);
    let second = reads_link(&admin, &id).await;
    assert_ne!(first, second);
    opens(&grace, &second).await;
    admin.acts("users/delete", &id).await.ok();
    works_no_more(accepts(&grace, EMAIL, PASSWORD).await);
    assert!(admin.row_of(EMAIL).await.is_none());
    // The address is free again.
    let (_, third) = invites(&admin, EMAIL, Role::Viewer).await;
    comes_in(&app, &third, EMAIL).await;
}

async fn a_link_is_shown_once_and_to_who_made_it(app: TestApp) {
    let (admin, other) = (app.administrator().await, app.administrator().await);
    let answer = admin.post("users/invite", &[("email", EMAIL), ("role", "VIEWER")]).await.ok();
    let id = id_in(answer.location());
    let nothing = json!(null);
    assert_eq!(other.call("users/reveal-link", &[("id", &id)]).await, (StatusCode::OK, nothing.clone()));
    let page = admin.page(&format!("/users/{id}/link")).await.ok();
    assert!(page.text().contains("Invitation link") && page.text().contains("http://muster.test/invitation/"));
    // The page that shows it says that it arrived.
    admin.post("users/forget-link", &[("id", &id)]).await.ok();
    assert_eq!(admin.call("users/reveal-link", &[("id", &id)]).await.1, nothing);
    let page = admin.page(&format!("/users/{id}/link")).await.ok();
    assert!(page.text().contains("This link was shown before"));
    // Where the page did not say so, it is gone a little later.
    admin.post("users/renew-invitation", &[("id", &id)]).await.ok();
    reads_link(&admin, &id).await;
    reads_link(&admin, &id).await;
    app.advance(seconds(181));
    assert_eq!(admin.call("users/reveal-link", &[("id", &id)]).await.1, nothing);
}

async fn an_address_is_taken_once(app: TestApp) {
    let admin = app.administrator().await;
    invites(&admin, EMAIL, Role::Viewer).await;
    let at_once = tokio::join!(
        admin.call("users/invite", &[("email", "b@example.com"), ("role", "VIEWER")]),
        admin.call("users/invite", &[("email", "b@example.com"), ("role", "OPERATOR")]),
    );
    let mut statuses = [at_once.0.0, at_once.1.0];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY]);
    for (email, role, field) in [
        (EMAIL, "VIEWER", "email"),
        ("no address", "VIEWER", "email"),
        ("c@example.com", "", "role"),
        ("c@example.com", "OWNER", "role"),
    ] {
        let (status, body) = admin.call("users/invite", &[("email", email), ("role", role)]).await;
        assert_eq!((status, &body["Problem"]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{body}");
    }
}

async fn a_password_is_chosen_anew_by_a_link(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    let id = vera.id().await;
    let answer = admin.post("users/reset-password", &[("id", &id)]).await.ok();
    let path = reads_link(&admin, &id_in(answer.location())).await;
    vera.post("session/frame", &[]).await.ok();
    let elsewhere = app.nobody();
    opens(&elsewhere, &path).await;
    let page = elsewhere.page("/invitation").await.ok();
    assert!(page.text().contains("New password") && !page.text().contains("name=\"name\""));
    assert_eq!(accepts(&elsewhere, &vera.email, OTHER_PASSWORD).await.0, StatusCode::OK);
    let frame: Frame = elsewhere.ask("session/frame", &[]).await;
    assert_eq!((frame.email.as_str(), frame.called.as_str()), (&*vera.email, &*vera.email), "no name is taken from it");
    assert_eq!(vera.post("session/frame", &[]).await.status, StatusCode::UNAUTHORIZED, "sessions from before ended");
    let old = vera.call("session/sign-in", &[("email", &vera.email), ("password", PASSWORD)]).await;
    assert_eq!(old.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.audit_of(Action::PasswordLinkCreated).await[0].actor_name, admin.email);
    assert_eq!(app.audit_of(Action::PasswordReset).await[0].actor_name, vera.email);
    // It is for a day.
    admin.post("users/reset-password", &[("id", &id)]).await.ok();
    let path = reads_link(&admin, &id).await;
    opens(&elsewhere, &path).await;
    app.advance(days(1) + seconds(1));
    works_no_more(elsewhere.call("invitation/get", &[]).await);
}

async fn a_link_is_for_its_own_person(app: TestApp) {
    let admin = app.administrator().await;
    let (_, of_grace) = invites(&admin, EMAIL, Role::Viewer).await;
    let (_, of_joan) = invites(&admin, "joan@example.com", Role::AccountAdministrator).await;
    let browser = app.nobody();
    opens(&browser, &of_grace).await;
    // In another tab.
    opens(&browser, &of_joan).await;
    let (status, body) = accepts(&browser, EMAIL, PASSWORD).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let sentence = body["Problem"]["message"].as_str().unwrap();
    assert!(sentence.contains("Open the link again"), "{sentence}");
    // Who is signed in is told who goes, and goes.
    let vera = app.person(Role::Viewer).await;
    opens(&vera, &of_grace).await;
    let page = vera.page("/invitation").await.ok();
    assert!(page.text().contains(&format!("You are logged in as {} here.", vera.email)));
    assert_eq!(accepts(&vera, EMAIL, PASSWORD).await.0, StatusCode::OK);
    let frame: Frame = vera.ask("session/frame", &[]).await;
    assert_eq!(frame.email, EMAIL);
}

async fn what_makes_a_link_work_is_neither_logged_nor_stored(app: TestApp) {
    let admin = app.administrator().await;
    let grace = app.nobody();
    let (path, log) = logged_while(async {
        let (_, path) = invites(&admin, EMAIL, Role::Viewer).await;
        let answer = grace.page(&path).await;
        assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
        let sealed = grace.cookie_named("muster_link").expect("a cookie");
        assert!(!sealed.contains(path.rsplit('/').next().unwrap()));
        grace.page("/invitation").await.ok();
        accepts(&grace, EMAIL, "short").await;
        let stored = everything_stored(&app).await;
        assert!(holds(&stored, EMAIL.as_bytes()), "what is searched is what is stored");
        assert!(!holds(&stored, path.rsplit('/').next().unwrap().as_bytes()));
        assert_eq!(accepts(&grace, EMAIL, PASSWORD).await.0, StatusCode::OK);
        path
    })
    .await;
    assert!(holds(&log, "/invitation/…".as_bytes()), "what is searched is what is logged");
    for secret in [path.rsplit('/').next().unwrap(), PASSWORD] {
        let log = String::from_utf8_lossy(&log);
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}

async fn links_cannot_be_tried_without_end(app: TestApp) {
    app.administrator().await;
    let eve = app.nobody();
    for number in 0..200 {
        opens(&eve, &format!("/invitation/guess-{number}")).await;
        let (status, body) = eve.call("invitation/get", &[]).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(body["TooMany"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{body}");
            let elsewhere = app.nobody();
            works_no_more(elsewhere.call("invitation/get", &[]).await);
            return;
        }
        works_no_more((status, body));
    }
    panic!("two hundred links could be tried");
}

async fn a_form_without_scripts_keeps_what_was_typed_but_for_the_password(app: TestApp) {
    let admin = app.administrator().await;
    let (_, path) = invites(&admin, EMAIL, Role::Viewer).await;
    let grace = app.nobody();
    opens(&grace, &path).await;
    let form = [("email", EMAIL), ("name", "Grace Hopper"), ("password", "too-short")];
    let page = "http://muster.test/invitation";
    let answer = grace.post_form_without_script("/api/invitation/accept", &form, page).await;
    assert_eq!(answer.location(), "/invitation");
    let page_again = grace.page("/invitation").await.ok();
    for part in ["Use at least 12 characters", "Grace Hopper"] {
        assert!(page_again.text().contains(part), "{part} in {}", page_again.text());
    }
    assert!(!page_again.text().contains("too-short"));
    let form = [("email", EMAIL), ("name", "Grace Hopper"), ("password", PASSWORD)];
    assert_eq!(grace.post_form_without_script("/api/invitation/accept", &form, page).await.location(), "/");
    grace.page("/").await.ok();
}

on_both_databases!(
    who_is_invited_comes_in_once,
    of_two_at_once_one_comes_in,
    a_link_expires,
    a_link_is_taken_back_by_the_next_and_with_the_person,
    a_link_is_shown_once_and_to_who_made_it,
    an_address_is_taken_once,
    a_password_is_chosen_anew_by_a_link,
    a_link_is_for_its_own_person,
    what_makes_a_link_work_is_neither_logged_nor_stored,
    links_cannot_be_tried_without_end,
    a_form_without_scripts_keeps_what_was_typed_but_for_the_password,
);
