//! Serving: from a listener to a graceful end.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;

use crate::{
    auth::session,
    clock::Clock,
    config::Config,
    connections::{self, Bounds},
    manage::{self, audit::chain, users},
    metrics, presence, retention, router, start,
    state::State,
    web::assets,
};

/// How long background work may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How many connections may ask for metrics at once.
const MAX_SCRAPERS: usize = 16;
/// How often what has run out is cleared away.
const TIDY: Duration = Duration::from_secs(600);

/// Why serving came to an end that was not asked for.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] start::StartError),
    /// The address is taken, or not this machine's.
    #[error("MUSTER_LISTEN: cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The same, of the metrics.
    #[error("MUSTER_METRICS_LISTEN: cannot listen on {0}: {1}")]
    MetricsListen(SocketAddr, io::Error),
    /// The listener failed.
    #[error("serving failed: {0}")]
    Serve(#[from] io::Error),
    /// The first look at the users failed.
    #[error("the database failed: {0}")]
    Users(crate::error::Error),
}

/// Runs the manager until a signal to stop.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(config: &Config) -> Result<(), ServeError> {
    let state = start::start(config, Clock::system()).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| ServeError::Listen(config.listen, error))?;
    let address = listener.local_addr()?;
    if let Some(address) = config.metrics_listen {
        let listener = TcpListener::bind(address).await.map_err(|error| ServeError::MetricsListen(address, error))?;
        state.tasks.spawn(serve_metrics(state.clone(), listener));
    }
    let router = router(&state, assets::load());
    state.tasks.spawn(presence::job::run(state.clone()));
    state.tasks.spawn(chain::run(state.clone()));
    state.tasks.spawn(tidy(state.clone()));
    announce(&state, address).await?;
    run(state, listener, router).await
}

async fn announce(state: &State, address: SocketAddr) -> Result<(), ServeError> {
    let url = state.public_url.clone().unwrap_or_else(|| {
        let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        format!("http://{host}:{}", address.port())
    });
    tracing::info!(%address, account = %state.account, "Muster {} is ready: {url}", env!("CARGO_PKG_VERSION"));
    if users::none_yet(state).await.map_err(ServeError::Users)? {
        // Worthless once there is an administrator, and gone with the process.
        tracing::info!(
            "to make the first administrator, open {url}/setup and enter the setup code {}",
            state.setup.expose()
        );
    }
    Ok(())
}

async fn run(state: State, listener: TcpListener, router: Router) -> Result<(), ServeError> {
    let stop = state.stop.clone();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            signal().await;
            stop.cancel();
        }
    });
    let bounds = Bounds { open: state.metrics.connections.clone(), ..Bounds::within(connections::raise_file_limit()) };
    tracing::debug!(?bounds, "connections");
    connections::serve(listener, router, &state.trusted_proxies, bounds, &stop).await?;
    stop.cancel();
    state.tasks.close();
    if tokio::time::timeout(GRACE, state.tasks.wait()).await.is_err() {
        tracing::warn!("background work did not end in time");
    }
    state.db.clone().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Serves the metrics until the end: a few connections, beside those of everybody else.
async fn serve_metrics(state: State, listener: TcpListener) {
    let bounds = Bounds { connections: MAX_SCRAPERS, per_address: MAX_SCRAPERS, ..Bounds::within(0) };
    if let Ok(address) = listener.local_addr() {
        tracing::info!("metrics are at http://{address}/metrics");
    }
    let router = metrics::router(&state);
    if let Err(error) = connections::serve(listener, router, &state.trusted_proxies, bounds, &state.stop).await {
        tracing::error!(%error, "the metrics are served no more");
    }
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be caught");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
}

async fn tidy(state: State) {
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            () = tokio::time::sleep(TIDY) => {}
        }
        state.limits.tidy();
        state.presence.tidy(state.clock.now());
        if let Err(error) = session::tidy(&state.db, state.clock.now()).await {
            tracing::warn!(%error, "old sessions could not be removed");
        }
        if let Err(error) = manage::delegates::remove_lost(&state).await {
            tracing::warn!(%error, "lost delegates could not be removed");
        }
        if let Err(error) = retention::tidy(&state).await {
            tracing::warn!(%error, "old rows could not be removed");
        }
    }
}
