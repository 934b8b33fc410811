//! Who a delegate's credential belongs to.
//!
//! The token's row is read for every request: nothing remembers that a token was good.

use axum::http::header::AUTHORIZATION;
use muster::{
    id::DelegateId,
    token::{Token, TokenStatus},
    wire::{
        credential::{Claims, Credential, CredentialError, SCHEME},
        envelope::Refusal,
        proof::{self, Proof},
    },
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::presented::Presented;
use crate::{
    db::entity::{delegate, token},
    error::Error,
    manage::identity::Caller,
    state::State,
};

/// How many tokens are tried for a credential that names none.
const MAX_TRIALS: u64 = 2000;

/// Why a credential is refused, and who calls, where that is known.
#[derive(Debug)]
pub enum Denied {
    /// It is refused.
    Refused(Refusal, Option<Box<Caller>>),
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
    presented: &Presented,
    delegate: Option<DelegateId>,
) -> Result<Caller, Denied> {
    let checked = check(state, presented, delegate).await;
    if let Err(Denied::Refused(refusal, caller)) = &checked {
        let token = caller.as_ref().map(|caller| caller.token.id);
        state.metrics.refusals.inc();
        state.presence.refused(token, refusal.code(), state.clock.now(), presented.address, "");
    }
    checked
}

async fn check(state: &State, presented: &Presented, delegate: Option<DelegateId>) -> Result<Caller, Denied> {
    let account = presented.account.as_str();
    let header = presented.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Denied::INVALID)?;
    let (scheme, text) = header.split_once(' ').ok_or(Denied::INVALID)?;
    let text = text.trim();
    if !scheme.eq_ignore_ascii_case(SCHEME) || account != state.account.to_string() {
        return Err(Denied::INVALID);
    }
    let credential = Credential::parse(text).map_err(|_| Denied::INVALID)?;
    let (row, claims) = find(state, presented, &credential, delegate).await?.ok_or(Denied::INVALID)?;
    let token = Token::try_from(row)?;
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
fn proof(presented: &Presented, credential: &str) -> Result<Option<Proof>, ()> {
    let mut given = presented.headers.get_all(proof::HEADER).iter();
    let (Some(text), None) = (given.next(), given.next()) else {
        return if presented.headers.contains_key(proof::HEADER) { Err(()) } else { Ok(None) };
    };
    let text = text.to_str().map_err(|_| ())?;
    Proof::read(text, &presented.method, &presented.path, credential).map(Some).map_err(|error| {
        tracing::debug!(%error, "a proof does not hold");
    })
}

/// The token that opens a credential: the one it names, and no other; else the one that the delegate last used, else
/// any.
async fn find(
    state: &State,
    presented: &Presented,
    credential: &Credential,
    delegate: Option<DelegateId>,
) -> Result<Option<(token::Model, Claims)>, Denied> {
    let db = state.db.read();
    let all = || token::Entity::find().filter(token::Column::AccountId.eq(state.account.0));
    let open = |row: token::Model| -> Result<Option<(token::Model, Claims)>, Denied> {
        // A value that cannot be unsealed is said once, and refuses nobody else.
        let Some(value) = state.token_values.of(&state.encryption, &row) else { return Ok(None) };
        match credential.open(&value) {
            Ok(claims) => Ok(Some((row, claims))),
            Err(CredentialError::WrongKey) => Ok(None),
            // It opens, but holds no claims.
            Err(_) => Err(Denied::INVALID),
        }
    };
    if let Some(kid) = credential.kid() {
        let row = all().filter(token::Column::KeyId.eq(kid.as_str())).one(db).await?;
        return row.map_or(Ok(None), open);
    }
    if let Some(id) = delegate
        && let Some(row) = delegate::Entity::find_by_id(id.0).one(db).await?
        && let Some(row) = all().filter(token::Column::Id.eq(row.token_id)).one(db).await?
        && let Some(found) = open(row)?
    {
        return Ok(Some(found));
    }
    state.limits.trial(presented.address)?;
    // Tokens that are good before those that are revoked: those are tried only to say so.
    let rows = all().order_by_desc(token::Column::RevokedAt.is_null()).order_by_desc(token::Column::Id);
    for row in rows.limit(MAX_TRIALS).all(db).await? {
        if let Some(found) = open(row)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
