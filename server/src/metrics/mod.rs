//! What the manager counts of itself, for Prometheus: on a listener of its own, off unless it is asked for.
//!
//! Every counter is an atomic that its place of use holds. Labels are words of ours and few: nothing of a delegate, a
//! person or an address becomes one.

mod database;
mod door;
mod histogram;
mod process;
mod scrape;

use std::sync::Arc;

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::Registry,
};

pub use self::{
    database::DatabaseMeters,
    door::{Door, Doors},
    histogram::Histogram,
    scrape::router,
};

/// What is counted. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Requests by door.
    pub doors: Doors,
    /// Heartbeats that were taken.
    pub heartbeats: Counter,
    /// Registrations that were taken.
    pub registrations: Counter,
    /// Calls of delegates that were refused.
    pub refusals: Counter,
    /// Open event streams.
    pub streams: Gauge,
    /// Open connections.
    pub connections: Gauge,
    found: Found,
    registry: Arc<Registry>,
}

/// What is looked up in the database at each scrape.
#[derive(Clone, Debug, Default)]
struct Found {
    connected: Gauge,
    waiting: Gauge,
    disabled: Gauge,
    database_up: Gauge,
}

impl Metrics {
    /// Nothing is counted yet; `database` counts for itself.
    #[must_use]
    pub fn new(database: &DatabaseMeters) -> Self {
        let mut registry = Registry::default();
        let doors = Doors::new(&mut registry);
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let heartbeats = counter("muster_heartbeats", "Heartbeats that were taken");
        let registrations =
            counter("muster_registrations", "Registrations that were taken, of delegates new and known");
        let refusals = counter("muster_refusals", "Calls of delegates that were refused for their credential or rate");
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let streams = gauge("muster_event_streams", "Event streams of the console that are open");
        let connections = gauge("muster_connections", "Connections that are open");
        let found = Found {
            connected: gauge("muster_delegates_connected", "Delegates of the installation that are connected"),
            waiting: gauge("muster_delegates_waiting", "Delegates of the installation that wait for approval"),
            disabled: gauge("muster_delegates_disabled", "Delegates of the installation that a person disabled"),
            database_up: gauge("muster_database_up", "Whether the database answered this scrape"),
        };
        let help = "How long statements and commits took of the database";
        registry.register("muster_database_duration_seconds", help, database.statements.clone());
        let help = "How many changes were written together";
        registry.register("muster_write_batch_changes", help, database.batches.clone());
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("muster_build", "Which Muster this is", build);
        registry.register_collector(Box::new(process::Process));
        let registry = Arc::new(registry);
        Self { doors, heartbeats, registrations, refusals, streams, connections, found, registry }
    }
}

/// Counts as one for as long as it is held.
#[derive(Debug)]
pub struct Counted(Gauge);

impl Counted {
    /// Counts one more.
    #[must_use]
    pub fn by(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
