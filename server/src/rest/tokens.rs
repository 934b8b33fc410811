//! Delegate tokens.

use axum::{Extension, Json, http::StatusCode};
use muster::{
    id::TokenId,
    text::Invalid,
    time::Timestamp,
    token::{
        Expiry, NewToken, RestrictionFields, Successor, TokenFilter, TokenName, TokenRow, TokenSettings, TokenSort,
    },
    user::Permission,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    authenticated::Asked,
    extract::{Asking, Body, Id, optional_integer, word},
    once::ToldOnce,
    page::{List, after},
    problem::Rejection,
    words,
};
use crate::{
    error::Error,
    manage::tokens::{self, CreatedToken},
};

/// A delegate token, without its value.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Where it belongs: `organization` or `organization/project`; empty for the account.
    pub scope: String,
    /// Its name.
    pub name: String,
    /// `active`, `expired` or `revoked`.
    #[schema(value_type = words::TokenStatus)]
    pub status: &'static str,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Until when it is good; none for ever.
    pub expires_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// The id of the profile of delegates that name none; none for Primary.
    pub default_profile: Option<String>,
    /// Whether every delegate that registers with it for the first time waits for a person.
    pub requires_approval: bool,
    /// How many delegates may register with it for the first time; none for any number.
    pub max_registrations: Option<u32>,
    /// How many have, since their number is limited.
    pub registrations: u32,
    /// From where it can be used; from everywhere where empty.
    pub networks: Vec<String>,
    /// The types of delegates that may register with it; all where empty.
    #[schema(value_type = Vec<words::DelegateType>)]
    pub types: Vec<&'static str>,
    /// The names that those may have; none for any.
    pub name_pattern: Option<String>,
    /// How many connected delegates use it, up to 1,001.
    pub connected: u64,
    /// When it was last used.
    pub last_used_at: Option<String>,
    /// Counts its changes.
    pub revision: i32,
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let token = row.token;
        Self {
            id: token.id.to_string(),
            scope: token.scope.identifiers(),
            status: row.status.slug(),
            created_at: token.created_at.to_string(),
            expires_at: text(token.expires_at),
            revoked_at: text(token.revoked_at),
            default_profile: token.default_profile.map(|id| id.to_string()),
            requires_approval: token.requires_approval,
            max_registrations: token.restrictions.max_registrations,
            registrations: row.registrations,
            networks: token.restrictions.networks.iter().map(ToString::to_string).collect(),
            types: token.restrictions.kinds.iter().map(|kind| kind.code()).collect(),
            name_pattern: token.restrictions.name_pattern.map(|pattern| pattern.to_string()),
            connected: row.connected,
            last_used_at: row.last_used.map(|(at, _)| at.to_string()),
            revision: token.revision,
            name: token.name.into(),
            created_by: token.created_by,
        }
    }
}

/// A token that was made. Its value is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTokenValue {
    /// The token.
    pub token: Token,
    /// Its value. Nobody can read it later.
    pub value: String,
}

/// Which tokens, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// A part of the name.
    pub q: Option<String>,
    /// Whether the revoked ones are among them.
    pub with_revoked: bool,
    /// `newest` (the default) or `expiry`.
    #[param(value_type = Option<words::TokenSort>, inline)]
    pub sort: Option<String>,
    /// The mark that the page before names as `next`.
    #[param(min_length = 1, max_length = 600)]
    pub after: Option<String>,
}

/// List tokens
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens", params(Filter), responses((status = 200, body = List<Token>)))]
pub async fn list(asked: Asked, Asking(filter): Asking<Filter>) -> Result<Json<List<Token>>, Rejection> {
    let sorts = TokenSort::ALL.map(TokenSort::slug);
    let filter = TokenFilter {
        with_revoked: filter.with_revoked,
        search: filter.q.unwrap_or_default(),
        sort: word("sort", filter.sort.as_deref(), TokenSort::from_slug, &sorts)?.unwrap_or_default(),
        cursor: after(filter.after.as_deref())?,
    };
    let page = tokens::list(&asked.cx, &asked.scope, &filter).await?;
    Ok(Json(List::of(page, Token::from)))
}

/// Get a token
#[utoipa::path(get, path = "/tokens/{id}", operation_id = "get_token", tag = "tokens", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Token)))]
pub async fn get(asked: Asked, Id(id): Id<TokenId>) -> Result<Json<Token>, Rejection> {
    one(&asked, id).await.map(Json)
}

