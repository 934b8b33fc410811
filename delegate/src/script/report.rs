//! Tells the manager how a run goes: its output while it comes, and its end.

use std::time::Duration;

use muster::wire::script::ScriptReport;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

use super::feed::Feed;
use crate::{backoff, failure::Failure, identity::Run, manager::Manager, random};

/// How often output is sent while it comes in.
const OUTPUT_INTERVAL: Duration = Duration::from_secs(1);
/// How often it is sent while more waits than fits into one report.
const BACKLOG_INTERVAL: Duration = Duration::from_millis(250);
/// How often a run that says nothing is told of, so that people see that it goes on.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// How the reports of a run came to their end.
#[derive(Debug)]
pub(super) enum ReportsEnd {
    /// The manager knows the end.
    Accepted,
    /// The manager does not want them.
    Unwanted(Failure),
}

/// What the reports of a run and the rest of the delegate tell each other.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// The manager is back: try again at once.
    pub retry_now: Notify,
    /// The manager refused a report.
    pub refused: Notify,
}

/// Tells of a run, piece after piece, until the manager has its end. Where it is away, it is tried again and again;
/// a report that may have arrived is sent again as it was, so that the manager can tell it from the next.
pub(super) async fn report(manager: &Manager, delegate: &str, run: &Run, feed: &Feed, signals: &Signals) -> ReportsEnd {
    let mut sent: Option<Sent> = None;
    loop {
        wait_until_due(feed, sent.as_ref()).await;
        let piece = feed.take();
        let last = piece.end.is_some();
        let output_at = if piece.text.is_empty() { sent.and_then(|sent| sent.output_at) } else { Some(Instant::now()) };
        let report = ScriptReport {
            profile_id: run.of.profile_id.clone(),
            profile_last_updated_at: run.of.last_updated_at.as_millis(),
            offset: piece.offset,
            output: piece.text,
            end: piece.end,
        };
        if let Err(failure) = send(manager, delegate, run, &report, signals).await {
            return ReportsEnd::Unwanted(failure);
        }
        if last {
            return ReportsEnd::Accepted;
        }
        sent = Some(Sent { at: Instant::now(), output_at });
    }
}

/// When something was sent last.
struct Sent {
    at: Instant,
    output_at: Option<Instant>,
}

async fn wait_until_due(feed: &Feed, sent: Option<&Sent>) {
    // The first report says that the run has begun.
    let Some(sent) = sent else { return };
    loop {
        let (waiting, ended) = feed.waiting();
        let since = |at: Instant| at.elapsed();
        let Some(wait) = wait(waiting, ended, since(sent.at), sent.output_at.map(since)) else { return };
        tokio::select! {
            () = sleep(wait) => {}
            () = feed.changed() => {}
        }
    }
}

/// How long to wait with the next report; none where it is due. The times are those since the last report, and since
/// the last with output in it.
fn wait(waiting: usize, ended: bool, since: Duration, since_output: Option<Duration>) -> Option<Duration> {
    let (every, since) = match (waiting, since_output) {
        _ if ended => return None,
        (0, _) => (KEEPALIVE_INTERVAL, since),
        (_, None) => return None,
        (waiting, Some(since)) if waiting >= muster::wire::script::MAX_OUTPUT_BYTES => (BACKLOG_INTERVAL, since),
        (_, Some(since)) => (OUTPUT_INTERVAL, since),
    };
    every.checked_sub(since).filter(|wait| !wait.is_zero())
}

/// Sends one report until the manager has it, or does not want it.
async fn send(
    manager: &Manager,
    delegate: &str,
    run: &Run,
    report: &ScriptReport,
    signals: &Signals,
) -> Result<(), Failure> {
    let mut before = 0;
    loop {
        let Err(failure) = manager.report(delegate, run.id, report).await else { return Ok(()) };
        let fraction = random::fraction();
        let wait = match &failure {
            Failure::Unavailable { retry_after, .. } => backoff::unavailable(*retry_after, before, fraction),
            Failure::Refused(_) => {
                signals.refused.notify_one();
                backoff::slow(before, fraction)
            }
            Failure::Declined(_) => return Err(failure),
        };
        tracing::debug!("a report of the startup script's run could not be sent: {failure}");
        before = before.saturating_add(1);
        let until = Instant::now() + wait;
        tokio::select! {
            () = sleep_until(until) => {}
            () = signals.retry_now.notified() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use muster::wire::script::MAX_OUTPUT_BYTES;

    use super::*;

    #[test]
    fn output_is_sent_once_a_second_and_a_silent_run_gives_signs_of_life() {
        let (ms, secs) = (Duration::from_millis, Duration::from_secs);
        for (waiting, ended, since, since_output, expected) in [
            (0, false, ms(0), None, Some(secs(15))),
            (0, false, secs(14), Some(secs(90)), Some(secs(1))),
            (0, false, secs(15), None, None),
            (1, false, ms(0), None, None),
            (1, false, ms(100), Some(ms(100)), Some(ms(900))),
            (1, false, ms(100), Some(ms(1000)), None),
            (MAX_OUTPUT_BYTES, false, ms(100), Some(ms(100)), Some(ms(150))),
            (MAX_OUTPUT_BYTES, false, ms(250), Some(ms(250)), None),
            (0, true, ms(0), Some(ms(0)), None),
            (1, true, ms(0), Some(ms(0)), None),
        ] {
            assert_eq!(wait(waiting, ended, since, since_output), expected, "{waiting} {ended} {since:?}");
        }
    }
}
