//! What the outbox holds: jobs for a connector, in Tandem's own words. They become a far side's format, and pass the gate,
//! at the moment they are sent: what the gate has learned since then counts.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_domain::CaseId;

use crate::far::action::Act;
use crate::notice::Notice;

/// Largest job, bytes of JSON.
pub const MAX_JOB: usize = 256 * 1024;
/// Most members of one job.
pub const MAX_MEMBERS: usize = 100;

/// One thing to do on a far side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case", deny_unknown_fields)]
pub enum Job {
    /// Says something in the room of the thread, or in the connector's usual room.
    Post {
        /// What.
        notice: Notice,
    },
    /// Takes the place of an earlier notice (its key is in [`crate::outbox::OutboxItem::amends`]), such as when somebody took
    /// an alert. Where that cannot be done it is a reply.
    Amend {
        /// What.
        notice: Notice,
    },
    /// Makes a private room for a case, with its members.
    OpenRoom {
        /// The case.
        case: CaseId,
        /// What the room is for, in plain words, by pseudonym.
        topic: String,
        /// Accounts of the far side.
        members: Vec<String>,
    },
    /// Lets people into the room of the thread.
    Invite {
        /// Accounts of the far side.
        members: Vec<String>,
    },
    /// Puts people out of the room of the thread: whoever leaves a case leaves its room.
    Remove {
        /// Accounts of the far side.
        members: Vec<String>,
    },
    /// Closes the room of the thread to further words and archives it.
    CloseRoom {},
    /// A mail.
    Mail {
        /// Addresses.
        to: Vec<String>,
        /// What.
        notice: Notice,
        /// An iCalendar file to go with it.
        calendar: Option<String>,
    },
    /// A mail with several notices.
    Digest {
        /// Addresses.
        to: Vec<String>,
        /// Subject and heading.
        title: String,
        /// What, the most important first.
        notices: Vec<Notice>,
    },
    /// A signed webhook.
    Hook {
        /// What happened, such as `case.opened` (Standard Webhooks, "type").
        event: String,
        /// The data, by pseudonym.
        data: Value,
    },
    /// An action that a playbook asks for.
    Act {
        /// What, to whom, and for which case. It never holds an account: those are looked up when it leaves.
        act: Act,
    },
}

/// A job cannot be read or is too large.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Too many bytes.
    #[error("outbox: the job has {0} bytes, at most {MAX_JOB} are kept; send fewer notices at once")]
    TooLarge(usize),
    /// Not a job.
    #[error("outbox: the stored job cannot be read; it was written by another version or damaged")]
    Unreadable(#[source] serde_json::Error),
}

impl Job {
    /// Reads a stored job.
    ///
    /// # Errors
    /// [`JobError`] if it is too large or no job.
    pub fn from_json(text: &str) -> Result<Self, JobError> {
        if text.len() > MAX_JOB {
            return Err(JobError::TooLarge(text.len()));
        }
        serde_json::from_str(text).map_err(JobError::Unreadable)
    }

    /// Writes a job for the store.
    ///
    /// # Errors
    /// [`JobError`] if it is too large.
    pub fn to_json(&self) -> Result<String, JobError> {
        let text = serde_json::to_string(self).map_err(JobError::Unreadable)?;
        if text.len() > MAX_JOB {
            return Err(JobError::TooLarge(text.len()));
        }
        Ok(text)
    }
}
