//! What the machine says about this process's time.

use std::time::Instant;

/// Time spent on something: of the processors, so that other work on the machine does not disturb the figure, and elapsed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Processor seconds of all threads.
    pub processor: f64,
    /// Seconds that went by.
    #[cfg_attr(
        not(feature = "whole"),
        expect(dead_code, reason = "asked for by the pipeline's programs")
    )]
    pub elapsed: f64,
}

/// Measures what is spent from now on.
#[derive(Debug)]
pub struct Watch {
    processor: f64,
    started: Instant,
}

impl Watch {
    /// Starts.
    pub fn start() -> Self {
        Self {
            processor: processor_seconds(),
            started: Instant::now(),
        }
    }

    /// Spent since the start.
    pub fn spent(&self) -> Spent {
        Spent {
            processor: processor_seconds() - self.processor,
            elapsed: self.started.elapsed().as_secs_f64(),
        }
    }
}

/// Processor seconds this process has used in all its threads, where `/proc` tells (Linux; ticks of 10 ms); elapsed time
/// elsewhere.
fn processor_seconds() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else {
        return start.elapsed().as_secs_f64();
    };
    // The program's name, in brackets, may hold blanks; user and system ticks are the 12th and 13th fields after it.
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}
