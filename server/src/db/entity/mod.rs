//! Tables as sea-orm sees them, and how their rows become the domain's types.
//!
//! Times are integers (milliseconds since the Unix epoch) and absent parts of a scope are empty text: so both
//! databases compare, sort and keep them unique in the same way.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod audit_chain;
pub mod connection;
pub mod delegate;
pub mod delegate_listing;
pub mod install_link;
pub mod once_call;
pub mod profile;
pub mod recovery_code;
pub mod refusal;
pub mod refused_call;
pub mod retired_secret;
pub mod reveal;
pub mod scope;
pub mod script_log;
pub mod script_run;
pub mod script_version;
pub mod second_factor;
pub mod secret;
pub mod secret_handout;
pub mod secret_profile;
pub mod service_account;
pub mod session;
pub mod setting;
pub mod token;
pub mod user;
pub mod user_identity;
pub mod user_link;

use std::collections::BTreeSet;

use muster::{id::AccountId, scope::Scope, text::Invalid};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait};

/// A table whose rows belong to a scope: every query of it begins with one of these.
pub trait Scoped: EntityTrait {
    /// Where a row belongs.
    ///
    /// # Errors
    /// Where somebody changed the row by hand.
    fn scope_of(row: &Self::Model) -> Result<Scope, Invalid>;

    /// The rows of exactly this scope.
    fn at(scope: &Scope) -> Condition;

    /// The rows that can be used in this scope: its own, and those of the scopes that it lies in.
    fn visible_from(scope: &Scope) -> Condition;

    /// The rows of this scope and of all that lie under it.
    fn under(scope: &Scope) -> Condition;
}

macro_rules! scoped {
    ($($table:ident),*) => {$(
        impl Scoped for $table::Entity {
            fn scope_of(row: &$table::Model) -> Result<Scope, Invalid> {
                Scope::from_parts(AccountId(row.account_id), &row.organization, &row.project)
            }

            fn at(scope: &Scope) -> Condition {
                Condition::all()
                    .add($table::Column::AccountId.eq(scope.account.0))
                    .add($table::Column::Organization.eq(scope.organization()))
                    .add($table::Column::Project.eq(scope.project()))
            }

            fn visible_from(scope: &Scope) -> Condition {
                let own_or_above = |column: $table::Column, part: &str| column.is_in(BTreeSet::from(["", part]));
                let own_organization = $table::Column::Organization.eq(scope.organization());
                Condition::all()
                    .add($table::Column::AccountId.eq(scope.account.0))
                    .add(own_or_above($table::Column::Organization, scope.organization()))
                    .add(own_or_above($table::Column::Project, scope.project()))
                    // A project's name counts inside of its organization alone.
                    .add(Condition::any().add($table::Column::Project.eq("")).add(own_organization))
            }

            fn under(scope: &Scope) -> Condition {
                let inside = |column: $table::Column, part: &str| (!part.is_empty()).then(|| column.eq(part));
                Condition::all()
                    .add($table::Column::AccountId.eq(scope.account.0))
                    .add_option(inside($table::Column::Organization, scope.organization()))
                    .add_option(inside($table::Column::Project, scope.project()))
            }
        }
    )*};
}
scoped!(
    api_key,
    audit,
    connection,
    delegate,
    delegate_listing,
    install_link,
    profile,
    retired_secret,
    scope,
    script_run,
    script_version,
    secret,
    service_account,
    token
);

/// A row that the domain refuses: somebody changed the database by hand, or an older version wrote it.
pub(crate) fn corrupt(table: &str, error: impl std::fmt::Display) -> DbErr {
    DbErr::Custom(format!("a row of table {table} cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryFilter as _, QueryTrait as _};

    use super::*;

    fn sql(condition: Condition) -> String {
        let sql = token::Entity::find().filter(condition).build(DbBackend::Sqlite).to_string();
        sql.split_once(" WHERE ").unwrap().1.replace("\"token\".", "").replace('"', "")
    }

    #[test]
    fn what_is_here_what_is_usable_here_and_what_lies_under_are_told_apart() {
        let scope =
            |organization, project| Scope::from_parts(AccountId(uuid::Uuid::nil()), organization, project).unwrap();
        let (whole, project) = (scope("", ""), scope("platform", "edge"));
        assert!(sql(token::Entity::at(&whole)).ends_with("organization = '' AND project = ''"));
        assert!(sql(token::Entity::at(&project)).ends_with("organization = 'platform' AND project = 'edge'"));
        let under_the_account = sql(token::Entity::under(&whole));
        assert!(under_the_account.starts_with("account_id = ") && !under_the_account.contains("organization"));
        assert!(sql(token::Entity::under(&scope("platform", ""))).ends_with("organization = 'platform'"));
        assert!(sql(token::Entity::under(&project)).ends_with("organization = 'platform' AND project = 'edge'"));
        let above = "organization IN ('', 'platform') AND project IN ('', 'edge') \
                     AND (project = '' OR organization = 'platform')";
        assert!(sql(token::Entity::visible_from(&project)).ends_with(above));
    }
}
