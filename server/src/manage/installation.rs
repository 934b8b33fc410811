//! What a new installation begins with: its account, its Primary profile and a token.

use muster::{
    audit::{Action, Actor, Origin},
    id::{AccountId, ProfileId, TokenId},
    profile::{Approval, PRIMARY, Profile, ProfileName, ProfileSpec},
    scope::Scope,
    text::{Invalid, Selectors},
    time::Timestamp,
    token::{DEFAULT_TOKEN, Restrictions, Token, TokenName},
};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, Set};

use super::{profiles, tokens};
use crate::{
    db::{
        Change, Db,
        audit::{self, Entry},
        entity::account,
    },
    encryption::EncryptionKey,
    random,
};

/// The account of an installation, until people can name it.
const ACCOUNT_NAME: &str = "Muster";

/// Why an installation cannot be founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A name that Muster gives is not taken by Muster.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// The installation's account. At the first start it is made, with what belongs to it, by one of the managers that may
/// start at once.
///
/// # Errors
/// [`FoundError`].
pub async fn account(db: &Db, encryption: &EncryptionKey, now: Timestamp) -> Result<account::Model, FoundError> {
    if let Some(row) = account::Entity::find().one(db.read()).await? {
        return Ok(row);
    }
    let change = db.write().await?;
    change.alone().await?;
    if let Some(row) = account::Entity::find().one(&*change).await? {
        return Ok(row);
    }
    let row = found(&change, encryption, now).await?;
    change.commit().await?;
    Ok(row)
}

async fn found(change: &Change, encryption: &EncryptionKey, now: Timestamp) -> Result<account::Model, FoundError> {
    let id = AccountId::new(now, &random::bytes());
    let account =
        account::ActiveModel { id: Set(id.0), name: Set(ACCOUNT_NAME.to_owned()), created_at: Set(now.as_millis()) };
    let account = account.insert(&**change).await?;
    let scope = Scope::account(id);
    let origin = Origin { actor: Actor::Installation, address: None };
    let (action, object, name) = (Action::AccountCreated, Some(id.0), ACCOUNT_NAME);
    audit::record(change, &origin, now, Entry { scope: &scope, action, object, name, facts: Vec::new() }).await?;
    profiles::insert(change, &origin, &primary_profile(&scope, now)?).await?;
    let token = default_token(&scope, Actor::Installation.name(), now)?;
    tokens::insert(change, encryption, &origin, &token).await?;
    Ok(account)
}

fn primary_profile(scope: &Scope, now: Timestamp) -> Result<Profile, Invalid> {
    Ok(Profile {
        id: ProfileId::new(now, &random::bytes()),
        scope: scope.clone(),
        spec: ProfileSpec {
            name: ProfileName::parse(PRIMARY)?,
            description: "For delegates that ask for no other profile.".to_owned(),
            startup_script: String::new(),
            approval: Approval::Off,
            selectors: Selectors::default(),
        },
        primary: true,
        created_at: now,
        updated_at: now,
        updated_by: Actor::Installation.name().to_owned(),
        script_changed_at: now,
        revision: 1,
    })
}

/// The token that a scope begins with.
///
/// # Errors
/// None: the name that Muster gives is one that it takes.
pub(super) fn default_token(scope: &Scope, by: &str, now: Timestamp) -> Result<Token, Invalid> {
    Ok(Token {
        id: TokenId::new(now, &random::bytes()),
        scope: scope.clone(),
        name: TokenName::parse(DEFAULT_TOKEN)?,
        created_by: by.to_owned(),
        created_at: now,
        expires_at: None,
        default_profile: None,
        requires_approval: false,
        restrictions: Restrictions::default(),
        revoked_at: None,
        rotation: None,
        changed: None,
        revision: 1,
    })
}
