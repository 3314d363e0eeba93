//! The outbox and the connectors as whoever looks after the system sees them: without what was to be sent, and to whom.

use serde::{Deserialize, Serialize};
use tandem_connect::far::Context;
use tandem_connect::outbox::{Cause, OutboxItem, OutboxStore};
use tandem_connect::{Act, Anchor, Far, Job, Key, Phase};
use tandem_store::OutboxRow;
use utoipa::ToSchema;

use super::health::Told;
use super::{Connected, Kind, outbox};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::ColleagueSettings;
use crate::http::error::ApiError;

/// Most dead letters of one answer.
const LISTED: usize = 500;

/// A connector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorView {
    /// Its name in the settings.
    pub name: String,
    /// `matrix`, `mattermost`, `mattermost_hook`, `slack`, `teams_workflow`, `teams_bot`, `mail`, `hook` or `action`.
    pub kind: String,
    /// Whether it makes a room for each case.
    pub case_rooms: bool,
}

/// Messages of one connector in one state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutboxCountView {
    /// The connector.
    pub connector: String,
    /// `waiting`, `sending`, `sent` or `dead`.
    pub state: String,
    /// How many.
    pub messages: u64,
}

/// A message that was given up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeadLetter {
    /// Its id, for sending it again.
    pub id: i64,
    /// The connector.
    pub connector: String,
    /// What was to be done: `post`, `open_room`, `mail`, `act`; or `unreadable`.
    pub job: String,
    /// When it was written.
    pub created: String,
    /// When it was given up; null if that was not kept yet.
    pub given_up: Option<String>,
    /// Failed attempts.
    pub attempts: u32,
    /// Why it was given up: `gate`, `notice`, `refused`, `exhausted`, `unconfigured`, `unreadable`, or `unknown` if that was not
    /// kept yet.
    pub cause: String,
    /// Why it was given up, in the sender's words.
    pub error: String,
    /// What can be done about it.
    pub next: String,
}

/// What waits, what went and what was given up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutboxView {
    /// The connectors of the settings.
    pub connectors: Vec<ConnectorView>,
    /// How many messages there are.
    pub counts: Vec<OutboxCountView>,
    /// Dead letters, the newest first.
    pub dead: Vec<DeadLetter>,
}

/// Which dead letters to send again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayDead {
    /// Their ids; empty for all.
    #[serde(default)]
    pub ids: Vec<i64>,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Replayed {
    /// How many wait to be sent again.
    pub replayed: u64,
}

/// What came back from a far side.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorTest {
    /// True if the test message arrived.
    pub arrived: bool,
    /// What came back, in words.
    pub said: String,
}

const fn job(job: &Job) -> &'static str {
    match job {
        Job::Post { .. } => "post",
        Job::Amend { .. } => "amend",
        Job::OpenRoom { .. } => "open_room",
        Job::Invite { .. } => "invite",
        Job::Remove { .. } => "remove",
        Job::CloseRoom {} => "close_room",
        Job::Mail { .. } => "mail",
        Job::Digest { .. } => "digest",
        Job::Hook { .. } => "hook",
        Job::Act { .. } => "act",
    }
}

/// Why a message was given up, as far as it decides what can be done.
fn cause(item: Option<&OutboxItem>, configured: bool) -> &'static str {
    match item {
        None => "unreadable",
        Some(_) if !configured => "unconfigured",
        Some(item) => item.cause.map_or("unknown", Cause::as_str),
    }
}

/// What can be done about a message that was given up.
fn next(cause: &str) -> &'static str {
    match cause {
        "gate" => {
            "It would have told a name, so it was stopped. Who it is for finds it in Tandem; sent again as it is, it is stopped again."
        }
        "notice" => {
            "It does not fit what the far side takes. Sent again as it is, it fails again; report it."
        }
        "refused" => {
            "Test the connector: its secret, its rights or its room are not what the far side wants. Correct that, then send it again."
        }
        "exhausted" => "Test the connector. Once a test arrives, send it again; it may arrive twice.",
        "unconfigured" => "Put the connector back into the settings, restart Tandem, then send it again.",
        "unreadable" => {
            "Another version of Tandem wrote it, and it cannot be sent. What it told of is in Tandem."
        }
        _ => "Test the connector, then send it again.",
    }
}

/// An action that does nothing but be answered.
fn test_act() -> Job {
    Job::Act {
        act: Act {
            phase: Phase::Test,
            action: "test".to_owned(),
            parameters: std::collections::BTreeMap::new(),
            case: None,
            run: String::new(),
            step: String::new(),
            subject: None,
            undoes: None,
            accounts: false,
        },
    }
}

