//! Live events: one stream a tab, which tells on what topics the page has to look again.

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
pub async fn stream(State(state): State<state::State>, Extension(operator): Extension<Operator>) -> Response {
    if operator.may(Permission::View).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let hello = Event::default().event("hello").data(&state.assets.build_id);
    let listener = Listener { receiver: state.events.subscribe(), operator, checked: Instant::now() };
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
    receiver: Receiver<Topic>,
    operator: Operator,
    checked: Instant,
}

impl Listener {
    /// The next news; none where there will be no more, or the session has ended.
    async fn next(&mut self) -> Option<Vec<Topic>> {
        loop {
            let news = tokio::time::timeout_at(self.checked + CHECK, gather(&mut self.receiver)).await;
            if self.checked.elapsed() >= CHECK {
                let (state, id) = (&self.operator.state, self.operator.session.id()?);
                // Where the database does not answer, the page will find out by itself.
                if !session::stands(&state.db, &id, state.clock.now()).await.ok()? {
                    return None;
                }
                self.checked = Instant::now();
            }
            if let Ok(news) = news {
                return news;
            }
        }
    }
}

/// Waits for a change, then gathers what follows closely. None where nothing will come any more.
async fn gather(receiver: &mut Receiver<Topic>) -> Option<Vec<Topic>> {
    let mut topics = Vec::new();
    let mut add = |received: Result<Topic, RecvError>| match received {
        Ok(topic) => {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
            true
        }
        // Fallen behind: anything may have changed.
        Err(RecvError::Lagged(_)) => {
            topics = Topic::ALL.to_vec();
            true
        }
        Err(RecvError::Closed) => false,
    };
    if !add(receiver.recv().await) {
        return None;
    }
    let end = Instant::now() + GATHER;
    while let Ok(received) = tokio::time::timeout_at(end, receiver.recv()).await {
        if !add(received) {
            break;
        }
    }
    Some(topics)
}
