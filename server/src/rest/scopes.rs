//! Organizations and projects.

use axum::{Json, http::StatusCode};
use muster::{
    id::ScopeId,
    scope::{Identifier, NewScope, ScopeRow, parse_scope_name},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, Body, Id},
    page::{List, after},
    problem::Rejection,
};
use crate::{error::Error, manage::scopes};

/// An organization or a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scope {
    /// Its id.
    pub id: String,
    /// What requests name it by: `organization` or `organization/project`.
    pub scope: String,
    /// What people call it.
    pub name: String,
    /// The name or address of who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: String,
    /// How many delegates it has itself.
    pub delegates: u64,
    /// How many of its delegates wait for approval.
    pub waiting: u64,
    /// Whether it can be deleted: nothing is in it but the token that it began with.
    pub is_empty: bool,
}

impl From<ScopeRow> for Scope {
    fn from(ScopeRow { named, contents, .. }: ScopeRow) -> Self {
        Self {
            id: named.id.to_string(),
            scope: named.scope.identifiers(),
            name: named.name.into(),
            created_by: named.created_by,
            created_at: named.created_at.to_string(),
            delegates: contents.delegates,
            waiting: contents.waiting,
            is_empty: contents.is_empty(),
        }
    }
}

/// Which organizations and projects.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

/// List organizations and projects
///
/// Those under the scope that is asked at.
#[utoipa::path(get, path = "/scopes", operation_id = "list_scopes", tag = "scopes", params(Filter), responses((status = 200, body = List<Scope>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<Scope>>, Rejection> {
    let page = scopes::list(&asked.cx, &asked.scope, &after(filter.after.as_deref())?).await?;
    Ok(Json(List::of(page, Scope::from)))
}

/// Get an organization or a project
#[utoipa::path(get, path = "/scopes/{id}", operation_id = "get_scope", tag = "scopes", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Scope)))]
pub async fn get(asked: Asked, Id(id): Id<ScopeId>) -> Result<Json<Scope>, Rejection> {
    one(&asked, id).await.map(Json)
}

async fn one(asked: &Asked, id: ScopeId) -> Result<Scope, Rejection> {
    Ok(scopes::get(&asked.cx, id).await?.row.into())
}

/// An organization or a project to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateScope {
    /// What people will call it.
    #[schema(format = "line", min_length = 1, max_length = 100)]
    pub name: String,
    /// What requests will name it by. It stays.
    #[schema(pattern = "^[A-Za-z_][A-Za-z0-9_$]*$", min_length = 1, max_length = 128)]
    pub identifier: String,
}

/// Create an organization or a project
///
/// At the account it is an organization, at an organization a project of it. It begins with a token `default_token`.
#[utoipa::path(post, path = "/scopes", operation_id = "create_scope", tag = "scopes", request_body = CreateScope, responses((status = 201, body = Scope)))]
pub async fn create(asked: Asked, Body(body): Body<CreateScope>) -> Result<(StatusCode, Json<Scope>), Rejection> {
    // A page makes one of the name; a program says what it will ask by.
    Identifier::parse(&body.identifier).map_err(|error| Error::field("identifier", error))?;
    let command = NewScope::parse(&asked.scope, &body.name, &body.identifier)?;
    let made = scopes::create(&asked.cx, command).await?;
    Ok((StatusCode::CREATED, Json(one(&asked, made.id).await?)))
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameScope {
    /// What people will call it.
    #[schema(format = "line", min_length = 1, max_length = 100)]
    pub name: String,
}

/// Rename an organization or a project
#[utoipa::path(put, path = "/scopes/{id}/name", operation_id = "rename_scope", tag = "scopes", params(("id" = String, Path, format = "uuid")), request_body = RenameScope, responses((status = 200, body = Scope)))]
pub async fn rename(
    asked: Asked,
    Id(id): Id<ScopeId>,
    Body(body): Body<RenameScope>,
) -> Result<Json<Scope>, Rejection> {
    scopes::rename(&asked.cx, id, parse_scope_name(&body.name)?).await?;
    one(&asked, id).await.map(Json)
}

/// Delete an organization or a project
///
/// One that is not empty is not deleted (`IN_USE`). Its `default_token`, the roles in it and the API keys for it go with it.
#[utoipa::path(delete, path = "/scopes/{id}", operation_id = "delete_scope", tag = "scopes", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<ScopeId>) -> Result<StatusCode, Rejection> {
    scopes::delete(&asked.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
