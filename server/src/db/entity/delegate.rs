//! Delegates.

use muster::{
    delegate::{Admission, Decision, Delegate, DelegateName, DelegateType, Facts, HostName, Thumbprint},
    id::{AccountId, DelegateId, ProfileId, TokenId},
    scope::Scope,
    text::{Invalid, Selectors},
    time::Timestamp,
};
use sea_orm::{Set, entity::prelude::*};

use super::corrupt;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub name: String,
    pub host_name: String,
    pub ip: String,
    pub kind: String,
    pub version: String,
    pub description: String,
    /// Separated by commas.
    pub tags: String,
    pub thumbprint: Option<String>,
    pub heartbeat_interval_ms: Option<i64>,
    pub next_gen: bool,
    pub profile_id: Uuid,
    pub script_version: i64,
    /// Given by a person, separated by commas; null where the delegate's own count.
    pub selectors: Option<String>,
    pub token_id: Uuid,
    pub admission: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub registered_at: i64,
    pub last_heartbeat_at: i64,
    /// Not null exactly while the delegate has an open row in `connection`.
    pub connected_until: Option<i64>,
    pub refused_at: Option<i64>,
    pub revision: i32,
    /// What the list is searched in: name, host name, address and selectors, in lower case.
    pub search: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Delegate {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            let decision = row.decided_by.zip(row.decided_at);
            Ok(Self {
                id: DelegateId(row.id),
                scope: Scope::from_parts(AccountId(row.account_id), &row.organization, &row.project)?,
                facts: Facts {
                    name: DelegateName::restore(&row.name)?,
                    host_name: HostName::restore(&row.host_name)?,
                    ip: row.ip,
                    kind: DelegateType::from_code(&row.kind),
                    version: row.version,
                    description: row.description,
                    tags: Selectors::restore(&row.tags)?,
                    thumbprint: row.thumbprint.as_deref().map(Thumbprint::parse).transpose()?,
                    heartbeat_interval_ms: row.heartbeat_interval_ms.and_then(|ms| u32::try_from(ms).ok()),
                    next_gen: row.next_gen,
                },
                profile_id: ProfileId(row.profile_id),
                script_version: Timestamp::from_millis(row.script_version),
                selectors: row.selectors.as_deref().map(Selectors::restore).transpose()?,
                token_id: TokenId(row.token_id),
                admission: Admission::from_code(&row.admission).ok_or_else(|| Invalid::new("unknown admission"))?,
                decision: decision.map(|(by, at)| Decision { by, at: Timestamp::from_millis(at) }),
                registered_at: Timestamp::from_millis(row.registered_at),
                last_heartbeat_at: Timestamp::from_millis(row.last_heartbeat_at),
                connected_until: row.connected_until.map(Timestamp::from_millis),
                refused_at: row.refused_at.map(Timestamp::from_millis),
                revision: row.revision,
            })
        };
        read().map_err(|error| corrupt("delegate", error))
    }
}

impl From<&Delegate> for ActiveModel {
    fn from(delegate: &Delegate) -> Self {
        let facts = &delegate.facts;
        let search =
            format!("{}\n{}\n{}\n{}", facts.name, facts.host_name, facts.ip, delegate.own_selectors()).to_lowercase();
        Self {
            id: Set(delegate.id.0),
            account_id: Set(delegate.scope.account.0),
            organization: Set(delegate.scope.organization().to_owned()),
            project: Set(delegate.scope.project().to_owned()),
            name: Set(facts.name.to_string()),
            host_name: Set(facts.host_name.to_string()),
            ip: Set(facts.ip.clone()),
            kind: Set(facts.kind.code().to_owned()),
            version: Set(facts.version.clone()),
            description: Set(facts.description.clone()),
            tags: Set(facts.tags.to_string()),
            thumbprint: Set(facts.thumbprint.as_ref().map(|thumbprint| thumbprint.as_str().to_owned())),
            heartbeat_interval_ms: Set(facts.heartbeat_interval_ms.map(i64::from)),
            next_gen: Set(facts.next_gen),
            profile_id: Set(delegate.profile_id.0),
            script_version: Set(delegate.script_version.as_millis()),
            selectors: Set(delegate.selectors.as_ref().map(ToString::to_string)),
            token_id: Set(delegate.token_id.0),
            admission: Set(delegate.admission.code().to_owned()),
            decided_by: Set(delegate.decision.as_ref().map(|decision| decision.by.clone())),
            decided_at: Set(delegate.decision.as_ref().map(|decision| decision.at.as_millis())),
            registered_at: Set(delegate.registered_at.as_millis()),
            last_heartbeat_at: Set(delegate.last_heartbeat_at.as_millis()),
            connected_until: Set(delegate.connected_until.map(Timestamp::as_millis)),
            refused_at: Set(delegate.refused_at.map(Timestamp::as_millis)),
            revision: Set(delegate.revision),
            search: Set(search),
        }
    }
}
