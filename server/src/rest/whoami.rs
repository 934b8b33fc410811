//! Who asks.

use axum::Json;
use muster::access::Grant;
use serde::Serialize;
use utoipa::ToSchema;

use super::{authenticated::Asked, words::Role};

/// Who asks, and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoAmI {
    /// What the record calls the key.
    pub name: String,
    /// The account of this installation.
    pub account_id: String,
    /// What it may do, and where.
    pub grants: Vec<GrantItem>,
}

/// A role, and where it counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantItem {
    /// `VIEWER`, `OPERATOR`, `DELEGATE_MANAGER` or `ACCOUNT_ADMINISTRATOR`.
    #[schema(value_type = Role)]
    pub role: &'static str,
    /// The organization; empty for the whole account.
    pub organization: String,
    /// The project; empty for the whole organization.
    pub project: String,
}

impl From<&Grant> for GrantItem {
    fn from(grant: &Grant) -> Self {
        Self {
            role: grant.role.code(),
            organization: grant.scope.organization().to_owned(),
            project: grant.scope.project().to_owned(),
        }
    }
}

/// Who asks with this key
///
/// The smaller one of the key's role and its owner's role, as of now.
#[utoipa::path(get, path = "/whoami", operation_id = "who_am_i", tag = "account", responses((status = 200, body = WhoAmI)))]
pub async fn get(asked: Asked) -> Json<WhoAmI> {
    let principal = &asked.cx.principal;
    Json(WhoAmI {
        name: asked.cx.name().to_owned(),
        account_id: asked.scope.account.to_string(),
        grants: principal.grants.iter().map(GrantItem::from).collect(),
    })
}
