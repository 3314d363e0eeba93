//! Chat, mail and webhooks at work: what happens is told in the same transaction, sent by a courier, and what people answer
//! from accounts that they linked is taken in.

mod acts;
mod config;
mod door;
mod gate;
mod health;
mod keys;
mod link;
mod listen;
mod mattermost;
mod notices;
mod outbox;
mod said;
mod slack;
mod state;
mod tale;
mod teams;
mod view;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tandem_connect::far::action::Clerk;
use tandem_connect::outbox::{Connector, Courier, Policy, Round};
use tandem_connect::{Base, Far, Http, Screened};
use tandem_store::Store;
use tandem_vault::VaultError;
use tokio::sync::Notify;

pub use self::config::{ActionSettings, ChatSettings, ConnectorError, ConnectorSettings, Kind, Security};
use self::door::Door;
pub use self::door::InboundSettings;
pub use self::gate::NameGate;
pub use self::link::ChatCode;
pub use self::listen::ListenError;
pub(crate) use self::notices::waiting as message;
pub use self::outbox::{Outbox, OutboxError};
pub(crate) use self::outbox::{item as stored_item, row as stored_row};
pub(crate) use self::slack::unreadable;
pub use self::state::{ConnectorFailure, ConnectorList, ConnectorState};
pub use self::view::{
    ConnectorTest, ConnectorView, DeadLetter, OutboxCountView, OutboxView, ReplayDead, Replayed,
};

use crate::app::App;
use crate::http::error::ApiError;

/// How long a message belongs to whoever sends it: three times the longest exchange.
const LEASE: Duration = Duration::from_secs(60);
/// How long one question to a homeserver waits for something to be said.
const LISTENS: Duration = Duration::from_secs(30);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(10);
/// How often the gate learns the names anew; another process may have put people into the vault.
const RELEARN: Duration = Duration::from_secs(600);

/// A far side with its settings.
#[derive(Debug, Clone)]
pub struct Connected {
    /// What the settings say.
    pub settings: ConnectorSettings,
    /// How to speak to it.
    pub far: Arc<Far>,
    /// How what it sends is believed.
    pub(crate) door: Option<Arc<Door>>,
}

/// The way out and in.
pub struct Chat {
    /// Beginning of links.
    address: String,
    connected: Vec<Connected>,
    courier: Courier<Outbox>,
    gate: Arc<NameGate>,
    wake: Notify,
}