impl App {
    /// Counts and dead letters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_view(&self) -> Result<OutboxView, ApiError> {
        let connectors = self.chat.connected().iter().map(|one| ConnectorView {
            name: one.settings.name.clone(),
            kind: one.settings.kind.as_str().to_owned(),
            case_rooms: one.settings.makes_rooms(),
        });
        let counts = self.store.outbox_counts().await?;
        let dead = self.store.outbox(Some("dead"), LISTED).await?;
        let letter = |row: &tandem_store::OutboxRow| {
            let item = outbox::item(row).ok();
            let cause = cause(item.as_ref(), self.chat.connector(&row.connector).is_some());
            DeadLetter {
                id: row.id,
                connector: row.connector.clone(),
                job: item
                    .as_ref()
                    .map_or("unreadable", |item| job(&item.job))
                    .to_owned(),
                created: row.created.to_string(),
                given_up: item.as_ref().and_then(|item| item.ended).map(|at| at.to_string()),
                attempts: item.as_ref().map_or(0, |item| item.attempts),
                cause: cause.to_owned(),
                error: item.and_then(|item| item.last_error).unwrap_or_default(),
                next: next(cause).to_owned(),
            }
        };
        Ok(OutboxView {
            connectors: connectors.collect(),
            counts: counts
                .into_iter()
                .map(|count| OutboxCountView {
                    connector: count.connector,
                    state: count.state,
                    messages: count.messages,
                })
                .collect(),
            dead: dead.iter().map(letter).collect(),
        })
    }

    /// Sends dead letters again: those named, or all. Actions are left where they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replay_dead(&self, asker: &Asker, asked: &ReplayDead) -> Result<Replayed, ApiError> {
        let ids = if asked.ids.is_empty() {
            let dead = self.store.outbox(Some("dead"), usize::MAX).await?;
            let acts = |row: &&OutboxRow| outbox::item(row).is_ok_and(|item| outbox::is_act(&item));
            dead.iter().filter(|row| !acts(row)).map(|row| row.id).collect()
        } else {
            asked.ids.clone()
        };
        let entry = asker.entry("outbox.replay", None, Some("outbox"))?;
        self.store.add_to_ledger(vec![entry]).await?;
        let now = crate::pipeline::now();
        let mut replayed = 0;
        for id in ids.into_iter().take(LISTED) {
            replayed += u64::from(self.chat.courier.store().replay(id, now).await?);
        }
        self.chat.wake();
        Ok(Replayed { replayed })
    }

    /// Sends a test message over a connector and says what came back.
    ///
    /// # Errors
    /// No such connector, or the names in the vault cannot be learnt.
    pub async fn test_connector(&self, asker: &Asker, name: &str) -> Result<ConnectorTest, ApiError> {
        let one = self
            .chat
            .connector(name)
            .ok_or_else(|| ApiError::not_found("connector"))?;
        let entry = asker.entry("connector.test", None, Some(name))?;
        self.store.add_to_ledger(vec![entry]).await?;
        if !self.chat.gate.knows() {
            self.learn_names().await?;
        }
        let (arrived, said) = match self.tried(asker, one).await? {
            Ok(said) => (true, said),
            Err(said) => (false, said),
        };
        Ok(ConnectorTest { arrived, said })
    }

    async fn tried(&self, asker: &Asker, one: &Connected) -> Result<Result<String, String>, ApiError> {
        if let (Far::Matrix(matrix), None) = (one.far.as_ref(), &one.settings.room) {
            // Without a usual room there is nowhere to speak, but the token can be tried.
            let account = matrix.whoami().await;
            self.learnt(one, Told::after(&account, crate::pipeline::now()))
                .await;
            return Ok(account
                .map(|account| format!("the homeserver knows the token as {account}"))
                .map_err(|error| error.to_string()));
        }
        let row = self.store.colleague(asker.account()).await?;
        let settings: ColleagueSettings = row
            .and_then(|row| serde_json::from_str(&row.body).ok())
            .unwrap_or_default();
        let random: String = crate::secret::new_token()?.1.chars().take(32).collect();
        let key = Key(format!("test.{random}"));
        let job = match one.settings.kind {
            Kind::Action => Some(test_act()),
            _ => self.test_job(one, &key.0, settings.mail),
        };
        let Some(job) = job else {
            return Ok(Err(
                "your account has no mail address to send a test to".to_owned()
            ));
        };
        let now = crate::pipeline::now();
        let context = Context {
            key: &key,
            anchor: &Anchor::default(),
            doubt: false,
            since: now,
            now,
            gate: &*self.chat.gate,
        };
        let outcome = one.far.deliver(&job, &context).await;
        self.learnt(one, Told::after(&outcome, now)).await;
        Ok(outcome
            .map(|_| "the message arrived".to_owned())
            .map_err(|error| error.to_string()))
    }

    /// Keeps what an exchange told about a connector.
    async fn learnt(&self, one: &Connected, told: Option<Told>) {
        if let Some(told) = told {
            told.keep(&self.store, &one.settings.name).await;
        }
    }
}
