//! Far sides: each speaks one real interface.
//!
//! How far "nothing twice" goes depends on the far side, and is said here plainly. Trouble can only arise when an answer was
//! lost or the process was killed between sending and writing that down; the outbox then marks the item as doubtful.
//!
//! | far side | what keeps a doubtful message from arriving twice |
//! | --- | --- |
//! | Matrix | the transaction id of the event, kept by the homeserver for the device (Synapse: at least 30 minutes); rooms by alias |
//! | Slack | the channel is searched for the notice's key in message metadata before it is sent again; `client_msg_id` besides |
//! | Mattermost | the channel is searched for the notice's key in the post's props; `pending_post_id` besides (30 seconds) |
//! | actions | `webhook-id` and `idempotency-key` are the same in every attempt; the far side carries one out once |
//! | webhooks | `webhook-id` is the same in every attempt; the receiver drops what it has (Standard Webhooks) |
//! | mail | `Message-ID` is the same in every attempt; many mailboxes show such a mail once, none must |
//! | Teams webhook, Teams bot | nothing: a doubtful message is sent again and may be read twice |

pub mod action;
pub mod bot;
pub mod hook;
pub mod mail;
pub mod matrix;
pub mod matrix_sync;
pub mod mattermost;
pub mod slack;
pub mod slack_socket;
pub mod teams;

use serde_json::Value;
use tandem_domain::{CaseId, Timestamp};

use self::action::Told;
use crate::gate::Gate;
use crate::job::Job;
use crate::net::SendError;
use crate::notice::Key;

/// What earlier jobs of the same thread left on the far side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchor {
    /// The room of the thread.
    pub room: Option<String>,
    /// The first message of the thread.
    pub root: Option<String>,
    /// The message that this job takes the place of.
    pub amended: Option<String>,
}

/// What a job left on the far side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The room it went to or made.
    pub room: Option<String>,
    /// The message it became.
    pub message: Option<String>,
    /// What the far side said to an action.
    pub answer: Option<Told>,
}

impl Receipt {
    /// Of a job that made or changed a room and sent no message.
    pub(crate) const fn of_room(room: String) -> Self {
        Self {
            room: Some(room),
            message: None,
            answer: None,
        }
    }
}

/// What a delivery knows besides the job.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What makes the job one job.
    pub key: &'a Key,
    /// What earlier jobs left.
    pub anchor: &'a Anchor,
    /// An earlier attempt may have arrived.
    pub doubt: bool,
    /// When the job was put into the outbox; what it became is not older.
    pub since: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// What every text passes.
    pub gate: &'a dyn Gate,
}

/// One configured far side.
#[derive(Debug)]
pub enum Far {
    /// Slack, by its Web API.
    Slack(slack::Slack),
    /// A Microsoft Teams workflow's webhook.
    TeamsHook(teams::TeamsHook),
    /// Microsoft Teams, by a Bot Framework bot.
    TeamsBot(bot::Bot),
    /// Mattermost, by its REST API.
    Mattermost(mattermost::Mattermost),
    /// Mattermost, by an incoming webhook.
    MattermostHook(mattermost::IncomingHook),
    /// Matrix, by the client-server API.
    Matrix(matrix::Matrix),
    /// Mail.
    Mail(mail::Post),
    /// Signed webhooks.
    Hook(hook::Hook),
    /// Actions.
    Action(action::ActionFar),
}

impl Far {
    /// Does a job.
    ///
    /// # Errors
    /// [`SendError`], sorted by what to do next.
    pub async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        match self {
            Self::Slack(far) => far.deliver(job, context).await,
            Self::TeamsHook(far) => far.deliver(job, context).await,
            Self::TeamsBot(far) => far.deliver(job, context).await,
            Self::Mattermost(far) => far.deliver(job, context).await,
            Self::MattermostHook(far) => far.deliver(job, context).await,
            Self::Matrix(far) => far.deliver(job, context).await,
            Self::Mail(far) => far.deliver(job, context).await,
            Self::Hook(far) => far.deliver(job, context).await,
            Self::Action(far) => far.deliver(job, context).await,
        }
    }
}

/// The name of a case's room: `case-c-2026-0042`. Lower case, letters, digits and hyphens, as Slack, Mattermost and Matrix
/// aliases all take.
pub fn room_name(case: &CaseId) -> String {
    let fits = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = format!("case-{case}").chars().map(fits).collect();
    name.chars().take(64).collect()
}

/// A job that this far side has no means for.
pub(crate) fn unfit(far: &'static str, job: &Job) -> SendError {
    let what = match job {
        Job::Post { .. } | Job::Amend { .. } => "room messages",
        Job::OpenRoom { .. } | Job::Invite { .. } | Job::Remove { .. } | Job::CloseRoom {} => "rooms",
        Job::Mail { .. } | Job::Digest { .. } => "mail",
        Job::Hook { .. } => "webhooks",
        Job::Act { .. } => "actions",
    };
    SendError::refused(
        far,
        format!("this connector cannot do {what}; choose another one for it"),
    )
}

/// A field that an answer must have.
pub(crate) fn field(far: &'static str, answer: &Value, pointer: &str) -> Result<String, SendError> {
    answer
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty() && text.len() <= 512)
        .map(str::to_owned)
        .ok_or_else(|| SendError::garbled(far, format!("its answer has no {pointer}")))
}

/// The room to speak in.
pub(crate) fn room(
    far: &'static str,
    context: &Context<'_>,
    usual: Option<&String>,
) -> Result<String, SendError> {
    context.anchor.room.as_ref().or(usual).cloned().ok_or_else(|| {
        SendError::refused(
            far,
            "no room is known for this thread; set a usual room for the connector",
        )
    })
}

/// Lists within bounds.
pub(crate) fn members<'a>(far: &'static str, members: &'a [String]) -> Result<&'a [String], SendError> {
    if members.len() > crate::job::MAX_MEMBERS || members.iter().any(|m| m.is_empty() || m.len() > 255) {
        return Err(SendError::refused(far, "too many members, or one without an id"));
    }
    Ok(members)
}