async fn one(asked: &Asked, id: TokenId) -> Result<Token, Rejection> {
    Ok(tokens::get_use(&asked.cx, id).await?.row.into())
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// Its name; unique among those that are not revoked.
    #[schema(format = "line", min_length = 1, max_length = 64)]
    pub name: String,
    /// Until when it is good (RFC 3339); null for ever.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The id of the profile of delegates that name none.
    #[serde(default)]
    #[schema(format = "uuid")]
    pub default_profile: Option<String>,
    /// Whether every delegate that registers with it for the first time waits for a person.
    #[serde(default)]
    pub requires_approval: bool,
    /// How many delegates may register with it for the first time; null for any number.
    #[serde(default, deserialize_with = "optional_integer")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub max_registrations: Option<u32>,
    /// From where it can be used, as `10.0.0.0/8`; from everywhere where empty.
    #[serde(default)]
    #[schema(value_type = Vec<words::Network>)]
    pub networks: Vec<String>,
    /// The types of delegates that may register with it; all where empty.
    #[serde(default)]
    #[schema(value_type = Vec<words::DelegateType>)]
    pub types: Vec<String>,
    /// The names that those may have, as `edge-*`; null for any.
    #[serde(default)]
    #[schema(format = "line", min_length = 1, max_length = 253)]
    pub name_pattern: Option<String>,
}

impl CreateToken {
    fn restrictions(&self) -> RestrictionFields {
        RestrictionFields {
            max_registrations: self.max_registrations.map(|most| most.to_string()).unwrap_or_default(),
            networks: self.networks.join(", "),
            kinds: self.types.clone(),
            name_pattern: self.name_pattern.clone().unwrap_or_default(),
        }
    }
}

/// What is wrong, by the names that fields have here.
fn named(error: impl Into<Error>) -> Error {
    let name = |field| match field {
        "kinds" => "types",
        "profile" => "default_profile",
        same => same,
    };
    match error.into() {
        Error::Invalid(wrong) => Error::Invalid(wrong.renamed(name)),
        other => other,
    }
}

fn expiry(at: Option<&str>) -> Result<Expiry, Error> {
    let Some(text) = at else { return Ok(Expiry::Never) };
    let at = Timestamp::parse(text).map(Expiry::At);
    at.ok_or_else(|| Error::field("expires_at", Invalid::new("Write a time as 2026-11-21T09:30:00Z.")))
}

/// Create a token
///
/// The answer holds its value, which nobody can read later.
#[utoipa::path(post, path = "/tokens", operation_id = "create_token", tag = "tokens", request_body = CreateToken, responses((status = 201, body = NewTokenValue)))]
pub async fn create(asked: Asked, Body(body): Body<CreateToken>) -> Result<Told, Rejection> {
    let profile = body.default_profile.as_deref().unwrap_or_default();
    let settings = TokenSettings::parse(&body.name, profile, body.requires_approval, &body.restrictions());
    let settings = settings.map_err(named)?;
    let command = NewToken { settings, expiry: expiry(body.expires_at.as_deref())? };
    let mut change = asked.cx.begin(Permission::ManageDelegates).await?;
    let created = tokens::create(&asked.cx, &mut change, &asked.scope, command).await.map_err(named)?;
    change.commit().await?;
    told(&asked, created).await
}

type Told = (StatusCode, Extension<ToldOnce>, Json<NewTokenValue>);

async fn told(asked: &Asked, created: CreatedToken) -> Result<Told, Rejection> {
    let value = created.value.expose().to_string();
    let answer = NewTokenValue { token: one(asked, created.token.id).await?, value };
    Ok((StatusCode::CREATED, Extension(ToldOnce), Json(answer)))
}

/// The successor of a token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateToken {
    /// The successor's name.
    #[schema(format = "line", min_length = 1, max_length = 64)]
    pub name: String,
    /// Until when the successor is good (RFC 3339); null for ever.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// Rotate a token
///
/// Makes its successor. The old token is good until it is revoked.
#[utoipa::path(post, path = "/tokens/{id}/rotate", operation_id = "rotate_token", tag = "tokens", params(("id" = String, Path, format = "uuid")), request_body = RotateToken, responses((status = 201, body = NewTokenValue)))]
pub async fn rotate(asked: Asked, Id(id): Id<TokenId>, Body(body): Body<RotateToken>) -> Result<Told, Rejection> {
    let name = TokenName::parse(&body.name).map_err(|error| Error::field("name", error))?;
    let command = Successor { name, expiry: expiry(body.expires_at.as_deref())? };
    let mut change = asked.cx.begin(Permission::ManageDelegates).await?;
    let created = tokens::rotate(&asked.cx, &mut change, id, command).await?;
    change.commit().await?;
    told(&asked, created).await
}

/// Revoke a token
///
/// The next request with it is refused.
#[utoipa::path(post, path = "/tokens/{id}/revoke", operation_id = "revoke_token", tag = "tokens", params(("id" = String, Path, format = "uuid")), responses((status = 200, body = Token)))]
pub async fn revoke(asked: Asked, Id(id): Id<TokenId>) -> Result<Json<Token>, Rejection> {
    tokens::revoke(&asked.cx, id).await?;
    one(&asked, id).await.map(Json)
}

/// Delete a token
///
/// One that is good has to be revoked first.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "delete_token", tag = "tokens", params(("id" = String, Path, format = "uuid")), responses((status = 204)))]
pub async fn delete(asked: Asked, Id(id): Id<TokenId>) -> Result<StatusCode, Rejection> {
    tokens::delete(&asked.cx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
