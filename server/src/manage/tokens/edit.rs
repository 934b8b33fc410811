//! What of a token can be changed later: its name, how it admits delegates, and until when it is good.

use muster::{
    audit::{Action, FactChange},
    id::{ProfileId, TokenId},
    time::Timestamp,
    token::{Changed, Expiry, NamePattern, Token, TokenSettings, kinds_label},
    user::Permission,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{super::profiles, Context, check_name, check_profile, entry_with};
use crate::{
    db::{
        Change,
        entity::{profile, token},
    },
    error::{Error, Object},
    events::Topic,
};

/// Gives a token another name, or has it admit delegates in another way. Those that it admitted stay as they are. `seen`
/// is the revision that was edited: of two who do that at once the second is told.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::NameTaken`]; [`Error::Invalid`] where the profile cannot be used in its scope;
/// [`Error::Conflict`] where it is revoked, or has changed since it was seen.
pub async fn edit(cx: &Context, id: TokenId, seen: i32, settings: TokenSettings) -> Result<Token, Error> {
    let change = cx.begin(Permission::ManageDelegates).await?;
    let before: Token = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let after = before.clone().edit(settings, seen, changed(cx))?;
    if after == before {
        return Ok(after);
    }
    if after.name != before.name {
        check_name(&change, &after.scope, &after.name).await?;
    }
    if after.default_profile != before.default_profile {
        check_profile(&change, &after.scope, after.default_profile).await?;
    }
    let changes = changes(&change, &before, &after).await?;
    save(cx, change, after, Action::TokenEdited, changes).await
}

fn changed(cx: &Context) -> Changed {
    Changed { at: cx.now(), by: cx.name().to_owned() }
}

/// Saves what was changed. The row is locked since it was read.
async fn save(
    cx: &Context,
    mut change: Change,
    token: Token,
    action: Action,
    facts: Vec<FactChange>,
) -> Result<Token, Error> {
    token::Entity::update_many()
        .set(token::ActiveModel::changed(&token))
        .filter(token::Column::Id.eq(token.id.0))
        .exec(&*change)
        .await
        .map_err(|error| Error::from(error).or_taken(Object::Token, "name", token.name.as_str()))?;
    cx.record(&change, entry_with(&token, action, facts)).await?;
    change.touches(Topic::Tokens);
    change.touches(Topic::Delegates);
    change.commit().await?;
    Ok(token)
}

/// What is another than before, for the record.
async fn changes(change: &Change, before: &Token, after: &Token) -> Result<Vec<FactChange>, Error> {
    let mut changes = Vec::new();
    if before.name != after.name {
        changes.push(FactChange::new("name", before.name.as_str(), after.name.as_str()));
    }
    if before.default_profile != after.default_profile {
        let name = async |id| profile_name(change, before, id).await;
        let (from, to) = (name(before.default_profile).await?, name(after.default_profile).await?);
        changes.push(FactChange::new("default profile", from, to));
    }
    if before.requires_approval != after.requires_approval {
        let word = |waits| if waits { "always" } else { "as the profile says" };
        let (from, to) = (word(before.requires_approval), word(after.requires_approval));
        changes.push(FactChange::new("approval", from, to));
    }
    let (from, to) = (&before.restrictions, &after.restrictions);
    let count = |most: Option<u32>| most.map_or_else(|| "any".to_owned(), |most| most.to_string());
    let all = |text: String| if text.is_empty() { "all".to_owned() } else { text };
    let names = |pattern: &Option<NamePattern>| pattern.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string);
    let restricted = [
        ("registrations", count(from.max_registrations), count(to.max_registrations)),
        ("networks", all(from.networks.to_string()), all(to.networks.to_string())),
        ("types", kinds_label(&from.kinds), kinds_label(&to.kinds)),
        ("names", names(&from.name_pattern), names(&to.name_pattern)),
    ];
    let restricted = restricted.into_iter().filter(|(_, from, to)| from != to);
    changes.extend(restricted.map(|(what, from, to)| FactChange::new(what, from, to)));
    Ok(changes)
}

async fn profile_name(change: &Change, token: &Token, id: Option<ProfileId>) -> Result<String, Error> {
    let row = match id {
        None => return Ok(profiles::primary(&**change, &token.scope).await?.spec.name.into()),
        Some(id) => profile::Entity::find_by_id(id.0).one(&**change).await?,
    };
    Ok(row.map_or_else(|| "a deleted one".to_owned(), |row| row.name))
}

/// Lets a token be good for longer. One that has expired is good again from then on: its delegates come back by
/// themselves. `seen` is the revision that this was decided on.
///
/// # Errors
/// As for [`Context::lock`]; [`Error::Invalid`] where that is past, or no later than it is; [`Error::Conflict`] where it
/// is revoked, or has changed since it was seen.
pub async fn extend(cx: &Context, id: TokenId, seen: i32, expiry: Expiry) -> Result<Token, Error> {
    let change = cx.begin(Permission::ManageDelegates).await?;
    let before: Token = cx.lock(&change, id, Permission::ManageDelegates).await?;
    let until = expiry.from(cx.now())?;
    let after = before.clone().extend(until, seen, changed(cx))?;
    let word = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), Timestamp::for_people);
    let expires = FactChange::new("expires", word(before.expires_at), word(until));
    save(cx, change, after, Action::TokenExtended, vec![expires]).await
}
