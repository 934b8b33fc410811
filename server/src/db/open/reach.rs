//! The first touch of a PostgreSQL: one connection, before there is a pool, which would try for its whole patience and
//! then say no more than that it ran out.

use std::{io::ErrorKind, time::Duration};

use sqlx::{
    Connection as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgRow},
};

use crate::config::Setting;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a server that is just starting is asked again.
const AGAIN: Duration = Duration::from_millis(200);
/// What a server says that is just starting.
const STARTS: &str = "57P03";
/// The most connections that a manager's pool opens.
const MAX_CONNECTIONS: u32 = 20;
/// Connections that it opens beside the pool: one that listens, and one that watches.
const BESIDE: u32 = 2;

/// Why a PostgreSQL cannot be used. Nothing of its address is repeated.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// Nothing listens there.
    #[error(
        "{setting}: the connection was refused: see that PostgreSQL runs there, and that host and port are right",
        setting = Setting::DatabaseUrl
    )]
    Refused,
    /// Nothing answers there.
    #[error("{setting}: PostgreSQL did not answer, or was not ready, within {seconds} s", setting = Setting::DatabaseUrl, seconds = PATIENCE.as_secs())]
    Silent,
    /// The server says no.
    #[error("{setting}: PostgreSQL says: {0}", setting = Setting::DatabaseUrl)]
    Says(String),
    /// There is no way to it.
    #[error("{setting}: PostgreSQL cannot be reached: {0}", setting = Setting::DatabaseUrl)]
    NoWay(String),
    /// What answers lends connections of the server, each for one transaction.
    #[error(
        "{setting}: this is a pooler that lends its connections for one transaction each; Muster needs one that keeps \
         them for a session (PgBouncer: pool_mode = session, and pool_size of {most} or more for each manager), or \
         the PostgreSQL itself",
        setting = Setting::DatabaseUrl,
        most = MAX_CONNECTIONS + BESIDE
    )]
    Multiplexed,
}

impl From<sqlx::Error> for Unreachable {
    fn from(error: sqlx::Error) -> Self {
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match error {
            sqlx::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => Self::Refused,
            sqlx::Error::Io(error) => Self::NoWay(line(error.to_string())),
            sqlx::Error::Database(error) => {
                let hint = match error.code().as_deref() {
                    Some("28P01") => " (in the address, a password is percent-encoded)",
                    _ if error.message().contains("unsupported startup parameter") => {
                        " (PgBouncer: ignore_startup_parameters = extra_float_digits)"
                    }
                    _ => "",
                };
                Self::Says(line(error.message().to_owned()) + hint)
            }
            other => Self::NoWay(line(other.to_string())),
        }
    }
}

/// Reaches the server, and sees that it can be used. Gives how many connections a pool may open.
///
/// # Errors
/// See [`Unreachable`].
pub async fn reach(options: &PgConnectOptions) -> Result<u32, Unreachable> {
    let mut one = patiently(connect(options)).await?;
    let row = patiently(ask(&mut one, LIMITS)).await?;
    let first: i32 = row.try_get(0)?;
    let limits = [row.try_get::<i32, _>(1)?, row.try_get::<i32, _>(2)?];

    let mut other = patiently(connect(options)).await?;
    let held: i32 = patiently(ask(&mut other, "BEGIN; SELECT pg_backend_pid()")).await?.try_get(0)?;
    // A session of its own is served by the same process all the time, and by that alone. Asked without prepared
    // statements, which a pooler of this kind mixes up.
    if held == first || patiently(ask(&mut one, "SELECT pg_backend_pid()")).await?.try_get::<i32, _>(0)? != first {
        return Err(Unreachable::Multiplexed);
    }
    for connection in [one, other] {
        // Whatever it says: it is not needed any more.
        let _ = patiently(connection.close()).await;
    }
    Ok(connections(limits))
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    loop {
        match PgConnection::connect_with(options).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(STARTS) => {
                tokio::time::sleep(AGAIN).await;
            }
            other => return other,
        }
    }
}

