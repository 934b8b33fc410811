//! What every call of a delegate asks of its token and of itself, kept in memory.
//!
//! A row is read once. A change that locks it forgets it with its commit, before anybody is told that the change is made:
//! so the next call sees what was acknowledged ([`super::Change::commit`]). A read that began before the commit is not
//! kept, since forgetting also takes away the place that it reads for.
//!
//! Others write too. On PostgreSQL every manager hears of the others' changes on its listening connection, and uses what
//! it keeps only while that one has [just shown](Known::is_heard) that it hears. On SQLite this process alone writes;
//! should another one have (a second program, a person with a tool), everything is forgotten within a second
//! ([`Db::notice_other_writers`]).

use std::{
    fmt, mem,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use muster::{
    delegate::Standing,
    id::{DelegateId, TokenId},
    token::{KeyId, Token, TokenValue},
};
use quick_cache::sync::Cache;
use sea_orm::{ColumnTrait, ConnAcquireErr, DbErr, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Db, PATIENCE, entity::token, standings::Asked};

/// How many delegates are kept; each takes about 400 bytes.
const MAX_DELEGATES: usize = 1_000_000;
/// How many tokens are kept.
const MAX_TOKENS: usize = 50_000;
/// With more rows than this, a change forgets everything: other managers are told of no more.
const MAX_ROWS: usize = 1000;
/// For how long a sign that the listening connection hears counts. What another manager does is known here after no
/// more than this.
pub(super) const HEARING: Duration = Duration::from_millis(800);

/// A token, as its row has it.
pub struct KnownToken {
    /// The token.
    pub token: Arc<Token>,
    /// Its value, as it is sealed for this token.
    pub sealed_value: Vec<u8>,
    /// Its value; none where it cannot be unsealed. Set by who first needs it.
    pub value: OnceLock<Option<TokenValue>>,
}

/// Does not print the value.
impl fmt::Debug for KnownToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// What is kept. Clones are the same.
#[derive(Clone)]
pub struct Known(Arc<Inner>);

struct Inner {
    tokens: Cache<TokenId, Arc<KnownToken>>,
    delegates: Cache<DelegateId, Arc<Standing>>,
    /// Which token has a value: by its [`KeyId`], which never changes.
    by_key_id: Cache<String, TokenId>,
    /// Delegates that are asked for and not kept.
    asked: Asked,
    /// How many tokens are read at once that are not kept: when everybody comes back after a restart, pages still find
    /// connections to read with.
    reads: Semaphore,
    /// When this began.
    since: Instant,
    /// Until when what is kept may be used, in milliseconds after that.
    heard_until: AtomicU64,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { tokens, delegates, .. } = &*self.0;
        f.debug_struct("Known").field("tokens", &tokens.len()).field("delegates", &delegates.len()).finish()
    }
}

impl Known {
    fn new(reads: usize, heard_until: u64) -> Self {
        Self(Arc::new(Inner {
            tokens: Cache::new(MAX_TOKENS),
            delegates: Cache::new(MAX_DELEGATES),
            by_key_id: Cache::new(MAX_TOKENS),
            asked: Asked::default(),
            reads: Semaphore::new(reads),
            since: Instant::now(),
            heard_until: AtomicU64::new(heard_until),
        }))
    }

    /// For a database that this process alone writes, with so many reads at once.
    pub(super) fn alone(reads: usize) -> Self {
        Self::new(reads, u64::MAX)
    }

    /// For a database that others write too: nothing is used until they are heard.
    pub(super) fn among_others(reads: usize) -> Self {
        Self::new(reads, 0)
    }

    pub(super) fn asked(&self) -> &Asked {
        &self.0.asked
    }

    /// Everything that others committed before `at` was heard.
    pub(super) fn heard(&self, at: Instant) {
        let until = (at + HEARING).saturating_duration_since(self.0.since).as_millis();
        self.0.heard_until.store(u64::try_from(until).unwrap_or(0), Ordering::SeqCst);
    }

    /// Others are heard no more: what they do from now on is not known.
    pub(super) fn deaf(&self) {
        self.0.heard_until.store(0, Ordering::SeqCst);
        self.forget_all();
    }

    /// Whether what is kept may be used.
    fn is_heard(&self) -> bool {
        let until = self.0.heard_until.load(Ordering::SeqCst);
        until == u64::MAX || self.0.since.elapsed().as_millis() < u128::from(until)
    }

