//! Live events: one stream a browser, which tells on what topics the page has to look again.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    time::Duration,
};

use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, stream};
use muster::user::Permission;
use muster_app::Assets;
use serde::Deserialize;
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{Instant, sleep_until, timeout_at},
};

use crate::{auth::session, console::Operator, events::Topic, metrics::Counted, state};

/// For how long changes are gathered before a page is told: a burst is one piece of news.
const GATHER: Duration = Duration::from_millis(100);
/// How often the stream shows proxies, and its own reader, that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it looks whether the session still stands, where nobody said that one ended.
const CHECK: Duration = Duration::from_secs(15);
/// How long a session counts as standing while there is news: who has signed out hears no more.
const TRUST: Duration = Duration::from_secs(1);

/// For how long a page that was told of a topic is not told of it again. Of what always changes, as many delegates do,
/// pages then ask every few seconds, and not at each change.
const fn pace(topic: Topic) -> Duration {
    match topic {
        // Somebody reads what a script prints.
        Topic::Scripts => Duration::from_millis(500),
        Topic::Sessions | Topic::Roles => Duration::ZERO,
        Topic::Delegates | Topic::Profiles | Topic::Tokens | Topic::Secrets | Topic::Users | Topic::Scopes => {
            Duration::from_secs(2)
        }
        Topic::Heartbeats => Duration::from_secs(5),
    }
}

/// What the stream is asked for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// Whose stream: a browser's worker outlives the session that it was made for.
    session: Option<String>,
}

