//! Secrets of startup scripts. No answer holds a value.

use axum::{Json, http::StatusCode};
use muster::{
    id::SecretId,
    secret::{NewSecret, SecretRow, parse_value},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    delegates::Named,
    extract::{Asking, Body, Id},
    page::{List, after},
    problem::Rejection,
};
use crate::manage::secrets;

/// A secret, without its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct Secret {
    /// Its id.
    pub id: String,
    /// Where it belongs: `organization` or `organization/project`; empty for the account.
    pub scope: String,
    /// What scripts call it.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The profiles whose scripts name it.
    pub used_by: Vec<Named>,
    /// When it was last handed out to a delegate.
    pub handed_out_at: Option<String>,
}

impl From<SecretRow> for Secret {
    fn from(row: SecretRow) -> Self {
        let named = |(id, name): (muster::id::ProfileId, String)| Named { id: id.to_string(), name };
        Self {
            id: row.secret.id.to_string(),
            scope: row.secret.scope.identifiers(),
            name: row.secret.name.to_string(),
            description: row.secret.description,
            used_by: row.used_by.into_iter().map(named).collect(),
            handed_out_at: row.handed_out.map(|at| at.to_string()),
        }
    }
}

/// Which secrets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the name or the description.
    pub q: Option<String>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

/// List secrets
#[utoipa::path(get, path = "/secrets", operation_id = "list_secrets", tag = "secrets", params(Filter), responses((status = 200, body = List<Secret>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<Secret>>, Rejection> {
    let cursor = after(filter.after.as_deref())?;
    let page = secrets::list(&asked.cx, &asked.scope, filter.q.as_deref().unwrap_or_default(), cursor).await?;
    Ok(Json(List::of(page, Secret::from)))
}

/// Get a secret
#[utoipa::path(get, path = "/secrets/{id}", operation_id = "get_secret", tag = "secrets", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Secret)))]
pub async fn get(asked: Asked, Id(id): Id<SecretId>) -> Result<Json<Secret>, Rejection> {
    one(&asked, id).await.map(Json)
}

async fn one(asked: &Asked, id: SecretId) -> Result<Secret, Rejection> {
    Ok(secrets::get(&asked.cx, id).await?.row.into())
}

/// A secret to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSecret {
    /// What scripts will call it; unique. Letters, digits, dots, dashes and underscores.
    #[schema(format = "secret-name", min_length = 1, max_length = 128)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    #[schema(format = "text", max_length = 1000)]
    pub description: String,
    /// Its value.
    #[schema(format = Password, min_length = 6, max_length = 16384)]
    pub value: String,
}

/// Create a secret
#[utoipa::path(post, path = "/secrets", operation_id = "create_secret", tag = "secrets", request_body = CreateSecret, responses((status = 201, body = Secret)))]
pub async fn create(asked: Asked, Body(body): Body<CreateSecret>) -> Result<(StatusCode, Json<Secret>), Rejection> {
    let command = NewSecret::parse(&body.name, &body.description, &body.value)?;
    let id = secrets::create(&asked.cx, &asked.scope, command).await?;
    Ok((StatusCode::CREATED, Json(one(&asked, id).await?)))
}

/// The value that a secret is to have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceSecret {
    /// The value.
    #[schema(format = Password, min_length = 6, max_length = 16384)]
    pub value: String,
    /// Whether all delegates whose scripts name it run them again.
    #[serde(default)]
    pub run_again: bool,
}

/// Replace a secret's value
#[utoipa::path(put, path = "/secrets/{id}/value", operation_id = "replace_secret", tag = "secrets", params(("id" = String, Path, format = "uuid")), request_body = ReplaceSecret, responses((status = 200, body = Secret)))]
pub async fn replace(
    asked: Asked,
    Id(id): Id<SecretId>,
    Body(body): Body<ReplaceSecret>,
) -> Result<Json<Secret>, Rejection> {
    secrets::replace(&asked.cx, id, parse_value(&body.value)?, body.run_again).await?;
    one(&asked, id).await.map(Json)
}

/// Delete a secret
///
/// One that scripts name is not deleted (`IN_USE`).
#[utoipa::path(delete, path = "/secrets/{id}", operation_id = "delete_secret", tag = "secrets", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<SecretId>) -> Result<StatusCode, Rejection> {
    secrets::delete(&asked.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
