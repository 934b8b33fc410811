//! What keeps a page up to date: a stream of events, which only says what has changed, so that the page asks anew for
//! what it shows.

use std::time::Duration;

use leptos::prelude::*;

/// Where the events come from.
pub const EVENTS_PATH: &str = "/api/events";

/// Changes come in bursts: those within this time are answered by one request.
const GATHER: Duration = Duration::from_millis(200);

/// How the stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Not yet there.
    Opening,
    /// Events arrive.
    Live,
    /// It broke, and is being taken up again.
    Lost,
}

/// A kind of thing that changes.
#[derive(Clone, Copy)]
pub struct Topic {
    version: RwSignal<u32>,
    /// Whether it has changed since the version was last counted.
    changed: StoredValue<bool>,
}

impl Topic {
    fn new() -> Self {
        Self { version: RwSignal::new(0), changed: StoredValue::new(false) }
    }

    /// Counts the changes; a resource that reads it in its source is fetched anew after each.
    #[must_use]
    pub fn version(self) -> u32 {
        self.version.get()
    }

    fn count(self) {
        if self.changed.try_get_value() == Some(true) {
            self.changed.try_set_value(false);
            self.version.try_update(|version| *version = version.wrapping_add(1));
        }
    }
}

/// What changes, and how the stream is.
#[derive(Clone, Copy)]
pub struct Live {
    /// Delegates.
    pub delegates: Topic,
    /// Delegate profiles.
    pub profiles: Topic,
    /// Delegate tokens.
    pub tokens: Topic,
    /// Secrets.
    pub secrets: Topic,
    /// Runs of startup scripts, while they go on.
    pub scripts: Topic,
    /// When delegates were last heard, and tokens last used; nothing else about them.
    pub heartbeats: Topic,
    /// What the person does on this page.
    pub own: Topic,
    /// How the stream is.
    pub stream: RwSignal<Stream>,
    /// Whether the server is of another build than this page.
    pub outdated: RwSignal<bool>,
    /// Whether what changes is being gathered.
    gathering: StoredValue<bool>,
}

impl Live {
    /// Nothing has changed yet, and the stream is still to be opened.
    fn new() -> Self {
        Self {
            delegates: Topic::new(),
            profiles: Topic::new(),
            tokens: Topic::new(),
            secrets: Topic::new(),
            scripts: Topic::new(),
            heartbeats: Topic::new(),
            own: Topic::new(),
            stream: RwSignal::new(Stream::Opening),
            outdated: RwSignal::new(false),
            gathering: StoredValue::new(false),
        }
    }

    /// The person has done something: everything may have changed.
    pub fn changed(self) {
        self.gather(&[self.own]);
        self.elsewhere();
    }

    /// Others may have changed everything.
    pub(super) fn elsewhere(self) {
        self.gather(&[self.delegates, self.profiles, self.tokens, self.secrets, self.scripts, self.heartbeats]);
    }

    /// Counts what changes in a while: all of it at once, so that a list that follows two topics is fetched once.
    fn gather(self, topics: &[Topic]) {
        for topic in topics {
            topic.changed.try_set_value(true);
        }
        if self.gathering.try_get_value() != Some(false) {
            return;
        }
        self.gathering.set_value(true);
        set_timeout(
            move || {
                self.gathering.try_set_value(false);
                let Self { delegates, profiles, tokens, secrets, scripts, heartbeats, own, .. } = self;
                [delegates, profiles, tokens, secrets, scripts, heartbeats, own].into_iter().for_each(Topic::count);
            },
            GATHER,
        );
    }

    pub(super) fn on_hello(self, build: &str) {
        // Before each greeting there was a time without events: since the server rendered the page, or since the stream
        // broke. What has not changed in it is not drawn again.
        self.elsewhere();
        _ = self.stream.try_set(Stream::Live);
        let own = document().document_element().and_then(|html| html.get_attribute("data-build"));
        _ = self.outdated.try_set(own.is_some_and(|own| own != build));
    }

    pub(super) fn on_change(self, topic: &str) {
        let topic = match topic {
            "delegates" => self.delegates,
            "profiles" => self.profiles,
            "tokens" => self.tokens,
            "secrets" => self.secrets,
            "scripts" => self.scripts,
            "heartbeats" => self.heartbeats,
            _ => return,
        };
        self.gather(&[topic]);
    }
}

/// Provides [`Live`] to a part of the page.
pub fn provide_live() -> Live {
    let live = Live::new();
    provide_context(live);
    live
}

/// What the frame provides; outside of it nothing is live.
#[must_use]
pub fn use_live() -> Option<Live> {
    use_context::<Live>()
}

/// How the stream is, in a word beside the list that it keeps up to date.
#[component]
pub fn LiveMark() -> impl IntoView {
    let stream = move || use_live().map_or(Stream::Opening, |live| live.stream.get());
    view! {
        <span class="live" role="status" translate="no" data-stream=move || match stream() {
            Stream::Opening => "opening",
            Stream::Live => "live",
            Stream::Lost => "lost",
        }>
            {move || match stream() {
                Stream::Opening => "",
                Stream::Live => "live",
                Stream::Lost => "reconnecting…",
            }}
        </span>
    }
}