/// The stream of a page.
pub async fn stream(
    State(state): State<state::State>,
    Extension(operator): Extension<Operator>,
    Extension(assets): Extension<Assets>,
    Query(wanted): Query<Wanted>,
) -> Response {
    // One stream serves all pages of a browser. It tells what kind of thing changed, and nothing of what or where.
    let may_view = operator.context().is_ok_and(|cx| cx.authorize_anywhere(Permission::View).is_ok());
    let own = operator.session.id().map(|id| session::stream_name(&id));
    let is_own = wanted.session.is_none_or(|wanted| own.is_some_and(|own| own == wanted));
    if !may_view || !is_own {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let hello = Event::default().event("hello").data(&assets.build_id);
    let news = News::new(state.events.subscribe());
    let counted = Counted::by(&state.metrics.streams);
    let listener = Listener { news, operator, checked: Instant::now(), _counted: counted };
    let news = stream::unfold(Some(listener), |listener| async move {
        let mut listener = listener?;
        Some(match listener.next().await? {
            Told::Changes(topics) => (topics.into_iter().map(change).collect(), Some(listener)),
            Told::SessionEnded => (vec![Event::default().event("ended").data("session")], None),
        })
    });
    let events = stream::once(async { hello })
        .chain(news.flat_map(stream::iter::<Vec<Event>>))
        .map(Ok::<_, Infallible>)
        .take_until(state.stop.clone().cancelled_owned());
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // nginx would hold the events back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

fn change(topic: Topic) -> Event {
    Event::default().event("change").data(topic.as_str())
}

/// Who listens, and when it was last looked whether that person still may.
struct Listener {
    news: News,
    operator: Operator,
    checked: Instant,
    _counted: Counted,
}

/// What a page is told.
enum Told {
    Changes(Vec<Topic>),
    /// The last that is told.
    SessionEnded,
}

impl Listener {
    /// The next news; none where there will be no more.
    async fn next(&mut self) -> Option<Told> {
        loop {
            let heard = self.news.until(self.checked + CHECK).await;
            let checked = self.checked.elapsed();
            let doubtful = match &heard {
                Heard::Topics(topics) => topics.contains(&Topic::Sessions) || checked >= TRUST,
                Heard::Nothing => checked >= CHECK,
                Heard::End => return None,
            };
            if doubtful {
                let (state, id) = (&self.operator.state, self.operator.session.id()?);
                // Where the database does not answer, the page will find out by itself.
                if !session::stands(&state.db, &id, state.clock.now()).await.ok()? {
                    return Some(Told::SessionEnded);
                }
                self.checked = Instant::now();
            }
            if let Heard::Topics(mut topics) = heard {
                topics.retain(|topic| *topic != Topic::Sessions);
                if !topics.is_empty() {
                    return Some(Told::Changes(topics));
                }
            }
        }
    }
}

/// What comes of waiting for news.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Topics(Vec<Topic>),
    /// Not yet.
    Nothing,
    /// Nothing will come any more.
    End,
}

/// Gathers what changes. What it has heard it keeps, also where nobody waited long enough for it.
struct News {
    receiver: Receiver<Topic>,
    gathered: BTreeSet<Topic>,
    /// When each topic was last told.
    told: BTreeMap<Topic, Instant>,
    /// When to look at what was gathered; none where that is nothing. However much is published, a listener wakes no
    /// more often than that.
    look: Option<Instant>,
}

impl News {
    const fn new(receiver: Receiver<Topic>) -> Self {
        Self { receiver, gathered: BTreeSet::new(), told: BTreeMap::new(), look: None }
    }

    /// Waits for a change and gathers what follows closely, at the longest until `deadline`.
    async fn until(&mut self, deadline: Instant) -> Heard {
        loop {
            let Some(look) = self.look else {
                match timeout_at(deadline, self.receiver.recv()).await {
                    Ok(Ok(topic)) => self.add(&[topic]),
                    // Fallen behind: anything may have changed.
                    Ok(Err(RecvError::Lagged(_))) => self.add(&Topic::ALL),
                    Ok(Err(RecvError::Closed)) => return Heard::End,
                    Err(_) => return Heard::Nothing,
                }
                continue;
            };
            sleep_until(look.min(deadline)).await;
            let ended = self.drain();
            let now = Instant::now();
            if now >= look || ended {
                let topics = self.take(now, ended);
                self.look = (!self.gathered.is_empty()).then(|| now + GATHER);
                if !topics.is_empty() {
                    return Heard::Topics(topics);
                }
            }
            if now >= deadline {
                return Heard::Nothing;
            }
        }
    }

    fn add(&mut self, topics: &[Topic]) {
        self.gathered.extend(topics);
        self.look.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// Takes all that has come; tells whether nothing more will.
    fn drain(&mut self) -> bool {
        loop {
            match self.receiver.try_recv() {
                Ok(topic) => self.add(&[topic]),
                Err(TryRecvError::Lagged(_)) => self.add(&Topic::ALL),
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Closed) => return true,
            }
        }
    }

    /// Takes of what was gathered what may be told now: all of it at the end.
    fn take(&mut self, now: Instant, ended: bool) -> Vec<Topic> {
        let told = &self.told;
        let may = |topic: &Topic| ended || told.get(topic).is_none_or(|told| now >= *told + pace(*topic));
        let topics: Vec<Topic> = self.gathered.iter().copied().filter(may).collect();
        self.gathered.retain(|topic| !topics.contains(topic));
        self.told.extend(topics.iter().map(|topic| (*topic, now)));
        topics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Events;

    #[tokio::test]
    async fn b18_what_was_gathered_outlives_a_wait_that_was_too_short() {
        let events = Events::default();
        let mut news = News::new(events.subscribe());
        events.publish(Topic::Tokens);
        // The wait ends long before what was gathered is told.
        let mut heard = news.until(Instant::now()).await;
        assert_eq!(heard, Heard::Nothing);
        events.publish(Topic::Secrets);
        while heard == Heard::Nothing {
            heard = news.until(Instant::now() + GATHER).await;
        }
        assert_eq!(heard, Heard::Topics(vec![Topic::Tokens, Topic::Secrets]));
    }

    #[tokio::test]
    async fn b18_what_was_gathered_is_told_before_the_end() {
        let events = Events::default();
        let mut news = News::new(events.subscribe());
        events.publish(Topic::Tokens);
        drop(events);
        let far = Instant::now() + CHECK;
        assert_eq!(news.until(far).await, Heard::Topics(vec![Topic::Tokens]));
        assert_eq!(news.until(far).await, Heard::End);
    }

    #[tokio::test]
    async fn what_always_changes_is_told_at_its_pace_and_delays_nothing_else() {
        let events = Events::default();
        let mut news = News::new(events.subscribe());
        let now = Instant::now();
        news.add(&[Topic::Delegates]);
        assert_eq!(news.take(now, false), [Topic::Delegates]);
        news.add(&[Topic::Delegates, Topic::Tokens]);
        assert_eq!(news.take(now, false), [Topic::Tokens]);
        assert_eq!(news.take(now + pace(Topic::Delegates) / 2, false), []);
        assert_eq!(news.take(now + pace(Topic::Delegates), false), [Topic::Delegates]);
        assert_eq!(news.take(now + CHECK, false), [], "nothing is told twice");
        news.add(&[Topic::Delegates]);
        assert_eq!(news.take(now + pace(Topic::Delegates), true), [Topic::Delegates], "nothing is kept at the end");
    }

    #[tokio::test]
    async fn who_falls_behind_looks_at_everything() {
        let events = Events::default();
        let mut news = News::new(events.subscribe());
        for _ in 0..10_000 {
            events.publish(Topic::Tokens);
        }
        let far = Instant::now() + CHECK;
        assert_eq!(news.until(far).await, Heard::Topics(Topic::ALL.to_vec()));
    }
}
