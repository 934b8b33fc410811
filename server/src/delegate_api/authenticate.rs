//! Who a delegate's credential belongs to.
//!
//! The token's row is read for every request: nothing remembers that a token was good.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use muster::{
    id::{DelegateId, TokenId},
    token::{Token, TokenStatus},
    wire::{
        credential::{Claims, Credential, CredentialError, SCHEME},
        envelope::Refusal,
    },
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    db::{
        Change,
        entity::{delegate, token},
    },
    error::Error,
    keyring::Unsealable,
    state::State,
    tokens,
};

/// Why a credential is refused, and by which token, where that is known.
#[derive(Debug)]
pub enum Denied {
    /// It is refused.
    Refused(Refusal, Option<TokenId>),
    /// It could not be checked.
    Failed(Error),
}

impl Denied {
    const INVALID: Self = Self::Refused(Refusal::InvalidToken, None);
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal, _) => refusal.into(),
            Denied::Failed(error) => error,
        }
    }
}

impl From<DbErr> for Denied {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unsealable> for Denied {
    fn from(error: Unsealable) -> Self {
        Self::Failed(error.into())
    }
}

/// The token that a request's credential was made with, where it is good. `delegate` is whom the request speaks of:
/// a hint at the token to try first, where the credential names none.
///
/// # Errors
/// [`Denied`]. The answer is the same for an account that does not exist as for a wrong token.
pub async fn authenticate(
    state: &State,
    headers: &HeaderMap,
    account: &str,
    delegate: Option<DelegateId>,
) -> Result<Token, Denied> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Denied::INVALID)?;
    let (scheme, text) = header.split_once(' ').ok_or(Denied::INVALID)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) || account != state.account.to_string() {
        return Err(Denied::INVALID);
    }
    let credential = Credential::parse(text.trim()).map_err(|_| Denied::INVALID)?;
    let (row, claims) = find(state, &credential, delegate).await?.ok_or(Denied::INVALID)?;
    let token = Token::try_from(row)?;
    let now = state.clock.now();
    // What a person decided about the token comes first: an old credential of a revoked token is told of that.
    match token.status(now) {
        TokenStatus::Revoked => return Err(Denied::Refused(Refusal::RevokedToken, Some(token.id))),
        TokenStatus::Expired => return Err(Denied::Refused(Refusal::ExpiredToken, Some(token.id))),
        TokenStatus::Active => {}
    }
    claims.check(account, now).map_err(|error| match error {
        CredentialError::Expired => Denied::Refused(Refusal::ExpiredToken, Some(token.id)),
        _ => Denied::INVALID,
    })?;
    Ok(token)
}

/// Refuses a token that was revoked since it was authenticated. Asked inside the transaction of a change, so that
/// nothing is done for a token after its revocation was acknowledged.
///
/// # Errors
/// [`Refusal::RevokedToken`], also where it was deleted since.
pub async fn still_good(change: &Change, token: &Token) -> Result<(), Error> {
    let good = token::Entity::find_by_id(token.id.0).filter(token::Column::RevokedAt.is_null());
    // Shared: registrations do not wait for each other, but a revocation waits for them, and they for it.
    match good.lock_shared().one(&**change).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::RevokedToken.into()),
    }
}

/// The token that opens a credential: the one it names, else the one that the delegate last used, else any.
async fn find(
    state: &State,
    credential: &Credential,
    delegate: Option<DelegateId>,
) -> Result<Option<(token::Model, Claims)>, Denied> {
    let db = state.db.read();
    let all = || token::Entity::find().filter(token::Column::AccountId.eq(state.account.0));
    let open = |row: token::Model| -> Result<Option<(token::Model, Claims)>, Denied> {
        let value = tokens::unseal(&state.keyring, &row)?;
        match credential.open(&value) {
            Ok(claims) => Ok(Some((row, claims))),
            Err(CredentialError::WrongKey) => Ok(None),
            // It opens, but holds no claims.
            Err(_) => Err(Denied::INVALID),
        }
    };
    if let Some(kid) = credential.kid()
        && let Some(row) = all().filter(token::Column::KeyId.eq(kid.as_str())).one(db).await?
    {
        return open(row);
    }
    if let Some(id) = delegate
        && let Some(row) = delegate::Entity::find_by_id(id.0).one(db).await?
        && let Some(row) = all().filter(token::Column::Id.eq(row.token_id)).one(db).await?
        && let Some(found) = open(row)?
    {
        return Ok(Some(found));
    }
    // Tokens that are good before those that are revoked: those are tried only to say so.
    let rows = all().order_by_desc(token::Column::RevokedAt.is_null()).order_by_desc(token::Column::Id).all(db).await?;
    for row in rows {
        if let Some(found) = open(row)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
