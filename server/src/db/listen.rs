//! Hearing what other managers of the same PostgreSQL change, and knowing whether one still hears.
//!
//! PostgreSQL delivers notifications in the order in which their transactions are committed. So a manager notifies itself
//! over and over: with each of these signs it has also heard of everything that anybody committed before it. Without
//! one, nothing that is kept in memory is used, and the database is asked instead: a connection that is lost without a
//! word does not hide a revocation.

use std::time::{Duration, Instant};

use sqlx::{
    Executor as _, PgPool,
    postgres::{PgListener, PgNotification},
};

use super::{CHANNEL, Health, Known, known::Rows};
use crate::{
    events::{Events, Topic},
    random,
};

/// How often a manager gives itself a sign. Several fit into [`super::known::HEARING`].
const SIGN_EVERY: Duration = Duration::from_millis(200);
/// How long a sign may take, before the connection is given up.
const SIGN_WITHIN: Duration = Duration::from_secs(2);
/// How long to wait before listening again.
const AGAIN: Duration = Duration::from_millis(200);

/// A connection that listens: for what managers tell each other, and for its own signs.
pub(super) struct Listener {
    connection: PgListener,
    /// The channel of its signs.
    own: String,
    /// The sign that is on its way: its number, and when it was given.
    given: Option<(u64, Instant)>,
    signs: u64,
}

impl Listener {
    pub(super) async fn connect(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let mut connection = PgListener::connect_with(pool).await?;
        // Lost, it is not to be made again behind our back: everything that was kept has to be forgotten then.
        connection.eager_reconnect(false);
        let own = format!("muster_{:032x}", u128::from_le_bytes(random::bytes()));
        connection.listen_all([CHANNEL, own.as_str()]).await?;
        Ok(Self { connection, own, given: None, signs: 0 })
    }

    /// Gives a sign, unless one is on its way; fails where that one is for too long.
    async fn give_sign(&mut self) -> Result<(), sqlx::Error> {
        if let Some((_, at)) = self.given {
            return if at.elapsed() < SIGN_WITHIN { Ok(()) } else { Err(sqlx::Error::PoolTimedOut) };
        }
        self.signs += 1;
        self.given = Some((self.signs, Instant::now()));
        let sql = sqlx::query("SELECT pg_notify($1, $2)").bind(self.own.clone()).bind(self.signs.to_string());
        tokio::time::timeout(SIGN_WITHIN, self.connection.execute(sql))
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??;
        Ok(())
    }

    /// When the sign was given that this is; none where it is none.
    fn own_sign(&mut self, notification: &PgNotification) -> Option<Instant> {
        let number: u64 = (notification.channel() == self.own).then(|| notification.payload().parse().ok())??;
        self.given.take_if(|(given, _)| *given == number).map(|(_, at)| at)
    }
}

/// Who hears, and what comes of it.
pub(super) struct Ears {
    pub(super) pool: PgPool,
    pub(super) health: Health,
    pub(super) events: Events,
    pub(super) known: Known,
}

impl Ears {
    /// Listens until the pool is closed.
    pub(super) async fn listen(self, first: Listener) {
        let mut first = Some(first);
        while !self.pool.is_closed() {
            let listening = match first.take() {
                Some(listener) => Ok(listener),
                None => Listener::connect(&self.pool).await,
            };
            match listening {
                Ok(listener) => self.hear(listener).await,
                Err(error) => tracing::debug!(%error, "not in touch with the other managers yet"),
            }
            self.known.deaf();
            tokio::select! {
                () = self.pool.close_event() => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
            self.health.until_there().await;
            // Anything may have been missed.
            Topic::ALL.into_iter().for_each(|topic| self.events.publish(topic));
        }
    }

    /// Hears until the connection is lost, or leads to a server that is not to be used.
    async fn hear(&self, mut listener: Listener) {
        let mut sign = tokio::time::interval(SIGN_EVERY);
        sign.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let heard = tokio::select! {
                heard = listener.connection.try_recv() => heard,
                _ = sign.tick() => match listener.give_sign().await {
                    Ok(()) => continue,
                    Err(error) => Err(error),
                },
                () = self.health.until_away() => return,
                () = self.pool.close_event() => return,
            };
            match heard {
                Ok(Some(notification)) => match listener.own_sign(&notification) {
                    Some(given_at) => self.known.heard(given_at),
                    None => self.take_in(notification.payload()),
                },
                Err(sqlx::Error::PoolClosed) => return,
                // The connection was lost.
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "lost touch with the other managers; trying again");
                    return;
                }
            }
        }
    }

    /// Something changed, here or at another manager.
    fn take_in(&self, word: &str) {
        if let Some(rows) = Rows::parse(word) {
            self.known.forget(&rows);
        } else if let Some(topic) = Topic::parse(word) {
            self.events.publish(topic);
        }
    }
}
