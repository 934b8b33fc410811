//! People who may sign in.

use muster::{
    access::Grant,
    id::{AccountId, UserId},
    scope::Scope,
    time::Timestamp,
    user::{Email, PersonName, Role, User, UserStatus},
};
use sea_orm::{Set, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::corrupt;

const TABLE: &str = "user";

/// A role at an organization or a project, as column `grants` holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    organization: String,
    #[serde(default)]
    project: String,
    role: String,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub email: String,
    /// The role at the account; empty of who has none there.
    pub role: String,
    /// In PHC form: argon2id with its parameters and salt. Empty of who never chose a password.
    pub password_hash: String,
    pub created_at: i64,
    pub name: Option<String>,
    pub status: String,
    /// When the person last signed in.
    pub signed_in_at: Option<i64>,
    /// The roles at organizations and projects, as JSON: they are read and changed with the person, who has few.
    pub grants: String,
    /// When the second factor was turned on: see `second_factor`.
    pub second_factor_since: Option<i64>,
    /// Whether the password works also where passwords are switched off: it was set at the server's machine.
    pub break_glass: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl ActiveModel {
    /// Sets what a person may do.
    ///
    /// # Errors
    /// Where the grants cannot be written, which does not happen.
    pub fn set_grants(&mut self, grants: &[Grant]) -> Result<(), DbErr> {
        let account = grants.iter().find(|grant| grant.scope.organization.is_none());
        let kept = |grant: &Grant| Kept {
            organization: grant.scope.organization().to_owned(),
            project: grant.scope.project().to_owned(),
            role: grant.role.code().to_owned(),
        };
        let others: Vec<Kept> = grants.iter().filter(|grant| grant.scope.organization.is_some()).map(kept).collect();
        self.role = Set(account.map_or("", |grant| grant.role.code()).to_owned());
        self.grants = Set(serde_json::to_string(&others).map_err(|error| corrupt(TABLE, error))?);
        Ok(())
    }
}

fn grants(row: &Model) -> Result<Vec<Grant>, DbErr> {
    let account = AccountId(row.account_id);
    let role = |code: &str| Role::from_code(code).ok_or_else(|| corrupt(TABLE, "unknown role"));
    let mut grants = Vec::new();
    if !row.role.is_empty() {
        grants.push(Grant { role: role(&row.role)?, scope: Scope::account(account) });
    }
    let others: Vec<Kept> = serde_json::from_str(&row.grants).map_err(|error| corrupt(TABLE, error))?;
    for kept in others {
        let scope = Scope::from_parts(account, &kept.organization, &kept.project);
        grants.push(Grant { role: role(&kept.role)?, scope: scope.map_err(|error| corrupt(TABLE, error))? });
    }
    Ok(grants)
}

impl TryFrom<Model> for User {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: UserId(row.id),
            email: Email::restore(&row.email).map_err(|error| corrupt(TABLE, error))?,
            name: row.name.as_deref().map(PersonName::restore).transpose().map_err(|error| corrupt(TABLE, error))?,
            grants: grants(&row)?,
            status: UserStatus::from_code(&row.status).ok_or_else(|| corrupt(TABLE, "unknown status"))?,
            created_at: Timestamp::from_millis(row.created_at),
            second_factor_since: row.second_factor_since.map(Timestamp::from_millis),
        })
    }
}
