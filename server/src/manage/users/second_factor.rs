//! The second factor: people set it up and turn it off, and account administrators reset it for who has lost it.
//!
//! The person's row is locked by whatever changes a factor or uses a code, so that of two who use one code at once one
//! is refused.

use muster::{
    audit::{Action, FactChange},
    id::{SecondFactorId, UserId},
    scope::Scope,
    text::Invalid,
    time::Timestamp,
    user::{Password, Permission, RecoveryCodes, SecondFactor, TypedCode, User, UserError},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    Set,
};
use uuid::Uuid;

use super::{
    super::Context,
    change::sessions,
    locked,
    own::{check_password, own_id, own_row},
    record,
};
use crate::{
    auth::{
        recovery_code,
        session::{self, Which},
        totp::TotpSecret,
    },
    db::{
        Change,
        entity::{recovery_code as code_row, reveal, second_factor, user},
    },
    error::{Conflict, Error},
    events::Topic,
    random,
    state::State,
};

/// Recovery codes that were made: they are in clear here alone.
pub struct NewRecoveryCodes {
    /// The second factor that they belong to.
    pub factor: SecondFactorId,
    /// The codes.
    pub codes: RecoveryCodes,
}

/// A person who has just given the own password.
pub struct Confirmed {
    id: UserId,
    /// The hash that the password was checked against: another one by now was not confirmed.
    hash: String,
}

/// Which kind of code was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedCode {
    /// An authenticator app's.
    App,
    /// A recovery code; so many are left.
    Recovery(u64),
}

impl UsedCode {
    /// As a phrase.
    pub(super) fn fact(self) -> FactChange {
        let text = match self {
            Self::App => "authenticator app".to_owned(),
            Self::Recovery(left) => format!("recovery code, {left} left"),
        };
        FactChange::fact("second factor", text)
    }
}

fn wrong_code() -> Error {
    let sentence = "This code is not right, or was used before. Wait for the next one of your app.";
    Error::field("code", Invalid::new(sentence))
}

/// The second factor of a person's row; none where it is off.
pub(super) async fn of_user(db: &impl ConnectionTrait, row: &user::Model) -> Result<Option<SecondFactor>, Error> {
    let Some(since) = row.second_factor_since else { return Ok(None) };
    let factor = second_factor::Entity::find().filter(second_factor::Column::UserId.eq(row.id)).one(db).await?;
    let recovery_codes = match factor {
        Some(factor) => codes_left(db, factor.id).await?,
        None => 0,
    };
    Ok(Some(SecondFactor { since: Timestamp::from_millis(since), recovery_codes }))
}

async fn codes_left(db: &impl ConnectionTrait, factor: Uuid) -> Result<u64, DbErr> {
    code_row::Entity::find().filter(code_row::Column::SecondFactorId.eq(factor)).count(db).await
}

/// The id of the own second factor; none where it is off.
///
/// # Errors
/// [`Error::Forbidden`] for who is no person; or where the database is out of reach.
pub async fn own_factor(cx: &Context) -> Result<Option<SecondFactorId>, Error> {
    let own = second_factor::Column::UserId.eq(own_id(cx)?.0);
    let row = second_factor::Entity::find().filter(own).one(cx.state.db.read()).await?;
    Ok(row.map(|row| SecondFactorId(row.id)))
}

/// Asks for the own password, before something that needs it.
///
/// # Errors
/// [`Error::Forbidden`] for who is no person; [`Error::Invalid`] where it is wrong; or where the database is out of
/// reach.
pub async fn confirm_password(cx: &Context, password: Password) -> Result<Confirmed, Error> {
    let row = own_row(cx).await?;
    check_password(cx, &row, password, "current_password").await?;
    Ok(Confirmed { id: UserId(row.id), hash: row.password_hash })
}

/// Begins to set up a second factor: gives the secret that [`enable`] wants to see a code of. Nothing is stored yet.
///
/// # Errors
/// As for [`confirm_password`]; [`Error::Conflict`] where there is one.
pub async fn begin(cx: &Context, password: Password) -> Result<TotpSecret, Error> {
    let row = own_row(cx).await?;
    check_password(cx, &row, password, "current_password").await?;
    if row.second_factor_since.is_some() {
        return Err(UserError::SecondFactorIsOn.into());
    }
    Ok(TotpSecret::new())
}

/// Turns the second factor on, as a part of a change, and ends the other sessions. `session` is the digest of the
/// session that asks.
///
/// # Errors
/// [`Error::Forbidden`] for who is no person; [`Error::Invalid`] where it is no code of that secret; [`Error::Conflict`]
/// where there is one already; or where the database is out of reach.
pub async fn enable(
    cx: &Context,
    change: &mut Change,
    secret: &TotpSecret,
    code: &TypedCode,
    session: &str,
) -> Result<NewRecoveryCodes, Error> {
    let (row, user) = locked(change, cx, own_id(cx)?).await?;
    if user.second_factor_since.is_some() {
        return Err(UserError::SecondFactorIsOn.into());
    }
    let now = cx.now();
    let step = secret.step_of(code, now).ok_or_else(|| {
        let sentence = "This is not the code that your app shows now. If it goes on, look at your device's clock.";
        Error::field("code", Invalid::new(sentence))
    })?;
    let factor = SecondFactorId::new(now, &random::bytes());
    second_factor::ActiveModel {
        id: Set(factor.0),
        user_id: Set(user.id.0),
        sealed_secret: Set(secret.seal(&cx.state.encryption, factor)),
        last_step: Set(step),
    }
    .insert(&**change)
    .await?;
    let mut row = row.into_active_model();
    row.second_factor_since = Set(Some(now.as_millis()));
    row.update(&**change).await?;
    let codes = insert_codes(&cx.state, change, factor).await?;
    let ended = session::end(change, user.id, Which::But(session)).await?;
    record(cx, change, Action::SecondFactorEnabled, &user, &[sessions(ended, 1)]).await?;
    change.touches(Topic::Users);
    Ok(NewRecoveryCodes { factor, codes })
}

