//! Mattermost: REST API v4 (developers.mattermost.com/api-documentation) and incoming webhooks.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Context, Receipt, field, members, room, room_name, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Answer, Base, Body, Call, Http, SendError};
use crate::notice::{Key, Notice};
use crate::render::{self, mattermost::Clicks};
use crate::secret::Secret;

const FAR: &str = "mattermost";

/// What the settings say of a Mattermost server.
#[derive(Debug, Clone)]
pub struct MattermostSettings {
    /// The server, such as `https://chat.example`.
    pub server: Base,
    /// Access token of a bot account.
    pub token: Secret,
    /// Id of the team in which case channels are made.
    pub team: String,
    /// Id of the channel that takes what belongs to no case room.
    pub usual_room: Option<String>,
    /// Where clicks go; without it messages have no buttons.
    pub clicks: Option<Clicks>,
}

/// What the server says of one post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFacts {
    /// Its channel.
    pub room: String,
    /// The first post of its thread, if it is an answer.
    pub root: Option<String>,
    /// Who wrote it.
    pub user: String,
    /// A bot or a webhook wrote it, or Tandem did.
    pub automatic: bool,
}

/// A server, with a bot account.
#[derive(Debug)]
pub struct Mattermost {
    http: Http,
    settings: MattermostSettings,
}

impl Mattermost {
    /// Takes the settings over.
    pub const fn new(http: Http, settings: MattermostSettings) -> Self {
        Self { http, settings }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        match job {
            Job::Post { notice } => self.post(notice, context).await,
            Job::Amend { notice } => match &context.anchor.amended {
                Some(id) => self.patch(notice, id, context).await,
                None => self.post(notice, context).await,
            },
            Job::OpenRoom {
                case,
                topic,
                members: who,
            } => {
                let who = members(FAR, who)?;
                let topic = crate::text::clip(&crate::text::plain(topic), 200);
                let text =
                    json!({"display_name": format!("Case {case}"), "header": crate::text::markdown(&topic)});
                let channel = self
                    .create(&room_name(case), Screened::new(text, context.gate)?)
                    .await?;
                self.let_in(&channel, who).await?;
                Ok(Receipt::of_room(channel))
            }
            Job::Invite { members: who } => {
                let channel = room(FAR, context, None)?;
                self.let_in(&channel, members(FAR, who)?).await?;
                Ok(Receipt::of_room(channel))
            }
            Job::Remove { members: who } => {
                let channel = room(FAR, context, None)?;
                for user in members(FAR, who)? {
                    let path = ["channels", &channel, "members", user];
                    let answer = self.call(Method::DELETE, &path, &[], Body::None).await?;
                    if answer.status != 404 {
                        answer.success(code)?;
                    }
                }
                Ok(Receipt::of_room(channel))
            }
            Job::CloseRoom {} => {
                let channel = room(FAR, context, None)?;
                // Deleting a channel archives it: it can be read and brought back.
                let answer = self
                    .call(Method::DELETE, &["channels", &channel], &[], Body::None)
                    .await?;
                let archived = answer
                    .json()
                    .is_ok_and(|b| code(&b).is_some_and(|c| c.contains("already_deleted")));
                if !archived {
                    answer.success(code)?;
                }
                Ok(Receipt::of_room(channel))
            }
            Job::Mail { .. } | Job::Digest { .. } | Job::Hook { .. } | Job::Act { .. } => {
                Err(unfit(FAR, job))
            }
        }
    }

    async fn post(&self, notice: &Notice, context: &Context<'_>) -> Result<Receipt, SendError> {
        let body = render::mattermost::post(&notice.checked()?, self.settings.clicks.as_ref());
        let body = Screened::new(body, context.gate)?;
        let channel = room(FAR, context, self.settings.usual_room.as_ref())?;
        if context.doubt
            && let Some(id) = self.find(&channel, context).await?
        {
            return Ok(Receipt {
                room: Some(channel),
                message: Some(id),
                ..Receipt::default()
            });
        }
        let mut body = body.into_inner();
        body["channel_id"] = json!(channel);
        body["pending_post_id"] = json!(context.key.uuid().to_string());
        if let Some(root) = &context.anchor.root {
            body["root_id"] = json!(root);
        }
        let answer = self.json(Method::POST, &["posts"], &body).await?;
        Ok(Receipt {
            room: Some(channel),
            message: Some(field(FAR, &answer, "/id")?),
            ..Receipt::default()
        })
    }

    async fn patch(&self, notice: &Notice, id: &str, context: &Context<'_>) -> Result<Receipt, SendError> {
        let body = render::mattermost::post(&notice.checked()?, self.settings.clicks.as_ref());
        let body = Screened::new(body, context.gate)?;
        let answer = self
            .json(Method::PUT, &["posts", id, "patch"], body.get())
            .await?;
        Ok(Receipt {
            room: context.anchor.room.clone(),
            message: Some(field(FAR, &answer, "/id")?),
            ..Receipt::default()
        })
    }

