//! Sessions: when they end, when a proof is fresh enough, their cookie, and the token against foreign pages.

mod cookie;

#[cfg(test)]
mod tests;

pub use cookie::{
    CookieError, FLOW_COOKIE, SESSION_COOKIE, clear_cookie, flow_cookie, read_cookie, session_cookie,
};

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_HOUR, MICROS_PER_SECOND};

use crate::{Key, SecretText, secret};

/// Name of the header that every write must carry.
pub const CSRF_HEADER: &str = "x-tandem-csrf";

/// How long sessions live. NIST SP 800-63B-4 section 2.2.3 (AAL2): at most 24 hours in all, at most one hour idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRules {
    /// Ends without a request for this long, microseconds.
    pub idle: i64,
    /// Ends in any case after this long, microseconds.
    pub absolute: i64,
    /// A proof (password with code, passkey, provider) is fresh enough for an approval for this long, microseconds.
    pub fresh: i64,
}

impl Default for SessionRules {
    /// One hour, twelve hours, five minutes.
    fn default() -> Self {
        Self {
            idle: MICROS_PER_HOUR,
            absolute: 12 * MICROS_PER_HOUR,
            fresh: 5 * 60 * MICROS_PER_SECOND,
        }
    }
}

/// The moments of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// It began.
    pub began: Timestamp,
    /// Its last request.
    pub last_seen: Timestamp,
    /// Its owner last proved who they are.
    pub proved: Timestamp,
}

/// Whether a session still is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It is, until then if no request comes.
    Live {
        /// The earlier of idle and absolute end.
        until: Timestamp,
    },
    /// Too long without a request.
    Idle,
    /// Too old.
    Expired,
}

impl SessionRules {
    /// State of a session at a moment. A session from the future (the clock was set back) is expired.
    pub fn state(&self, times: SessionTimes, now: Timestamp) -> SessionState {
        let ends = times.began.plus_micros(self.absolute);
        let idles = times.last_seen.plus_micros(self.idle);
        if now >= ends || now < times.began {
            SessionState::Expired
        } else if now >= idles {
            SessionState::Idle
        } else {
            SessionState::Live {
                until: ends.min(idles),
            }
        }
    }

    /// The owner proved who they are recently enough for an approval, a disclosure or a change of their own credentials.
    pub fn is_fresh(&self, proved: Timestamp, now: Timestamp) -> bool {
        let age = now.0.saturating_sub(proved.0);
        (0..self.fresh).contains(&age)
    }

    /// [`Self::is_fresh`] as a refusal that says what to do.
    ///
    /// # Errors
    /// [`StepUpNeeded`].
    pub fn need_fresh(&self, proved: Timestamp, now: Timestamp) -> Result<(), StepUpNeeded> {
        let minutes = self.fresh / (60 * MICROS_PER_SECOND);
        self.is_fresh(proved, now)
            .then_some(())
            .ok_or(StepUpNeeded { minutes })
    }
}

/// The last proof is too old for this act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this needs a proof of who you are from the last {minutes} minutes; confirm with your passkey, or with password and code"
)]
pub struct StepUpNeeded {
    /// How fresh it must be.
    pub minutes: i64,
}

/// The token that a write must carry in [`CSRF_HEADER`]: bound to the session, so a page of another site cannot know it, and
/// gone with the session. `session` is the hash under which the session is stored.
pub fn csrf_token(key: &Key, session: &str) -> SecretText {
    SecretText::new(key.sign("tandem csrf 1", &[session.as_bytes()]))
}

/// Compares a given token in constant time.
pub fn csrf_matches(key: &Key, session: &str, given: &str) -> bool {
    secret::same(csrf_token(key, session).expose(), given)
}
