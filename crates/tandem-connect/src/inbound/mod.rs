//! What comes in: verified first, then read into Tandem's words. Pure: time is a parameter, memory of what was seen a trait.
//!
//! An answer to a forged or repeated request says only that it is refused, and errors never hold the right signature.

pub mod alerts;
pub mod bot;
mod command;
pub mod matrix;
pub mod mattermost;
mod replay;
pub mod slack;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tandem_domain::Timestamp;

pub use command::{Command, CommandError};
pub use replay::{ReplayCache, Replays, once};

use crate::notice::Verb;
use crate::secret::Secret;

/// Largest request body that is looked at, bytes.
pub const MAX_BODY: usize = 512 * 1024;
/// Longest text of a reply that is kept, characters.
pub const MAX_TEXT: usize = 8_000;
/// How far a request's time may lie from now, before or after (docs.slack.dev, "Verifying requests from Slack").
pub const WINDOW_SECONDS: i64 = 300;

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header or field is missing or unreadable.
    #[error("request refused: {0} is missing or unreadable")]
    Malformed(&'static str),
    /// Sent too long ago.
    #[error(
        "request refused: it is {seconds} seconds old, at most {WINDOW_SECONDS} are taken; compare the clocks"
    )]
    Stale {
        /// Its age.
        seconds: i64,
    },
    /// Dated in the future.
    #[error(
        "request refused: it is dated {seconds} seconds ahead, at most {WINDOW_SECONDS} are taken; compare the clocks"
    )]
    Future {
        /// How far ahead.
        seconds: i64,
    },
    /// The signature is not the sender's.
    #[error("request refused: the signature does not fit; compare the signing secret")]
    Forged,
    /// The very same request was taken before.
    #[error("request refused: it was received before")]
    Replayed,
    /// The memory of what was seen is full; nothing unproven is let through.
    #[error("request refused: too many requests at once; send it again in a minute")]
    Full,
    /// No secret is set, so nothing can be proven.
    #[error("request refused: no secret is set for this connector")]
    NoSecret,
    /// Too many bytes.
    #[error("request refused: {0} bytes, at most {MAX_BODY} are taken")]
    TooLarge(usize),
}

/// Why a believed request cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Too many bytes.
    #[error("{what}: {bytes} bytes, at most {MAX_BODY} are read")]
    TooLarge {
        /// What was read.
        what: &'static str,
        /// Its size.
        bytes: usize,
    },
    /// No JSON.
    #[error("{what}: not JSON")]
    Json {
        /// What was read.
        what: &'static str,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// A part is missing or of another kind.
    #[error("{what}: {part} is missing or not what its documentation says")]
    Missing {
        /// What was read.
        what: &'static str,
        /// Which part.
        part: &'static str,
    },
}

/// Checks a request's time, Unix seconds, against now; both directions count.
pub(crate) fn fresh(timestamp: &str, now: Timestamp) -> Result<(), VerifyError> {
    let digits =
        !timestamp.is_empty() && timestamp.len() <= 12 && timestamp.bytes().all(|b| b.is_ascii_digit());
    let at: i64 = digits
        .then(|| timestamp.parse().ok())
        .flatten()
        .ok_or(VerifyError::Malformed("the timestamp"))?;
    let age = now.0.div_euclid(1_000_000) - at;
    match age {
        age if age > WINDOW_SECONDS => Err(VerifyError::Stale { seconds: age }),
        age if age < -WINDOW_SECONDS => Err(VerifyError::Future { seconds: -age }),
        _ => Ok(()),
    }
}

/// Compares a presented token with the secret in constant time: both are hashed under a key of their own first, so that
/// neither length nor first difference shows.
///
/// # Errors
/// [`VerifyError::Forged`] if they differ, [`VerifyError::NoSecret`] if none is set.
pub fn same_token(secret: &Secret, presented: &str) -> Result<(), VerifyError> {
    if secret.expose().is_empty() {
        return Err(VerifyError::NoSecret);
    }
    let keyed = |text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"tandem-token").ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    };
    let given = keyed(presented)
        .ok_or(VerifyError::Forged)?
        .finalize()
        .into_bytes();
    let wanted = keyed(secret.expose()).ok_or(VerifyError::Forged)?;
    wanted.verify_slice(&given).map_err(|_| VerifyError::Forged)
}

