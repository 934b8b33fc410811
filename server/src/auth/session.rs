//! Sessions in the database, for tower-sessions.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use muster::time::Timestamp;
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
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
        Db,
        entity::{reveal, session},
    },
    events::Topic,
};

/// Under which name a session holds who is signed in.
pub const USER: &str = "user";

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

/// Whether a session still stands in the database, whatever this process has read of it before.
///
/// # Errors
/// Where the database is out of reach.
pub async fn stands(db: &Db, id: &Id, now: Timestamp) -> std::result::Result<bool, DbErr> {
    let row = session::Entity::find_by_id(digest(id)).filter(session::Column::ExpiresAt.gt(now.as_millis()));
    Ok(row.one(db.read()).await?.is_some())
}

/// Removes the sessions that have run out, and values of tokens that nobody came to see.
///
/// # Errors
/// Where the database is out of reach.
pub async fn tidy(db: &Db, now: Timestamp) -> std::result::Result<(), DbErr> {
    let change = db.write().await?;
    session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now.as_millis())).exec(&*change).await?;
    reveal::Entity::delete_many().filter(reveal::Column::ExpiresAt.lte(now.as_millis())).exec(&*change).await?;
    change.commit().await
}
