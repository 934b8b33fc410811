//! The index by which PostgreSQL searches. It needs an extension that comes with PostgreSQL (pg_trgm), and that not every
//! role may install; so it is no part of a migration, which cannot do without. Whoever installs it later has the index
//! from the next start on.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, TransactionTrait};

/// Makes the index where it is missing and can be made. Without it all else works, and a search looks at the delegates
/// themselves, some thousands for each page.
///
/// # Errors
/// Where the database is out of reach.
pub async fn index(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    for sql in [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX IF NOT EXISTS delegate_listing_search ON delegate_listing USING gin (search gin_trgm_ops)",
    ] {
        // What fails ends its own transaction, and not the one around it.
        let attempt = tx.begin().await?;
        match attempt.execute_unprepared(sql).await {
            Ok(_) => attempt.commit().await?,
            Err(error) => {
                attempt.rollback().await?;
                tracing::warn!(
                    %error,
                    "searching delegates has no index: let the database's owner run CREATE EXTENSION pg_trgm in it, and \
                     start Muster again"
                );
                return Ok(());
            }
        }
    }
    Ok(())
}
