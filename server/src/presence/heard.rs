//! Which calls of a process were heard: each counts once.

use muster::time::Timestamp;

/// Which of a process's calls were heard: the largest counter, and which of the 64 before it.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) process: String,
    pub(super) largest: u64,
    pub(super) before: u64,
    /// When it last called.
    pub(super) at: Timestamp,
}

impl Heard {
    /// Whether a counter is new. One that is older than what is remembered is not.
    pub(super) fn is_new(&mut self, counter: u64) -> bool {
        if counter > self.largest {
            let by = counter - self.largest;
            self.before = if by > 64 { 0 } else { (self.before << 1 | 1) << (by - 1) };
            self.largest = counter;
            return true;
        }
        let Some(bit) = (self.largest - counter).checked_sub(1).filter(|bit| *bit < 64) else { return false };
        let is_new = self.before & (1 << bit) == 0;
        self.before |= 1 << bit;
        is_new
    }
}
