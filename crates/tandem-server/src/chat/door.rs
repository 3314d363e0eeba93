//! What a connector lets in: the secrets by which the far side's requests are believed.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tandem_connect::inbound::bot::{BotDoor, ISSUER, KEYS_AT};
use tandem_connect::inbound::{Inbound, ReplayCache};
use tandem_connect::render::mattermost::Clicks;
use tandem_connect::{Base, Http, Secret};

use super::Connected;
use super::config::{ConnectorError, ConnectorSettings, Kind, SLACK};
use super::keys::BotKeys;

/// Most requests that are remembered against replay; at ten minutes each that is a hundred in a second.
const REMEMBERED: usize = 60_000;

/// What a connector takes in besides what it sends. Secrets are named by file or environment variable, never written here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InboundSettings {
    /// File with Slack's signing secret; for Mattermost with a long random text that seals the buttons.
    pub secret_file: Option<PathBuf>,
    /// Environment variable with the same.
    pub secret_env: Option<String>,
    /// Slack: file with the app-level token of Socket Mode, for houses that let nothing in.
    pub socket_file: Option<PathBuf>,
    /// Environment variable with the same.
    pub socket_env: Option<String>,
    /// Mattermost: file with the token of the slash command.
    pub command_file: Option<PathBuf>,
    /// Environment variable with the same.
    pub command_env: Option<String>,
    /// Mattermost: file with the token of the outgoing webhook.
    pub hook_file: Option<PathBuf>,
    /// Environment variable with the same.
    pub hook_env: Option<String>,
    /// Teams: where the Bot Connector's keys are described; the public cloud's without it.
    pub keys: Option<String>,
    /// Teams: who issues the tokens; the public cloud without it.
    pub issuer: Option<String>,
}

/// How requests of Slack are believed.
#[derive(Debug)]
pub(crate) struct SlackDoor {
    /// The signing secret, if requests come over HTTP.
    pub(crate) signing: Option<Secret>,
    /// The app-level token and where to ask for an address, if Tandem opens the connection.
    pub(super) socket: Option<(Secret, Base, Http)>,
    replays: Mutex<ReplayCache>,
}

impl SlackDoor {
    /// The memory of signed requests.
    pub(crate) fn replays(&self) -> MutexGuard<'_, ReplayCache> {
        // Nobody panics while holding the lock; if somebody did, what was remembered still counts.
        self.replays.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How requests of a Mattermost server are believed.
#[derive(Debug)]
pub(crate) struct MattermostDoor {
    /// Seals the buttons.
    pub(crate) seal: Option<Secret>,
    /// Token of the slash command.
    pub(crate) command: Option<Secret>,
    /// Token of the outgoing webhook.
    pub(crate) hook: Option<Secret>,
}

/// How requests of the Bot Connector are believed.
#[derive(Debug)]
pub(crate) struct TeamsDoor {
    /// What the tokens must say.
    pub(crate) bot: BotDoor,
    /// The Bot Connector's keys.
    pub(crate) keys: BotKeys,
}

/// How requests of a far side are believed.
#[derive(Debug)]
pub(crate) enum Door {
    /// Slack.
    Slack(SlackDoor),
    /// Mattermost.
    Mattermost(MattermostDoor),
    /// Microsoft Teams.
    Teams(TeamsDoor),
}

impl ConnectorSettings {
    /// One of the secrets of what is let in, if the settings name it.
    fn inner(&self, file: Option<&PathBuf>, env: Option<&String>) -> Result<Option<Secret>, ConnectorError> {
        if file.is_none() && env.is_none() {
            return Ok(None);
        }
        let secret = self.secret_at(file, env, "a secret of `inbound`")?;
        if secret.expose().is_empty() {
            // An empty secret would prove nothing.
            return Err(ConnectorError::Missing {
                name: self.name.clone(),
                what: "a secret of `inbound` (its file or variable is empty)",
            });
        }
        Ok(Some(secret))
    }

    fn seal(&self) -> Result<Option<Secret>, ConnectorError> {
        self.inbound.as_ref().map_or(Ok(None), |within| {
            self.inner(within.secret_file.as_ref(), within.secret_env.as_ref())
        })
    }

    /// Where a Mattermost server sends clicks to, if they are let in. `address` is Tandem's own.
    pub(super) fn clicks(&self, address: &str) -> Result<Option<Clicks>, ConnectorError> {
        Ok(self.seal()?.map(|secret| Clicks {
            url: format!(
                "{}/api/v1/inbound/mattermost/{}/clicks",
                address.trim_end_matches('/'),
                self.name
            ),
            secret,
        }))
    }

    /// The door of a connector that lets something in.
    ///
    /// # Errors
    /// [`ConnectorError`] names the connector and what is wrong, never a secret.
    pub(super) fn door(&self, http: &Http) -> Result<Option<Door>, ConnectorError> {
        let Some(within) = &self.inbound else {
            return Ok(None);
        };
        Ok(Some(match self.kind {
            Kind::Slack => {
                let signing = self.seal()?;
                let token = self.inner(within.socket_file.as_ref(), within.socket_env.as_ref())?;
                if signing.is_none() && token.is_none() {
                    return Err(ConnectorError::Missing {
                        name: self.name.clone(),
                        what: "`inbound.secret_file` (signing secret) or `inbound.socket_file` (app token)",
                    });
                }
                let base = self.base(self.server.as_deref().unwrap_or(SLACK))?;
                Door::Slack(SlackDoor {
                    signing,
                    socket: token.map(|token| (token, base, http.clone())),
                    replays: Mutex::new(ReplayCache::new(REMEMBERED)),
                })
            }
            Kind::Mattermost => Door::Mattermost(MattermostDoor {
                seal: self.seal()?,
                command: self.inner(within.command_file.as_ref(), within.command_env.as_ref())?,
                hook: self.inner(within.hook_file.as_ref(), within.hook_env.as_ref())?,
            }),
            Kind::TeamsBot => Door::Teams(TeamsDoor {
                bot: BotDoor {
                    app: self.wants(self.app.as_ref(), "`app`")?.to_owned(),
                    issuer: within.issuer.clone().unwrap_or_else(|| ISSUER.to_owned()),
                },
                keys: BotKeys::new(
                    http.clone(),
                    self.base(within.keys.as_deref().unwrap_or(KEYS_AT))?,
                ),
            }),
            _ => return Err(ConnectorError::Inbound(self.name.clone())),
        }))
    }
}

impl Connected {
    /// True if what people say or press there reaches Tandem.
    pub(crate) const fn hears(&self) -> bool {
        self.door.is_some() || matches!(self.settings.kind, Kind::Matrix)
    }

    /// True if something was said in a workspace or tenant that the connector is not for.
    pub(super) fn is_foreign(&self, what: &Inbound) -> bool {
        let wanted = match self.settings.kind {
            Kind::Slack | Kind::TeamsBot => self.settings.team.as_deref(),
            _ => None,
        };
        wanted.is_some() && wanted != what.workspace.as_deref()
    }

    /// What begins a command there.
    pub(super) const fn prefix(&self) -> &'static str {
        match self.settings.kind {
            Kind::Matrix => tandem_connect::render::matrix::COMMAND,
            Kind::TeamsBot => "@Tandem tandem",
            _ => "/tandem",
        }
    }
}
