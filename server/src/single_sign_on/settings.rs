//! How single sign-on is set up.

use muster::single_sign_on::{ClaimPath, RoleMapping};
use muster::user::Password;

/// How single sign-on is set up.
#[derive(Clone, Debug)]
pub struct SingleSignOnSettings {
    /// The provider's address, as its tokens name it.
    pub issuer: String,
    /// What the provider calls Muster.
    pub client_id: String,
    /// By what the provider knows that it is Muster. Never printed.
    pub client_secret: Password,
    /// Where the browser comes back to: an address of ours that the provider knows.
    pub redirect: String,
    /// What the button at the entrance says.
    pub label: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Where the claims hold what roles are made of; without it, people are given roles here.
    pub roles_claim: Option<ClaimPath>,
    /// Which values mean which roles.
    pub roles: RoleMapping,
    /// Whether only those come in who have a role by the mapping; without one, who was invited.
    pub requires_role: bool,
    /// Whether somebody is linked to a user who has the same address, where the provider has verified it.
    pub links_by_email: bool,
}
