//! What lists filter and sort delegates by. Triggers keep it: see the migration that made it.

use muster::delegate::Status;
use sea_orm::entity::prelude::*;

/// What stands as the time at which a delegate was last heard of while it is connected: it is heard of all the time.
pub const HEARD_NOW: i64 = i64::MAX;

/// Waits for approval and is connected. Written with numbers, as in the index that holds these rows alone: a database
/// does not use that for a statement whose values it learns later.
pub const WAITING: &str = "status = 2 AND heard_at = 9223372036854775807";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegate_listing")]
pub struct Model {
    /// Counts registrations: the newest delegate has the largest.
    #[sea_orm(primary_key)]
    pub n: i64,
    pub delegate_id: Uuid,
    pub account_id: Uuid,
    pub organization: String,
    pub project: String,
    /// See [`status`].
    pub status: i16,
    pub rejected: bool,
    /// In lower case.
    pub name: String,
    /// [`HEARD_NOW`] while it is connected.
    pub heard_at: i64,
    pub kind: String,
    pub profile_id: Uuid,
    pub token_id: Uuid,
    /// As in `delegate`.
    pub search: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The number of a status in column `status`.
#[must_use]
pub const fn status(status: Status) -> i16 {
    match status {
        Status::Connected => 0,
        Status::NotConnected => 1,
        Status::PendingApproval => 2,
        Status::Rejected => 3,
        Status::Disabled => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_statements_are_those_of_the_code() {
        assert_eq!(WAITING, format!("status = {} AND heard_at = {HEARD_NOW}", status(Status::PendingApproval)));
    }
}
