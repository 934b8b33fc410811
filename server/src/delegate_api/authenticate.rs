//! Who a delegate's credential belongs to.
//!
//! Tokens are kept in memory ([`crate::db`] says how long what is kept is true), and asked anew with each request.

use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use muster::{
    id::{DelegateId, TokenId},
    token::{Restriction, Token, TokenStatus},
    wire::{
        credential::{Claims, Credential, CredentialError, SCHEME},
        envelope::Refusal,
        proof::{self, Proof},
    },
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::presented::Presented;
use crate::{
    caller::Caller,
    db::{KnownToken, entity::token},
    error::Error,
    state::State,
    token_values::value_of,
};

/// How many tokens are tried for a credential that names none.
const MAX_TRIALS: u64 = 2000;
/// How many revoked ones are tried after that.
const MAX_REVOKED_TRIALS: u64 = 50;
/// The header in which newer clients name their token, beside a credential that does not: see [`TokenDigests`].
///
/// [`TokenDigests`]: crate::token_values::TokenDigests
const TOKEN_DIGEST: &str = "delegatetokenhash";

/// Why a credential is refused, and who calls, where that is known.
#[derive(Debug)]
pub enum Denied {
    /// It is refused.
    Refused(Refusal, Option<Box<Caller>>),
    /// The token is not good for that.
    Restricted(Restriction, TokenId),
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
            Denied::Restricted(restriction, _) => restriction.into(),
            Denied::Failed(error) => error,
        }
    }
}

impl From<DbErr> for Denied {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Who makes a request, where its credential is good. `delegate` is whom the request speaks of: a hint at the token to
/// try first, where the credential names none.
///
/// # Errors
/// [`Denied`]. The answer is the same for an account that does not exist as for a wrong token.
pub async fn authenticate(
    state: &State,
    presented: &Presented<'_>,
    delegate: Option<DelegateId>,
) -> Result<Caller, Denied> {
    let checked = check(state, presented, delegate).await;
    let turned_away = match &checked {
        Err(Denied::Refused(refusal, caller)) => Some((caller.as_ref().map(|caller| caller.token.id), refusal.code())),
        Err(Denied::Restricted(restriction, token)) => Some((Some(*token), restriction.code())),
        Err(Denied::Failed(_)) | Ok(_) => None,
    };
    if let Some((token, code)) = turned_away {
        state.metrics.refusals.inc();
        state.presence.refused(token, code, state.clock.now(), presented.address, "");
    }
    checked
}

async fn check(state: &State, presented: &Presented<'_>, delegate: Option<DelegateId>) -> Result<Caller, Denied> {
    let account = &*presented.account;
    let header = presented.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Denied::INVALID)?;
    let (scheme, text) = header.split_once(' ').ok_or(Denied::INVALID)?;
    let text = text.trim();
    if !scheme.eq_ignore_ascii_case(SCHEME) || account != state.account.to_string() {
        return Err(Denied::INVALID);
    }
    let credential = Credential::parse(text).map_err(|_| Denied::INVALID)?;
    let (token, claims) = find(state, presented, &credential, delegate).await?.ok_or(Denied::INVALID)?;
    let proof = proof(presented, text);
    let now = state.clock.now();
    let caller = |proof| Caller { token: token.clone(), proof, address: presented.address };
    let refuse = |refusal, proof| Err(Denied::Refused(refusal, Some(Box::new(caller(proof)))));
    // What a person decided about the token comes first: an old credential of a revoked token is told of that.
    match token.status(now) {
        TokenStatus::Revoked => return refuse(Refusal::RevokedToken, proof.unwrap_or_default()),
        TokenStatus::Expired => return refuse(Refusal::ExpiredToken, proof.unwrap_or_default()),
        TokenStatus::Active => {}
    }
    let allowed = token.restrictions.check_address(presented.address);
    allowed.map_err(|restriction| Denied::Restricted(restriction, token.id))?;
    match claims.check(account, now) {
        Ok(()) => {}
        Err(CredentialError::Expired) => return refuse(Refusal::ExpiredToken, proof.unwrap_or_default()),
        Err(_) => return Err(Denied::INVALID),
    }
    match proof {
        Ok(proof) => Ok(caller(proof)),
        Err(()) => refuse(Refusal::InvalidProof, None),
    }
}

/// The proof that a request brings, if it does. One that does not hold is none, and refused.
fn proof(presented: &Presented<'_>, credential: &str) -> Result<Option<Proof>, ()> {
    let mut given = presented.headers.get_all(proof::HEADER).iter();
    let (Some(text), None) = (given.next(), given.next()) else {
        return if presented.headers.contains_key(proof::HEADER) { Err(()) } else { Ok(None) };
    };
    let text = text.to_str().map_err(|_| ())?;
    Proof::read(text, presented.method, presented.path, credential).map(Some).map_err(|error| {
        tracing::debug!(%error, "a proof does not hold");
    })
}

/// The token that opens a credential: the one it names, and no other; else the one that the delegate last used, else the
/// one that a header names, else any.
async fn find(
    state: &State,
    presented: &Presented<'_>,
    credential: &Credential,
    delegate: Option<DelegateId>,
) -> Result<Option<(Arc<Token>, Claims)>, Denied> {
    let db = &state.db;
    let open = |known: Option<Arc<KnownToken>>| open(state, credential, known);
    if let Some(key_id) = credential.kid() {
        return open(db.token_of_key(key_id).await?);
    }
    if let Some(id) = delegate
        && let Some(delegate) = db.standing(id).await?
        && let Some(found) = open(db.token(delegate.token_id).await?)?
    {
        return Ok(Some(found));
    }
    let digest = presented.headers.get(TOKEN_DIGEST).and_then(|digest| digest.to_str().ok());
    if let Some(digest) = digest
        && let Some(found) = open(state.token_digests.token(db, digest).await?)?
    {
        return Ok(Some(found));
    }
    state.limits.trial(presented.address)?;
    for id in trials(state).await? {
        if let Some(found) = open(db.token(TokenId(id)).await?)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Opens a credential with a token; none where it was not made with that.
fn open(
    state: &State,
    credential: &Credential,
    known: Option<Arc<KnownToken>>,
) -> Result<Option<(Arc<Token>, Claims)>, Denied> {
    let Some(known) = known.filter(|known| known.token.scope.account == state.account) else { return Ok(None) };
    // A value that cannot be unsealed refuses nobody else.
    let Some(value) = value_of(&state.encryption, &state.token_digests, &known) else { return Ok(None) };
    match credential.open(value) {
        Ok(claims) => Ok(Some((known.token.clone(), claims))),
        Err(CredentialError::WrongKey) => Ok(None),
        // It opens, but holds no claims.
        Err(_) => Err(Denied::INVALID),
    }
}

/// The tokens that are tried for a credential that names none: those that are good, the newest first, and of those that
/// are revoked only the last ones, which are tried to say so.
async fn trials(state: &State) -> Result<Vec<Uuid>, DbErr> {
    let all = || {
        let ids = token::Entity::find().select_only().column(token::Column::Id);
        ids.filter(token::Column::AccountId.eq(state.account.0)).order_by_desc(token::Column::Id)
    };
    let active = all().filter(token::Column::RevokedAt.is_null()).limit(MAX_TRIALS);
    let revoked = all().filter(token::Column::RevokedAt.is_not_null()).limit(MAX_REVOKED_TRIALS);
    let mut ids: Vec<Uuid> = active.into_tuple().all(state.db.read()).await?;
    ids.extend(revoked.into_tuple::<Uuid>().all(state.db.read()).await?);
    Ok(ids)
}
