//! How much work the process has done.

/// The process's CPU time so far in nanoseconds.
#[cfg(unix)]
pub fn nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or_default()
}

/// Where the process's CPU time is not to be had: the time since the first call, in nanoseconds. The process does nothing
/// but work on one thread, so the two are close.
#[cfg(not(unix))]
pub fn nanos() -> u64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(std::time::Instant::now);
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
