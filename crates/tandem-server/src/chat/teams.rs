//! Microsoft Teams: activities that the Bot Connector delivers.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_connect::inbound::{VerifyError, bot};

use super::Connected;
use super::door::{Door, TeamsDoor};
use super::said::Came;
use super::slack::{joined, not_believed, unreadable};
use crate::app::App;
use crate::http::error::ApiError;

/// The kind of an answer that is shown to whoever pressed a button (learn.microsoft.com, "Universal Actions for Adaptive Cards",
/// "Response format").
const MESSAGE: &str = "application/vnd.microsoft.activity.message";

impl App {
    fn teams_door(&self, name: &str) -> Option<(&Connected, &TeamsDoor)> {
        let one = self.chat.connector(name)?;
        match one.door.as_deref() {
            Some(Door::Teams(door)) => Some((one, door)),
            _ => None,
        }
    }

    /// Takes an activity in; gives the answer's body, `null` for none. Words are answered in the conversation, a button at once.
    ///
    /// # Errors
    /// The token is not the Bot Connector's for this bot and this activity, or something of ours fails.
    pub(crate) async fn teams_activity(
        &self,
        name: &str,
        authorization: &str,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let Some((one, door)) = self.teams_door(name) else {
            return Err(not_believed(&VerifyError::NoSecret));
        };
        self.teams_believed(door, authorization, body).await?;
        let activity = bot::activity(body, crate::pipeline::now()).map_err(|error| unreadable(&error))?;
        let Some(what) = activity else {
            return Ok(Value::Null);
        };
        let kind: Value = serde_json::from_slice(body).unwrap_or_default();
        let button = kind["type"].as_str() == Some("invoke");
        let text = match self.said(one, &what, !button).await? {
            Came::Done(words) | Came::Refused(words) => joined(&words),
            Came::Before if button => "Nothing was done: this was taken before.".to_owned(),
            Came::Quietly | Came::Before => return Ok(Value::Null),
        };
        let answer = json!({"statusCode": 200, "type": MESSAGE, "value": text});
        Ok(self.screened(answer).await?.into_inner())
    }

    /// Checks the token with the keys that are known, and with fresh ones if those do not fit: keys are changed from time to
    /// time.
    async fn teams_believed(
        &self,
        door: &TeamsDoor,
        authorization: &str,
        body: &[u8],
    ) -> Result<(), ApiError> {
        let now = crate::pipeline::now();
        let mut renew = false;
        loop {
            let keys = door.keys.get(now, renew).await.map_err(|error| {
                tracing::warn!(%error, "a request of Teams cannot be checked");
                ApiError::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "keys",
                    "the request cannot be checked now",
                    "send it again in a minute",
                )
            })?;
            match bot::verify(&door.bot, &keys, authorization, body, now) {
                Ok(()) => return Ok(()),
                Err(VerifyError::Forged) if !renew => renew = true,
                Err(error) => return Err(not_believed(&error)),
            }
        }
    }
}
