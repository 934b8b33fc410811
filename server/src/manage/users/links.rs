//! Links that work once: by one an invited person comes in, by another somebody chooses a new password. Of a link the
//! database holds a digest alone.

use std::net::IpAddr;

use muster::{
    audit::{Action, FactChange},
    id::UserId,
    scope::Scope,
    text::Invalid,
    user::{Email, Invite, LinkKind, OpenedLink, Password, Permission, User, UserStatus, parse_name},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use zeroize::Zeroizing;

use super::{
    super::{Context, scopes},
    add, as_role, hash,
    list::open,
    locked, record,
    sign_in::{PasswordMark, Verified, note},
};
use crate::{
    auth::session::{self, Which},
    db::{
        Change,
        entity::{user, user_link},
        lock,
    },
    error::{Conflict, Error, Object},
    events::Topic,
    install::link::{digest, new_key},
    state::State,
};

/// A link that was made.
pub struct NewLink {
    /// Whose it is.
    pub user: UserId,
    /// What makes it work.
    pub key: Zeroizing<String>,
}

/// Invites a person, as a part of a change.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NameTaken`]; or where the database is out of reach.
pub async fn invite(cx: &Context, change: &mut Change, invite: Invite) -> Result<NewLink, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    scopes::hold(change, &invite.grant.scope).await?;
    let user = add(cx, change, invite.email, invite.grant, UserStatus::Invited, String::new()).await?;
    record(cx, change, Action::UserInvited, &user, &[as_role(&user)]).await?;
    insert(cx, change, user.id, LinkKind::Invitation).await
}

/// Makes a link for a person, as a part of a change: the one before does not work any more.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Conflict`] where it is not for such a person; or where the database is
/// out of reach.
pub async fn renew(cx: &Context, change: &mut Change, id: UserId, kind: LinkKind) -> Result<NewLink, Error> {
    cx.authorize(Permission::ManageUsers, &Scope::account(cx.state.account))?;
    let (_, user) = locked(change, cx, id).await?;
    user.check_link(kind)?;
    let action = match kind {
        LinkKind::Invitation => Action::InvitationRenewed,
        LinkKind::PasswordReset => Action::PasswordLinkCreated,
    };
    record(cx, change, action, &user, &[]).await?;
    change.touches(Topic::Users);
    insert(cx, change, id, kind).await
}

async fn insert(cx: &Context, change: &Change, user: UserId, kind: LinkKind) -> Result<NewLink, Error> {
    let (now, key) = (cx.now(), new_key());
    user_link::Entity::delete_by_id(user.0).exec(&**change).await?;
    user_link::ActiveModel {
        user_id: Set(user.0),
        digest: Set(digest(&key)),
        kind: Set(kind.code().to_owned()),
        created_by: Set(cx.name().to_owned()),
        created_at: Set(now.as_millis()),
        expires_at: Set(now.plus(kind.works_for()).as_millis()),
    }
    .insert(&**change)
    .await?;
    Ok(NewLink { user, key })
}

/// The row of a link that works.
async fn find(state: &State, db: &impl ConnectionTrait, key: &str) -> Result<user_link::Model, Error> {
    let row = user_link::Entity::find()
        .filter(user_link::Column::Digest.eq(digest(key)))
        .filter(user_link::Column::ExpiresAt.gt(state.clock.now().as_millis()));
    row.one(db).await?.ok_or(Error::NotFound(Object::UserLink))
}

/// What a link says to who opened it. Looking at it does not use it up.
///
/// # Errors
/// [`Error::NotFound`] where it does not work, or not any more; or where the database is out of reach.
pub async fn look_at(state: &State, key: &str, signed_in: Option<&User>) -> Result<OpenedLink, Error> {
    let db = state.db.read();
    let link = find(state, db, key).await?;
    let row =
        user::Entity::find_by_id(link.user_id).filter(user::Column::AccountId.eq(state.account.0)).one(db).await?;
    let user = User::try_from(row.ok_or(Error::NotFound(Object::UserLink))?)?;
    let open = open(&link)?;
    let other = signed_in.filter(|one| one.id != user.id).map(|one| one.email.clone());
    Ok(OpenedLink {
        kind: open.kind,
        email: user.email,
        name: user.name,
        expires_at: open.expires_at,
        signed_in_as: other,
    })
}

/// What somebody gives who uses a link.
pub struct Acceptance {
    /// The address that the page showed: a link that was opened later in the same browser may be another person's.
    pub email: String,
    /// What the person wants to be called: a link that only gives a new password does not ask.
    pub name: String,
    /// The new password.
    pub password: Password,
}

/// Uses a link: the person has the password from then on, and all sessions from before are ended. Gives the person, who
/// is signed in, or asked for a code: a new password is no second factor.
///
/// # Errors
/// As for [`look_at`]; [`Error::Invalid`] where the password cannot be taken, or the link is another person's.
pub async fn accept(state: &State, key: &str, given: Acceptance, address: IpAddr) -> Result<Verified, Error> {
    // Before the work of hashing: who guesses gets no further.
    let link = find(state, state.db.read(), key).await?;
    let (id, kind) = (UserId(link.user_id), open(&link)?.kind);
    let name = match kind {
        LinkKind::Invitation => Some(parse_name(&given.name)?),
        LinkKind::PasswordReset => None,
    };
    let hash = hash(state, given.password).await?;
    let mut change = state.db.write().await?;
    let row = lock::user(&change, state.account, id).await?.ok_or(Error::NotFound(Object::UserLink))?;
    // Of two at once the second has waited for the person, and finds the link used.
    find(state, &*change, key).await?;
    let before = User::try_from(row.clone())?;
    if Email::parse(&given.email).ok().as_ref() != Some(&before.email) {
        let sentence = "Another link was opened in this browser since. Open the link again.";
        return Err(Error::field("", Invalid::new(sentence)));
    }
    before.check_link(kind)?;
    if !state.password_sign_in && !row.break_glass {
        return Err(Conflict::PasswordSignInOff.into());
    }
    let user = User { name: name.or(before.name), status: UserStatus::Active, ..before };
    let mut row = row.into_active_model();
    row.password_hash = Set(hash);
    row.status = Set(user.status.code().to_owned());
    row.name = Set(user.name.clone().map(String::from));
    let row = row.update(&*change).await?;
    user_link::Entity::delete_by_id(id.0).exec(&*change).await?;
    session::end(&mut change, id, Which::All).await?;
    let cx = Context::person(state.clone(), &user, address);
    let (action, changes) = match kind {
        LinkKind::Invitation => (Action::InvitationAccepted, vec![FactChange::fact("name", user.called())]),
        LinkKind::PasswordReset => (Action::PasswordReset, Vec::new()),
    };
    record(&cx, &change, action, &user, &changes).await?;
    let awaits_code = PasswordMark::where_code_is_asked(&row);
    if awaits_code.is_none() {
        note(&cx, &mut change, &user, &[]).await?;
    }
    change.commit().await?;
    Ok(Verified { user, awaits_code })
}
