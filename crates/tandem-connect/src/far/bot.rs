//! A Microsoft Teams bot over the Bot Framework's REST interface (learn.microsoft.com, "Bot Connector REST API").

use reqwest::Method;
use serde_json::{Value, json};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tokio::sync::Mutex;

use super::{Context, Receipt, field, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Base, Body, Call, Http, SendError};
use crate::render;
use crate::secret::Secret;

const FAR: &str = "teams bot";
/// A token is renewed so long before it ends, seconds.
const MARGIN: i64 = 300;

/// What the settings say of a bot.
#[derive(Debug, Clone)]
pub struct BotSettings {
    /// Where tokens come from: `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`.
    pub login: Base,
    /// The service's address for the tenant's region, as its activities say (`serviceUrl`).
    pub service: Base,
    /// Application id of the bot.
    pub app: String,
    /// Its secret.
    pub secret: Secret,
    /// Conversation that takes everything: a channel of Teams.
    pub conversation: String,
}

/// A bot and the token it holds.
#[derive(Debug)]
pub struct Bot {
    http: Http,
    settings: BotSettings,
    token: Mutex<Option<(Secret, Timestamp)>>,
}

impl Bot {
    /// Takes the settings over.
    pub fn new(http: Http, settings: BotSettings) -> Self {
        Self {
            http,
            settings,
            token: Mutex::new(None),
        }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let (Job::Post { notice } | Job::Amend { notice }) = job else {
            return Err(unfit(FAR, job));
        };
        let body = Screened::new(render::teams::activity(&notice.checked()?), context.gate)?;
        let amended = context
            .anchor
            .amended
            .as_deref()
            .filter(|_| matches!(job, Job::Amend { .. }));
        let root = context.anchor.root.as_deref();
        // A reply in a channel goes to the conversation with the first message's id behind it.
        let conversation = match root.filter(|_| amended.is_none()) {
            Some(root) => format!("{};messageid={root}", self.settings.conversation),
            None => self.settings.conversation.clone(),
        };
        let mut path = vec!["v3", "conversations", &conversation, "activities"];
        path.extend(amended);
        let method = if amended.is_some() {
            Method::PUT
        } else {
            Method::POST
        };
        let answer = self.send(method, &path, body.get(), context.now).await?;
        Ok(Receipt {
            // What is said there later is found by it.
            room: Some(self.settings.conversation.clone()),
            message: answer["id"]
                .as_str()
                .map(str::to_owned)
                .or(amended.map(str::to_owned)),
            ..Receipt::default()
        })
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
        now: Timestamp,
    ) -> Result<Value, SendError> {
        let token = self.token(now).await?;
        let call = Call {
            method,
            base: &self.settings.service,
            path,
            query: &[],
            bearer: Some(&token),
            headers: &[],
            body: Body::Json(body),
        };
        let answer = self.http.send(FAR, &call).await?;
        if answer.status == 401 {
            // The next attempt asks for a new one.
            *self.token.lock().await = None;
            return Err(SendError::Busy {
                far: FAR,
                why: "the token was refused; a new one is fetched".to_owned(),
                after: None,
            });
        }
        let answer = answer.success(|body| body.pointer("/error/code")?.as_str().map(str::to_owned))?;
        if answer.body.is_empty() {
            return Ok(json!({}));
        }
        answer.json()
    }

    async fn token(&self, now: Timestamp) -> Result<Secret, SendError> {
        let mut held = self.token.lock().await;
        if let Some((token, until)) = held.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.settings.app.as_str()),
            ("client_secret", self.settings.secret.expose()),
            ("scope", "https://api.botframework.com/.default"),
        ];
        let call = Call {
            method: Method::POST,
            base: &self.settings.login,
            path: &[],
            query: &[],
            bearer: None,
            headers: &[],
            body: Body::Form(&form),
        };
        // Nothing was posted yet, so a lost answer here leaves no doubt about the message.
        let answer = self.http.send(FAR, &call).await.map_err(nothing_sent)?;
        let answer = answer
            .success(|body| body["error"].as_str().map(str::to_owned))
            .map_err(nothing_sent)?;
        let body = answer.json().map_err(nothing_sent)?;
        let token = Secret::new(field(FAR, &body, "/access_token").or_else(|_| long_token(&body))?);
        let lifetime = body["expires_in"].as_i64().unwrap_or_default().clamp(0, 86_400) - MARGIN;
        let until = now.plus_micros(lifetime.max(0) * MICROS_PER_SECOND);
        *held = Some((token.clone(), until));
        Ok(token)
    }
}

/// Tokens are longer than other fields.
fn long_token(body: &Value) -> Result<String, SendError> {
    body["access_token"]
        .as_str()
        .filter(|token| !token.is_empty() && token.len() <= 16_384)
        .map(str::to_owned)
        .ok_or_else(|| nothing_sent(SendError::garbled(FAR, "the answer holds no access_token")))
}

fn nothing_sent(error: SendError) -> SendError {
    match error {
        SendError::Doubtful { far, why, after } => SendError::Busy { far, why, after },
        other => other,
    }
}
