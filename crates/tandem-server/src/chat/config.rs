//! Connectors as the settings name them. A secret is never in the settings: they name the file or the environment variable
//! that holds it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tandem_connect::far::action::{ActionFar, Clerk};
use tandem_connect::far::bot::{Bot, BotSettings};
use tandem_connect::far::hook::Hook;
use tandem_connect::far::mail::{MailError, MailSettings, Post, Security as MailSecurity};
use tandem_connect::far::matrix::{Matrix, MatrixSettings};
use tandem_connect::far::mattermost::{IncomingHook, Mattermost, MattermostSettings};
use tandem_connect::far::slack::Slack;
use tandem_connect::far::teams::TeamsHook;
use tandem_connect::net::{BaseError, RouteError};
use tandem_connect::standard::SigningKey;
use tandem_connect::{Base, Far, Http, Route, Secret};

use super::door::InboundSettings;

/// Where Slack's Web API is.
pub(super) const SLACK: &str = "https://slack.com/api";

/// What goes out to far sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    /// Address of the console as colleagues reach it; links in messages begin with it. `https`, or `http` to this machine.
    pub address: String,
    /// Seconds between two looks for messages that are due.
    pub every_seconds: u64,
    /// Proxy for everything that is not this machine; empty for none.
    pub proxy: String,
    /// Files with certificates (DER) of the house's own authorities.
    pub authorities: Vec<PathBuf>,
}

impl Default for ChatSettings {
    fn default() -> Self {
        Self {
            address: "http://127.0.0.1:7878".into(),
            every_seconds: 5,
            proxy: String::new(),
            authorities: Vec::new(),
        }
    }
}

/// What kind of far side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A Matrix homeserver.
    Matrix,
    /// A Mattermost server, by a bot account.
    Mattermost,
    /// A Mattermost channel, by an incoming webhook.
    MattermostHook,
    /// A Slack workspace.
    Slack,
    /// A Microsoft Teams channel, by a workflow.
    TeamsWorkflow,
    /// A Microsoft Teams channel, by a bot.
    TeamsBot,
    /// Mail.
    Mail,
    /// A signed webhook.
    Hook,
    /// A system that carries out actions of playbooks.
    Action,
}

impl Kind {
    /// The name in the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Mattermost => "mattermost",
            Self::MattermostHook => "mattermost_hook",
            Self::Slack => "slack",
            Self::TeamsWorkflow => "teams_workflow",
            Self::TeamsBot => "teams_bot",
            Self::Mail => "mail",
            Self::Hook => "hook",
            Self::Action => "action",
        }
    }

    /// True if it can make a room for a case.
    pub const fn has_rooms(self) -> bool {
        matches!(self, Self::Matrix | Self::Mattermost | Self::Slack)
    }
}

/// How mail is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// Plain first, then TLS.
    StartTls,
    /// None, for a relay on this machine only.
    Loopback,
}

/// An action that a connector of kind `action` carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionSettings {
    /// Its name, as playbooks have it under `operation`: lower-case letters, digits and `_`.
    pub name: String,
    /// The connector can say what it would do without doing it.
    #[serde(default)]
    pub dry_run: bool,
    /// The connector can take it back.
    #[serde(default)]
    pub undo: bool,
    /// It needs the subject's accounts, so it leaves under an open disclosure of them only.
    #[serde(default)]
    pub account: bool,
}

/// One far side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectorSettings {
    /// Its name: letters, digits, `-`, `_`. Messages that wait are kept under it.
    pub name: String,
    /// What kind.
    pub kind: Kind,
    /// File with the secret: token, password, signing key, or the whole address of an incoming webhook or workflow.
    pub secret_file: Option<PathBuf>,
    /// Environment variable with the secret.
    pub secret_env: Option<String>,
    /// Address of the server or the receiver; for mail the relay's host name, for a bot of Teams the service's address.
    pub server: Option<String>,
    /// Matrix: the homeserver's name as it stands in ids.
    pub domain: Option<String>,
    /// Mattermost: id of the team. Slack and Teams: id of the workspace or tenant, the only one from which anything counts.
    pub team: Option<String>,
    /// The usual room, for what belongs to no case's room; for a bot of Teams the conversation.
    pub room: Option<String>,
    /// Whether each case gets a room of its own where the far side can.
    #[serde(default = "yes")]
    pub case_rooms: bool,
    /// Mail: the account at the relay.
    pub account: Option<String>,
    /// Mail: the sender, such as `Tandem <tandem@example.org>`.
    pub from: Option<String>,
    /// Mail: the relay's port; 465 or 587 without it.
    pub port: Option<u16>,
    /// Mail: how it is secured; `start_tls` without it.
    pub security: Option<Security>,
    /// Teams: application id of the bot.
    pub app: Option<String>,
    /// Teams: where the bot's tokens come from.
    pub login: Option<String>,
    /// What it takes in; without it, it only speaks (but to Matrix, Tandem always listens).
    pub inbound: Option<InboundSettings>,
    /// Actions: what it carries out. A playbook finds it by the connector's name and the action's.
    #[serde(default)]
    pub actions: Vec<ActionSettings>,
}

