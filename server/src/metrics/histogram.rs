//! Histograms of plain atomics: the library's own take a lock at each observation, too much for what happens at each
//! request.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, TypedMetric},
};

/// Upper bounds of durations, in nanoseconds: from what memory takes to what a poll may be held.
const SECONDS: [u64; 15] = [
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    5_000_000_000,
    30_000_000_000,
];
/// Upper bounds of how many.
const COUNTS: [u64; 11] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];

/// How often what was observed lay between which bounds. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Histogram(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: &'static [u64],
    /// How many of what is counted here make one of the unit that is told.
    per_unit: f64,
    /// One for each bound, and one for what lies above them all.
    buckets: Vec<AtomicU64>,
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: &'static [u64], per_unit: f64) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Inner { bounds, per_unit, buckets, sum: AtomicU64::new(0) }))
    }

    /// One of durations, told in seconds.
    #[must_use]
    pub fn of_durations() -> Self {
        Self::new(&SECONDS, 1e9)
    }

    /// One of how many there were at a time.
    #[must_use]
    pub fn of_counts() -> Self {
        Self::new(&COUNTS, 1.0)
    }

    fn add(&self, value: u64) {
        let bucket = self.0.bounds.partition_point(|bound| *bound < value);
        // Read by nobody who relies on an order among them.
        self.0.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.0.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Observes a duration.
    pub fn observe(&self, duration: Duration) {
        self.add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Observes how long something takes.
    pub async fn time<T>(&self, work: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let done = work.await;
        self.observe(begun.elapsed());
        done
    }

    /// Observes how many there were.
    pub fn observe_count(&self, count: usize) {
        self.add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// How many were observed so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }
}

impl TypedMetric for Histogram {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Histogram {
    // Nanoseconds and counts of requests are far below what a double holds exactly.
    #[allow(clippy::cast_precision_loss)]
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let Inner { bounds, per_unit, buckets, sum } = &*self.0;
        let bounds = bounds.iter().map(|bound| *bound as f64 / per_unit).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> =
            bounds.zip(buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed))).collect();
        // Counted from what is told, so that the two agree whatever is observed meanwhile.
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = sum.load(Ordering::Relaxed) as f64 / per_unit;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::prometheus_text, registry::Registry};

    use super::*;

    fn told(histogram: &Histogram) -> String {
        let (mut registry, mut text) = (Registry::default(), String::new());
        registry.register("x", "x", histogram.clone());
        prometheus_text::encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn durations_are_told_in_seconds() {
        let histogram = Histogram::of_durations();
        for millis in [1, 2, 60_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let text = told(&histogram);
        for line in [
            "x_bucket{le=\"0.0005\"} 0",
            "x_bucket{le=\"0.001\"} 1",
            "x_bucket{le=\"0.0025\"} 2",
            "x_bucket{le=\"30\"} 2",
            "x_bucket{le=\"+Inf\"} 3",
            "x_count 3",
            "x_sum 60.003",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn counts_are_told_as_they_are() {
        let histogram = Histogram::of_counts();
        [1, 500, 9_000].into_iter().for_each(|count| histogram.observe_count(count));
        let text = told(&histogram);
        for line in ["x_bucket{le=\"1\"} 1", "x_bucket{le=\"500\"} 2", "x_bucket{le=\"+Inf\"} 3", "x_sum 9501.0"] {
            assert!(text.lines().any(|told| told == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn bounds_ascend() {
        assert!(SECONDS.is_sorted() && COUNTS.is_sorted());
    }
}
