//! What the process takes of its machine, under the names that all exporters use.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};
use rustix::{
    param::page_size,
    time::{ClockId, clock_gettime},
};

/// Looks when it is asked.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let cpu = ConstCounter::new(cpu_seconds());
        let help = "Time that the process has used of processors, in seconds";
        cpu.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, cpu.metric_type())?)?;
        // A container may have no /proc.
        if let Some(bytes) = resident_bytes() {
            let memory = ConstGauge::new(bytes);
            let help = "Memory of the process that is resident, in bytes";
            memory.encode(encoder.encode_descriptor(
                "process_resident_memory_bytes",
                help,
                None,
                memory.metric_type(),
            )?)?;
        }
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss)]
fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

fn resident_bytes() -> Option<i64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let resident: i64 = pages.split(' ').nth(1)?.parse().ok()?;
    resident.checked_mul(i64::try_from(page_size()).ok()?)
}