/// Where something came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
    /// Mattermost.
    Mattermost,
    /// Matrix.
    Matrix,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Words in a room or thread.
    Text(String),
    /// A click on a button of ours, or the same as a command.
    Press {
        /// What.
        verb: Verb,
        /// To what.
        target: String,
    },
    /// Words that answer a question of ours about `target` (a modal view).
    Answer {
        /// About what.
        target: String,
        /// The words.
        text: String,
    },
    /// A command other than a button's.
    Command(Command),
}

/// One thing that somebody did on a far side, believed and read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// Where.
    pub channel: Channel,
    /// The far side's workspace, team or tenant, where it has such.
    pub workspace: Option<String>,
    /// The room.
    pub room: String,
    /// The thread's first message, if it was said in a thread.
    pub thread: Option<String>,
    /// The far side's account. It is not a Tandem account: see [`admit`].
    pub user: String,
    /// What.
    pub said: Said,
    /// When, by the far side's clock.
    pub at: Timestamp,
    /// The far side's id of it: the same id again is the same thing again.
    pub id: String,
    /// What a modal view can be opened with, for three seconds (Slack).
    pub trigger: Option<String>,
}

/// Knows which account of a far side belongs to which colleague.
pub trait Links {
    /// The Tandem account that was linked to `user`, by its owner, signed in to Tandem.
    fn account(&self, channel: Channel, workspace: Option<&str>, user: &str) -> Option<String>;
}

/// An inbound thing that may have an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The Tandem account. `None` only for [`Said::Text`]: words of an unlinked account are kept as such, they decide nothing.
    pub who: Option<String>,
    /// What.
    pub what: Inbound,
}

/// Why somebody's click or command has no effect; shown to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account is not linked.
    #[error(
        "Nothing was done: this chat account is not linked to a Tandem account. Sign in to Tandem, open your profile, choose \
         “link chat account” and send the code shown there with /tandem link CODE."
    )]
    Unlinked,
}

/// Decides whether an inbound thing may have an effect: a click, an answer or a command counts only from a linked account.
/// What the account may then do is the policy's question, and the same as in the console.
///
/// # Errors
/// [`Refusal`] with words for the person.
pub fn admit(inbound: Inbound, links: &dyn Links) -> Result<Admitted, Refusal> {
    let who = links.account(inbound.channel, inbound.workspace.as_deref(), &inbound.user);
    let harmless = matches!(
        &inbound.said,
        Said::Text(_) | Said::Command(Command::Help | Command::Link { .. })
    );
    if who.is_none() && !harmless {
        return Err(Refusal::Unlinked);
    }
    Ok(Admitted { who, what: inbound })
}

/// A text as it is kept: bounded, without what nobody sees; line breaks stay.
pub(crate) fn words(text: &str) -> String {
    let lines: Vec<String> = text.lines().take(400).map(crate::text::plain).collect();
    crate::text::clip(lines.join("\n").trim(), MAX_TEXT)
}

/// An id of a far side: not empty, not long, no control characters.
pub(crate) fn far_id(text: Option<&str>) -> Option<String> {
    text.filter(|t| !t.is_empty() && t.len() <= 512 && !t.chars().any(char::is_control))
        .map(str::to_owned)
}

/// A body within bounds, as JSON.
pub(crate) fn json(what: &'static str, body: &[u8]) -> Result<serde_json::Value, ParseError> {
    if body.len() > MAX_BODY {
        return Err(ParseError::TooLarge {
            what,
            bytes: body.len(),
        });
    }
    serde_json::from_slice(body).map_err(|source| ParseError::Json { what, source })
}

#[cfg(test)]
mod tests;
