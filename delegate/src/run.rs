//! The delegate's life: makes the calls that are due until it is told to stop, or has to end.

use std::{
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use muster::wire::{
    register::{RegisterRequest, SELF_DESTRUCT, UnregisterRequest},
    tasks::TaskEvents,
};
use muster_client::log_safe;
use reqwest::Url;
use tokio::{
    net::{UdpSocket, lookup_host},
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    clock,
    failure::Failure,
    health,
    identity::{Identity, IdentityError},
    machine::{Bar, Call, Event, HeartbeatOutcome, Machine},
    manager::{Manager, SetupError},
    messages::Messages,
    random, reaper,
    script::{self, Scripts},
    settings::Settings,
};

/// How long the manager has to hear of the end; where no script runs, the whole end may take a second.
const UNREGISTER_TIMEOUT: Duration = Duration::from_millis(700);
/// How long looking up the own address may take.
const ADDRESS_LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);
/// How many unknown types of task are remembered, so that each is logged once.
const MAX_UNKNOWN_TASK_TYPES: usize = 100;

/// Why the delegate cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its state cannot be kept.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// There is no way to the manager.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// It could not be told to stop.
    #[error("the signals that stop the delegate cannot be received: {0}")]
    Signals(#[source] io::Error),
}

/// Runs the delegate until SIGTERM or SIGINT comes, or until it was deleted in the console.
///
/// # Errors
/// Says what keeps it from running. That the manager is away, or refuses it, is no error: it goes on asking.
pub async fn run(settings: Settings) -> Result<(), RunError> {
    let mut stop = StopSignals::new().map_err(RunError::Signals)?;
    let mut delegate = Delegate::new(settings)?;
    delegate.messages.log_start();
    if let Some(port) = delegate.settings.health_port {
        health::serve(port).await;
    }
    reaper::start();
    if !delegate.run_init_script(&mut stop).await {
        delegate.messages.log_end(None);
        return Ok(());
    }
    let scripts = Scripts::start(delegate.manager.clone(), delegate.identity.clone());
    let deleted = delegate.run_until_stopped(&mut stop, &scripts).await;
    scripts.end().await;
    if deleted {
        // The manager forgot the id. Started again, the delegate registers as a new one.
        delegate.save_id(None);
    } else {
        delegate.unregister().await;
    }
    Ok(())
}

/// The signals that stop the delegate.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

struct Delegate {
    settings: Settings,
    manager: Arc<Manager>,
    identity: Arc<Identity>,
    machine: Machine,
    messages: Messages,
    address: String,
    unknown_task_types: BTreeSet<String>,
}

impl Delegate {
    fn new(settings: Settings) -> Result<Self, RunError> {
        let identity = identity(&settings)?;
        let manager = Manager::new(&settings, identity.signer())?;
        Ok(Self {
            machine: Machine::new(settings.heartbeat, settings.polls),
            messages: Messages::new(&settings, &identity.thumbprint()),
            settings,
            manager: Arc::new(manager),
            identity: Arc::new(identity),
            address: String::new(),
            unknown_task_types: BTreeSet::new(),
        })
    }

    /// Runs the script of the environment, where there is one. False where the delegate was told to stop meanwhile.
    async fn run_init_script(&self, stop: &mut StopSignals) -> bool {
        let Some(script) = &self.settings.init_script else { return true };
        let (stop_script, stopped) = oneshot::channel();
        let mut work = pin!(script::run_init_script(self.identity.directory(), script.expose(), stopped));
        tokio::select! {
            () = &mut work => return true,
            () = stop.received() => {}
        }
        drop(stop_script);
        let _ = timeout(script::SHUTDOWN_TIMEOUT, work).await;
        false
    }

    /// Makes the calls that are due, until the delegate is told to stop, or was deleted: then it is true.
    async fn run_until_stopped(&mut self, stop: &mut StopSignals, scripts: &Scripts) -> bool {
        let start = Instant::now();
        let (mut was_working, mut was_cut_off) = (false, false);
        while let Some((call, at)) = self.machine.next() {
            let due = tokio::select! {
                () = stop.received() => return false,
                () = scripts.refused() => None,
                () = sleep_until(start + at) => Some(call),
            };
            let event = match due {
                None => Event::ReportRefused,
                Some(call) => tokio::select! {
                    () = stop.received() => return false,
                    event = self.call(call, scripts) => event,
                },
            };
            for event in self.machine.handle(event, start.elapsed(), random::fraction()) {
                self.messages.log(&event);
            }
            let (is_working, is_cut_off) = (self.machine.is_working(), self.machine.is_cut_off());
            if is_working && !was_working {
                scripts.resume();
            }
            if is_cut_off && !was_cut_off {
                scripts.cut_off();
            }
            (was_working, was_cut_off) = (is_working, is_cut_off);
        }
        true
    }

    async fn call(&mut self, call: Call, scripts: &Scripts) -> Event {
        let id = self.identity.delegate_id().unwrap_or_default();
        let event = match call {
            Call::Register => self.register().await,
            Call::Heartbeat => {
                let request = self.request();
                let reply = self.manager.heartbeat(&request).await;
                let cancels = reply.as_ref().ok().and_then(|reply| reply.cancels.as_deref()?.parse().ok());
                if let Some(run) = cancels {
                    scripts.cancel(run);
                }
                reply.map(|reply| Event::Heartbeat(HeartbeatOutcome::new(&reply, self.identity.applied().as_ref())))
            }
            Call::Tasks => self.manager.tasks(&id).await.map(|events| {
                self.log_unknown(&events);
                Event::Succeeded(call)
            }),
            Call::Profile => self.manager.profile(&id, self.identity.applied().as_ref()).await.map(|profile| {
                if let Some(profile) = profile {
                    scripts.apply(profile);
                }
                Event::Succeeded(call)
            }),
        };
        event.unwrap_or_else(|failure| Event::Failed(call, failure))
    }

