//! Many connections that ask one thing after the other, each as fast as it is answered.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::http::Connection;

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many answers of each status.
    pub statuses: BTreeMap<u16, usize>,
    /// How long each took, in microseconds, the shortest first.
    pub latencies: Vec<u32>,
    /// How long all of it took.
    pub took: Duration,
}

impl Outcome {
    /// Good answers a second.
    pub fn rate(&self) -> f64 {
        let good: usize = self.statuses.iter().filter(|(status, _)| **status < 400).map(|(_, count)| count).sum();
        good as f64 / self.took.as_secs_f64()
    }

    /// The time within which this share of the answers came, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    /// Says where answers were not good.
    pub fn check(&self, what: &str) {
        if self.statuses.keys().any(|status| *status >= 400) {
            println!("  {what}: answers by status {:?}", self.statuses);
        }
    }
}

/// For how long requests are repeated.
#[derive(Clone, Copy)]
pub enum Until {
    /// For this long, over and over.
    Time(Duration),
    /// Each is sent once.
    Sent,
}

/// Sends requests over so many connections, each of which has its own share of them.
pub async fn run(port: u16, connections: usize, requests: Vec<Vec<u8>>, until: Until) -> Outcome {
    let requests = Arc::new(requests);
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..connections {
        let requests = requests.clone();
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
            let (mut statuses, mut latencies) = (BTreeMap::new(), Vec::new());
            let own = requests.iter().skip(number).step_by(connections);
            let mut ask = match until {
                Until::Time(_) => Box::new(own.cycle()) as Box<dyn Iterator<Item = &Vec<u8>> + Send>,
                Until::Sent => Box::new(own),
            };
            loop {
                let asked = Instant::now();
                if matches!(until, Until::Time(time) if asked - begin >= time) {
                    break;
                }
                let Some(request) = ask.next() else { break };
                let status = connection.status(request).await.unwrap_or(599);
                if status == 599 {
                    connection = Connection::open(port, [127, 0, 0, 1]).await.unwrap();
                }
                *statuses.entry(status).or_insert(0) += 1;
                latencies.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            (statuses, latencies)
        }));
    }
    let mut outcome = Outcome::default();
    for task in tasks {
        let (statuses, latencies) = task.await.unwrap();
        for (status, count) in statuses {
            *outcome.statuses.entry(status).or_insert(0) += count;
        }
        outcome.latencies.extend(latencies);
    }
    outcome.took = begin.elapsed();
    outcome.latencies.sort_unstable();
    outcome
}
