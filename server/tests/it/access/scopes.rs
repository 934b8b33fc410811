//! What use cases give to whom: nothing is loaded without asking, at the object's own scope.

use muster::{
    access::{Grant, Principal},
    audit::Actor,
    id::{DelegateId, TokenId},
    page::Cursor,
    scope::Scope,
    user::{Email, Password},
};
use muster_server::{
    error::{Error, Object},
    manage::{Context, delegates, tokens, users},
};

use crate::support::{Role, TestApp};

/// Who has a role in the account, or only in an organization under it.
fn with_role(app: &TestApp, role: Role, organization: &str) -> Context {
    let state = app.state();
    let scope = Scope::from_parts(state.account, organization, "").unwrap();
    let principal = Principal { actor: Actor::CommandLine, grants: vec![Grant { role, scope }] };
    Context { principal, ..Context::system(state, Actor::CommandLine) }
}

async fn what_lies_outside_of_a_grant_is_not_there(app: TestApp) {
    let admin = app.administrator().await;
    let token: TokenId = admin.new_token("edge").await.id.parse().unwrap();
    let scope = Scope::account(app.state().account);
    let elsewhere = with_role(&app, Role::AccountAdministrator, "platform");
    assert!(matches!(tokens::get_use(&elsewhere, token).await, Err(Error::NotFound(Object::Token))));
    assert!(matches!(tokens::revoke(&elsewhere, token).await, Err(Error::NotFound(Object::Token))));
    assert!(matches!(tokens::list(&elsewhere, &scope, &Default::default()).await, Err(Error::Forbidden)));
    let nobody = Context { principal: Principal { grants: Vec::new(), ..elsewhere.principal.clone() }, ..elsewhere };
    assert!(matches!(tokens::get_use(&nobody, token).await, Err(Error::Forbidden)), "before anything is looked for");
}

async fn what_may_be_seen_may_not_always_be_changed(app: TestApp) {
    let admin = app.administrator().await;
    let made = admin.new_token("edge").await;
    let token: TokenId = made.id.parse().unwrap();
    let delegate: DelegateId = app.delegate(&made.value).registered().await.parse().unwrap();
    let viewer = with_role(&app, Role::Viewer, "");
    assert_eq!(tokens::get_use(&viewer, token).await.unwrap().total, 1);
    assert!(matches!(tokens::revoke(&viewer, token).await, Err(Error::Forbidden)));
    assert!(matches!(delegates::delete(&viewer, delegate).await, Err(Error::Forbidden)));
    let manager = with_role(&app, Role::DelegateManager, "");
    let (email, password) = (Email::parse("eve@example.com").unwrap(), Password::new("correct horse battery".into()));
    let made = users::create(&manager, email, password, Role::AccountAdministrator).await;
    assert!(matches!(made, Err(Error::Forbidden)), "who manages delegates makes no administrators");
    delegates::delete(&manager, delegate).await.unwrap();
    assert!(matches!(delegates::get(&viewer, delegate, &Cursor::First).await, Err(Error::NotFound(Object::Delegate))));
}

on_both_databases!(what_lies_outside_of_a_grant_is_not_there, what_may_be_seen_may_not_always_be_changed);
