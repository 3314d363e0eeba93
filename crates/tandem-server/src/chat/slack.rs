//! Slack: what its requests make, whether they come over HTTP or over Socket Mode.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_connect::far::slack_socket::{Envelope, Socket};
use tandem_connect::inbound::slack::{self, Event, Slash};
use tandem_connect::inbound::{Inbound, ParseError, Said, VerifyError};
use tandem_connect::{Far, Verb, render};

use super::door::Door;
use super::listen::ListenError;
use super::said::Came;
use super::{Connected, PAUSE};
use crate::app::App;
use crate::http::error::ApiError;

/// Slack closes connections about once an hour; one that closes at once is not opened again at once.
const AGAIN: Duration = Duration::from_secs(1);

/// A request that is not believed. It says what is wrong, never what would be right.
pub(super) fn not_believed(error: &VerifyError) -> ApiError {
    let status = match error {
        VerifyError::Full => StatusCode::SERVICE_UNAVAILABLE,
        VerifyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNAUTHORIZED,
    };
    ApiError::new(
        status,
        "refused",
        error.to_string(),
        "docs/connectors.md says how the other side is set up",
    )
}

/// A believed request that cannot be read.
pub(crate) fn unreadable(error: &ParseError) -> ApiError {
    ApiError::bad(
        "unreadable",
        error.to_string(),
        "docs/connectors.md says what the other side must send",
    )
}

/// Words as one text.
pub(super) fn joined(words: &[String]) -> String {
    words.join(". ").replace("..", ".")
}

/// An answer that only whoever asked reads. Its block is plain text, in which nothing is markup.
fn ephemeral(text: &str) -> Value {
    let fallback = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    json!({
        "response_type": "ephemeral",
        "text": fallback,
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}}],
    })
}

impl Connected {
    /// True if Tandem opens a connection to Slack.
    pub(super) fn has_socket(&self) -> bool {
        matches!(self.door.as_deref(), Some(Door::Slack(door)) if door.socket.is_some())
    }
}

impl App {
    /// A Slack connector whose request is signed, recent and new.
    ///
    /// # Errors
    /// No such connector, or the request is not believed.
    pub(crate) fn slack_request(
        &self,
        name: &str,
        signed: (&str, &str),
        body: &[u8],
    ) -> Result<&Connected, ApiError> {
        let one = self.chat.connector(name);
        let (Some(one), Some(Door::Slack(door))) = (one, one.and_then(|one| one.door.as_deref())) else {
            return Err(not_believed(&VerifyError::NoSecret));
        };
        let Some(secret) = &door.signing else {
            return Err(not_believed(&VerifyError::NoSecret));
        };
        let (timestamp, signature) = signed;
        let now = crate::pipeline::now();
        slack::verify(secret, timestamp, signature, body, now, &mut *door.replays())
            .map_err(|error| not_believed(&error))?;
        Ok(one)
    }

    /// Takes an event in; gives what to answer as plain text if Slack only tries the address.
    ///
    /// # Errors
    /// When something of ours fails; Slack sends it again.
    pub(crate) async fn slack_event(
        &self,
        one: &Connected,
        event: Event,
    ) -> Result<Option<String>, ApiError> {
        match event {
            Event::Challenge(words) => Ok(Some(words)),
            Event::Said(what) => {
                self.said(one, &what, true).await?;
                Ok(None)
            }
            Event::Nothing => Ok(None),
        }
    }

    /// Takes a click or a filled form in; gives the answer's body, `null` for none. A click is answered in its thread, a form
    /// in the form.
    ///
    /// # Errors
    /// When something of ours fails.
    pub(crate) async fn slack_pressed(
        &self,
        one: &Connected,
        pressed: Option<Inbound>,
    ) -> Result<Value, ApiError> {
        let Some(what) = pressed else {
            return Ok(Value::Null);
        };
        if self.opens_form(one, &what).await? {
            return Ok(Value::Null);
        }
        let form = matches!(what.said, Said::Answer { .. });
        match self.said(one, &what, !form).await? {
            Came::Refused(words) if form => {
                let errors = json!({"response_action": "errors", "errors": {"words": joined(&words)}});
                Ok(self.screened(errors).await?.into_inner())
            }
            _ => Ok(Value::Null),
        }
    }

