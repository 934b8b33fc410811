//! Rotating a token: a successor is made, the delegates go over one by one, and the old one is revoked.

use muster::{
    audit::Action,
    delegate::{Admission, Delegate},
    id::TokenId,
    time::Timestamp,
    token::Token,
    user::Permission,
};
use muster_app::tokens::api::{RotationRow, TokenRotation, Turn};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Operator,
    tokens::{Admits, GONE, token_user},
};
use crate::{
    db::{
        entity::{Scoped, delegate, token},
        lock,
    },
    error::Error,
    events::Topic,
};

/// How many delegates the page names.
const NAMES: u64 = 100;

impl Operator {
    pub(super) async fn rotate(&self, id: TokenId, name: &str, expires_in_days: &str) -> Result<TokenId, Error> {
        let user = self.may(Permission::ManageDelegates)?;
        let now = self.now();
        let mut change = self.state.db.write().await?;
        let before = Token::try_from(lock::token(&change, &self.scope(), id).await?.ok_or(GONE)?)?;
        let admits = Admits { default_profile: before.default_profile, requires_approval: before.requires_approval };
        let successor = self.add_token(&change, user, name, expires_in_days, admits).await?;
        let old = before.rotate(successor, now)?;
        token::Entity::update_many()
            .col_expr(token::Column::SuccessorId, Expr::value(successor.0))
            .col_expr(token::Column::RotatedAt, Expr::value(now.as_millis()))
            .filter(token::Column::Id.eq(id.0))
            .exec(&*change)
            .await?;
        self.audit_token(&change, user, &old, Action::TokenRotated).await?;
        change.touches(Topic::Tokens);
        change.commit().await?;
        Ok(successor)
    }

    pub(super) async fn rotation(&self, id: TokenId) -> Result<TokenRotation, Error> {
        self.may(Permission::View)?;
        let db = self.state.db.read();
        let old = self.token_rows(vec![self.token_row(db, id).await?]).await?.pop().ok_or(GONE)?;
        let Some(rotation) = old.token.rotation.clone() else {
            return Err(Error::NotFound("This token is not being rotated."));
        };
        let new = token::Entity::find_by_id(rotation.successor.0).filter(token::Entity::within(&self.scope()));
        let new = new.one(db).await?;
        let new = self.token_rows(new.into_iter().collect()).await?.pop();

        let connected = Condition::all().add(delegate::Column::ConnectedUntil.is_not_null());
        let silent = Condition::all().add(delegate::Column::ConnectedUntil.is_null());
        let on = |token: TokenId, which: Condition| {
            delegate::Entity::find()
                .filter(delegate::Entity::within(&self.scope()))
                .filter(delegate::Column::TokenId.eq(token.0))
                // A rejected one does not work with either token.
                .filter(delegate::Column::Admission.ne(Admission::Rejected.code()))
                .filter(which)
        };
        let turns = [
            (Turn::Old, on(id, connected)),
            (Turn::Silent, on(id, silent)),
            (Turn::New, on(rotation.successor, Condition::all())),
        ];
        let (mut counts, mut delegates) = (Vec::new(), Vec::new());
        for (turn, query) in turns {
            counts.push(query.clone().count(db).await?);
            let left = NAMES.saturating_sub(u64::try_from(delegates.len()).unwrap_or(NAMES));
            for row in query.order_by_desc(delegate::Column::Id).limit(left).all(db).await? {
                let delegate = Delegate::try_from(row)?;
                let (kind, next_gen) = (delegate.facts.kind, delegate.facts.next_gen);
                delegates.push(RotationRow { user: token_user(delegate), kind, next_gen, turn });
            }
        }
        let last_used_at = old.last_used.as_ref().map(|(at, _)| *at);
        let last_step: Option<i64> = delegate::Entity::find()
            .select_only()
            .column_as(delegate::Column::TokenChangedAt.max(), "last_step")
            .filter(delegate::Column::PreviousTokenId.eq(id.0))
            .into_tuple::<Option<i64>>()
            .one(db)
            .await?
            .flatten();
        let last_step_at = last_step.map(Timestamp::from_millis);
        Ok(TokenRotation {
            safe_to_revoke: rotation.is_safe_to_revoke(counts[0], last_used_at, last_step_at),
            count_old: counts[0],
            count_silent: counts[1],
            count_new: counts[2],
            delegates,
            old,
            new,
        })
    }
}
