//! The value of a new token waits, sealed, for the session that made it: the next page takes it out, once.

use std::time::Duration;

use muster::{
    id::TokenId,
    token::{Token, TokenValue},
    user::Permission,
};
use muster_app::console::RevealedToken;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, Set, sea_query::Expr};

use super::Operator;
use crate::{
    db::{Change, entity::reveal, lock},
    encryption::Unsealable,
    error::Error,
    manage::{Context, tokens::CreatedToken},
    token_values::reveal_purpose,
};

/// How long a new value waits to be shown.
const WAITS_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a value that was looked at can be looked at again, where the page did not say that it arrived.
const SHOWN_AGAIN_FOR: Duration = Duration::from_secs(3 * 60);

impl Operator {
    /// Keeps the value of a token that is being made, for this session.
    pub(super) async fn keep_to_reveal(&self, change: &Change, created: &CreatedToken) -> Result<(), Error> {
        let (id, state) = (created.token.id, &self.state);
        reveal::ActiveModel {
            token_id: Set(id.0),
            session: Set(self.session_digest()?),
            sealed_value: Set(state.encryption.seal(&reveal_purpose(id), created.value.key())),
            expires_at: Set(state.clock.now().plus(WAITS_FOR).as_millis()),
        }
        .insert(&**change)
        .await?;
        Ok(())
    }

    /// The value of a token that this session made; none where it was shown already.
    pub(super) async fn reveal(&self, cx: &Context, id: TokenId) -> Result<Option<RevealedToken>, Error> {
        let change = cx.begin(Permission::ManageDelegates).await?;
        let now = cx.now();
        let waits = self.own()?.add(reveal::Column::ExpiresAt.gt(now.as_millis()));
        let Some(kept) = lock::reveal(&change, id, waits).await? else { return Ok(None) };
        let name = cx.find::<Token>(&*change, id, Permission::ManageDelegates).await?.name;
        // Whether this answer arrives nobody knows: the page says so, and for a while it can be asked for again.
        let until = now.plus(SHOWN_AGAIN_FOR).as_millis();
        if kept.expires_at > until {
            let shorter = reveal::Entity::update_many().col_expr(reveal::Column::ExpiresAt, Expr::value(until));
            shorter.filter(reveal::Column::TokenId.eq(id.0)).exec(&*change).await?;
            change.commit().await?;
        }
        let clear = cx.state.encryption.open(&reveal_purpose(id), &kept.sealed_value)?;
        let key = <[u8; 16]>::try_from(clear.as_slice()).map_err(|_| Unsealable)?;
        Ok(Some(RevealedToken { name: name.into(), value: TokenValue::from_bytes(key).expose().to_string() }))
    }

    /// The value has arrived: nobody sees it again.
    pub(super) async fn forget(&self, cx: &Context, id: TokenId) -> Result<(), Error> {
        let change = cx.begin(Permission::ManageDelegates).await?;
        reveal::Entity::delete_many().filter(self.own()?.add(reveal::Column::TokenId.eq(id.0))).exec(&*change).await?;
        Ok(change.commit().await?)
    }

    /// What waits for this session.
    fn own(&self) -> Result<Condition, Error> {
        Ok(Condition::all().add(reveal::Column::Session.eq(self.session_digest()?)))
    }
}
