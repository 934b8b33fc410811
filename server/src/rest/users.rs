//! People: who may use the console, and what they may do.

use axum::{
    Extension, Json,
    http::{HeaderMap, StatusCode, header},
};
use muster::{
    id::UserId,
    user::{Invite, LINK_PATH, LinkKind, Permission, UserRow, parse_role, parse_scope},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, Body, Id},
    once::ToldOnce,
    page::{List, after},
    problem::Rejection,
    whoami::GrantItem,
    words,
};
use crate::{
    error::Error,
    install::address::manager_url,
    manage::users::{
        self, change,
        links::{self, NewLink},
    },
};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Its id.
    pub id: String,
    /// The address that the person signs in with.
    pub email: String,
    /// What the person is called; none of who was only invited.
    pub name: Option<String>,
    /// Whether the person may sign in.
    #[schema(value_type = words::UserStatus)]
    pub status: &'static str,
    /// What the person may do, and where.
    pub grants: Vec<GrantItem>,
    /// When the person last signed in.
    pub signed_in_at: Option<String>,
    /// How many sessions stand.
    pub sessions: u64,
    /// Until when a link works that waits to be used; none where none does.
    pub link_expires_at: Option<String>,
    /// When the person was made.
    #[schema(format = DateTime)]
    pub created_at: String,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let user = row.user;
        Self {
            id: user.id.to_string(),
            status: user.status.code(),
            grants: user.grants.iter().map(GrantItem::from).collect(),
            signed_in_at: row.signed_in_at.map(|at| at.to_string()),
            sessions: row.sessions,
            link_expires_at: row.link.map(|link| link.expires_at.to_string()),
            created_at: user.created_at.to_string(),
            email: user.email.into(),
            name: user.name.map(String::from),
        }
    }
}

/// A link that works once. It is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewUserLink {
    /// The person whose it is.
    pub user: User,
    /// The link: whoever has it is that person to Muster.
    pub link: String,
}

/// Which people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the address or the name.
    pub q: Option<String>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

/// List people
#[utoipa::path(get, path = "/users", operation_id = "list_users", tag = "users", params(Filter), responses((status = 200, body = List<User>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<User>>, Rejection> {
    let cursor = after(filter.after.as_deref())?;
    let page = users::list(&asked.cx, filter.q.as_deref().unwrap_or_default(), cursor).await?;
    Ok(Json(List::of(page, User::from)))
}

/// Get a person
#[utoipa::path(get, path = "/users/{id}", operation_id = "get_user", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = User)))]
pub async fn get(asked: Asked, Id(id): Id<UserId>) -> Result<Json<User>, Rejection> {
    one(&asked, id).await.map(Json)
}

async fn one(asked: &Asked, id: UserId) -> Result<User, Rejection> {
    Ok(users::get_row(&asked.cx, id).await?.into())
}

/// A person to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteUser {
    /// The address that the person will sign in with.
    #[schema(format = "email", min_length = 3, max_length = 254)]
    pub email: String,
    /// What the person may do.
    #[schema(value_type = words::Role)]
    pub role: String,
    /// Where: an organization, or `organization/project`; empty for the whole account.
    #[serde(default)]
    #[schema(format = "scope")]
    pub scope: String,
}

/// Invite a person
///
/// The answer holds a link that works once, for seven days; nobody can read it later.
#[utoipa::path(post, path = "/users", operation_id = "invite_user", tag = "users", request_body = InviteUser, responses((status = 201, body = NewUserLink)))]
pub async fn invite(asked: Asked, headers: HeaderMap, Body(body): Body<InviteUser>) -> Result<Told, Rejection> {
    asked.cx.authorize_anywhere(Permission::ManageUsers)?;
    let invite = Invite::parse(asked.cx.state.account, &body.email, &body.role, &body.scope)?;
    let base = base(&asked, &headers)?;
    let mut change = asked.cx.begin(Permission::ManageUsers).await?;
    let link = links::invite(&asked.cx, &mut change, invite).await?;
    change.commit().await?;
    told(&asked, &base, link).await
}

