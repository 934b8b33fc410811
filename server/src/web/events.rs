//! Live events: one stream a browser, which tells on what topics the page has to look again.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, stream};
use muster::user::Permission;
use muster_app::Assets;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};

use crate::{auth::session, console::Operator, events::Topic, state};

/// For how long changes are gathered before a page is told: a burst is one piece of news.
const GATHER: Duration = Duration::from_millis(100);
/// How often the stream shows proxies that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it looks whether the session still stands: who has signed out hears no more.
const CHECK: Duration = Duration::from_secs(15);

/// The stream of a page.
pub async fn stream(
    State(state): State<state::State>,
    Extension(operator): Extension<Operator>,
    Extension(assets): Extension<Assets>,
) -> Response {
    let scope = operator.scope();
    if !operator.context().is_ok_and(|cx| cx.authorize(Permission::View, &scope).is_ok()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let hello = Event::default().event("hello").data(&assets.build_id);
    let listener = Listener { news: News::new(state.events.subscribe()), operator, checked: Instant::now() };
    let news = stream::unfold(listener, |mut listener| async move {
        let topics = listener.next().await?;
        Some((stream::iter(topics), listener))
    });
    let events = stream::once(async { hello })
        .chain(news.flatten().map(|topic: Topic| Event::default().event("change").data(topic.as_str())))
        .map(Ok::<_, Infallible>)
        .take_until(state.stop.clone().cancelled_owned());
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // nginx would hold the events back.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// Who listens, and when it was last looked whether that person still may.
struct Listener {
    news: News,
    operator: Operator,
    checked: Instant,
}

impl Listener {
    /// The next news; none where there will be no more, or the session has ended.
    async fn next(&mut self) -> Option<Vec<Topic>> {
        loop {
            let heard = self.news.until(self.checked + CHECK).await;
            if self.checked.elapsed() >= CHECK {
                let (state, id) = (&self.operator.state, self.operator.session.id()?);
                // Where the database does not answer, the page will find out by itself.
                if !session::stands(&state.db, &id, state.clock.now()).await.ok()? {
                    return None;
                }
                self.checked = Instant::now();
            }
            match heard {
                Heard::Topics(topics) => return Some(topics),
                Heard::Nothing => {}
                Heard::End => return None,
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
    gathered: Vec<Topic>,
    /// When to tell what was gathered; none where that is nothing.
    due: Option<Instant>,
}

impl News {
    const fn new(receiver: Receiver<Topic>) -> Self {
        Self { receiver, gathered: Vec::new(), due: None }
    }

    /// Waits for a change and gathers what follows closely, at the longest until `deadline`.
    async fn until(&mut self, deadline: Instant) -> Heard {
        loop {
            let until = self.due.map_or(deadline, |due| due.min(deadline));
            match tokio::time::timeout_at(until, self.receiver.recv()).await {
                Ok(Ok(topic)) => self.add(&[topic]),
                // Fallen behind: anything may have changed.
                Ok(Err(RecvError::Lagged(_))) => self.add(&Topic::ALL),
                Ok(Err(RecvError::Closed)) if self.gathered.is_empty() => return Heard::End,
                Ok(Err(RecvError::Closed)) => return self.take(),
                Err(_) if self.due.is_some_and(|due| due <= Instant::now()) => return self.take(),
                Err(_) => return Heard::Nothing,
            }
        }
    }

    fn add(&mut self, topics: &[Topic]) {
        for topic in topics {
            if !self.gathered.contains(topic) {
                self.gathered.push(*topic);
            }
        }
        self.due.get_or_insert_with(|| Instant::now() + GATHER);
    }

    fn take(&mut self) -> Heard {
        self.due = None;
        Heard::Topics(std::mem::take(&mut self.gathered))
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
}
