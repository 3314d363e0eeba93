//! What became of an exchange, sorted by what to do next.

use std::time::Duration;

use serde_json::Value;
use tandem_domain::Timestamp;

use crate::gate::GateBreach;
use crate::notice::NoticeError;
use crate::text;

/// Longest explanation that is kept of a far side's words, bytes.
const MAX_WHY: usize = 200;

/// When a far side wants to be asked again (RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// After so long.
    Wait(Duration),
    /// At that time.
    At(Timestamp),
}

impl After {
    /// Reads a `Retry-After` header: seconds (Slack's way, whole or with a fraction) or an HTTP date.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<f64>() {
            // One year is more than anything meant; NaN and negatives fall out.
            return (0.0..31_536_000.0)
                .contains(&seconds)
                .then(|| Self::Wait(Duration::from_secs_f64(seconds)));
        }
        let date = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(Self::At(Timestamp(date.timestamp().as_microsecond())))
    }

    /// The instant meant, seen from `now`.
    pub fn due(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Wait(wait) => now.plus_micros(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)),
            Self::At(at) => at,
        }
    }
}

/// Why something was not sent, or perhaps was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The gate stopped it. Never tried again by itself.
    #[error(transparent)]
    Gate(#[from] GateBreach),
    /// The notice cannot go out as it is. Never tried again by itself.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// The far side says no, and would again.
    #[error("{far}: refused: {why}")]
    Refused {
        /// Which far side.
        far: &'static str,
        /// Its words or its code.
        why: String,
    },
    /// The far side counts our messages and wants a pause. Costs no attempt.
    #[error("{far}: asks for a pause")]
    Limited {
        /// Which far side.
        far: &'static str,
        /// Until when.
        after: Option<After>,
    },
    /// It certainly did not arrive; later it may.
    #[error("{far}: not reached: {why}")]
    Busy {
        /// Which far side.
        far: &'static str,
        /// What went wrong.
        why: String,
        /// Until when it wants a pause.
        after: Option<After>,
    },
    /// It may have arrived: the answer was lost, late or not understood.
    #[error("{far}: unclear whether it arrived: {why}")]
    Doubtful {
        /// Which far side.
        far: &'static str,
        /// What went wrong.
        why: String,
        /// Until when it wants a pause.
        after: Option<After>,
    },
}

impl SendError {
    /// Sorts what the client says. The address is taken off: a webhook's address is its secret.
    pub(crate) fn transport(far: &'static str, error: reqwest::Error) -> Self {
        let before = error.is_connect() || error.is_builder();
        let error = error.without_url();
        let mut why = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        let why = text::clip_bytes(&why, MAX_WHY).to_owned();
        if before {
            Self::Busy {
                far,
                why,
                after: None,
            }
        } else {
            Self::Doubtful {
                far,
                why,
                after: None,
            }
        }
    }

    /// A refusal.
    pub(crate) fn refused(far: &'static str, why: impl AsRef<str>) -> Self {
        Self::Refused {
            far,
            why: text::clip_bytes(&text::plain(why.as_ref()), MAX_WHY).to_owned(),
        }
    }

    /// An answer that is not what the interface promises.
    pub(crate) fn garbled(far: &'static str, why: impl AsRef<str>) -> Self {
        Self::Doubtful {
            far,
            why: text::clip_bytes(&text::plain(why.as_ref()), MAX_WHY).to_owned(),
            after: None,
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) far: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The pause it asks for.
    pub after: Option<After>,
    /// The body, within the bounds.
    pub body: Vec<u8>,
    /// Its headers.
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Answer {
    /// Passes a 2xx on and sorts everything else. `code` finds the far side's own error code in a JSON body.
    ///
    /// # Errors
    /// [`SendError`] by status: 429 is `Limited`; 503 and 408 `Busy`; other 5xx `Doubtful`; redirects and other 4xx `Refused`.
    pub fn success(self, code: impl FnOnce(&Value) -> Option<String>) -> Result<Self, SendError> {
        let (far, after) = (self.far, self.after);
        let status = self.status;
        if (200..300).contains(&status) {
            return Ok(self);
        }
        if status == 429 {
            return Err(SendError::Limited { far, after });
        }
        let own = self.json().ok().as_ref().and_then(code).unwrap_or_default();
        let why = text::plain(&format!("status {status} {own}"));
        let why = text::clip_bytes(&why, MAX_WHY).to_owned();
        Err(match status {
            408 | 503 => SendError::Busy { far, why, after },
            500.. => SendError::Doubtful { far, why, after },
            300..400 => SendError::Refused {
                far,
                why: format!("{why}: redirects are not followed; correct the address"),
            },
            _ => SendError::Refused { far, why },
        })
    }

    /// A header, if it is there once and is text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.get_all(name).iter();
        let first = found.next().and_then(|value| value.to_str().ok());
        match (first, found.next()) {
            (Some(text), None) => text,
            _ => "",
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`SendError::Doubtful`] if it is none: a proxy's page, perhaps, and nobody knows whether the request went through.
    pub fn json(&self) -> Result<Value, SendError> {
        serde_json::from_slice(&self.body)
            .map_err(|e| SendError::garbled(self.far, format!("its answer is not JSON ({e})")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        assert_eq!(After::parse("30"), Some(After::Wait(Duration::from_secs(30))));
        let date = After::parse("Wed, 21 Oct 2015 07:28:00 GMT").unwrap();
        assert_eq!(date, After::At(Timestamp::from_seconds(1_445_412_480)));
        for bad in ["-1", "NaN", "soon", "1e99", ""] {
            assert_eq!(After::parse(bad), None, "{bad}");
        }
    }
}
