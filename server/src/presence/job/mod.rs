//! What is done about presence in the background: heartbeats are written, and the silent are looked for.

mod expired;
mod floods;
mod flush;
mod recorded;
mod refused;
mod sweep;

use std::time::Duration;

pub use self::{
    expired::disconnect_expired, flush::flush, recorded::record_refused, refused::flush_refused, sweep::sweep,
};
use crate::{events::Topic, state::State};

/// How often heartbeats are written and silent delegates looked for.
const TICK: Duration = Duration::from_secs(1);
/// Every how many ticks it is written what was turned away: whoever floods is one change in this time.
const TICKS_PER_REFUSED: u32 = 3;
/// Every how many ticks open pages are told of mere heartbeats.
const TICKS_PER_NEWS: u32 = 5;
/// For tokens that expired within this time before a start, who is still connected by them is looked for.
const MAX_AWAY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// With a longer time between two ticks, this process was stopped meanwhile.
const MAX_TICK: Duration = Duration::from_secs(10);

/// Runs until the server stops; then writes what is left.
pub async fn run(state: State) {
    let mut ticks: u32 = 0;
    let mut news = false;
    let mut failing = false;
    let mut last = state.clock.now();
    let mut expired_until = last.minus(MAX_AWAY);
    loop {
        let stopping = tokio::select! {
            () = state.stop.cancelled() => true,
            () = tokio::time::sleep(TICK) => false,
        };
        let now = state.clock.now();
        if now.since(last) > MAX_TICK {
            state.presence.listen_anew(now);
        }
        last = now;
        let noticed = state.db.notice_other_writers().await;
        let mut flushed = noticed.and(flush(&state).await);
        if stopping || ticks.is_multiple_of(TICKS_PER_REFUSED) {
            let refused = flush_refused(&state).await;
            flushed = flushed.and_then(|any| refused.map(|refused| any || refused));
        }
        let recorded = record_refused(&state, stopping).await;
        flushed = flushed.and_then(|any| recorded.map(|_| any));
        let mut looked = if stopping || flushed.is_err() { Ok(()) } else { sweep(&state).await };
        if !stopping && looked.is_ok() && flushed.is_ok() {
            looked = disconnect_expired(&state, expired_until, now).await;
            expired_until = if looked.is_ok() { now } else { expired_until };
        }
        match (flushed, looked) {
            (Ok(any), Ok(())) => {
                news |= any;
                failing = false;
            }
            (Err(error), _) | (_, Err(error)) => {
                // Once for each outage.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "heartbeats cannot be written");
                }
            }
        }
        if stopping {
            return;
        }
        ticks = ticks.wrapping_add(1);
        if news && ticks.is_multiple_of(TICKS_PER_NEWS) {
            state.events.publish(Topic::Heartbeats);
            news = false;
        }
    }
}