const fn yes() -> bool {
    true
}

/// A connector cannot be used as the settings have it.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// A setting is missing.
    #[error(
        "connector `{name}`: {what} is missing in the settings; docs/connectors.md says what each kind needs"
    )]
    Missing {
        /// Which connector.
        name: String,
        /// What is missing.
        what: &'static str,
    },
    /// The name is none, or two have it.
    #[error(
        "connector `{0}`: a name has letters, digits, - and _, at most 40 of them, and belongs to one connector only"
    )]
    Name(String),
    /// The secret cannot be read.
    #[error("connector `{name}`: the secret cannot be read from {place}")]
    Secret {
        /// Which connector.
        name: String,
        /// From where.
        place: String,
        /// Why.
        source: std::io::Error,
    },
    /// An address is not taken.
    #[error("connector `{name}`: the address is not usable")]
    Address {
        /// Which connector.
        name: String,
        /// Why.
        source: BaseError,
    },
    /// The signing key is none.
    #[error("connector `{name}`: the signing key is not usable")]
    Key {
        /// Which connector.
        name: String,
        /// Why.
        source: tandem_connect::standard::KeyError,
    },
    /// Mail settings are not usable.
    #[error("connector `{name}`: mail cannot be set up")]
    Mail {
        /// Which connector.
        name: String,
        /// Why.
        source: MailError,
    },
    /// Something is to come in where nothing can.
    #[error("connector `{0}`: this kind takes nothing in; take `inbound` out of the settings")]
    Inbound(String),
    /// What it carries out is not said, or said of a kind that carries out nothing.
    #[error(
        "connector `{0}`: a connector of kind `action`, and no other, has `actions`: at least one, each under a name of its own of \
         lower-case letters, digits and _, at most 64 of them"
    )]
    Actions(String),
    /// The way out cannot be set up.
    #[error("the way to far sides cannot be set up")]
    Route(#[from] RouteError),
    /// A certificate cannot be read.
    #[error("`{path}`, a certificate of `chat.authorities`, cannot be read")]
    Authority {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Links would lead nowhere.
    #[error("`chat.address` is not usable as the beginning of links")]
    Links(#[source] BaseError),
}

impl ChatSettings {
    /// How far sides are reached.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn route(&self) -> Result<Route, ConnectorError> {
        let mut route = Route {
            proxy: Some(self.proxy.clone()).filter(|proxy| !proxy.is_empty()),
            ..Route::default()
        };
        for path in &self.authorities {
            let bytes = std::fs::read(path).map_err(|source| ConnectorError::Authority {
                path: path.clone(),
                source,
            })?;
            route.authorities.push(bytes.into());
        }
        Ok(route)
    }
}

impl ConnectorSettings {
    /// True if it has a place for what belongs to no case's room.
    pub fn has_usual_place(&self) -> bool {
        self.kind != Kind::Action && (!self.kind.has_rooms() || self.room.is_some())
    }

    fn signing_key(&self) -> Result<SigningKey, ConnectorError> {
        SigningKey::parse(self.secret()?.expose()).map_err(|source| ConnectorError::Key {
            name: self.name.clone(),
            source,
        })
    }

    /// Refuses actions that nobody could ask for.
    fn checked_actions(&self) -> Result<(), ConnectorError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let named = |name: &str| !name.is_empty() && name.len() <= 64 && name.chars().all(fits);
        let names: BTreeSet<&str> = self.actions.iter().map(|one| one.name.as_str()).collect();
        let sound = names.len() == self.actions.len() && names.iter().all(|name| named(name));
        if sound && (self.kind == Kind::Action) != self.actions.is_empty() {
            Ok(())
        } else {
            Err(ConnectorError::Actions(self.name.clone()))
        }
    }

    /// True if it makes a room for each case.
    pub const fn makes_rooms(&self) -> bool {
        self.kind.has_rooms() && self.case_rooms
    }

    pub(super) fn wants<'a>(
        &self,
        value: Option<&'a String>,
        what: &'static str,
    ) -> Result<&'a str, ConnectorError> {
        value
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| ConnectorError::Missing {
                name: self.name.clone(),
                what,
            })
    }

    fn secret(&self) -> Result<Secret, ConnectorError> {
        let (file, env) = (self.secret_file.as_ref(), self.secret_env.as_ref());
        self.secret_at(file, env, "`secret_file` or `secret_env`")
    }

    /// The secret in that file or environment variable.
    pub(super) fn secret_at(
        &self,
        file: Option<&PathBuf>,
        env: Option<&String>,
        what: &'static str,
    ) -> Result<Secret, ConnectorError> {
        let failed = |place: String| {
            let name = self.name.clone();
            move |source| ConnectorError::Secret { name, place, source }
        };
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(failed(path.display().to_string()))?;
            return Ok(Secret::new(text.trim()));
        }
        let variable = self.wants(env, what)?;
        // The error of an unreadable variable holds its value, so it is not passed on.
        let text = std::env::var(variable).map_err(|_| {
            failed(format!("${variable}"))(std::io::Error::other("it is not set, or no text"))
        })?;
        Ok(Secret::new(text.trim()))
    }

    pub(super) fn base(&self, text: &str) -> Result<Base, ConnectorError> {
        Base::parse(text).map_err(|source| ConnectorError::Address {
            name: self.name.clone(),
            source,
        })
    }

    fn server(&self) -> Result<Base, ConnectorError> {
        self.base(self.wants(self.server.as_ref(), "`server`")?)
    }

    /// The far side, ready to be spoken to; nothing is connected yet. `address` is Tandem's own, for buttons that lead back;
    /// `clerk` lets actions go.
    ///
    /// # Errors
    /// [`ConnectorError`] names the connector and what is wrong, never a secret.
    pub fn far(
        &self,
        http: &Http,
        route: &Route,
        address: &str,
        clerk: &Arc<dyn Clerk>,
    ) -> Result<Far, ConnectorError> {
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.name.is_empty() || self.name.len() > 40 || !self.name.chars().all(named) {
            return Err(ConnectorError::Name(self.name.clone()));
        }
        if self.kind.has_rooms() && !self.case_rooms {
            self.wants(self.room.as_ref(), "`room`, as it makes no rooms of cases,")?;
        }
        self.checked_actions()?;
        let http = http.clone();
        Ok(match self.kind {
            Kind::Matrix => Far::Matrix(Matrix::new(
                http,
                MatrixSettings {
                    server: self.server()?,
                    domain: self.wants(self.domain.as_ref(), "`domain`")?.to_owned(),
                    token: self.secret()?,
                    usual_room: self.room.clone(),
                },
            )),
            Kind::Mattermost => Far::Mattermost(Mattermost::new(
                http,
                MattermostSettings {
                    server: self.server()?,
                    token: self.secret()?,
                    team: self.wants(self.team.as_ref(), "`team`")?.to_owned(),
                    usual_room: self.room.clone(),
                    clicks: self.clicks(address)?,
                },
            )),
            Kind::MattermostHook => {
                let address = self.base(self.secret()?.expose())?;
                Far::MattermostHook(IncomingHook::new(http, address))
            }
            Kind::Slack => {
                let base = self.base(self.server.as_deref().unwrap_or(SLACK))?;
                Far::Slack(Slack::new(http, base, self.secret()?, self.room.clone()))
            }
            Kind::TeamsWorkflow => {
                let address = self.base(self.secret()?.expose())?;
                Far::TeamsHook(TeamsHook::new(http, address))
            }
            Kind::TeamsBot => Far::TeamsBot(Bot::new(
                http,
                BotSettings {
                    login: self.base(self.wants(self.login.as_ref(), "`login`")?)?,
                    service: self.server()?,
                    app: self.wants(self.app.as_ref(), "`app`")?.to_owned(),
                    secret: self.secret()?,
                    conversation: self.wants(self.room.as_ref(), "`room`")?.to_owned(),
                },
            )),
            Kind::Mail => Far::Mail(self.mail(route)?),
            Kind::Hook => Far::Hook(Hook::new(http, self.server()?, self.signing_key()?)),
            Kind::Action => {
                let clerk = Arc::clone(clerk);
                Far::Action(ActionFar::new(&http, self.server()?, self.signing_key()?, clerk))
            }
        })
    }

    fn mail(&self, route: &Route) -> Result<Post, ConnectorError> {
        let security = match self.security.unwrap_or(Security::StartTls) {
            Security::Tls => MailSecurity::Tls,
            Security::StartTls => MailSecurity::StartTls,
            Security::Loopback => MailSecurity::Loopback,
        };
        let usual = if security == MailSecurity::Tls { 465 } else { 587 };
        let login = match &self.account {
            None => None,
            Some(account) => Some((account.clone(), self.secret()?)),
        };
        let settings = MailSettings {
            host: self.wants(self.server.as_ref(), "`server`")?.to_owned(),
            port: self.port.unwrap_or(usual),
            security,
            login,
            from: self.wants(self.from.as_ref(), "`from`")?.to_owned(),
        };
        Post::new(&settings, route).map_err(|source| ConnectorError::Mail {
            name: self.name.clone(),
            source,
        })
    }
}
