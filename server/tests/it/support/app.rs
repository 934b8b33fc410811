//! The installation: started as the program starts it, but with a clock of the test's own.

use std::{
    net::{IpAddr, SocketAddr},
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, response::Response};
use futures_util::FutureExt as _;
use muster::time::Timestamp;
use muster_app::Assets;
use muster_server::{
    auth::{limit::Limits, setup::SetupCode},
    clock::Clock,
    config::{Bounds, Config, Retention},
    presence::{self, Presence},
    program::Program,
    proxies::TrustedProxies,
    registrations::Queue,
    scripts::Masks,
    start::{self, StartError},
    state::{Inner, MAX_DELEGATE_CHANGES, State},
    token_values::TokenDigests,
    web::assets::Files,
};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{
    database::{Backend, Database, Schema},
    log,
};

/// An installation. Clones are the same one.
#[derive(Clone)]
pub struct TestApp(Arc<Parts>);

struct Parts {
    folder: TempDir,
    database: Database,
    clock: Arc<AtomicI64>,
    config: Mutex<Config>,
    running: Mutex<Option<(State, Router)>>,
    /// Counts the people that were made.
    people: AtomicI64,
}

/// Runs a test on an installation of its own, and removes that whatever comes of it.
pub fn run<F: Future<Output = ()>>(backend: Backend, test: impl FnOnce(TestApp) -> F) {
    log::make_audible();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(app) = TestApp::new(backend).await else { return };
        let outcome = AssertUnwindSafe(test(app.clone())).catch_unwind().await;
        app.remove().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

/// Where the console's files would be, if they were served here.
fn assets() -> Assets {
    let [css, js, wasm, worker] =
        ["/pkg/muster.css", "/pkg/muster.js", "/pkg/muster_bg.wasm", "/live.js"].map(str::to_owned);
    let [icon, icon_waiting, build_id] = ["/favicon.svg", "/favicon-waiting.svg", "test"].map(str::to_owned);
    Assets { css, font: Some("/inter.woff2".to_owned()), js, wasm, worker, icon, icon_waiting, build_id }
}

impl TestApp {
    /// A new installation, running; none where there is no such database.
    pub async fn new(backend: Backend) -> Option<Self> {
        let app = Self::before_a_start(backend, Schema::Whole).await?;
        app.start().await.expect("a new installation starts");
        Some(app)
    }

    /// An installation that was never started: an empty database, and no folder yet.
    pub async fn before_its_first_start(backend: Backend) -> Option<Self> {
        Self::before_a_start(backend, Schema::None).await
    }

    async fn before_a_start(backend: Backend, schema: Schema) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        let database = Database::create(backend, &data_dir, schema).await?;
        // It carries on from the machine's time, since the lifetime of a cookie is counted in that.
        let now = Clock::system().now().as_seconds() * 1000;
        std::fs::write(folder.path().join("program"), "the program").unwrap();
        let config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            secret_key_file: data_dir.join("secret.key"),
            data_dir,
            database: database.url.parse().expect("the URL of a test"),
            admin: None,
            delegate_image: "muster-delegate:test".to_owned(),
            trusted_proxies: TrustedProxies::default(),
            single_sign_on: None,
            password_sign_in: true,
            require_second_factor: false,
            retention: Retention::default(),
            bounds: Bounds::default(),
            metrics_listen: None,
            log: "off".to_owned(),
        };
        Some(Self(Arc::new(Parts {
            folder,
            database,
            clock: Arc::new(AtomicI64::new(now)),
            config: Mutex::new(config),
            running: Mutex::new(None),
            people: AtomicI64::new(0),
        })))
    }

    /// Stops it for good, and removes its database.
    pub async fn remove(&self) {
        self.stop().await;
        self.0.database.remove().await;
    }

    /// Starts it.
    pub async fn start(&self) -> Result<(), StartError> {
        let state = self.another_manager().await?;
        let router = muster_server::router(&state, Files { routes: Router::new(), assets: assets() });
        *self.0.running.lock().unwrap() = Some((state, router));
        Ok(())
    }

    /// Starts another manager on the same database.
    pub async fn another_manager(&self) -> Result<State, StartError> {
        let config = self.0.config.lock().unwrap().clone();
        let state = start::start(&config, self.clock()).await?;
        Ok(self.with_small_program(&state))
    }

    /// The same state, but bundles carry a small file where they would carry this test, which is huge.
    fn with_small_program(&self, state: &State) -> State {
        State::new(Inner {
            db: state.db.clone(),
            clock: state.clock.clone(),
            encryption: state.encryption.clone(),
            account: state.account,
            account_name: state.account_name.clone(),
            public_url: state.public_url.clone(),
            delegate_image: state.delegate_image.clone(),
            program: Program::at(self.0.folder.path().join("program")),
            trusted_proxies: state.trusted_proxies.clone(),
            single_sign_on: state.single_sign_on.clone(),
            password_sign_in: state.password_sign_in,
            require_second_factor: state.require_second_factor,
            retention: state.retention,
            bounds: state.bounds,
            events: state.events.clone(),
            presence: Presence::new(state.clock.now()),
            metrics: state.metrics.clone(),
            masks: Masks::default(),
            token_digests: TokenDigests::default(),
            registrations: Queue::default(),
            delegate_changes: Semaphore::new(MAX_DELEGATE_CHANGES),
            passwords: state.passwords.clone(),
            limits: Limits::new(state.bounds.registrations_per_minute),
            setup: SetupCode::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Stops it, as the program does at a signal.
    pub async fn stop(&self) {
        let running = self.0.running.lock().unwrap().take();
        if let Some((state, _)) = running {
            presence::job::flush(&state).await.unwrap();
            state.db.clone().close().await;
        }
    }

    /// Stops it and starts it again.
    pub async fn restart(&self) {
        self.stop().await;
        self.start().await.expect("it starts again");
    }

    /// Restarts it with other settings.
    pub async fn restart_with(&self, change: impl FnOnce(&mut Config)) {
        self.configure(change);
        self.restart().await;
    }

    /// Changes the settings for the next start.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.0.config.lock().unwrap());
    }

    /// What every request can reach.
    pub fn state(&self) -> State {
        self.0.running.lock().unwrap().as_ref().expect("it runs").0.clone()
    }

    /// The folder of the key, and of SQLite's database.
    pub fn folder(&self) -> PathBuf {
        self.0.config.lock().unwrap().data_dir.clone()
    }

    /// A file outside of that folder.
    pub fn write_file(&self, name: &str, text: &str) -> PathBuf {
        let path: &Path = self.0.folder.path();
        std::fs::write(path.join(name), text).unwrap();
        path.join(name)
    }

    /// The address of its database, whatever its settings say now.
    pub fn database_url(&self) -> String {
        self.0.database.url.clone()
    }

    /// Runs a statement on the PostgreSQL server of the tests, beside this installation.
    pub async fn on_server(&self, sql: &str) {
        self.0.database.on_server(sql).await;
    }

    /// Runs a statement on its database, as another program would.
    pub async fn on_database(&self, sql: &str) {
        self.0.database.on_database(sql).await;
    }

    /// A statement that fails as it would where the database cannot be had.
    pub fn unavailable(&self) -> &'static str {
        match self.backend() {
            // A table that may not grow by one page.
            Backend::Sqlite => {
                "PRAGMA max_page_count = 1; INSERT INTO setting (name, value) VALUES ('x', zeroblob(9000000))"
            }
            Backend::Postgres => "DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$",
        }
    }

    /// A second manager of the same database, with a door of its own.
    pub async fn second(&self) -> Self {
        let state = self.another_manager().await.unwrap();
        let router = muster_server::router(&state, Files { routes: Router::new(), assets: assets() });
        Self(Arc::new(Parts {
            folder: tempfile::tempdir().unwrap(),
            database: self.0.database.clone(),
            clock: self.0.clock.clone(),
            config: Mutex::new(self.0.config.lock().unwrap().clone()),
            running: Mutex::new(Some((state, router))),
            people: AtomicI64::new(100),
        }))
    }

    /// Which database it has.
    pub fn backend(&self) -> Backend {
        self.0.database.backend
    }

    fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.0.clock);
        Clock::new(move || Timestamp::from_millis(clock.load(Ordering::SeqCst)))
    }

    /// What its clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Moves its clock.
    pub fn advance(&self, by: Duration) {
        self.set_clock(self.now().plus(by));
    }

    /// Sets its clock.
    pub fn set_clock(&self, to: Timestamp) {
        self.0.clock.store(to.as_millis(), Ordering::SeqCst);
    }

    /// Looks for silent delegates, as the program does every second.
    pub async fn sweep(&self) {
        presence::job::sweep(&self.state()).await.unwrap();
    }

    /// Writes the heartbeats, as the program does every second.
    pub async fn flush(&self) {
        presence::job::flush(&self.state()).await.unwrap();
        presence::job::flush_refused(&self.state()).await.unwrap();
    }

    /// A number that was not given before.
    pub fn next_number(&self) -> i64 {
        self.0.people.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Sends a request from an address. Each takes a millisecond, so that what follows is later.
    pub async fn send(&self, mut request: Request<Body>, from: IpAddr) -> Response {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 40_000)));
        let router = self.0.running.lock().unwrap().as_ref().expect("it runs").1.clone();
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        self.0.clock.fetch_add(1, Ordering::SeqCst);
        response
    }
}
