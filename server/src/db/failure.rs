//! What a database's error means: that it cannot be had for the moment, that two changes were in each other's way, or
//! that something is wrong with Muster itself.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// What stands in an error of a change of which nobody can tell whether it was saved: the connection broke in the
/// middle of the commit, and the database could not be asked afterwards.
const UNKNOWN_OUTCOME: &str = "the database was lost in the middle of a commit";
/// What stands in an error of a statement that was given up because the database stopped answering.
const AWAY: &str = "the database does not answer";

/// SQLite's primary result codes (<https://sqlite.org/rescode.html>) that speak of the disk, the file or its lock.
const SQLITE_UNAVAILABLE: [i32; 10] = [
    5,  // SQLITE_BUSY
    6,  // SQLITE_LOCKED
    7,  // SQLITE_NOMEM
    8,  // SQLITE_READONLY
    10, // SQLITE_IOERR
    11, // SQLITE_CORRUPT
    13, // SQLITE_FULL
    14, // SQLITE_CANTOPEN
    15, // SQLITE_PROTOCOL
    26, // SQLITE_NOTADB
];
/// Classes of PostgreSQL's error codes (its documentation, appendix A) that speak of the server or its resources.
const POSTGRES_UNAVAILABLE: [&str; 5] = [
    "08", // connection exception
    "53", // insufficient resources: disk full, out of memory, too many connections
    "57", // operator intervention: shutdown, crash, cannot connect now
    "58", // system error: I/O
    "XX", // internal error, index corrupted
];
/// Read only transaction (a standby, or a setting), and lock not available.
const POSTGRES_NOT_NOW: [&str; 2] = ["25006", "55P03"];
/// Serialization failure and deadlock detected: nothing was saved, and the same again may succeed.
const POSTGRES_CROSSED: [&str; 2] = ["40001", "40P01"];

/// The error of a change whose outcome nobody can tell.
pub(super) fn unknown_outcome() -> DbErr {
    DbErr::Custom(UNKNOWN_OUTCOME.to_owned())
}

/// The error of a statement that was given up.
pub(super) fn away() -> DbErr {
    DbErr::Custom(AWAY.to_owned())
}

/// Whether nobody can tell if the change was saved.
#[must_use]
pub fn is_unknown_outcome(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(text) if text == UNKNOWN_OUTCOME)
}

/// Whether the database cannot be had for the moment: away, full, read-only, locked. The same request may succeed
/// later.
#[must_use]
pub fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Custom(text) => text == UNKNOWN_OUTCOME || text == AWAY,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => of_sqlx(error),
        _ => is_crossed(error),
    }
}

fn of_sqlx(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
                let is_class = |class: &&str| code.starts_with(*class);
                return POSTGRES_UNAVAILABLE.iter().any(is_class)
                    || [POSTGRES_NOT_NOW, POSTGRES_CROSSED].as_flattened().contains(&code.as_ref());
            }
            // An extended code holds its primary one in the lowest eight bits.
            code.parse::<i32>().is_ok_and(|code| SQLITE_UNAVAILABLE.contains(&(code & 0xff)))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed
        // The connection was inside a transaction that somebody else had lost; it is thrown away.
        | sqlx::Error::InvalidSavePointStatement => true,
        _ => false,
    }
}

/// Whether two changes were in each other's way, so that the database ended this one: it can be made again at once.
#[must_use]
pub fn is_crossed(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| POSTGRES_CROSSED.contains(&code.as_ref()))
}

/// Whether a row could not be written because another one has what has to be unique.
#[must_use]
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether a row could not be written because one that it belongs to was deleted meanwhile.
#[must_use]
pub fn is_orphaned(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_for_the_moment_is_told_from_mistakes() {
        assert!(is_unavailable(&away()));
        assert!(is_unavailable(&unknown_outcome()) && is_unknown_outcome(&unknown_outcome()));
        assert!(is_unavailable(&DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()))));
        assert!(!is_unavailable(&DbErr::Custom("a row cannot be read".to_owned())));
        assert!(!is_unavailable(&DbErr::Exec(RuntimeErr::SqlxError(sqlx::Error::RowNotFound.into()))));
        assert!(!is_crossed(&away()));
    }
}
