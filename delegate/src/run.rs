//! The delegate's life: makes the calls that are due until it is told to stop, or has to end.

use std::{
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use muster::wire::{
    register::{RegisterRequest, SELF_DESTRUCT, UnregisterRequest},
    tasks::TaskEvents,
};
use reqwest::Url;
use tokio::{
    net::{UdpSocket, lookup_host},
    signal::unix::{Signal, SignalKind, signal},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    chance, clock,
    failure::{Failure, plain},
    identity::{Identity, IdentityError},
    machine::{Call, Event, Machine, Told},
    manager::{Manager, SetupError},
    settings::Settings,
    speech::Speech,
};

/// How long the manager has to hear of the end; the whole end may take a second.
const GOODBYE: Duration = Duration::from_millis(700);
/// How long the look for the own address may take.
const LOOK: Duration = Duration::from_secs(2);
/// How many kinds of task are remembered as unknown.
const MOST_KINDS: usize = 100;

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
    let mut stop = Stop::new().map_err(RunError::Signals)?;
    let mut delegate = Delegate::new(settings)?;
    delegate.speech.starts();
    let start = Instant::now();
    while let Some((call, at)) = delegate.machine.next() {
        tokio::select! {
            () = stop.asked() => return delegate.stop().await,
            () = sleep_until(start + at) => {}
        }
        let event = tokio::select! {
            () = stop.asked() => return delegate.stop().await,
            event = delegate.make(call) => event,
        };
        for say in delegate.machine.take(event, start.elapsed(), chance::fraction()) {
            delegate.speech.say(&say);
        }
    }
    // The manager forgot the id. Started again, the delegate registers as a new one.
    delegate.keep_id(None);
    Ok(())
}

/// What stops the delegate.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

struct Delegate {
    settings: Settings,
    manager: Manager,
    identity: Identity,
    machine: Machine,
    speech: Speech,
    address: String,
    unknown_kinds: BTreeSet<String>,
}

impl Delegate {
    fn new(settings: Settings) -> Result<Self, RunError> {
        let manager = Manager::new(&settings)?;
        let identity = Identity::load(&settings.directory, &settings.account, chance::bytes)?;
        Ok(Self {
            machine: Machine::new(settings.heartbeat, settings.polls),
            speech: Speech::new(&settings, identity.thumbprint().as_ref()),
            settings,
            manager,
            identity,
            address: String::new(),
            unknown_kinds: BTreeSet::new(),
        })
    }

    async fn make(&mut self, call: Call) -> Event {
        let id = self.identity.delegate_id().unwrap_or_default().to_owned();
        let made = match call {
            Call::Register => self.register().await,
            Call::Heartbeat => {
                let request = self.request();
                self.manager.heartbeat(&request).await.map(|reply| Event::Told(Told::from(&reply)))
            }
            Call::Tasks => self.manager.tasks(&id).await.map(|events| {
                self.look_at(&events);
                Event::Served(call)
            }),
            Call::Profile => self.manager.profile(&id).await.map(|profile| {
                if let Some(profile) = profile {
                    tracing::info!("the delegate has the profile {}", plain(&profile.name));
                }
                Event::Served(call)
            }),
        };
        made.unwrap_or_else(|failure| Event::Failed(call, failure))
    }

    async fn register(&mut self) -> Result<Event, Failure> {
        // Asked anew each time: a laptop moves between networks.
        self.address = timeout(LOOK, own_address(&self.settings)).await.ok().flatten().unwrap_or_default();
        let request = self.request();
        let reply = self.manager.register(&request).await?;
        if reply.action.as_deref() == Some(SELF_DESTRUCT) || reply.delegate_id.is_empty() {
            return Ok(Event::TurnedAway);
        }
        self.keep_id(Some(reply.delegate_id));
        Ok(Event::Registered)
    }

    /// What registrations and heartbeats say of this delegate.
    fn request(&self) -> RegisterRequest {
        let settings = &self.settings;
        RegisterRequest {
            delegate_id: self.identity.delegate_id().unwrap_or_default().to_owned(),
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
            ng: false,
            polling_mode_enabled: settings.polls,
            keep_alive_packet: false,
            sequence_num: None,
            heartbeat_interval_ms: u32::try_from(settings.heartbeat.as_millis()).ok(),
            key_thumbprint: self.identity.thumbprint().map(String::from),
        }
    }

    /// A delegate that works is worth more than one whose disk is full: it goes on, and may be a new one next time.
    fn keep_id(&mut self, id: Option<String>) {
        if let Err(error) = self.identity.set_delegate_id(id) {
            tracing::warn!("the delegate's id could not be kept: {error}");
        }
    }

    /// No kind of task is known yet; each is named once.
    fn look_at(&mut self, events: &TaskEvents) {
        for event in &events.delegate_task_events {
            if self.unknown_kinds.len() < MOST_KINDS && self.unknown_kinds.insert(event.task_type.clone()) {
                tracing::debug!("tasks of type {} are not known here, and are left alone", plain(&event.task_type));
            }
        }
    }

    async fn stop(mut self) -> Result<(), RunError> {
        let id = self.identity.delegate_id().filter(|_| self.machine.is_known()).map(str::to_owned);
        let told = match id {
            None => None,
            Some(delegate_id) => {
                let request = UnregisterRequest {
                    delegate_id,
                    host_name: self.settings.host.to_string(),
                    delegate_type: self.settings.kind.clone(),
                    ip_address: self.address.clone(),
                };
                let told = timeout(GOODBYE, self.manager.unregister(&request)).await;
                Some(told.unwrap_or_else(|_| Err(Failure::away("it does not answer in time"))))
            }
        };
        self.speech.ends(told);
        Ok(())
    }
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
