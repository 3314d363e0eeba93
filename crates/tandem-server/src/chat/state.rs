//! The connectors as whoever looks after the system sees them: what goes there, how much waits, when it last worked. Never a
//! secret, and never what was to be sent.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tandem_connect::Base;
use utoipa::ToSchema;

use super::config::SLACK;
use super::health::{self, Health};
use super::{Connected, ConnectorSettings, Kind};
use crate::app::App;
use crate::http::error::ApiError;

/// What went wrong last.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorFailure {
    /// When (RFC 3339).
    pub at: String,
    /// In words.
    pub said: String,
}

/// A connector and how it does.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorState {
    /// Its name in the settings.
    pub name: String,
    /// `matrix`, `mattermost`, `mattermost_hook`, `slack`, `teams_workflow`, `teams_bot`, `mail` or `hook`; null if messages of
    /// it are still there but the settings name it no more.
    pub kind: Option<String>,
    /// The host it speaks to, where that is no secret.
    pub host: Option<String>,
    /// What goes there, in sentences.
    pub goes: Vec<String>,
    /// Whether what people answer there comes back.
    pub hears: bool,
    /// Messages that are to be sent or are being sent.
    pub waiting: u64,
    /// Messages that arrived.
    pub sent: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// When something arrived last, a test included (RFC 3339).
    pub arrived: Option<String>,
    /// What went wrong last; it may have been put right since.
    pub failed: Option<ConnectorFailure>,
}

/// Every connector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConnectorList {
    /// In the order of the settings, then those that are no longer in them.
    pub connectors: Vec<ConnectorState>,
}

/// How many messages a connector has in each state.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    waiting: u64,
    sent: u64,
    dead: u64,
}

impl App {
    /// The connectors and how they do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connector_list(&self) -> Result<ConnectorList, ApiError> {
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        for count in self.store.outbox_counts().await? {
            let of = counts.entry(count.connector).or_default();
            match count.state.as_str() {
                "sent" => of.sent += count.messages,
                "dead" => of.dead += count.messages,
                _ => of.waiting += count.messages,
            }
        }
        let health = health::known(&self.store).await?;
        let connected = self.chat.connected();
        let named: BTreeSet<&str> = connected.iter().map(|one| one.settings.name.as_str()).collect();
        let gone: Vec<&String> = counts
            .keys()
            .filter(|name| !named.contains(name.as_str()))
            .collect();
        let about = |name: &str| {
            let counts = counts.get(name).copied().unwrap_or_default();
            (counts, health.get(name).cloned().unwrap_or_default())
        };
        let mut connectors: Vec<ConnectorState> = connected
            .iter()
            .map(|one| state(&one.settings.name, Some(one), about(&one.settings.name)))
            .collect();
        connectors.extend(gone.into_iter().map(|name| state(name, None, about(name))));
        Ok(ConnectorList { connectors })
    }
}

fn state(name: &str, one: Option<&Connected>, (counts, health): (Counts, Health)) -> ConnectorState {
    let settings = one.map(|one| &one.settings);
    ConnectorState {
        name: name.to_owned(),
        kind: settings.map(|settings| settings.kind.as_str().to_owned()),
        host: settings.and_then(host),
        goes: settings.map_or_else(
            || vec!["Nothing: it is not in the settings any more.".to_owned()],
            |settings| goes(settings).into_iter().map(str::to_owned).collect(),
        ),
        hears: one.is_some_and(Connected::hears),
        waiting: counts.waiting,
        sent: counts.sent,
        dead: counts.dead,
        arrived: health.arrived.map(|at| at.to_string()),
        failed: health.failed.map(|failure| ConnectorFailure {
            at: failure.at.to_string(),
            said: failure.said,
        }),
    }
}

/// What goes to a far side, in sentences.
fn goes(settings: &ConnectorSettings) -> Vec<&'static str> {
    match settings.kind {
        Kind::Mail => vec![
            "What happens in a case, to those of its members who have a mail address.",
            "Requests for a disclosure, to the approvers, without case and subject.",
            "That a finding about the use of Tandem waits, to who may read it.",
            "The daily mail, to who asked for it.",
        ],
        Kind::Hook => {
            vec!["Events of cases, of playbook steps that wait and of requests for a disclosure, signed."]
        }
        _ => {
            let (rooms, usual) = (settings.makes_rooms(), settings.has_usual_place());
            let mut found = Vec::new();
            if rooms {
                found.push("What happens in a case, in a room of the case.");
            }
            if usual && !rooms {
                found.push("What happens in cases, in the usual room.");
            }
            if usual {
                found.push("Requests for a disclosure, in the usual room, without case and subject.");
            }
            if found.is_empty() {
                found.push("Nothing: it has no rooms of cases and no usual room.");
            }
            found
        }
    }
}

/// The host of a connector. The rest of an address may hold a secret, and that of a webhook or a workflow is one.
fn host(settings: &ConnectorSettings) -> Option<String> {
    let server = match settings.kind {
        Kind::MattermostHook | Kind::TeamsWorkflow => return None,
        Kind::Mail => return settings.server.clone(),
        Kind::Slack => settings.server.as_deref().unwrap_or(SLACK),
        _ => settings.server.as_deref()?,
    };
    Base::parse(server).ok().map(|base| base.host().to_owned())
}