    async fn register(&mut self) -> Result<Event, Failure> {
        // Asked anew each time: a laptop moves between networks.
        self.address =
            timeout(ADDRESS_LOOKUP_TIMEOUT, own_address(&self.settings)).await.ok().flatten().unwrap_or_default();
        let request = self.request();
        let reply = self.manager.register(&request).await?;
        if reply.action.as_deref() == Some(SELF_DESTRUCT) || reply.delegate_id.is_empty() {
            // Managers other than Muster give no reason.
            return Ok(Event::RegistrationBarred(Bar::new(reply.reason.as_deref()).unwrap_or(Bar::Rejected)));
        }
        self.save_id(Some(reply.delegate_id));
        Ok(Event::Registered { keeps: reply.keeps_profile })
    }

    /// What registrations and heartbeats say of this delegate.
    fn request(&self) -> RegisterRequest {
        let settings = &self.settings;
        RegisterRequest {
            delegate_id: self.identity.delegate_id().unwrap_or_default(),
            account_id: settings.account.clone(),
            delegate_name: settings.name.to_string(),
            host_name: settings.host.to_string(),
            ip: self.address.clone(),
            delegate_type: settings.kind.clone(),
            delegate_profile_id: settings.profile.clone(),
            description: settings.description.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            tags: settings.tags.iter().map(str::to_owned).collect(),
            last_heart_beat: clock::now().as_millis(),
            ng: settings.next_gen,
            polling_mode_enabled: settings.polls,
            keep_alive_packet: false,
            sequence_num: None,
            heartbeat_interval_ms: u32::try_from(settings.heartbeat.as_millis()).ok(),
            platform: platform(),
            key_thumbprint: self.identity.former_thumbprint().map(String::from),
        }
    }

    /// A delegate that works is worth more than one whose disk is full: it goes on, and may be a new one next time.
    fn save_id(&self, id: Option<String>) {
        if let Err(error) = self.identity.set_delegate_id(id) {
            tracing::warn!("the delegate's id could not be kept: {error}");
        }
    }

    /// No type of task is known yet; each is logged once.
    fn log_unknown(&mut self, events: &TaskEvents) {
        for event in &events.delegate_task_events {
            if self.unknown_task_types.len() < MAX_UNKNOWN_TASK_TYPES
                && self.unknown_task_types.insert(event.task_type.clone())
            {
                tracing::debug!("tasks of type {} are not known here, and are left alone", log_safe(&event.task_type));
            }
        }
    }

    /// Tells the manager that the delegate stops.
    async fn unregister(&self) {
        let id = self.identity.delegate_id().filter(|_| self.machine.is_registered());
        let outcome = match id {
            None => None,
            Some(delegate_id) => {
                let request = UnregisterRequest {
                    delegate_id,
                    host_name: self.settings.host.to_string(),
                    delegate_type: self.settings.kind.clone(),
                    ip_address: self.address.clone(),
                };
                let outcome = timeout(UNREGISTER_TIMEOUT, self.manager.unregister(&request)).await;
                Some(outcome.unwrap_or_else(|_| Err(Failure::unavailable("it does not answer in time"))))
            }
        };
        self.messages.log_end(outcome);
    }
}

/// The identity that is kept where the settings say, or else where the user's own files are.
fn identity(settings: &Settings) -> Result<Identity, IdentityError> {
    let seeded = settings.key_seed.as_ref().map(|seed| seed.key_on(&settings.host));
    let load = |directory: &Path| Identity::load(directory, &settings.account, clock::now(), seeded, random::bytes);
    match (load(&settings.directory), &settings.fallback) {
        (Err(error @ IdentityError::Io { .. }), Some(fallback)) => {
            let identity = load(fallback)?;
            tracing::info!("{error}; {} is used instead", fallback.display());
            Ok(identity)
        }
        (loaded, _) => loaded,
    }
}

/// The operating system with its release, and the processor's architecture: "linux 6.8.0 x86_64".
fn platform() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let parts = [std::env::consts::OS, release.trim(), std::env::consts::ARCH];
    let text: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    log_safe(&text.join(" ")).chars().take(100).collect()
}

/// The address that this host has on the way to the manager, or to the proxy. Nothing is sent for it.
async fn own_address(settings: &Settings) -> Option<String> {
    let to: &Url = settings.proxy.as_ref().map_or(&settings.manager, |proxy| proxy.expose());
    let host = to.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let to = lookup_host((host, to.port_or_known_default()?)).await.ok()?.next()?;
    let any: SocketAddr = match to {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await.ok()?;
    socket.connect(to).await.ok()?;
    socket.local_addr().ok().map(|local| local.ip().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_state_cannot_be_kept_here_it_is_kept_at_home() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let env = |name: &str| {
            Some(match name {
                "ACCOUNT_ID" => "acc".to_owned(),
                "DELEGATE_TOKEN" => "30313233343536373839616263646566".to_owned(),
                "MANAGER_HOST_AND_PORT" => "https://muster.example.com".to_owned(),
                "HOME" => home.path().display().to_string(),
                _ => return None,
            })
        };
        let mut settings = Settings::load(None, env).unwrap();
        settings.directory = file.join("under");
        let found = identity(&settings).unwrap();
        assert_eq!(found.directory(), home.path().join(".muster-delegate"));
        assert!(matches!(identity(&settings), Err(IdentityError::InUse(_))), "taken, not avoided");
        drop(found);
        settings.fallback = None;
        assert!(identity(&settings).unwrap_err().to_string().contains("MUSTER_DELEGATE_DIR"));
    }
}
