//! What Tandem has to say to people elsewhere, before any far side's format.

use std::fmt;

use serde::{Deserialize, Serialize};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{CaseId, SubjectId, Timestamp};
use url::Url;
use uuid::Uuid;

use crate::text;

/// Most sentences of one notice.
pub const MAX_SENTENCES: usize = 60;
/// Longest sentence, characters.
pub const MAX_SENTENCE: usize = 1_000;
/// Longest title, characters. With its case number it fits Slack's header of 150.
pub const MAX_TITLE: usize = 110;
/// Most buttons beside the link back.
pub const MAX_BUTTONS: usize = 5;
/// Most subjects of one notice.
pub const MAX_SUBJECTS: usize = 20;
/// Longest id of any kind, bytes.
pub const MAX_ID: usize = 128;
/// Longest link, bytes (Slack allows 3,000 for a button).
pub const MAX_LINK: usize = 2_000;
/// Namespace of the ids this crate makes (UUID version 5 of `https://tandem.invalid/connect` in the URL namespace).
pub const NAMESPACE: Uuid = Uuid::from_u128(0x2f5d_0c66_0b5b_5d0f_9c53_7a1d_6f2b_8e41);

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An alert waits for triage.
    AlertRaised,
    /// A case was opened.
    CaseOpened,
    /// A case was shared with the other side.
    CaseShared,
    /// Somebody of one side asks the other.
    Question,
    /// Somebody wrote in the case room.
    Reply,
    /// An approval is asked for.
    ApprovalAsked,
    /// Both sides decided.
    Decision,
    /// A duty is due or late.
    DutyDue,
    /// A meeting is near.
    Meeting,
    /// A case was closed.
    CaseClosed,
    /// The connector's test button.
    Test,
}

impl NoticeKind {
    /// Plain words for a header.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AlertRaised => "Alert waits for triage",
            Self::CaseOpened => "Case opened",
            Self::CaseShared => "Case shared",
            Self::Question => "Question from the other side",
            Self::Reply => "Reply",
            Self::ApprovalAsked => "Approval asked",
            Self::Decision => "Joint decision",
            Self::DutyDue => "Duty due",
            Self::Meeting => "Meeting",
            Self::CaseClosed => "Case closed",
            Self::Test => "Test message",
        }
    }
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Somebody has seen it.
    Acknowledge,
    /// Somebody takes it on.
    Take,
    /// Somebody approves. The server decides what a click in a chat may approve: what touches a person needs the console.
    Approve,
    /// Asks the other side.
    Ask,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [Self::Acknowledge, Self::Take, Self::Approve, Self::Ask];

    /// The transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Take => "take",
            Self::Approve => "approve",
            Self::Ask => "ask",
        }
    }

    /// The verb with that transmitted name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str() == text)
    }

    /// What stands on the button.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledge",
            Self::Take => "Take",
            Self::Approve => "Approve",
            Self::Ask => "Ask the other side",
        }
    }
}

/// A button: what it does, and to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What it does.
    pub verb: Verb,
    /// The id of what it is done to: an alert, a case, a disclosure. ASCII letters, digits, `-`, `_`, `.`, `:`.
    pub target: String,
}

/// What makes a message one message: the same key is never posted twice where the far side can tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub String);

