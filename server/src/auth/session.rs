//! Sessions in the database, for tower-sessions; and what people are shown of theirs.

use std::{collections::HashMap, net::IpAddr};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::{
    id::UserId,
    time::Timestamp,
    user::{SessionRow, UserStatus},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use crate::{
    clock::Clock,
    db::{
        Change, Db,
        entity::{reveal, session, user, user_link},
    },
    events::Topic,
};

/// Under which name a session holds who is signed in.
pub const USER: &str = "user";
/// Under which name a session holds how it began.
pub const BEGAN: &str = "began";
/// How long a session lasts since it was used last.
pub const LASTS: time::Duration = time::Duration::days(7);

/// How a session began, for the person whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: IpAddr,
    /// In which browser, as [`muster::user::browser()`] calls it.
    pub browser: String,
    /// Whether the identity provider signed the person in.
    #[serde(default)]
    pub by_single_sign_on: bool,
}

/// Keeps sessions in the database, so that they survive a restart and serve every manager.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: Db,
    clock: Clock,
}

impl Sessions {
    /// A store in this database.
    #[must_use]
    pub const fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    fn row(record: &Record) -> Result<session::ActiveModel> {
        let user = record.data.get(USER).and_then(|value| value.as_str()).and_then(|text| text.parse::<Uuid>().ok());
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        Ok(session::ActiveModel {
            digest: Set(digest(&record.id)),
            user_id: Set(user),
            data: Set(data),
            expires_at: Set(Timestamp::from(record.expiry_date).as_millis()),
        })
    }
}

/// What stands for a session's id in the database.
#[must_use]
pub fn digest(id: &Id) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(id.0.to_le_bytes()))
}