    /// Shows the form for a question to whoever pressed the button and has linked the account. False if there is none to show:
    /// then the answer says how to ask.
    async fn opens_form(&self, one: &Connected, what: &Inbound) -> Result<bool, ApiError> {
        let (
            Said::Press {
                verb: Verb::Ask,
                target,
            },
            Some(trigger),
            Far::Slack(far),
        ) = (&what.said, &what.trigger, one.far.as_ref())
        else {
            return Ok(false);
        };
        if self.linked(one, what).await?.is_none() {
            return Ok(false);
        }
        let view = render::slack::question_view("Ask the other side", "Your question", target);
        let view = self.screened(view).await?;
        match far.open_view(trigger, &view).await {
            Ok(()) => Ok(true),
            Err(error) => {
                tracing::warn!(%error, "Slack did not show the form for a question");
                Ok(false)
            }
        }
    }

    /// Does what a slash command says and gives the answer's body.
    ///
    /// # Errors
    /// When something of ours fails.
    pub(crate) async fn slack_command(&self, one: &Connected, slash: Slash) -> Result<Value, ApiError> {
        let text = match slash {
            Err(words) => words.to_string(),
            Ok(what) => match self.said(one, &what, false).await? {
                Came::Done(words) | Came::Refused(words) => joined(&words),
                Came::Quietly => "Done.".to_owned(),
                Came::Before => "Nothing was done: this was taken before.".to_owned(),
            },
        };
        Ok(self.screened(ephemeral(&text)).await?.into_inner())
    }

    /// Opens a connection to Slack and takes in what comes over it until Slack closes it. Gives back how much came. What could
    /// not be taken is not acknowledged, so Slack sends it again.
    ///
    /// # Errors
    /// When Slack cannot be reached, or something could not be taken.
    pub async fn hear_slack(&self, connector: &str) -> Result<usize, ListenError> {
        let unknown = || ListenError::Unknown(connector.to_owned());
        let one = self.chat.connector(connector).ok_or_else(unknown)?;
        let Some(Door::Slack(door)) = one.door.as_deref() else {
            return Err(unknown());
        };
        let (token, base, http) = door.socket.as_ref().ok_or_else(unknown)?;
        let mut socket = Socket::open(http, base, token).await?;
        let mut heard = 0;
        while let Some(envelope) = socket.next().await? {
            match self.slack_envelope(one, &envelope).await {
                Ok(Value::Null) => socket.acknowledge(&envelope.id).await?,
                Ok(answer) => socket.answer(&envelope.id, &answer).await?,
                Err(error) if error.is_ours() => return Err(ListenError::Taking(error.to_string())),
                Err(error) => {
                    tracing::warn!(%error, "something that Slack sent cannot be read");
                    socket.acknowledge(&envelope.id).await?;
                }
            }
            heard += 1;
        }
        Ok(heard)
    }

    async fn slack_envelope(&self, one: &Connected, envelope: &Envelope) -> Result<Value, ApiError> {
        let (payload, now) = (&envelope.payload, crate::pipeline::now());
        match envelope.kind.as_str() {
            "events_api" => {
                let event = slack::event_payload(payload).map_err(|error| unreadable(&error))?;
                self.slack_event(one, event).await?;
                Ok(Value::Null)
            }
            "interactive" => {
                let pressed = slack::interaction_payload(payload, now).map_err(|error| unreadable(&error))?;
                self.slack_pressed(one, pressed).await
            }
            _ => {
                let slash = slack::slash_payload(payload, now).map_err(|error| unreadable(&error))?;
                self.slack_command(one, slash).await
            }
        }
    }
}

/// Keeps a connection to Slack open; it ends with the runtime.
pub(super) async fn listening(app: Arc<App>, connector: String) {
    loop {
        let pause = match app.hear_slack(&connector).await {
            Ok(_) => AGAIN,
            Err(error) => {
                crate::background::failed("listening to Slack", &error, PAUSE);
                PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
