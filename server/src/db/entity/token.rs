//! Delegate tokens. The value is sealed; see [`crate::encryption`].

use muster::{
    delegate::DelegateType,
    id::{ProfileId, TokenId},
    networks::Networks,
    text::Invalid,
    time::Timestamp,
    token::{Changed, NamePattern, Restrictions, Rotation, Token, TokenName, TokenStatus, parse_kinds},
};
use sea_orm::{FromQueryResult, NotSet, Set, entity::prelude::*};

use super::{Scoped as _, corrupt};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    /// The public name of the value: finds the token of a credential.
    pub key_id: String,
    pub sealed_value: Vec<u8>,
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub default_profile_id: Option<Uuid>,
    pub revoked_at: Option<i64>,
    pub last_used_at: Option<i64>,
    /// The name of the delegate that last used it.
    pub last_used_by: String,
    /// The address that it called from.
    pub last_used_from: String,
    pub last_used_by_id: Option<Uuid>,
    pub successor_id: Option<Uuid>,
    pub rotated_at: Option<i64>,
    pub requires_approval: bool,
    /// When its settings or its expiry were last changed.
    pub changed_at: Option<i64>,
    /// Who changed them; empty where nobody did.
    pub changed_by: String,
    /// Counts these changes.
    pub revision: i32,
    pub max_registrations: Option<i32>,
    /// How many delegates have registered with it for the first time while their number is limited.
    pub registrations: i32,
    /// Separated by commas.
    pub networks: String,
    /// Codes of types, separated by commas.
    pub kinds: String,
    /// Empty for none.
    pub name_pattern: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A token's name and whether it is good: what the list of delegates shows.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Label {
    pub id: Uuid,
    pub name: String,
    pub revoked_at: Option<i64>,
    pub expires_at: Option<i64>,
}

impl Label {
    /// Whether the token is good at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> TokenStatus {
        let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        TokenStatus::of(at(self.revoked_at), at(self.expires_at), now)
    }
}

impl TryFrom<Model> for Token {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            let rotation = row.successor_id.zip(row.rotated_at).map(|(successor, began_at)| Rotation {
                successor: TokenId(successor),
                began_at: Timestamp::from_millis(began_at),
            });
            let pattern = Some(row.name_pattern.as_str()).filter(|text| !text.is_empty());
            let restrictions = Restrictions {
                max_registrations: row.max_registrations.and_then(|most| u32::try_from(most).ok()),
                networks: Networks::parse(&row.networks)?,
                kinds: parse_kinds(row.kinds.split(','))?,
                name_pattern: pattern.map(NamePattern::restore).transpose()?,
            };
            Ok(Self {
                id: TokenId(row.id),
                scope: Entity::scope_of(&row)?,
                name: TokenName::restore(&row.name)?,
                created_by: row.created_by,
                created_at: Timestamp::from_millis(row.created_at),
                expires_at: row.expires_at.map(Timestamp::from_millis),
                default_profile: row.default_profile_id.map(ProfileId),
                requires_approval: row.requires_approval,
                restrictions,
                revoked_at: row.revoked_at.map(Timestamp::from_millis),
                rotation,
                changed: row.changed_at.map(|at| Changed { at: Timestamp::from_millis(at), by: row.changed_by }),
                revision: row.revision,
            })
        };
        read().map_err(|error| corrupt("token", error))
    }
}

impl ActiveModel {
    /// The row of a new token.
    pub fn new(token: &Token, key_id: String, sealed_value: Vec<u8>) -> Self {
        let Restrictions { max_registrations, networks, kinds, name_pattern } = &token.restrictions;
        Self {
            id: Set(token.id.0),
            account_id: Set(token.scope.account.0),
            organization: Set(token.scope.organization().to_owned()),
            project: Set(token.scope.project().to_owned()),
            name: Set(token.name.to_string()),
            key_id: Set(key_id),
            sealed_value: Set(sealed_value),
            created_by: Set(token.created_by.clone()),
            created_at: Set(token.created_at.as_millis()),
            expires_at: Set(token.expires_at.map(Timestamp::as_millis)),
            default_profile_id: Set(token.default_profile.map(|id| id.0)),
            revoked_at: Set(token.revoked_at.map(Timestamp::as_millis)),
            last_used_at: Set(None),
            last_used_by: Set(String::new()),
            last_used_from: Set(String::new()),
            last_used_by_id: Set(None),
            successor_id: Set(None),
            rotated_at: Set(None),
            requires_approval: Set(token.requires_approval),
            changed_at: Set(None),
            changed_by: Set(String::new()),
            revision: Set(token.revision),
            max_registrations: Set(max_registrations.map(i32_of)),
            registrations: Set(0),
            networks: Set(networks.to_string()),
            kinds: Set(kinds_of(kinds)),
            name_pattern: Set(pattern_of(name_pattern.as_ref())),
        }
    }

    /// What of a row a person changes later.
    pub fn changed(token: &Token) -> Self {
        let Restrictions { max_registrations, networks, kinds, name_pattern } = &token.restrictions;
        let (at, by) = token.changed.as_ref().map(|changed| (changed.at.as_millis(), changed.by.clone())).unzip();
        Self {
            name: Set(token.name.to_string()),
            default_profile_id: Set(token.default_profile.map(|id| id.0)),
            requires_approval: Set(token.requires_approval),
            expires_at: Set(token.expires_at.map(Timestamp::as_millis)),
            changed_at: Set(at),
            changed_by: Set(by.unwrap_or_default()),
            revision: Set(token.revision),
            max_registrations: Set(max_registrations.map(i32_of)),
            // What is not limited is not counted: a limit that is set later begins at nothing.
            registrations: if max_registrations.is_none() { Set(0) } else { NotSet },
            networks: Set(networks.to_string()),
            kinds: Set(kinds_of(kinds)),
            name_pattern: Set(pattern_of(name_pattern.as_ref())),
            ..Default::default()
        }
    }
}

fn i32_of(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn kinds_of(kinds: &[DelegateType]) -> String {
    kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(",")
}

fn pattern_of(pattern: Option<&NamePattern>) -> String {
    pattern.map(ToString::to_string).unwrap_or_default()
}
