//! Listening to Matrix, from where it was listened to last.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_connect::outbox::OutboxStore;
use tandem_connect::{Far, SendError};
use tandem_store::StoreError;

use super::said::Heard;
use crate::app::App;

/// Listening failed; it goes on from the same place.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// No such connector, or it is none that is listened to.
    #[error("`{0}` is no connector that is listened to")]
    Unknown(String),
    /// The far side cannot be asked.
    #[error(transparent)]
    Far(#[from] SendError),
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was heard cannot be written down.
    #[error("what was heard cannot be written down: {0}")]
    Taking(String),
    /// How far it was listened cannot be read or written.
    #[error("how far was listened cannot be read or written")]
    Place(#[from] serde_json::Error),
}

/// How far a connector was listened to: the place in the homeserver's stream, and what was taken after it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    since: Option<String>,
    done: Vec<String>,
}

fn setting(connector: &str) -> String {
    format!("chat.heard.{connector}")
}

impl App {
    /// Waits up to `wait` for what is said on a Matrix connector and takes it in. Gives back how much was heard. Asked for the
    /// first time, it only finds the place to go on from.
    ///
    /// # Errors
    /// When the homeserver or the database fails; what was not taken is heard again.
    pub async fn hear(&self, connector: &str, wait: Duration) -> Result<usize, ListenError> {
        let unknown = || ListenError::Unknown(connector.to_owned());
        let one = self.chat.connector(connector).ok_or_else(unknown)?;
        let Far::Matrix(matrix) = one.far.as_ref() else {
            return Err(unknown());
        };
        let own = matrix.whoami().await?;
        let name = setting(connector);
        let mut place: Place = match self.store.setting(&name).await? {
            Some(text) => serde_json::from_str(&text)?,
            None => Place::default(),
        };
        let heard = matrix.listen(&own, place.since.as_deref(), wait).await?;
        for what in &heard.messages {
            if place.done.contains(&what.id) {
                continue;
            }
            place.done.push(what.id.clone());
            let store = self.chat.courier.store();
            let lane = store
                .lane(connector, &what.room, what.thread.as_deref())
                .await
                .map_err(|error| ListenError::Taking(error.to_string()))?;
            let heard = Heard {
                one,
                what,
                lane,
                place: Some((name.clone(), serde_json::to_string(&place)?)),
                aloud: true,
            };
            self.take_in(&heard)
                .await
                .map_err(|error| ListenError::Taking(error.to_string()))?;
        }
        let next = Place {
            since: Some(heard.since),
            done: Vec::new(),
        };
        self.store
            .set_setting(&name, &serde_json::to_string(&next)?)
            .await?;
        Ok(heard.messages.len())
    }
}
