//! What changed, for open pages: a topic each, so that they fetch again what they show.

use tokio::sync::broadcast;

/// What a page can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The list of delegates, or one of them.
    Delegates,
    /// The list of profiles.
    Profiles,
    /// The list of tokens.
    Tokens,
    /// The secrets.
    Secrets,
    /// Runs of startup scripts, while they go on.
    Scripts,
    /// When delegates were last heard, and tokens last used; nothing else about them.
    Heartbeats,
    /// The list of people, their links and sessions.
    Users,
    /// Organizations and projects.
    Scopes,
    /// What somebody may do, or is called: every page of that person goes by it.
    Roles,
    /// Sessions that ended: open streams look whether theirs still stands.
    Sessions,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 10] = [
        Self::Delegates,
        Self::Profiles,
        Self::Tokens,
        Self::Secrets,
        Self::Scripts,
        Self::Heartbeats,
        Self::Users,
        Self::Scopes,
        Self::Roles,
        Self::Sessions,
    ];

    /// The word that goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delegates => "delegates",
            Self::Profiles => "profiles",
            Self::Tokens => "tokens",
            Self::Secrets => "secrets",
            Self::Scripts => "scripts",
            Self::Heartbeats => "heartbeats",
            Self::Users => "users",
            Self::Scopes => "scopes",
            Self::Roles => "roles",
            Self::Sessions => "sessions",
        }
    }

    /// The topic behind a word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text)
    }
}

/// How much news is kept for listeners that gather it: what comes of a busy moment.
const KEPT: usize = 512;

/// Spreads topics to all open pages of this process.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Topic>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(KEPT).0)
    }
}

impl Events {
    /// Tells that something changed. Nobody listening is no error.
    pub fn publish(&self, topic: Topic) {
        let _ = self.0.send(topic);
    }

    /// Listens from now on. Who falls behind is told so, and looks at everything again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Topic> {
        self.0.subscribe()
    }
}
