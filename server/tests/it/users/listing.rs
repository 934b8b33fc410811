//! The list of people, and the page of one.

use muster::{
    page::Page,
    user::{UserDetail, UserRow},
};

use super::invites;
use crate::support::{Role, StatusCode, TestApp};

async fn people_are_listed_and_found(app: TestApp) {
    let (admin, vera) = (app.administrator().await, app.person(Role::Viewer).await);
    invites(&admin, "grace@example.com", Role::Operator).await;
    vera.post("account/rename", &[("name", "Vera Rubin")]).await.ok();
    let finds = async |text: &str| {
        let page: Page<UserRow> = admin.ask("users/list", &[("search", text), ("cursor", "First")]).await;
        page.rows.into_iter().map(|row| row.user.called().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(finds("").await, ["grace@example.com", "Vera Rubin", &admin.email]);
    assert_eq!(finds("RUBIN").await, ["Vera Rubin"]);
    assert_eq!(finds(&vera.email[..9]).await, ["Vera Rubin"], "also by address");
    assert_eq!(finds("%").await, Vec::<String>::new());
    let row = admin.row_of(&admin.email).await.unwrap();
    assert!(row.is_you && row.sessions == 1 && row.signed_in_at.is_some());
    let page = admin.page("/users").await.ok();
    for part in ["Vera Rubin", "Operator", "Invited", "grace@example.com", "/users/new"] {
        assert!(page.text().contains(part), "{part}");
    }
    // Others find neither the page nor the way to it.
    for role in [Role::Viewer, Role::Operator, Role::DelegateManager] {
        let person = app.person(role).await;
        assert_eq!(person.page("/users").await.status, StatusCode::FORBIDDEN);
        assert!(!person.page("/delegates").await.ok().text().contains("href=\"/users\""));
    }
}

async fn a_person_has_a_page_with_the_record(app: TestApp) {
    let admin = app.administrator().await;
    let (id, _) = invites(&admin, "grace@example.com", Role::Operator).await;
    let change = [("id", &*id), ("role", "VIEWER"), ("back", "")];
    admin.post("users/change-role", &change).await.ok();
    let detail: UserDetail = admin.ask("users/get", &[("id", &id)]).await;
    let actions: Vec<_> = detail.record.iter().map(|entry| entry.action.label()).collect();
    assert_eq!(actions, ["Role changed", "Invited"]);
    let page = admin.page(&format!("/users/{id}")).await.ok();
    for part in ["grace@example.com", "Role changed", "<del>Operator<", "<ins>Viewer<"] {
        assert!(page.text().contains(part), "{part}");
    }
    for dialog in ["role", "renew-invitation", "delete", "end-sessions"] {
        let page = admin.page(&format!("/users/{id}/{dialog}")).await.ok();
        assert!(page.text().contains("<dialog") && page.text().contains("grace@example.com"), "{dialog}");
    }
}

on_both_databases!(people_are_listed_and_found, a_person_has_a_page_with_the_record,);
