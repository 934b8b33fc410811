//! How much of a time a delegate was connected, as a strip of equal slots shows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConnectionRow;
use crate::time::Timestamp;

/// A day in slots of a quarter of an hour.
const DAY: (Duration, u32) = (Duration::from_secs(15 * 60), 96);
/// Thirty days in slots of a day.
const MONTH: (Duration, u32) = (Duration::from_secs(24 * 60 * 60), 30);

/// How much of a time a delegate was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    /// Of each slot, the oldest first, how many thousandths; none of those that lie before it registered.
    pub slots: Vec<Option<u16>>,
    /// Of all that lies after its registration, how many thousandths.
    pub connected: u16,
    /// How often its connection ended in that time.
    pub losses: u32,
}

/// How much a delegate was connected lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// The last 24 hours.
    pub day: Strip,
    /// The last 30 days.
    pub month: Strip,
}

impl Uptime {
    /// From when on connections count for it.
    #[must_use]
    pub fn begins(now: Timestamp) -> Timestamp {
        now.minus(MONTH.0 * MONTH.1)
    }

    /// Of a delegate that registered at a time, and was connected for these stretches, in any order.
    #[must_use]
    pub fn new(connections: &[ConnectionRow], registered_at: Timestamp, now: Timestamp) -> Self {
        let strip = |(slot, count)| Strip::new(connections, registered_at, now, slot, count);
        Self { day: strip(DAY), month: strip(MONTH) }
    }
}

impl Strip {
    fn new(all: &[ConnectionRow], registered_at: Timestamp, now: Timestamp, slot: Duration, count: u32) -> Self {
        let begin = now.minus(slot * count);
        let within = |from: Timestamp, to: Timestamp| -> u64 {
            let overlap = |row: &ConnectionRow| {
                let (from, to) = (row.connected_at.max(from), row.lost_at.unwrap_or(now).min(to));
                u64::try_from(to.as_millis() - from.as_millis()).unwrap_or(0)
            };
            all.iter().map(overlap).sum()
        };
        let share = |from: Timestamp, to: Timestamp| {
            let from = from.max(registered_at);
            let length = u64::try_from(to.as_millis() - from.as_millis()).ok().filter(|length| *length > 0)?;
            u16::try_from(within(from, to).saturating_mul(1000) / length).ok().map(|share| share.min(1000))
        };
        let slots = (0..count).map(|number| share(begin.plus(slot * number), begin.plus(slot * (number + 1))));
        let ended = all.iter().filter(|row| row.lost_at.is_some_and(|at| at >= begin));
        Self {
            slots: slots.collect(),
            connected: share(begin, now).unwrap_or(0),
            losses: u32::try_from(ended.count()).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;

    fn connection(from: i64, to: Option<i64>) -> ConnectionRow {
        let at = |hour| Timestamp::from_millis(hour * HOUR);
        ConnectionRow { connected_at: at(from), lost_at: to.map(at), cause: String::new() }
    }

    #[test]
    fn a_strip_shows_when_it_was_away_and_nothing_before_it_registered() {
        let (now, registered) = (Timestamp::from_millis(100 * HOUR), Timestamp::from_millis(80 * HOUR));
        let Uptime { day, month } = Uptime::new(&[connection(90, None), connection(80, Some(85))], registered, now);
        // 24 hours before 100 is 76: four hours before it was there, five connected, five away, ten connected.
        let hours = |hours: std::ops::Range<usize>| day.slots[hours.start * 4..hours.end * 4].to_vec();
        assert_eq!(hours(0..4), vec![None; 16]);
        assert_eq!(hours(4..9), vec![Some(1000); 20]);
        assert_eq!(hours(9..14), vec![Some(0); 20]);
        assert_eq!(hours(14..24), vec![Some(1000); 40]);
        assert_eq!((day.connected, day.losses), (750, 1));
        assert_eq!((month.slots[29], month.slots[28], month.connected), (Some(750), None, 750));
        let new = Uptime::new(&[], now, now);
        assert_eq!((new.day.slots, new.day.connected), (vec![None; 96], 0));
    }
}
