//! Tables as sea-orm sees them, and how their rows become the domain's types.
//!
//! Times are integers (milliseconds since the Unix epoch) and absent parts of a scope are empty text: so both
//! databases compare, sort and keep them unique in the same way.

pub mod account;
pub mod audit;
pub mod connection;
pub mod delegate;
pub mod install_link;
pub mod profile;
pub mod refusal;
pub mod retired_secret;
pub mod reveal;
pub mod script_log;
pub mod script_run;
pub mod secret;
pub mod session;
pub mod setting;
pub mod token;
pub mod user;

use muster::scope::Scope;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait};

/// A table whose rows belong to a scope: every query of it begins with [`Scoped::within`].
pub trait Scoped: EntityTrait {
    /// The rows of exactly this scope.
    fn within(scope: &Scope) -> Condition;
}

macro_rules! scoped {
    ($($table:ident),*) => {$(
        impl Scoped for $table::Entity {
            fn within(scope: &Scope) -> Condition {
                Condition::all()
                    .add($table::Column::AccountId.eq(scope.account.0))
                    .add($table::Column::Organization.eq(scope.organization()))
                    .add($table::Column::Project.eq(scope.project()))
            }
        }
    )*};
}
scoped!(audit, connection, delegate, install_link, profile, retired_secret, script_run, secret, token);

/// A row that the domain refuses: somebody changed the database by hand, or an older version wrote it.
pub(crate) fn corrupt(table: &str, error: impl std::fmt::Display) -> DbErr {
    DbErr::Custom(format!("a row of table {table} cannot be read: {error}"))
}
