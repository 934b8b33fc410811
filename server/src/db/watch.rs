//! Watches a PostgreSQL: whether it answers and takes writes, on a connection of its own, so that a busy pool is not
//! taken for a database that is gone.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};

use super::health::Health;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(500);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the server of this connection takes no writes: it is a standby, or was set so.
const IS_READ_ONLY: &str = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean";

/// Watches until the pool is closed.
pub(super) async fn watch(options: PgConnectOptions, pool: PgPool, health: Health) {
    let mut connection: Option<PgConnection> = None;
    let mut was_there = true;
    while !pool.is_closed() {
        let look = look(&options, &mut connection);
        let found = tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| Err("it does not answer".to_owned()));
        match (&found, was_there) {
            (Ok(()), false) => tracing::info!("the database is there again"),
            (Err(why), true) => tracing::warn!("the database cannot be used: {why}"),
            _ => {}
        }
        was_there = found.is_ok();
        if was_there {
            health.is_there();
        } else {
            connection = None;
            health.went_away();
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = pool.close_event() => {}
        }
    }
}

async fn ask(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(IS_READ_ONLY).fetch_one(connection).await
}

/// Looks once, on the connection that is kept; says what is wrong.
async fn look(options: &PgConnectOptions, kept: &mut Option<PgConnection>) -> Result<(), String> {
    let say = |error: sqlx::Error| error.to_string();
    // Taken out: a connection on which the look is given up is not used again. One that was lost says nothing about
    // the database: it is asked anew.
    let before = match kept.take() {
        Some(mut connection) => ask(&mut connection).await.ok().map(|read_only| (connection, read_only)),
        None => None,
    };
    let (connection, read_only) = match before {
        Some(before) => before,
        None => {
            let mut connection = PgConnection::connect_with(options).await.map_err(say)?;
            let read_only = ask(&mut connection).await.map_err(say)?;
            (connection, read_only)
        }
    };
    if read_only {
        return Err("it takes no writes".to_owned());
    }
    *kept = Some(connection);
    Ok(())
}
