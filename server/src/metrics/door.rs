//! Requests, by the door at which they come in and by the answer that they get.

use std::{convert::Infallible, sync::Arc, time::Instant};

use axum::{Router, http::StatusCode, routing::future::RouteFuture};
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use tower::util::MapFutureLayer;

use super::Histogram;

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Of which class an answer is; the last is none at all: the client was gone before.
const ANSWERS: [&str; 6] = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"];
const SERVER_ERROR: usize = 4;
const NONE: usize = 5;

/// Every door.
#[derive(Clone, Debug)]
pub struct Doors {
    /// Delegates.
    pub delegates: Door,
    /// People: pages, server functions, live events.
    pub console: Door,
    /// Programs: the public API.
    pub api: Door,
    /// Install files that machines fetch.
    pub install: Door,
    /// The console's files.
    pub assets: Door,
    /// Probes.
    pub health: Door,
}

impl Doors {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let requests = Family::<Labels<2>, Counter>::default();
        let help = "Requests, by the door at which they came in and the class of the answer";
        registry.register("muster_http_requests", help, requests.clone());
        let seconds = Family::<Labels<1>, Histogram, _>::new_with_constructor(Histogram::of_durations as fn() -> _);
        let help = "How long requests took to the head of their answer, by the door at which they came in";
        registry.register("muster_http_request_duration_seconds", help, seconds.clone());
        let door = |name| {
            Door(Arc::new(Counts {
                answers: ANSWERS.map(|answer| requests.get_or_create_owned(&[("door", name), ("answer", answer)])),
                seconds: seconds.get_or_create_owned(&[("door", name)]),
            }))
        };
        Self {
            delegates: door("delegates"),
            console: door("console"),
            api: door("api"),
            install: door("install"),
            assets: door("assets"),
            health: door("health"),
        }
    }
}

/// What is counted at a door: looked up once, so that a request adds to atomics and no more.
#[derive(Clone, Debug)]
pub struct Door(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    answers: [Counter; 6],
    seconds: Histogram,
}

impl Door {
    /// Counts what comes in by these routes.
    pub fn watch<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        let counts = Arc::clone(&self.0);
        routes.layer(MapFutureLayer::new(move |answer: RouteFuture<Infallible>| {
            let request = Request { counts: Arc::clone(&counts), begun: Instant::now(), status: None };
            async move {
                let Ok(answer) = answer.await;
                request.ends_with(answer.status());
                Ok::<_, Infallible>(answer)
            }
        }))
    }
}

/// A request under way; dropped, it is counted.
struct Request {
    counts: Arc<Counts>,
    begun: Instant,
    status: Option<StatusCode>,
}

impl Request {
    fn ends_with(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let answer = match self.status {
            Some(status) => usize::from(status.as_u16() / 100).saturating_sub(1).min(SERVER_ERROR),
            // Its client is told so further out.
            None if std::thread::panicking() => SERVER_ERROR,
            None => NONE,
        };
        self.counts.answers[answer].inc();
        self.counts.seconds.observe(self.begun.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn each_request_is_counted_once_whatever_comes_of_it() {
        let doors = Doors::new(&mut Registry::default());
        let routes: Router = Router::new()
            .route("/fine", get(|| async {}))
            .route(
                "/panics",
                get(|| async {
                    if true {
                        panic!("as the test wants it")
                    }
                }),
            )
            .route("/never", get(std::future::pending::<()>));
        let routes = doors.console.watch(routes);
        let ask = |path: &str| {
            let request = axum::http::Request::builder().uri(path).body(Body::empty()).unwrap();
            routes.clone().oneshot(request)
        };
        ask("/fine").await.unwrap();
        ask("/not-there").await.unwrap();
        tokio::spawn(ask("/panics")).await.unwrap_err();
        let mut gives_up = Box::pin(ask("/never"));
        assert!(futures_util::poll!(&mut gives_up).is_pending());
        drop(gives_up);
        let counted = doors.console.0.answers.each_ref().map(Counter::get);
        assert_eq!(counted, [0, 1, 0, 1, 1, 1]);
        assert!(doors.health.0.answers.iter().all(|answer| answer.get() == 0));
    }
}