    /// Forgets rows: they were changed.
    pub(super) fn forget(&self, rows: &Rows) {
        if rows.is_all {
            self.forget_all();
        }
        for id in &rows.tokens {
            self.0.tokens.remove(&TokenId(*id));
        }
        for id in &rows.delegates {
            self.0.delegates.remove(&DelegateId(*id));
        }
    }

    /// Forgets everything.
    pub(super) fn forget_all(&self) {
        self.0.tokens.clear();
        self.0.delegates.clear();
    }
}

impl Db {
    /// A token.
    ///
    /// # Errors
    /// Where it is not known, and the database is out of reach.
    pub async fn token(&self, id: TokenId) -> Result<Option<Arc<KnownToken>>, DbErr> {
        let read = async {
            let place = tokio::time::timeout(PATIENCE, self.known.0.reads.acquire()).await;
            let _place = place.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
            let row = token::Entity::find_by_id(id.0).one(self.read()).await?;
            row.map(|row| self.keep_key_id(row)).transpose()
        };
        kept(&self.known, &self.known.0.tokens, id, read).await
    }

    /// The token whose value has this public name.
    ///
    /// # Errors
    /// Where it is not known, and the database is out of reach.
    pub async fn token_of_key(&self, key_id: &KeyId) -> Result<Option<Arc<KnownToken>>, DbErr> {
        if let Some(id) = self.known.0.by_key_id.get(key_id.as_str()) {
            return self.token(id).await;
        }
        let id = token::Entity::find().select_only().column(token::Column::Id);
        let id = id.filter(token::Column::KeyId.eq(key_id.as_str())).into_tuple::<Uuid>().one(self.read()).await?;
        match id {
            Some(id) => self.token(TokenId(id)).await,
            None => Ok(None),
        }
    }

    /// What of a delegate decides on its calls.
    ///
    /// # Errors
    /// Where it is not known, and the database is out of reach.
    pub async fn standing(&self, id: DelegateId) -> Result<Option<Arc<Standing>>, DbErr> {
        kept(&self.known, &self.known.0.delegates, id, self.read_standing(id)).await
    }

    fn keep_key_id(&self, row: token::Model) -> Result<Arc<KnownToken>, DbErr> {
        self.known.0.by_key_id.insert(row.key_id.clone(), TokenId(row.id));
        let sealed_value = row.sealed_value.clone();
        Ok(Arc::new(KnownToken { token: Arc::new(Token::try_from(row)?), sealed_value, value: OnceLock::new() }))
    }
}

/// What is kept under a key, or else what is read now.
async fn kept<K: Eq + std::hash::Hash + Copy, V>(
    known: &Known,
    cache: &Cache<K, Arc<V>>,
    key: K,
    read: impl Future<Output = Result<Option<Arc<V>>, DbErr>>,
) -> Result<Option<Arc<V>>, DbErr> {
    if !known.is_heard() {
        return read.await;
    }
    match cache.get_value_or_guard_async(&key).await {
        Ok(value) => Ok(Some(value)),
        Err(place) => {
            let value = read.await?;
            if let Some(value) = &value {
                // Refused where it was forgotten meanwhile: it is then what was true before.
                let _ = place.insert(value.clone());
            }
            Ok(value)
        }
    }
}

/// Rows that a change locks: what is kept of them is forgotten with its commit.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) tokens: Vec<Uuid>,
    pub(super) delegates: Vec<Uuid>,
    /// There are too many of them.
    pub(super) is_all: bool,
}

/// How a manager tells others of rows; their ids follow, up to [`Rows::IDS_AT_ONCE`].
const WORD_FOR_TOKENS: &str = "rows:token";
const WORD_FOR_DELEGATES: &str = "rows:delegate";
const WORD_FOR_ALL: &str = "rows:all";

impl Rows {
    /// PostgreSQL's notifications hold up to 8000 bytes.
    const IDS_AT_ONCE: usize = 200;