/// The number of the server's process, and how many connections the role and the database may have.
const LIMITS: &str = "SELECT pg_backend_pid(), \
     coalesce((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user AND NOT rolsuper), -1), \
     coalesce((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1)";

async fn ask(connection: &mut PgConnection, sql: &'static str) -> Result<PgRow, sqlx::Error> {
    sqlx::raw_sql(sql).fetch_one(connection).await
}

async fn patiently<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Unreachable> {
    Ok(tokio::time::timeout(PATIENCE, work).await.map_err(|_| Unreachable::Silent)??)
}

/// How many connections a pool may open, by the limits that are set; below zero is none.
fn connections(limits: [i32; 2]) -> u32 {
    let Some(limit) = limits.into_iter().filter_map(|limit| u32::try_from(limit).ok()).min() else {
        return MAX_CONNECTIONS;
    };
    let most = limit.saturating_sub(BESIDE).clamp(1, MAX_CONNECTIONS);
    if most < MAX_CONNECTIONS {
        tracing::warn!("PostgreSQL gives this role or database {limit} connections: requests share {most} of them");
    }
    most
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    fn options(port: u16) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username("muster")
            .password("canary")
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    /// One row of texts.
    fn row(values: &[&str]) -> Vec<u8> {
        let count = u16::try_from(values.len()).unwrap().to_be_bytes();
        let (mut columns, mut data) = (count.to_vec(), count.to_vec());
        for value in values {
            // A name, no table, no column, int4 of four bytes, as text.
            columns.extend([b'x', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, 255, 255, 255, 255, 0, 0]);
            data.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
            data.extend(value.bytes());
        }
        [message(b'T', &columns), message(b'D', &data), message(b'C', b"SELECT 1\0")].concat()
    }

    /// A pooler that lends one process of its server to everybody.
    async fn lends(mut client: TcpStream) -> std::io::Result<()> {
        let length = client.read_u32().await?;
        client.read_exact(&mut vec![0; length as usize - 4]).await?;
        client.write_all(&[message(b'R', &[0; 4]), message(b'Z', b"I")].concat()).await?;
        while client.read_u8().await? == b'Q' {
            let length = client.read_u32().await?;
            client.read_exact(&mut vec![0; length as usize - 4]).await?;
            client.write_all(&[row(&["42", "-1", "-1"]), message(b'Z', b"I")].concat()).await?;
        }
        Ok(())
    }

    /// A server that is just starting.
    async fn starts(mut client: TcpStream) -> std::io::Result<()> {
        let length = client.read_u32().await?;
        client.read_exact(&mut vec![0; length as usize - 4]).await?;
        client.write_all(&message(b'E', b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0")).await
    }

    #[tokio::test]
    async fn c22_a_server_that_is_just_starting_is_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            starts(listener.accept().await?.0).await?;
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lends(client));
            }
            Ok::<_, std::io::Error>(())
        });
        // It came as far as what that server is.
        assert!(matches!(reach(&options(port)).await, Err(Unreachable::Multiplexed)));
    }

    #[tokio::test]
    async fn c22_a_pooler_of_transactions_is_refused_with_what_to_change() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lends(client));
            }
        });
        let error = reach(&options(port)).await.unwrap_err().to_string();
        assert!(error.starts_with("MUSTER_DATABASE_URL: this is a pooler"), "{error}");
        assert!(error.contains("pool_mode = session") && !error.contains("canary"), "{error}");
    }

    #[tokio::test]
    async fn c22_a_refused_connection_says_refused() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = reach(&options(port)).await.unwrap_err().to_string();
        assert!(error.starts_with("MUSTER_DATABASE_URL: the connection was refused: "), "{error}");
    }

    #[test]
    fn c22_a_limit_of_the_role_or_the_database_bounds_the_pool() {
        for (limits, most) in
            [([-1, -1], 20), ([100, -1], 20), ([10, -1], 8), ([-1, 10], 8), ([10, 5], 3), ([1, -1], 1)]
        {
            assert_eq!(connections(limits), most, "{limits:?}");
        }
    }
}