/// Messages cannot be sent now.
#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// The gate cannot learn the names, so nothing may leave.
    #[error("the names in the vault cannot be learnt, so no message may leave")]
    Names(#[from] VaultError),
    /// The outbox failed.
    #[error("the outbox cannot be worked through")]
    Outbox(#[from] OutboxError),
}

impl Chat {
    /// Sets up every connector of the settings; nothing is connected yet.
    ///
    /// # Errors
    /// [`ConnectorError`] names the connector and what is wrong.
    pub fn open(
        settings: &ChatSettings,
        connectors: &[ConnectorSettings],
        store: Store,
        clerk: &Arc<dyn Clerk>,
    ) -> Result<Self, ConnectorError> {
        let mut connected: Vec<Connected> = Vec::with_capacity(connectors.len());
        if !connectors.is_empty() {
            Base::parse(&settings.address).map_err(ConnectorError::Links)?;
            let route = settings.route()?;
            let http = Http::new(&route)?;
            for one in connectors {
                if connected.iter().any(|known| known.settings.name == one.name) {
                    return Err(ConnectorError::Name(one.name.clone()));
                }
                connected.push(Connected {
                    settings: one.clone(),
                    far: Arc::new(one.far(&http, &route, &settings.address, clerk)?),
                    door: one.door(&http)?.map(Arc::new),
                });
            }
        }
        let gate = Arc::new(NameGate::default());
        let courier = Courier::new(
            Outbox::of(store),
            senders(&connected),
            Arc::<NameGate>::clone(&gate),
            Policy::default(),
            LEASE,
        );
        Ok(Self {
            address: settings.address.trim_end_matches('/').to_owned(),
            connected,
            courier,
            gate,
            wake: Notify::new(),
        })
    }

    /// The connectors.
    pub fn connected(&self) -> &[Connected] {
        &self.connected
    }

    /// The connectors as a courier takes them.
    pub fn senders(&self) -> Vec<Connector> {
        senders(&self.connected)
    }

    /// The gate that every text passes.
    pub fn gate(&self) -> Arc<NameGate> {
        Arc::clone(&self.gate)
    }

    /// A connector by its name.
    pub fn connector(&self, name: &str) -> Option<&Connected> {
        self.connected.iter().find(|known| known.settings.name == name)
    }

    /// The connector of that name, if it carries out that action, and how.
    pub(crate) fn offers(&self, connector: &str, action: &str) -> Option<(&Connected, &ActionSettings)> {
        let one = self
            .connector(connector)
            .filter(|one| one.settings.kind == Kind::Action)?;
        let action = one.settings.actions.iter().find(|known| known.name == action)?;
        Some((one, action))
    }

    /// True if any connector carries out actions.
    pub(crate) fn acts(&self) -> bool {
        self.connected.iter().any(|one| one.settings.kind == Kind::Action)
    }

    /// What begins a command, where colleagues can type one.
    fn command(&self) -> &'static str {
        let hears = self.connected.iter().find(|one| one.hears());
        hears.map_or(tandem_connect::render::matrix::COMMAND, Connected::prefix)
    }

    /// True if nothing goes out at all.
    pub fn is_silent(&self) -> bool {
        self.connected.is_empty()
    }

    /// Lets the courier look at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The address of a page of the console.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

fn senders(connected: &[Connected]) -> Vec<Connector> {
    connected
        .iter()
        .map(|one| Connector {
            name: one.settings.name.clone(),
            far: Arc::clone(&one.far),
        })
        .collect()
}

/// A uniform number from 0 to 1; without randomness the longest wait.
fn draw() -> f64 {
    let bytes = crate::secret::random().unwrap_or([0xff; 32]);
    let [a, b, c, d, ..] = bytes;
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
}

impl App {
    /// What is answered at once, past the gate like everything that leaves.
    ///
    /// # Errors
    /// When the names cannot be learnt, or the answer holds one.
    pub(crate) async fn screened(&self, answer: Value) -> Result<Screened<Value>, ApiError> {
        if !self.chat.gate.knows() {
            self.learn_names().await?;
        }
        Screened::new(answer, &*self.chat.gate).map_err(|breach| ApiError::internal(&breach))
    }

    /// Sends what is due, once around, and brings the answers of connectors into their runs. What a process that died left
    /// behind is brought in first.
    ///
    /// # Errors
    /// When the names are not known, or the outbox fails. What was sent but not written down comes back when its lease ends.
    pub async fn send_messages(&self) -> Result<Round, SendingError> {
        if self.chat.is_silent() {
            return Ok(Round::default());
        }
        if !self.chat.gate.knows() {
            self.learn_names().await?;
        }
        self.bring_back_logged().await;
        let round = self.chat.courier.round(&crate::pipeline::now, &draw).await?;
        if round.sent + round.dead > 0 {
            self.bring_back_logged().await;
        }
        Ok(round)
    }

    async fn bring_back_logged(&self) {
        if let Err(error) = self.bring_back().await {
            tracing::error!(%error, "answers of connectors cannot be brought into their runs; it is tried again");
        }
    }
}

/// Starts sending and listening; it ends with the runtime.
pub fn start(app: &Arc<App>) {
    if app.chat.is_silent() {
        return;
    }
    tokio::spawn(sending(Arc::clone(app)));
    tokio::spawn(learning(Arc::clone(app)));
    for one in app.chat.connected() {
        if matches!(one.far.as_ref(), Far::Matrix(_)) {
            tokio::spawn(listening(Arc::clone(app), one.settings.name.clone()));
        }
        if one.has_socket() {
            tokio::spawn(slack::listening(Arc::clone(app), one.settings.name.clone()));
        }
    }
}

async fn sending(app: Arc<App>) {
    let every = Duration::from_secs(app.config.chat.every_seconds.max(1));
    loop {
        let more = match app.send_messages().await {
            // More may have become due behind what was sent.
            Ok(round) => round.sent + round.dead > 0,
            Err(error) => {
                crate::background::failed("sending messages", &error, every);
                false
            }
        };
        if more {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = app.chat.wake.notified() => {}
        }
    }
}

async fn learning(app: Arc<App>) {
    loop {
        if let Err(error) = app.learn_names().await {
            crate::background::failed("learning the names in the vault", &error, RELEARN);
        }
        tokio::time::sleep(RELEARN).await;
    }
}

async fn listening(app: Arc<App>, connector: String) {
    loop {
        if let Err(error) = app.hear(&connector, LISTENS).await {
            crate::background::failed("listening to a homeserver", &error, PAUSE);
            tokio::time::sleep(PAUSE).await;
        }
    }
}
