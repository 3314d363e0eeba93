//! The Bot Connector's public keys: described by a page, kept for a day, asked for again when a token names one that is not
//! known (learn.microsoft.com, "Authenticate requests from the Bot Connector service to your bot").

use axum::http::Method;
use tandem_connect::inbound::bot::KeySet;
use tandem_connect::net::{Body, Call};
use tandem_connect::{Base, Http, SendError};
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_SECOND};
use tokio::sync::Mutex;

const FAR: &str = "bot connector keys";
/// Keys are asked for again after so long.
const FRESH: i64 = MICROS_PER_DAY;
/// While the page cannot be reached, keys are used for so long.
const USABLE: i64 = 5 * MICROS_PER_DAY;
/// A token with an unknown key makes Tandem ask again at most this often: forged ones are cheap.
const PAUSE: i64 = 300 * MICROS_PER_SECOND;

/// Keys with when they were fetched.
#[derive(Debug, Clone)]
struct Held {
    keys: KeySet,
    at: Timestamp,
    /// The last try, also if it failed.
    tried: Timestamp,
}

/// The keys and where they come from.
#[derive(Debug)]
pub(crate) struct BotKeys {
    http: Http,
    at: Base,
    held: Mutex<Option<Held>>,
}

impl BotKeys {
    /// Keys that `at` describes; nothing is fetched yet.
    pub(super) fn new(http: Http, at: Base) -> Self {
        Self {
            http,
            at,
            held: Mutex::new(None),
        }
    }

    /// The keys. With `renew`, those of before did not fit.
    ///
    /// # Errors
    /// When there are none and they cannot be fetched.
    pub(crate) async fn get(&self, now: Timestamp, renew: bool) -> Result<KeySet, SendError> {
        let mut held = self.held.lock().await;
        let old = held.as_ref().is_none_or(|held| {
            let (age, since) = (now.0 - held.at.0, now.0 - held.tried.0);
            since > PAUSE && (renew || age > FRESH)
        });
        if !old && let Some(held) = held.as_ref() {
            return Ok(held.keys.clone());
        }
        match self.fetch().await {
            Ok(keys) => {
                *held = Some(Held {
                    keys: keys.clone(),
                    at: now,
                    tried: now,
                });
                Ok(keys)
            }
            Err(error) => match held.as_mut().filter(|held| now.0 - held.at.0 <= USABLE) {
                Some(held) => {
                    tracing::warn!(%error, "the bot connector's keys cannot be fetched; those of before are used");
                    held.tried = now;
                    Ok(held.keys.clone())
                }
                None => Err(error),
            },
        }
    }

    async fn fetch(&self) -> Result<KeySet, SendError> {
        let page = self.read(&self.at).await?;
        let page: serde_json::Value = serde_json::from_slice(&page).unwrap_or_default();
        let place = Base::parse(page["jwks_uri"].as_str().unwrap_or_default())
            .map_err(|error| garbled(&error.to_string()))?;
        KeySet::parse(&self.read(&place).await?).map_err(|error| garbled(&error.to_string()))
    }

    async fn read(&self, base: &Base) -> Result<Vec<u8>, SendError> {
        let call = Call {
            method: Method::GET,
            base,
            path: &[],
            query: &[],
            bearer: None,
            headers: &[],
            body: Body::None,
        };
        Ok(self.http.send(FAR, &call).await?.success(|_| None)?.body)
    }
}

fn garbled(why: &str) -> SendError {
    SendError::Busy {
        far: FAR,
        why: why.to_owned(),
        after: None,
    }
}
