//! What is shown once waits, sealed, for the session that made it: the value of a new token, a person's link. The next
//! page takes it out.

use std::time::Duration;

use muster::{
    api_key::Owner,
    id::{ApiKeyId, SecondFactorId, TokenId, UserId},
    token::{Token, TokenValue},
    user::{Permission, RecoveryCodes},
};
use muster_app::console::{RevealedKey, RevealedLink, RevealedToken};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, Set, sea_query::Expr};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Operator;
use crate::{
    db::{Change, entity::reveal, lock},
    encryption::Unsealable,
    error::Error,
    manage::{
        Context,
        api_keys::{self, CreatedKey},
        tokens::CreatedToken,
        users::{
            self,
            links::NewLink,
            second_factor::{self, NewRecoveryCodes},
        },
    },
    token_values::reveal_purpose,
};

/// How long it waits to be shown.
const WAITS_FOR: Duration = Duration::from_secs(60 * 60);
/// How long what was looked at can be looked at again, where the page did not say that it arrived.
const SHOWN_AGAIN_FOR: Duration = Duration::from_secs(3 * 60);

fn link_purpose(user: UserId) -> String {
    format!("reveal link of {user}")
}

fn key_purpose(key: ApiKeyId) -> String {
    format!("reveal API key {key}")
}

fn codes_purpose(factor: SecondFactorId) -> String {
    format!("reveal recovery codes of {factor}")
}

impl Operator {
    /// Keeps the value of a token that is being made, for this session.
    pub(super) async fn keep_to_reveal(&self, change: &Change, created: &CreatedToken) -> Result<(), Error> {
        let id = created.token.id;
        self.keep(change, id.0, &reveal_purpose(id), created.value.key()).await
    }

    /// The value of a token that this session made; none where it was shown already.
    pub(super) async fn reveal(&self, cx: &Context, id: TokenId) -> Result<Option<RevealedToken>, Error> {
        let change = cx.begin(Permission::ManageDelegates).await?;
        let Some(kept) = self.waiting(cx, &change, id.0).await? else { return Ok(None) };
        let name = cx.find::<Token>(&*change, id, Permission::ManageDelegates).await?.name;
        let clear = self.look_at(cx, change, kept, &reveal_purpose(id)).await?;
        let key = <[u8; 16]>::try_from(clear.as_slice()).map_err(|_| Unsealable)?;
        Ok(Some(RevealedToken { name: name.into(), value: TokenValue::from_bytes(key).expose().to_string() }))
    }

    /// The value has arrived: nobody sees it again.
    pub(super) async fn forget(&self, cx: &Context, id: TokenId) -> Result<(), Error> {
        let change = cx.begin(Permission::ManageDelegates).await?;
        self.forget_kept(change, id.0).await
    }

    /// Keeps a link that is being made, for this session.
    pub(super) async fn keep_link(&self, change: &Change, link: &NewLink) -> Result<(), Error> {
        // That of the link before, whoever made it, leads nowhere any more.
        reveal::Entity::delete_by_id(link.user.0).exec(&**change).await?;
        self.keep(change, link.user.0, &link_purpose(link.user), link.key.as_bytes()).await
    }

    /// The link that this session made for a person; none where it was shown already, used, or replaced.
    pub(super) async fn reveal_link(
        &self,
        cx: &Context,
        id: UserId,
        base: &str,
    ) -> Result<Option<RevealedLink>, Error> {
        let row = users::get_row(cx, id).await?;
        let Some(link) = row.link else { return Ok(None) };
        let change = cx.begin(Permission::ManageUsers).await?;
        let Some(kept) = self.waiting(cx, &change, id.0).await? else { return Ok(None) };
        let clear = self.look_at(cx, change, kept, &link_purpose(id)).await?;
        let key = std::str::from_utf8(&clear).map_err(|_| Unsealable)?;
        let url = format!("{base}{}/{key}", muster_app::invitation::PATH);
        Ok(Some(RevealedLink { user: row.user, link, url }))
    }

    /// The link has arrived: nobody sees it again.
    pub(super) async fn forget_link(&self, cx: &Context, id: UserId) -> Result<(), Error> {
        let change = cx.begin(Permission::ManageUsers).await?;
        self.forget_kept(change, id.0).await
    }

    /// Keeps the value of a key that is being made, for this session.
    pub(super) async fn keep_key(&self, change: &Change, created: &CreatedKey) -> Result<(), Error> {
        let id = created.key.id;
        // That of the rotation before, whoever made it, is the old one.
        reveal::Entity::delete_by_id(id.0).exec(&**change).await?;
        self.keep(change, id.0, &key_purpose(id), created.value.as_bytes()).await
    }

