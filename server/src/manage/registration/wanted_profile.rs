//! The profile that decides on a registration.

use muster::{
    delegate::AskedProfile,
    profile::{Approval, Profile},
    token::Token,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::super::profiles::primary;
use crate::{
    db::{
        Change,
        entity::{Scoped, profile},
    },
    error::Error,
};

/// What a delegate gets for what it asked.
pub struct Wanted {
    /// The profile: the one asked for, else the token's, else Primary.
    pub profile: Profile,
    /// Whether it asked for one that does not exist.
    pub unknown: bool,
    /// Whether it waits. Whatever profile it names, everything new of a token does where the token says so, or its own
    /// profile requires approval.
    pub approval: Approval,
}

/// Finds the profile that was asked for, by its id or its name.
///
/// # Errors
/// Where the database is out of reach.
pub async fn wanted_profile(change: &Change, token: &Token, asked: Option<&AskedProfile>) -> Result<Wanted, Error> {
    let own = match token.default_profile {
        Some(id) => find(change, token, profile::Column::Id.eq(id.0)).await?,
        None => None,
    };
    let own = match own {
        Some(profile) => profile,
        None => primary(&**change, &token.scope).await?,
    };
    let floor = if token.requires_approval { Approval::Require } else { own.spec.approval };
    let Some(asked) = asked else { return Ok(Wanted { profile: own, unknown: false, approval: floor }) };
    let mut found = None;
    if let Some(id) = asked.id {
        found = find(change, token, profile::Column::Id.eq(id.0)).await?;
    }
    if found.is_none()
        && let Some(name) = &asked.name
    {
        found = find(change, token, profile::Column::Name.eq(name.as_str())).await?;
    }
    Ok(match found {
        Some(profile) => Wanted { approval: floor.max(profile.spec.approval), profile, unknown: false },
        None => Wanted { profile: own, unknown: true, approval: floor },
    })
}

/// A profile that the token's delegates can have: of several of one name, that of the narrowest scope.
async fn find(change: &Change, token: &Token, which: Expr) -> Result<Option<Profile>, Error> {
    let rows = profile::Entity::find().filter(profile::Entity::visible_from(&token.scope)).filter(which);
    let narrowest = rows.order_by_desc(profile::Column::Project).order_by_desc(profile::Column::Organization);
    Ok(narrowest.one(&**change).await?.map(Profile::try_from).transpose()?)
}
