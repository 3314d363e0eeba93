//! What the machine says about this process's size.

/// The process's largest resident size, MiB; 0 where `/proc` does not tell.
#[cfg(feature = "rules")]
pub fn peak_mib() -> f64 {
    status_mib("VmHWM:")
}

/// The process's resident size now, MiB; 0 where `/proc` does not tell.
pub fn resident_mib() -> f64 {
    status_mib("VmRSS:")
}

fn status_mib(size: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(size));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1_024.0
}