    /// The value of a key that this session made; none where it was shown already.
    pub(super) async fn reveal_key(
        &self,
        cx: &Context,
        owner: Owner,
        id: ApiKeyId,
    ) -> Result<Option<RevealedKey>, Error> {
        let row = api_keys::get(cx, owner, id).await?;
        let change = cx.state.db.write().await?;
        let Some(kept) = self.waiting(cx, &change, id.0).await? else { return Ok(None) };
        let clear = self.look_at(cx, change, kept, &key_purpose(id)).await?;
        let value = std::str::from_utf8(&clear).map_err(|_| Unsealable)?.to_owned();
        Ok(Some(RevealedKey { name: row.key.name.into(), value }))
    }

    /// The value has arrived: nobody sees it again.
    pub(super) async fn forget_key(&self, cx: &Context, id: ApiKeyId) -> Result<(), Error> {
        let change = cx.state.db.write().await?;
        self.forget_kept(change, id.0).await
    }

    /// Keeps recovery codes that are being made, for this session.
    pub(super) async fn keep_codes(&self, change: &Change, created: &NewRecoveryCodes) -> Result<(), Error> {
        let id = created.factor;
        // Those from before do not work any more.
        reveal::Entity::delete_by_id(id.0).exec(&**change).await?;
        let lines = Zeroizing::new(created.codes.0.join("\n"));
        self.keep(change, id.0, &codes_purpose(id), lines.as_bytes()).await
    }

    /// The recovery codes that this session made; none where they were shown already.
    pub(super) async fn reveal_codes(&self, cx: &Context) -> Result<Option<(SecondFactorId, RecoveryCodes)>, Error> {
        let Some(id) = second_factor::own_factor(cx).await? else { return Ok(None) };
        let change = cx.state.db.write().await?;
        let Some(kept) = self.waiting(cx, &change, id.0).await? else { return Ok(None) };
        let clear = self.look_at(cx, change, kept, &codes_purpose(id)).await?;
        let lines = std::str::from_utf8(&clear).map_err(|_| Unsealable)?;
        Ok(Some((id, RecoveryCodes(lines.lines().map(str::to_owned).collect()))))
    }

    /// The recovery codes have arrived: nobody sees them again.
    pub(super) async fn forget_codes(&self, cx: &Context, id: SecondFactorId) -> Result<(), Error> {
        let change = cx.state.db.write().await?;
        self.forget_kept(change, id.0).await
    }

    async fn keep(&self, change: &Change, object: Uuid, purpose: &str, clear: &[u8]) -> Result<(), Error> {
        reveal::ActiveModel {
            object_id: Set(object),
            session: Set(self.session_digest()?),
            sealed_value: Set(self.state.encryption.seal(purpose, clear)),
            expires_at: Set(self.state.clock.now().plus(WAITS_FOR).as_millis()),
        }
        .insert(&**change)
        .await?;
        Ok(())
    }

    /// What waits for this session of an object.
    async fn waiting(&self, cx: &Context, change: &Change, object: Uuid) -> Result<Option<reveal::Model>, Error> {
        let waits = self.own()?.add(reveal::Column::ExpiresAt.gt(cx.now().as_millis()));
        Ok(lock::reveal(change, object, waits).await?)
    }

    /// Takes it out to be shown.
    async fn look_at(
        &self,
        cx: &Context,
        change: Change,
        kept: reveal::Model,
        purpose: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        // Whether this answer arrives nobody knows: the page says so, and for a while it can be asked for again.
        let until = cx.now().plus(SHOWN_AGAIN_FOR).as_millis();
        if kept.expires_at > until {
            let shorter = reveal::Entity::update_many().col_expr(reveal::Column::ExpiresAt, Expr::value(until));
            shorter.filter(reveal::Column::ObjectId.eq(kept.object_id)).exec(&*change).await?;
            change.commit().await?;
        }
        Ok(cx.state.encryption.open(purpose, &kept.sealed_value)?)
    }

    async fn forget_kept(&self, change: Change, object: Uuid) -> Result<(), Error> {
        let own = self.own()?.add(reveal::Column::ObjectId.eq(object));
        reveal::Entity::delete_many().filter(own).exec(&*change).await?;
        Ok(change.commit().await?)
    }

    /// What waits for this session.
    fn own(&self) -> Result<Condition, Error> {
        Ok(Condition::all().add(reveal::Column::Session.eq(self.session_digest()?)))
    }
}
