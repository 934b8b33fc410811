//! The profile that decides on a registration.

use muster::{
    id::ProfileId,
    profile::{Profile, ProfileName},
    token::Token,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{
    console::primary,
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
    /// Whether everything new of this token waits, whatever profile it names: the token says so, or its own profile
    /// requires approval.
    pub floor: bool,
}

/// Finds the profile that was asked for, by its id or its name.
///
/// # Errors
/// Where the database is out of reach.
pub async fn wanted_profile(change: &Change, token: &Token, asked: &str) -> Result<Wanted, Error> {
    let find = |which: Condition| async move {
        let row = profile::Entity::find().filter(profile::Entity::within(&token.scope)).filter(which);
        Ok::<_, Error>(row.one(&**change).await?.map(Profile::try_from).transpose()?)
    };
    let by_id = |id: ProfileId| find(Condition::all().add(profile::Column::Id.eq(id.0)));
    let own = match token.default_profile {
        Some(id) => by_id(id).await?,
        None => None,
    };
    let own = match own {
        Some(profile) => profile,
        None => primary(&**change, &token.scope).await?,
    };
    let floor = token.requires_approval || own.spec.requires_approval;
    let asked = asked.trim();
    if asked.is_empty() {
        return Ok(Wanted { profile: own, unknown: false, floor });
    }
    let mut found = None;
    if let Ok(id) = asked.parse::<ProfileId>() {
        found = by_id(id).await?;
    }
    if found.is_none()
        && let Ok(name) = ProfileName::parse(asked)
    {
        found = find(Condition::all().add(profile::Column::Name.eq(name.as_str()))).await?;
    }
    Ok(match found {
        Some(profile) => Wanted { profile, unknown: false, floor },
        None => Wanted { profile: own, unknown: true, floor },
    })
}
