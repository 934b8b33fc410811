//! Somebody always decides who may use Muster.

use muster::{audit::Action, user::UserStatus};

use super::invites;
use crate::support::{Code, Person, Role, StatusCode, TestApp, conflict, problem};

fn sentence(email: &str) -> String {
    format!("{email} is the only active account administrator. Make somebody else one first.")
}

/// Tries everything that would take an administrator away.
async fn takes_away(by: &Person, id: &str) -> Vec<(StatusCode, crate::support::Value)> {
    let demote = [("id", id), ("role", Role::DelegateManager.code()), ("back", "")];
    vec![
        by.call("users/change-role", &demote).await,
        by.call("users/disable", &[("id", id), ("back", "")]).await,
        by.call("users/delete", &[("id", id), ("back", "")]).await,
    ]
}

async fn the_last_administrator_stays(app: TestApp) {
    let ada = app.administrator().await;
    app.person(Role::DelegateManager).await;
    // Neither is one who decides now.
    invites(&ada, "joan@example.com", Role::AccountAdministrator).await;
    let bob = app.administrator().await;
    ada.acts("users/disable", &bob.id().await).await.ok();
    let id = ada.id().await;
    for refused in takes_away(&ada, &id).await {
        assert_eq!(refused, conflict(Code::WrongState, &sentence(&ada.email)));
    }
    for dialog in ["role", "disable", "delete"] {
        let page = ada.page(&format!("/users/{id}/{dialog}")).await.ok();
        assert!(page.text().contains("This is the only active account administrator."), "{dialog}");
    }
    assert_eq!(ada.account().await.user.account_role(), Some(Role::AccountAdministrator));
    // The same role is no change.
    let same = [("id", &*id), ("role", Role::AccountAdministrator.code()), ("back", "")];
    ada.post("users/change-role", &same).await.ok();
    assert!(app.audit_of(Action::RoleChanged).await.is_empty());
    let bob = ada.row_of(&bob.email).await.unwrap().user;
    ada.acts("users/enable", &bob.id.to_string()).await.ok();
    ada.post("users/change-role", &[("id", &*id), ("role", "VIEWER"), ("back", "")]).await.ok();
    assert_eq!(ada.account().await.user.account_role(), Some(Role::Viewer));
}

async fn two_administrators_cannot_take_each_other_away_at_once(app: TestApp) {
    let (ada, bob) = (app.administrator().await, app.administrator().await);
    let (of_ada, of_bob) = (ada.id().await, bob.id().await);
    for (endpoint, more) in
        [("users/change-role", &[("role", "VIEWER")][..]), ("users/disable", &[]), ("users/delete", &[])]
    {
        let form = |id| [&[("id", id), ("back", "")][..], more].concat();
        let (at_ada, at_bob) = (form(&*of_ada), form(&*of_bob));
        let (one, other) = tokio::join!(ada.call(endpoint, &at_bob), bob.call(endpoint, &at_ada));
        let done = [&one, &other].into_iter().filter(|(status, _)| *status == StatusCode::OK).count();
        assert_eq!(done, 1, "{endpoint}: {one:?} {other:?}");
        let refused = if one.0 == StatusCode::OK { &other } else { &one };
        // The second saw what the first one left; or it came so late that it was asked for by nobody any more.
        let late = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED];
        let last = if one.0 == StatusCode::OK { &ada } else { &bob };
        let is_last = refused.1 == problem(Code::WrongState, &sentence(&last.email));
        assert!(is_last || late.contains(&refused.0), "{endpoint}: {refused:?}");
        let (left, gone) = if one.0 == StatusCode::OK { (&ada, &bob) } else { (&bob, &ada) };
        assert_eq!(left.account().await.user.account_role(), Some(Role::AccountAdministrator));
        if endpoint == "users/delete" {
            assert!(left.row_of(&gone.email).await.is_none());
            return;
        }
        // Both are as before, for the next round.
        let id = left.row_of(&gone.email).await.unwrap().user.id.to_string();
        if left.row_of(&gone.email).await.unwrap().user.status == UserStatus::Disabled {
            left.acts("users/enable", &id).await.ok();
            gone.sign_in().await;
        }
        let back = [("id", &*id), ("role", Role::AccountAdministrator.code()), ("back", "")];
        left.post("users/change-role", &back).await.ok();
    }
}

on_both_databases!(the_last_administrator_stays, two_administrators_cannot_take_each_other_away_at_once,);