impl Key {
    /// The key as a UUID (version 5), for far sides that want one.
    pub fn uuid(&self) -> Uuid {
        Uuid::new_v5(&NAMESPACE, self.0.as_bytes())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing to say. It names subjects by pseudonym only and leads back to Tandem, where the rest is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The case, if there is one.
    pub case: Option<CaseId>,
    /// Pseudonyms of the subjects.
    #[serde(default)]
    pub subjects: Vec<SubjectId>,
    /// How urgent.
    pub level: Option<RiskLevel>,
    /// One line.
    pub title: String,
    /// Plain sentences, the most important first: far sides with little room get the first ones.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// What a reader can do at once.
    #[serde(default)]
    pub buttons: Vec<Button>,
    /// The page in Tandem.
    pub link: String,
    /// What belongs together: the case's number, or an alert's id.
    pub thread: String,
    /// What makes it one message.
    pub key: Key,
    /// When it happened.
    pub at: Timestamp,
}

/// Why a notice cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// A part is longer than the smallest far side takes.
    #[error("notice: {part} has {len}, at most {max} go out; shorten it")]
    TooLong {
        /// Which part.
        part: &'static str,
        /// Its length.
        len: usize,
        /// The bound.
        max: usize,
    },
    /// A part that must not be empty is.
    #[error("notice: {0} is empty")]
    Empty(&'static str),
    /// A subject is not named by a pseudonym. The text is not repeated: it may be a name.
    #[error("notice: a subject is not named by a pseudonym such as S-7K3M2Q9D")]
    NotAPseudonym,
    /// An id holds a character that could change the meaning of a far side's message.
    #[error("notice: {0} may hold only ASCII letters, digits and - _ . :")]
    BadId(&'static str),
    /// The link is not an `https` address.
    #[error("notice: the link must be an https address without credentials")]
    BadLink,
}

impl Notice {
    /// The notice as it goes out: bounds kept, invisible characters gone.
    ///
    /// # Errors
    /// [`NoticeError`] names the part that cannot go out.
    pub fn checked(&self) -> Result<Self, NoticeError> {
        let mut clean = self.clone();
        clean.title = text::plain(&self.title);
        clean.sentences = self
            .sentences
            .iter()
            .map(|s| text::plain(s))
            .filter(|s| !s.is_empty())
            .collect();
        if clean.title.is_empty() {
            return Err(NoticeError::Empty("the title"));
        }
        bound("the title", clean.title.chars().count(), MAX_TITLE)?;
        bound("the list of sentences", clean.sentences.len(), MAX_SENTENCES)?;
        for sentence in &clean.sentences {
            bound("a sentence", sentence.chars().count(), MAX_SENTENCE)?;
        }
        bound("the list of buttons", clean.buttons.len(), MAX_BUTTONS)?;
        bound("the list of subjects", clean.subjects.len(), MAX_SUBJECTS)?;
        if !clean.subjects.iter().all(is_pseudonym) {
            return Err(NoticeError::NotAPseudonym);
        }
        for button in &clean.buttons {
            id("a button's target", &button.target)?;
        }
        id("the thread", &clean.thread)?;
        id("the key", &clean.key.0)?;
        if let Some(case) = &clean.case {
            id("the case's number", case.as_str())?;
        }
        bound("the link", clean.link.len(), MAX_LINK)?;
        link(&clean.link)?;
        Ok(clean)
    }

    /// Case number and kind: `C-2026-0042 · Case opened`.
    pub fn heading(&self) -> String {
        match &self.case {
            Some(case) => format!("{case} · {}", self.kind.words()),
            None => self.kind.words().to_owned(),
        }
    }

    /// Level and subjects in one line, if there are any: `Level: review · About S-7K3M2Q9D`.
    pub fn facts(&self) -> Option<String> {
        let level = self.level.map(|level| format!("Level: {}", level_words(level)));
        let about = (!self.subjects.is_empty()).then(|| {
            let names: Vec<&str> = self.subjects.iter().map(SubjectId::as_str).collect();
            format!("About {}", names.join(", "))
        });
        match (level, about) {
            (Some(level), Some(about)) => Some(format!("{level} · {about}")),
            (one, other) => one.or(other),
        }
    }
}

/// Plain word of a level.
pub const fn level_words(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "low",
        RiskLevel::Watch => "watch",
        RiskLevel::Review => "review",
        RiskLevel::Act => "act today",
    }
}

/// Two upper-case letters at most, a hyphen, and Crockford's base 32 with hyphens (no I, L, O, U): hardly a name looks so.
fn is_pseudonym(subject: &SubjectId) -> bool {
    let text = subject.as_str();
    let Some((kind, rest)) = text.split_once('-') else {
        return false;
    };
    let base32 = |c: char| (c.is_ascii_uppercase() && !"ILOU".contains(c)) || c.is_ascii_digit();
    (1..=2).contains(&kind.len())
        && kind.chars().all(|c| c.is_ascii_uppercase())
        && (4..=32).contains(&rest.len())
        && rest.chars().all(|c| base32(c) || c == '-')
}

fn bound(part: &'static str, len: usize, max: usize) -> Result<(), NoticeError> {
    if len > max {
        return Err(NoticeError::TooLong { part, len, max });
    }
    Ok(())
}

fn id(part: &'static str, text: &str) -> Result<(), NoticeError> {
    if text.is_empty() {
        return Err(NoticeError::Empty(part));
    }
    bound(part, text.len(), MAX_ID)?;
    if !is_id(text) {
        return Err(NoticeError::BadId(part));
    }
    Ok(())
}

/// ASCII letters, digits, `-`, `_`, `.`, `:`, and not too long.
pub(crate) fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !text.is_empty() && text.len() <= MAX_ID && text.chars().all(fits)
}

fn link(text: &str) -> Result<(), NoticeError> {
    let url = Url::parse(text).map_err(|_| NoticeError::BadLink)?;
    let secure = url.scheme() == "https" || (url.scheme() == "http" && crate::net::is_loopback(&url));
    if !secure || !url.username().is_empty() || url.password().is_some() {
        return Err(NoticeError::BadLink);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
