//! What calls with tokens were turned away for.

use std::{collections::HashMap, time::Duration};

use muster::{
    time::Timestamp,
    token::{Restriction, TokenRefusal},
    wire::envelope::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{db::entity::refusal, error::Error};

/// For how long a page tells what was turned away.
const SHOWN_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// What calls with these tokens were turned away for lately, by token.
///
/// # Errors
/// Where the database is out of reach.
pub async fn refusals(
    db: &impl ConnectionTrait,
    tokens: Vec<Uuid>,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<TokenRefusal>>, Error> {
    let found = refusal::Entity::find()
        .filter(refusal::Column::TokenId.is_in(tokens))
        .filter(refusal::Column::LastAt.gt(now.minus(SHOWN_FOR).as_millis()))
        .order_by_desc(refusal::Column::LastAt)
        .all(db)
        .await?;
    let mut by_token: HashMap<Uuid, Vec<TokenRefusal>> = HashMap::new();
    for row in found {
        by_token.entry(row.token_id).or_default().push(TokenRefusal {
            reason: reason(&row.reason).to_owned(),
            count: u64::try_from(row.count).unwrap_or(0),
            last_at: Timestamp::from_millis(row.last_at),
            address: row.address,
            name: row.name,
        });
    }
    Ok(by_token)
}

/// Why something was turned away, as a phrase that follows "turned away: ".
pub fn reason(code: &str) -> &'static str {
    if let Some(restriction) = Restriction::from_code(code) {
        return restriction.phrase();
    }
    match Refusal::from_code(code) {
        Some(Refusal::RevokedToken) => "the token is revoked",
        Some(Refusal::ExpiredToken) => "the token, or the delegate's credential, has expired",
        Some(Refusal::InvalidProof) => "the proof of the delegate's key does not hold",
        Some(Refusal::InvalidToken) => "the credential does not open",
        None => "too many delegates wait for approval, or register at once",
    }
}