    /// Looks for a post with this job's key among those since the job was written.
    async fn find(&self, channel: &str, context: &Context<'_>) -> Result<Option<String>, SendError> {
        let since = (context.since.plus_micros(-60_000_000).0 / 1_000).to_string();
        let path = ["channels", channel, "posts"];
        let answer = self
            .call(Method::GET, &path, &[("since", &since)], Body::None)
            .await?
            .success(code)?
            .json()?;
        Ok(with_key(&answer, context.key))
    }

    /// Makes a private channel, or finds the one that an earlier attempt made.
    async fn create(&self, name: &str, text: Screened<Value>) -> Result<String, SendError> {
        let mut body = text.into_inner();
        body["team_id"] = json!(self.settings.team);
        body["name"] = json!(name);
        body["type"] = json!("P");
        let answer = self
            .call(Method::POST, &["channels"], &[], Body::Json(&body))
            .await?;
        let taken = answer.status == 400
            && answer
                .json()
                .is_ok_and(|b| code(&b).is_some_and(|c| c.contains("exists")));
        let answer = if taken {
            let path = ["teams", &self.settings.team, "channels", "name", name];
            self.call(Method::GET, &path, &[], Body::None).await?
        } else {
            answer
        };
        field(FAR, &answer.success(code)?.json()?, "/id")
    }

    async fn let_in(&self, channel: &str, who: &[String]) -> Result<(), SendError> {
        // Adding somebody who is there already succeeds.
        for user in who {
            self.json(
                Method::POST,
                &["channels", channel, "members"],
                &json!({"user_id": user}),
            )
            .await?;
        }
        Ok(())
    }

    /// The account with a mail address, to link a colleague; `None` if there is none.
    ///
    /// # Errors
    /// [`SendError`] if the server cannot be asked.
    pub async fn account_of(&self, mail: &str) -> Result<Option<String>, SendError> {
        let answer = self
            .call(Method::GET, &["users", "email", mail], &[], Body::None)
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        field(FAR, &answer.success(code)?.json()?, "/id").map(Some)
    }

    /// What the server says of a post. An outgoing webhook tells neither the thread nor whether a bot wrote it.
    ///
    /// # Errors
    /// [`SendError`] if the server cannot be asked, or shows the bot no such post.
    pub async fn post_facts(&self, id: &str) -> Result<PostFacts, SendError> {
        let answer = self
            .call(Method::GET, &["posts", id], &[], Body::None)
            .await?
            .success(code)?
            .json()?;
        let props = &answer["props"];
        let says = |name: &str| props[name].as_str() == Some("true");
        let root = answer["root_id"].as_str().filter(|root| !root.is_empty());
        Ok(PostFacts {
            room: field(FAR, &answer, "/channel_id")?,
            root: root.map(str::to_owned),
            user: field(FAR, &answer, "/user_id")?,
            automatic: says("from_bot") || says("from_webhook") || props["tandem_key"].is_string(),
        })
    }

    async fn json(&self, method: Method, path: &[&str], body: &Value) -> Result<Value, SendError> {
        self.call(method, path, &[], Body::Json(body))
            .await?
            .success(code)?
            .json()
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, SendError> {
        let mut whole = vec!["api", "v4"];
        whole.extend(path);
        let call = Call {
            method,
            base: &self.settings.server,
            path: &whole,
            query,
            bearer: Some(&self.settings.token),
            headers: &[],
            body,
        };
        self.http.send(FAR, &call).await
    }
}

/// An incoming webhook: one channel, no answers, no buttons. Its address is its secret.
#[derive(Debug)]
pub struct IncomingHook {
    http: Http,
    address: Base,
}

impl IncomingHook {
    /// `address` is what Mattermost shows when the webhook is made.
    pub const fn new(http: Http, address: Base) -> Self {
        Self { http, address }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let (Job::Post { notice } | Job::Amend { notice }) = job else {
            return Err(unfit(FAR, job));
        };
        let body = Screened::new(render::mattermost::webhook(&notice.checked()?), context.gate)?;
        let call = Call {
            method: Method::POST,
            base: &self.address,
            path: &[],
            query: &[],
            bearer: None,
            headers: &[],
            body: Body::Json(body.get()),
        };
        self.http.send(FAR, &call).await?.success(code)?;
        Ok(Receipt::default())
    }
}

/// Mattermost's error id, such as `store.sql_channel.save_channel.exists.app_error`.
fn code(body: &Value) -> Option<String> {
    body["id"].as_str().map(str::to_owned)
}

fn with_key(answer: &Value, key: &Key) -> Option<String> {
    answer["posts"]
        .as_object()?
        .values()
        .filter(|post| post["delete_at"].as_i64().unwrap_or_default() == 0)
        .find(|post| post.pointer("/props/tandem_key").and_then(Value::as_str) == Some(&key.0))
        .and_then(|post| post["id"].as_str())
        .map(str::to_owned)
}