    /// What other managers are to hear.
    pub(super) fn words(&self) -> Vec<String> {
        if self.is_all {
            return vec![WORD_FOR_ALL.to_owned()];
        }
        let of = |word: &'static str, ids: &[Uuid]| -> Vec<String> {
            let one = |ids: &[Uuid]| {
                let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
                format!("{word} {}", ids.join(" "))
            };
            ids.chunks(Self::IDS_AT_ONCE).map(one).collect()
        };
        let mut words = of(WORD_FOR_TOKENS, &self.tokens);
        words.extend(of(WORD_FOR_DELEGATES, &self.delegates));
        words
    }

    /// Reads what another manager said; none where it speaks of no rows. What cannot be read speaks of all: a later
    /// version may say more.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (word, ids) = text.split_once(' ').unwrap_or((text, ""));
        let read = || ids.split(' ').map(Uuid::parse_str).collect::<Result<Vec<_>, _>>().ok();
        let rows = match word {
            WORD_FOR_TOKENS => read().map(|tokens| Self { tokens, ..Self::default() }),
            WORD_FOR_DELEGATES => read().map(|delegates| Self { delegates, ..Self::default() }),
            _ if !word.starts_with("rows:") => return None,
            _ => None,
        };
        Some(rows.unwrap_or(Self { is_all: true, ..Self::default() }))
    }
}

/// The rows that a change has locked so far.
#[derive(Debug, Default)]
pub(super) struct Locked(Mutex<Rows>);

impl Locked {
    fn add(&self, add: impl FnOnce(&mut Rows)) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&mut rows);
        if rows.tokens.len() + rows.delegates.len() > MAX_ROWS {
            *rows = Rows { is_all: true, ..Rows::default() };
        }
    }

    /// Notes tokens.
    pub(super) fn tokens(&self, ids: &[Uuid]) {
        self.add(|rows| rows.tokens.extend(ids));
    }

    /// Notes delegates.
    pub(super) fn delegates(&self, ids: &[Uuid]) {
        self.add(|rows| rows.delegates.extend(ids));
    }

    /// All of them.
    pub(super) fn take(&self) -> Rows {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(rows: &Rows) -> (usize, usize, bool) {
        (rows.tokens.len(), rows.delegates.len(), rows.is_all)
    }

    #[test]
    fn what_managers_tell_each_other_of_rows_is_read_as_it_was_meant() {
        let locked = Locked::default();
        let all: Vec<Uuid> = (0..450).map(Uuid::from_u128).collect();
        locked.tokens(&all[..1]);
        locked.delegates(&all);
        let rows = locked.take();
        let words = rows.words();
        assert!(words.len() == 4 && words.iter().all(|word| word.len() < 8000), "{}", words.len());
        let read: Vec<_> = words.iter().map(|word| ids(&Rows::parse(word).unwrap())).collect();
        assert_eq!(read, [(1, 0, false), (0, 200, false), (0, 200, false), (0, 50, false)]);
    }

    #[test]
    fn more_rows_than_can_be_told_are_all() {
        let locked = Locked::default();
        locked.delegates(&(0..1001).map(Uuid::from_u128).collect::<Vec<_>>());
        let rows = locked.take();
        assert_eq!(ids(&rows), (0, 0, true));
        assert_eq!(ids(&Rows::parse(&rows.words()[0]).unwrap()), (0, 0, true));
    }

    #[test]
    fn what_a_later_version_says_of_rows_speaks_of_all_and_topics_speak_of_none() {
        for text in ["rows:token not-an-id", "rows:profile 1", "rows:token"] {
            assert!(Rows::parse(text).unwrap().is_all, "{text}");
        }
        assert!(Rows::parse("delegates").is_none() && Rows::parse("").is_none());
    }

    #[test]
    fn what_is_kept_is_used_only_while_others_are_heard() {
        let known = Known::among_others(1);
        assert!(!known.is_heard());
        known.heard(Instant::now());
        assert!(known.is_heard());
        known.deaf();
        assert!(!known.is_heard());
        known.heard(Instant::now().checked_sub(HEARING).unwrap());
        assert!(!known.is_heard(), "that sign is too old");
        assert!(Known::alone(1).is_heard());
    }

    #[tokio::test]
    async fn a_read_that_began_before_a_change_is_not_kept() {
        let known = Known::alone(1);
        let cache: Cache<u8, Arc<&str>> = Cache::new(10);
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let slow = async {
            let _ = wait.await;
            Ok(Some(Arc::new("before")))
        };
        let change = async {
            cache.remove(&1);
            let _ = go.send(());
        };
        let (read, ()) = tokio::join!(kept(&known, &cache, 1, slow), change);
        assert_eq!(*read.unwrap().unwrap(), "before");
        let read = kept(&known, &cache, 1, async { Ok(Some(Arc::new("after"))) }).await;
        assert_eq!(*read.unwrap().unwrap(), "after");
    }
}