async fn insert_codes(state: &State, change: &Change, factor: SecondFactorId) -> Result<RecoveryCodes, DbErr> {
    let codes = recovery_code::new();
    let rows = codes.0.iter().map(|code| code_row::ActiveModel {
        second_factor_id: Set(factor.0),
        digest: Set(recovery_code::digest(&state.encryption, factor, &TypedCode::new(code.clone()))),
    });
    code_row::Entity::insert_many(rows).exec_without_returning(&**change).await?;
    Ok(codes)
}

/// The person who has confirmed the password, and whose code was used as a part of this change.
async fn confirmed(
    cx: &Context,
    change: &Change,
    Confirmed { id, hash }: Confirmed,
    code: &TypedCode,
) -> Result<(user::Model, User, second_factor::Model), Error> {
    let (row, user) = locked(change, cx, id).await?;
    if row.password_hash != hash {
        return Err(Error::Forbidden);
    }
    let factor = find(change, id).await?.ok_or(Conflict::User(UserError::SecondFactorIsOff))?;
    use_code(&cx.state, change, &factor, code).await?.ok_or_else(wrong_code)?;
    Ok((row, user, factor))
}

/// Makes new recovery codes, as a part of a change: those from before do not work any more.
///
/// # Errors
/// [`Error::Invalid`] where the code is wrong; [`Error::Conflict`] where the second factor is off; [`Error::Forbidden`]
/// where the password was changed meanwhile; or where the database is out of reach.
pub async fn renew_codes(
    cx: &Context,
    change: &mut Change,
    person: Confirmed,
    code: &TypedCode,
) -> Result<NewRecoveryCodes, Error> {
    let (_, user, factor) = confirmed(cx, change, person, code).await?;
    let factor = SecondFactorId(factor.id);
    code_row::Entity::delete_many().filter(code_row::Column::SecondFactorId.eq(factor.0)).exec(&**change).await?;
    let codes = insert_codes(&cx.state, change, factor).await?;
    record(cx, change, Action::RecoveryCodesRenewed, &user, &[]).await?;
    change.touches(Topic::Users);
    Ok(NewRecoveryCodes { factor, codes })
}

/// Turns the own second factor off.
///
/// # Errors
/// As for [`renew_codes`].
pub async fn disable(cx: &Context, person: Confirmed, code: &TypedCode) -> Result<UserId, Error> {
    let mut change = cx.state.db.write().await?;
    let (row, user, _) = confirmed(cx, &change, person, code).await?;
    remove(&mut change, row).await?;
    record(cx, &change, Action::SecondFactorDisabled, &user, &[]).await?;
    change.commit().await?;
    Ok(user.id)
}

/// Turns the second factor of somebody off who has lost it, and ends all of that one's sessions.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Conflict`] where it is off; or where the database is out of reach.
pub async fn reset(cx: &Context, id: UserId) -> Result<(), Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let mut change = cx.begin(Permission::ManageUsers).await?;
    let (row, user) = locked(&change, cx, id).await?;
    if user.second_factor_since.is_none() {
        return Err(UserError::NoSecondFactor(user.email).into());
    }
    remove(&mut change, row).await?;
    let ended = session::end(&mut change, id, Which::All).await?;
    record(cx, &change, Action::SecondFactorReset, &user, &[sessions(ended, 0)]).await?;
    Ok(change.commit().await?)
}

async fn remove(change: &mut Change, row: user::Model) -> Result<(), DbErr> {
    if let Some(factor) = find(change, UserId(row.id)).await? {
        // Its recovery codes go with it; those that wait to be shown, too.
        reveal::Entity::delete_by_id(factor.id).exec(&**change).await?;
        second_factor::Entity::delete_by_id(factor.id).exec(&**change).await?;
    }
    let mut row = row.into_active_model();
    row.second_factor_since = Set(None);
    row.update(&**change).await?;
    change.touches(Topic::Users);
    Ok(())
}

async fn find(change: &Change, user: UserId) -> Result<Option<second_factor::Model>, DbErr> {
    second_factor::Entity::find().filter(second_factor::Column::UserId.eq(user.0)).one(&**change).await
}

/// Uses a code of a person whose row is locked: it does not work again. None where it is not right.
pub(super) async fn use_code_of(
    state: &State,
    change: &Change,
    user: UserId,
    code: &TypedCode,
) -> Result<Option<UsedCode>, Error> {
    let Some(factor) = find(change, user).await? else { return Ok(None) };
    use_code(state, change, &factor, code).await
}

async fn use_code(
    state: &State,
    change: &Change,
    factor: &second_factor::Model,
    code: &TypedCode,
) -> Result<Option<UsedCode>, Error> {
    let id = SecondFactorId(factor.id);
    if !code.is_of_app() {
        let digest = recovery_code::digest(&state.encryption, id, code);
        let used = code_row::Entity::delete_by_id((id.0, digest)).exec(&**change).await?.rows_affected;
        return Ok(if used == 0 { None } else { Some(UsedCode::Recovery(codes_left(&**change, id.0).await?)) });
    }
    let secret = TotpSecret::open(&state.encryption, id, &factor.sealed_secret)?;
    let Some(step) = secret.step_of(code, state.clock.now()).filter(|step| *step > factor.last_step) else {
        return Ok(None);
    };
    let mut row = factor.clone().into_active_model();
    row.last_step = Set(step);
    row.update(&**change).await?;
    Ok(Some(UsedCode::App))
}
