//! Runs of startup scripts.

use muster::{
    id::{DelegateId, ProfileId, ScriptRunId},
    script::{End, Outcome, ScriptRun},
    text::Invalid,
    time::Timestamp,
};
use sea_orm::entity::prelude::*;

use super::corrupt;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    pub delegate_id: Uuid,
    pub profile_id: Uuid,
    pub profile_name: String,
    pub version: i64,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: Option<String>,
    pub exit_code: Option<i32>,
    /// How many bytes of output came so far, those included that are no longer kept.
    pub received: i64,
    /// The end of the output, sealed: it may be the beginning of a secret, and is masked once more has come.
    pub sealed_rest: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for ScriptRun {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let read = || -> Result<Self, Invalid> {
            let end = match (row.ended_at, &row.outcome) {
                (Some(at), Some(outcome)) => Some(End {
                    at: Timestamp::from_millis(at),
                    outcome: Outcome::from_code(outcome).ok_or_else(|| Invalid::new("unknown outcome"))?,
                    exit_code: row.exit_code,
                }),
                _ => None,
            };
            Ok(Self {
                id: ScriptRunId(row.id),
                delegate_id: DelegateId(row.delegate_id),
                profile_id: ProfileId(row.profile_id),
                profile: row.profile_name,
                version: Timestamp::from_millis(row.version),
                started_at: Timestamp::from_millis(row.started_at),
                end,
            })
        };
        read().map_err(|error| corrupt("script_run", error))
    }
}
