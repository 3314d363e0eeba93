//! Mattermost: clicks, slash commands and what an outgoing webhook tells of.

use serde_json::{Value, json};
use tandem_connect::inbound::mattermost::{self, MattermostError};
use tandem_connect::inbound::{Said, VerifyError};
use tandem_connect::{Far, Secret};

use axum::http::StatusCode;

use super::Connected;
use super::door::{Door, MattermostDoor};
use super::said::Came;
use super::slack::{joined, not_believed, unreadable};
use crate::app::App;
use crate::http::error::ApiError;

fn refused(error: MattermostError) -> ApiError {
    match error {
        MattermostError::Verify(error) => not_believed(&error),
        MattermostError::Parse(error) => unreadable(&error),
    }
}

fn wanted(secret: Option<&Secret>) -> Result<&Secret, ApiError> {
    secret.ok_or_else(|| not_believed(&VerifyError::NoSecret))
}

/// The words for whoever asked.
fn said(came: Came) -> Result<String, ApiError> {
    match came {
        Came::Done(words) | Came::Refused(words) => Ok(joined(&words)),
        Came::Quietly => Ok("Done.".to_owned()),
        Came::Before => Err(not_believed(&VerifyError::Replayed)),
    }
}

impl App {
    fn mattermost_door(&self, name: &str) -> Result<(&Connected, &MattermostDoor), ApiError> {
        let one = self.chat.connector(name);
        match (one, one.and_then(|one| one.door.as_deref())) {
            (Some(one), Some(Door::Mattermost(door))) => Ok((one, door)),
            _ => Err(not_believed(&VerifyError::NoSecret)),
        }
    }

    /// Takes a click in and gives the answer's body, which only whoever clicked reads.
    ///
    /// # Errors
    /// The button is none of ours, the click was taken before, or something of ours fails.
    pub(crate) async fn mattermost_click(&self, name: &str, body: &[u8]) -> Result<Value, ApiError> {
        let (one, door) = self.mattermost_door(name)?;
        let seal = wanted(door.seal.as_ref())?;
        let what = mattermost::click(seal, body, crate::pipeline::now()).map_err(refused)?;
        let text = said(self.said(one, &what, false).await?)?;
        let answer = json!({"ephemeral_text": text});
        Ok(self.screened(answer).await?.into_inner())
    }

    /// Does what a slash command says and gives the answer's body, which only whoever typed it reads.
    ///
    /// # Errors
    /// The token is not the command's, it was taken before, or something of ours fails.
    pub(crate) async fn mattermost_command(&self, name: &str, body: &[u8]) -> Result<Value, ApiError> {
        let (one, door) = self.mattermost_door(name)?;
        let token = wanted(door.command.as_ref())?;
        let text = match mattermost::slash(token, body, crate::pipeline::now()).map_err(refused)? {
            Err(words) => words.to_string(),
            Ok(what) => said(self.said(one, &what, false).await?)?,
        };
        let answer = json!({"response_type": "ephemeral", "text": text, "skip_slack_parsing": true});
        Ok(self.screened(answer).await?.into_inner())
    }

    /// Takes in what was written in a channel. The webhook tells neither the thread nor whether a bot wrote it, so the server
    /// is asked about the post; that also shows that there is one.
    ///
    /// # Errors
    /// The token is not the webhook's, the post is not as told, or something of ours fails.
    pub(crate) async fn mattermost_post(&self, name: &str, body: &[u8]) -> Result<(), ApiError> {
        let (one, door) = self.mattermost_door(name)?;
        let token = wanted(door.hook.as_ref())?;
        let mut what = mattermost::post(token, body).map_err(refused)?;
        let Far::Mattermost(far) = one.far.as_ref() else {
            return Err(not_believed(&VerifyError::NoSecret));
        };
        let facts = far.post_facts(&what.id).await.map_err(|error| {
            tracing::warn!(%error, "a post that a webhook told of cannot be looked up");
            ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "post",
                "the post cannot be looked up now",
                "see that the bot is in the channel",
            )
        })?;
        if facts.user != what.user || facts.room != what.room {
            return Err(not_believed(&VerifyError::Forged));
        }
        let empty = matches!(&what.said, Said::Text(text) if text.is_empty());
        if facts.automatic || empty {
            return Ok(());
        }
        what.thread = facts.root;
        self.said(one, &what, true).await.map(drop)
    }
}
