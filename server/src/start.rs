//! From settings to a running state: the folder, the key, the database, and what a new installation begins with.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use muster::{id::AccountId, user::Password};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait, Set};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use zeroize::Zeroizing;

use crate::{
    auth::{limit::Limits, password::Passwords, setup::SetupCode},
    clock::Clock,
    config::Config,
    db::{Db, OpenError, audit::hash::AuditKey, entity::setting},
    encryption::{EncryptionKey, KeyError},
    error::Error,
    events::Events,
    manage::{
        installation::{FoundError, account},
        users,
    },
    metrics::Metrics,
    presence::Presence,
    program::Program,
    registrations::Queue,
    scripts::Masks,
    single_sign_on::{HttpError, SingleSignOn},
    state::{Inner, MAX_DELEGATE_CHANGES, State},
    token_values::TokenDigests,
};

/// Under which name the database holds what proves that the key is the right one.
const KEY_CHECK: &str = "key_check";
const KEY_CHECK_CLEAR: &[u8] = b"muster";

/// Why Muster cannot start. Each says what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder cannot be made.
    #[error("the data folder {0} cannot be made: {1}")]
    Folder(std::path::PathBuf, io::Error),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database, later.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What a new installation begins with.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// The password file of the first administrator.
    #[error("the password file {0} cannot be read: {1}")]
    PasswordFile(std::path::PathBuf, io::Error),
    /// The first administrator.
    #[error("the first administrator cannot be made: {0}")]
    Administrator(Error),
    /// The way to the identity provider.
    #[error("single sign-on cannot be set up: {0}")]
    SingleSignOn(#[from] HttpError),
    /// The program's own file.
    #[error("the running program's file cannot be found: {0}")]
    Program(io::Error),
}

/// This program's own file. By way of /proc it is the program that runs, also once an upgrade has put another one in its
/// place; a bare container root has no /proc, and there the path by which the program was called has to do.
fn own_program() -> io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.is_file() {
        return Ok(running);
    }
    std::env::current_exe().or_else(|error| {
        let called = std::env::args_os().next().map(PathBuf::from).filter(|path| path.is_absolute());
        called.filter(|path| path.is_file()).ok_or(error)
    })
}

/// Opens everything, and makes what is missing at the first start.
///
/// # Errors
/// See [`StartError`].
pub async fn start(config: &Config, clock: Clock) -> Result<State, StartError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .map_err(|error| StartError::Folder(config.data_dir.clone(), error))?;
    let events = Events::default();
    let db = Db::open(&config.database, events.clone()).await?;
    let encryption = encryption(&db, &config.secret_key_file).await?;
    db.set_audit_key(AuditKey::of(&encryption));
    let account = account(&db, &encryption, clock.now()).await?;
    let presence = Presence::new(clock.now());
    let metrics = Metrics::new(db.health().meters());
    let state = State::new(Inner {
        db,
        clock,
        encryption,
        account: AccountId(account.id),
        account_name: account.name,
        public_url: config.public_url.clone(),
        delegate_image: config.delegate_image.clone(),
        program: Program::at(own_program().map_err(StartError::Program)?),
        trusted_proxies: config.trusted_proxies.clone(),
        single_sign_on: single_sign_on(config, AccountId(account.id))?,
        password_sign_in: config.password_sign_in,
        require_second_factor: config.require_second_factor,
        retention: config.retention,
        bounds: config.bounds,
        events,
        presence,
        metrics,
        masks: Masks::default(),
        token_digests: TokenDigests::default(),
        registrations: Queue::default(),
        delegate_changes: Semaphore::new(MAX_DELEGATE_CHANGES),
        passwords: Passwords::default(),
        limits: Limits::new(config.bounds.registrations_per_minute),
        setup: SetupCode::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    if let Some((email, file)) = &config.admin
        && users::none_yet(&state).await.map_err(StartError::Administrator)?
    {
        let password = read_password(file)?;
        match users::create_first(&state, email.clone(), password, None).await {
            // Another manager was first.
            Ok(_) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(StartError::Administrator(error)),
        }
    }
    Ok(state)
}

/// The way to the identity provider, where there is one. It is not asked yet: Muster starts without it.
fn single_sign_on(config: &Config, account: AccountId) -> Result<Option<Arc<SingleSignOn>>, HttpError> {
    let Some(mut settings) = config.single_sign_on.clone() else { return Ok(None) };
    settings.roles = settings.roles.in_account(account);
    SingleSignOn::new(settings).map(Arc::new).map(Some)
}

/// Reads a password from a file; a line end after it is not part of it.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_password(file: &Path) -> Result<Password, StartError> {
    let text = fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| StartError::PasswordFile(file.to_owned(), error))?;
    Ok(Password::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The key: read and proven where the database was sealed before, made where both are new.
async fn encryption(db: &Db, file: &Path) -> Result<EncryptionKey, StartError> {
    let change = db.write().await?;
    change.alone().await?;
    if let Some(check) = setting::Entity::find_by_id(KEY_CHECK).one(&*change).await? {
        let encryption = EncryptionKey::read(file)?;
        return match encryption.open(KEY_CHECK, &check.value) {
            Ok(_) => Ok(encryption),
            Err(_) => Err(KeyError::Wrong(file.to_owned()).into()),
        };
    }
    let encryption = match EncryptionKey::read(file) {
        Err(KeyError::Missing(_)) => EncryptionKey::create(file)?,
        other => other?,
    };
    let value = Set(encryption.seal(KEY_CHECK, KEY_CHECK_CLEAR));
    setting::ActiveModel { name: Set(KEY_CHECK.to_owned()), value }.insert(&*change).await?;
    change.commit().await?;
    Ok(encryption)
}
