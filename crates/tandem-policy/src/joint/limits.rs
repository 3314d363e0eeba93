//! How long things last at most.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_HOUR;

use super::Refused;

/// No site may let a disclosure or an act last longer, hours (90 days).
pub const LONGEST_HARD_HOURS: i64 = 90 * 24;
/// No site may wait longer for answers, hours (30 days).
pub const ANSWER_HARD_HOURS: i64 = 30 * 24;
/// Longest reason, characters.
pub const REASON_MAX: usize = 2_000;

/// A site's maxima, themselves bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Hours", into = "Hours")]
pub struct Limits {
    longest_hours: i64,
    answer_hours: i64,
}

/// As stored.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    longest_hours: i64,
    answer_hours: i64,
}

impl Default for Limits {
    /// Two weeks for what is granted, three days for the answers.
    fn default() -> Self {
        Self {
            longest_hours: 14 * 24,
            answer_hours: 3 * 24,
        }
    }
}

impl Limits {
    /// What no site may exceed.
    pub(crate) const HARD: Self = Self {
        longest_hours: LONGEST_HARD_HOURS,
        answer_hours: ANSWER_HARD_HOURS,
    };

    /// The longest duration of what is granted, and the time after which an unanswered request lapses, both in hours.
    ///
    /// # Errors
    /// Less than an hour, or more than 90 and 30 days.
    pub fn new(longest_hours: i64, answer_hours: i64) -> Result<Self, Refused> {
        let fits = (1..=LONGEST_HARD_HOURS).contains(&longest_hours)
            && (1..=ANSWER_HARD_HOURS).contains(&answer_hours);
        fits.then_some(Self {
            longest_hours,
            answer_hours,
        })
        .ok_or(Refused::BadLimits)
    }

    /// The longest duration, hours.
    pub const fn longest_hours(&self) -> i64 {
        self.longest_hours
    }

    /// The time to answer, hours.
    pub const fn answer_hours(&self) -> i64 {
        self.answer_hours
    }

    /// When a request made at `at` lapses: never after it would end anyway.
    pub(crate) fn lapses(&self, at: Timestamp, expires: Timestamp) -> Timestamp {
        at.plus_micros(self.answer_hours * MICROS_PER_HOUR).min(expires)
    }

    /// Refuses a duration that is none or too long.
    pub(crate) fn check(&self, at: Timestamp, expires: Timestamp) -> Result<(), Refused> {
        if expires <= at {
            return Err(Refused::NoDuration(expires));
        }
        let asked = expires.0.saturating_sub(at.0);
        if asked > self.longest_hours * MICROS_PER_HOUR {
            return Err(Refused::TooLong {
                asked_hours: asked.saturating_add(MICROS_PER_HOUR - 1) / MICROS_PER_HOUR,
                max_hours: self.longest_hours,
            });
        }
        Ok(())
    }
}

impl TryFrom<Hours> for Limits {
    type Error = Refused;

    fn try_from(hours: Hours) -> Result<Self, Refused> {
        Self::new(hours.longest_hours, hours.answer_hours)
    }
}

impl From<Limits> for Hours {
    fn from(limits: Limits) -> Self {
        Self {
            longest_hours: limits.longest_hours,
            answer_hours: limits.answer_hours,
        }
    }
}

/// Refuses a reason that says nothing or too much.
pub(crate) fn reason(text: &str) -> Result<(), Refused> {
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.trim().is_empty() || text.chars().count() > REASON_MAX || text.chars().any(odd) {
        return Err(Refused::BadReason);
    }
    Ok(())
}
