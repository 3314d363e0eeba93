//! How many failures are free, and how the wait grows.

use tandem_domain::time::MICROS_PER_SECOND;

/// Microseconds in a day.
const DAY: i64 = 24 * 3_600 * MICROS_PER_SECOND;

/// Failures and the wait behind them: `free` cost nothing, then the wait doubles from one second up to `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curve {
    /// Failures without any wait.
    pub free: u32,
    /// Longest wait between two attempts, microseconds.
    pub longest: i64,
    /// After this long without an attempt all is forgotten, microseconds. Longer than `longest`.
    pub forget: i64,
}

impl Curve {
    /// The wait after so many failures, microseconds.
    pub const fn wait(self, failures: u32) -> i64 {
        if failures <= self.free {
            return 0;
        }
        let doublings = failures - self.free - 1;
        if doublings >= 40 {
            return self.longest;
        }
        let wait = MICROS_PER_SECOND << doublings;
        if wait < self.longest { wait } else { self.longest }
    }

    /// The most attempts that fit into one day that begins without failures.
    pub const fn first_day(self) -> u32 {
        let (mut attempts, mut at) = (0, 0);
        while at < DAY {
            attempts += 1;
            at += self.wait(attempts);
            if attempts == u32::MAX {
                break;
            }
        }
        attempts
    }

    /// The most attempts per day once the wait is longest.
    pub const fn per_day(self) -> u32 {
        if self.longest <= 0 {
            return u32::MAX;
        }
        (DAY / self.longest) as u32
    }
}

/// All limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of a known device.
    pub device: Curve,
    /// Of one account from one network.
    pub pair: Curve,
    /// Of one network against all accounts. Larger, for many colleagues may share an address.
    pub network: Curve,
    /// Attempts of all unknown devices together that may come at once.
    pub ceiling_burst: u32,
    /// One more of them every so often, microseconds.
    pub ceiling_every: i64,
    /// Counters kept of each kind; the one not touched for longest gives way.
    pub capacity: usize,
}

impl Limits {
    /// The most guesses of unknown devices per day in the long run, over all accounts and networks.
    pub const fn per_day(&self) -> u32 {
        (DAY / self.ceiling_every) as u32
    }

    /// The most guesses of unknown devices on the first day.
    pub const fn first_day(&self) -> u32 {
        self.ceiling_burst + self.per_day()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            device: Curve {
                free: 10,
                longest: 900 * MICROS_PER_SECOND,
                forget: DAY,
            },
            pair: Curve {
                free: 5,
                longest: 3_600 * MICROS_PER_SECOND,
                forget: 2 * DAY,
            },
            network: Curve {
                free: 50,
                longest: 600 * MICROS_PER_SECOND,
                forget: DAY,
            },
            ceiling_burst: 1_000,
            ceiling_every: 20 * MICROS_PER_SECOND,
            capacity: 100_000,
        }
    }
}