/// Make another link for an invited person
///
/// The one before does not work any more. The answer holds the link; nobody can read it later.
#[utoipa::path(post, path = "/users/{id}/invitation", operation_id = "renew_invitation", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 201, body = NewUserLink)))]
pub async fn renew_invitation(asked: Asked, headers: HeaderMap, Id(id): Id<UserId>) -> Result<Told, Rejection> {
    renew(&asked, &headers, id, LinkKind::Invitation).await
}

/// Make a link by which a person chooses a new password
///
/// It works once, for a day. The answer holds it; nobody can read it later.
#[utoipa::path(post, path = "/users/{id}/password-reset", operation_id = "reset_password", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 201, body = NewUserLink)))]
pub async fn reset_password(asked: Asked, headers: HeaderMap, Id(id): Id<UserId>) -> Result<Told, Rejection> {
    renew(&asked, &headers, id, LinkKind::PasswordReset).await
}

async fn renew(asked: &Asked, headers: &HeaderMap, id: UserId, kind: LinkKind) -> Result<Told, Rejection> {
    asked.cx.authorize_anywhere(Permission::ManageUsers)?;
    let base = base(asked, headers)?;
    let mut change = asked.cx.begin(Permission::ManageUsers).await?;
    let link = links::renew(&asked.cx, &mut change, id, kind).await?;
    change.commit().await?;
    told(asked, &base, link).await
}

/// Where the person reaches the console.
fn base(asked: &Asked, headers: &HeaderMap) -> Result<String, Error> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    manager_url(&asked.cx.state, host)
}

type Told = (StatusCode, Extension<ToldOnce>, Json<NewUserLink>);

async fn told(asked: &Asked, base: &str, link: NewLink) -> Result<Told, Rejection> {
    let url = format!("{base}{LINK_PATH}/{}", *link.key);
    let told = NewUserLink { user: one(asked, link.user).await?, link: url };
    Ok((StatusCode::CREATED, Extension(ToldOnce), Json(told)))
}

/// The role that a person is to have at a scope.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    /// Where: an organization, or `organization/project`; empty for the whole account.
    #[serde(default)]
    #[schema(format = "scope")]
    pub scope: String,
    /// The role; null for none there.
    #[schema(value_type = Option<words::Role>)]
    pub role: Option<String>,
}

/// Give a person another role at a scope
///
/// The last active account administrator keeps that role.
#[utoipa::path(put, path = "/users/{id}/role", operation_id = "change_role", tag = "users", params(("id" = String, Path, format = "uuid")), request_body = ChangeRole, responses((status = 200, body = User)))]
pub async fn change_role(
    asked: Asked,
    Id(id): Id<UserId>,
    Body(body): Body<ChangeRole>,
) -> Result<Json<User>, Rejection> {
    let scope = parse_scope(asked.cx.state.account, &body.scope)?;
    let role = body.role.as_deref().map(parse_role).transpose()?;
    change::change_role(&asked.cx, id, &scope, role).await?;
    one(&asked, id).await.map(Json)
}

/// Keep a person from signing in
///
/// Ends the person's sessions and keys at their next requests.
#[utoipa::path(post, path = "/users/{id}/disable", operation_id = "disable_user", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = User)))]
pub async fn disable(asked: Asked, Id(id): Id<UserId>) -> Result<Json<User>, Rejection> {
    change::disable(&asked.cx, id).await?;
    one(&asked, id).await.map(Json)
}

/// Let a disabled person sign in again
#[utoipa::path(post, path = "/users/{id}/enable", operation_id = "enable_user", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = User)))]
pub async fn enable(asked: Asked, Id(id): Id<UserId>) -> Result<Json<User>, Rejection> {
    change::enable(&asked.cx, id).await?;
    one(&asked, id).await.map(Json)
}

/// End a person's sessions
#[utoipa::path(post, path = "/users/{id}/end-sessions", operation_id = "end_sessions", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = User)))]
pub async fn end_sessions(asked: Asked, Id(id): Id<UserId>) -> Result<Json<User>, Rejection> {
    change::end_sessions(&asked.cx, id).await?;
    one(&asked, id).await.map(Json)
}

/// Delete a person
#[utoipa::path(delete, path = "/users/{id}", operation_id = "delete_user", tag = "users", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<UserId>) -> Result<StatusCode, Rejection> {
    change::delete(&asked.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