fn backend(error: DbErr) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let change = self.db.write().await.map_err(backend)?;
        // A new session has a new id, whatever the caller brings: an id that somebody planted is worth nothing.
        record.id = Id::default();
        while session::Entity::find_by_id(digest(&record.id)).one(&*change).await.map_err(backend)?.is_some() {
            record.id = Id::default();
        }
        Self::row(record)?.insert(&*change).await.map_err(backend)?;
        change.commit().await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let change = self.db.write().await.map_err(backend)?;
        // Only what is there is updated: a request that was under way at logout must not bring the session back.
        session::Entity::update_many()
            .set(Self::row(record)?)
            .filter(session::Column::Digest.eq(digest(&record.id)))
            .exec(&*change)
            .await
            .map_err(backend)?;
        change.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = session::Entity::find_by_id(digest(id))
            .filter(session::Column::ExpiresAt.gt(self.clock.now().as_millis()))
            .one(self.db.read())
            .await
            .map_err(backend)?;
        row.map(|row| {
            let decode = |error: String| Error::Decode(error);
            Ok(Record {
                id: *id,
                data: serde_json::from_str(&row.data).map_err(|error| decode(error.to_string()))?,
                expiry_date: time::OffsetDateTime::from_unix_timestamp(row.expires_at.div_euclid(1000))
                    .map_err(|error| decode(error.to_string()))?,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut change = self.db.write().await.map_err(backend)?;
        // Streams of this session end at once, whichever manager has them.
        change.touches(Topic::Sessions);
        session::Entity::delete_by_id(digest(id)).exec(&*change).await.map_err(backend)?;
        change.commit().await.map_err(backend)
    }
}

/// What pages call a session where they ask for its stream: it tells nothing of the id, nor of the row.
#[must_use]
pub fn stream_name(id: &Id) -> String {
    let digest = Sha256::new().chain_update(b"stream of ").chain_update(id.0.to_le_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(&digest[..12])
}

/// Whether a session still stands in the database, and whose it is may sign in, whatever this process has read of either
/// before.
///
/// # Errors
/// Where the database is out of reach.
pub async fn stands(db: &Db, id: &Id, now: Timestamp) -> std::result::Result<bool, DbErr> {
    let row = session::Entity::find_by_id(digest(id)).filter(session::Column::ExpiresAt.gt(now.as_millis()));
    let Some(user) = row.one(db.read()).await?.and_then(|row| row.user_id) else { return Ok(false) };
    let user = user::Entity::find_by_id(user).filter(user::Column::Status.eq(UserStatus::Active.code()));
    Ok(user.one(db.read()).await?.is_some())
}

/// What a session is called where its person ends it: it tells nothing of the id, and is not what the row is found by.
fn handle(digest: &str) -> String {
    let handle = Sha256::new().chain_update(b"handle of ").chain_update(digest).finalize();
    URL_SAFE_NO_PAD.encode(&handle[..12])
}

/// The sessions of a person that stand, as they are shown: the one of the digest `own` first, then those used last.
///
/// # Errors
/// Where the database is out of reach.
pub async fn of_user(db: &Db, user: UserId, own: &str, now: Timestamp) -> std::result::Result<Vec<SessionRow>, DbErr> {
    let rows = session::Entity::find()
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::ExpiresAt.gt(now.as_millis()))
        .all(db.read())
        .await?;
    let mut rows: Vec<SessionRow> = rows.into_iter().map(|row| shown(&row, own)).collect();
    rows.sort_by_key(|row| (!row.is_current, std::cmp::Reverse(row.used_at)));
    Ok(rows)
}

fn shown(row: &session::Model, own: &str) -> SessionRow {
    // What else a session holds is nobody's business here, and may be of another version.
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    let began = data.get(BEGAN).and_then(|began| Began::deserialize(began).ok());
    let lasts = i64::try_from(LASTS.whole_milliseconds()).unwrap_or_default();
    SessionRow {
        id: handle(&row.digest),
        began_at: began.as_ref().map(|began| began.at),
        used_at: Timestamp::from_millis(row.expires_at.saturating_sub(lasts)),
        address: began.as_ref().map(|began| began.address.to_string()).unwrap_or_default(),
        browser: began.map(|began| began.browser).unwrap_or_default(),
        is_current: row.digest == own,
    }
}

/// How many sessions of each of these people stand.
///
/// # Errors
/// Where the database is out of reach.
pub async fn count(
    db: &impl ConnectionTrait,
    users: impl IntoIterator<Item = Uuid>,
    now: Timestamp,
) -> std::result::Result<HashMap<Uuid, u64>, DbErr> {
    let rows: Vec<(Uuid, i64)> = session::Entity::find()
        .select_only()
        .column(session::Column::UserId)
        .column_as(session::Column::Digest.count(), "sessions")
        .filter(session::Column::UserId.is_in(users))
        .filter(session::Column::ExpiresAt.gt(now.as_millis()))
        .group_by(session::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(user, count)| (user, u64::try_from(count).unwrap_or_default())).collect())
}

/// Which sessions of a person are ended.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All of them.
    All,
    /// All but the one of this digest.
    But(&'a str),
    /// The one that is called so: see [`SessionRow::id`].
    One(&'a str),
}

/// Ends sessions of a person as a part of a change; gives how many. Their streams end at once, whichever manager has
/// them.
///
/// # Errors
/// Where the database is out of reach.
pub async fn end(change: &mut Change, user: UserId, which: Which<'_>) -> std::result::Result<u64, DbErr> {
    let of_user = session::Column::UserId.eq(user.0);
    let mut ended = session::Entity::delete_many().filter(of_user.clone());
    match which {
        Which::All => {}
        Which::But(own) => ended = ended.filter(session::Column::Digest.ne(own)),
        Which::One(called) => {
            let digests: Vec<String> = session::Entity::find()
                .select_only()
                .column(session::Column::Digest)
                .filter(of_user)
                .into_tuple()
                .all(&**change)
                .await?;
            let meant = digests.into_iter().filter(|digest| handle(digest) == called);
            ended = ended.filter(session::Column::Digest.is_in(meant));
        }
    }
    change.touches(Topic::Sessions);
    change.touches(Topic::Users);
    Ok(ended.exec(&**change).await?.rows_affected)
}

/// Removes the sessions and the links that have run out, and what nobody came to see.
///
/// # Errors
/// Where the database is out of reach.
pub async fn tidy(db: &Db, now: Timestamp) -> std::result::Result<(), DbErr> {
    let change = db.write().await?;
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now.as_millis())).exec(&*change).await?;
    reveal::Entity::delete_many().filter(reveal::Column::ExpiresAt.lte(now.as_millis())).exec(&*change).await?;
    user_link::Entity::delete_many().filter(user_link::Column::ExpiresAt.lte(now.as_millis())).exec(&*change).await?;
    change.commit().await
}
