//! Slack's Web API (docs.slack.dev): six methods for messages and rooms, three more to find out what arrived.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Context, Receipt, field, members, room, room_name, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Answer, Base, Body, Call, Http, SendError};
use crate::notice::{Key, Notice};
use crate::render;
use crate::secret::Secret;

const FAR: &str = "slack";
/// Pages that are looked through for a message or a channel, each of 200.
const PAGES: usize = 10;

/// Error codes after which the same request may succeed (docs.slack.dev, errors of each method).
const LATER: [&str; 5] = [
    "service_unavailable",
    "team_added_to_org",
    "request_timeout",
    "accesslimited",
    "org_login_required",
];
/// Codes that Slack gives although "some aspect of the operation" may have succeeded.
const UNCLEAR: [&str; 2] = ["internal_error", "fatal_error"];

/// A workspace, with the bot's token.
#[derive(Debug)]
pub struct Slack {
    http: Http,
    base: Base,
    token: Secret,
    usual_room: Option<String>,
}

impl Slack {
    /// `base` is `https://slack.com/api` but for tests; `usual_room` takes what belongs to no case room.
    pub const fn new(http: Http, base: Base, token: Secret, usual_room: Option<String>) -> Self {
        Self {
            http,
            base,
            token,
            usual_room,
        }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        match job {
            Job::Post { notice } => self.post(notice, context).await,
            Job::Amend { notice } => match (&context.anchor.amended, &context.anchor.room) {
                (Some(ts), Some(channel)) => self.update(notice, channel, ts, context).await,
                _ => self.post(notice, context).await,
            },
            Job::OpenRoom {
                case,
                topic,
                members: who,
            } => {
                let who = members(FAR, who)?;
                let text = json!({"name": room_name(case), "topic": topic});
                let text = Screened::new(text, context.gate)?;
                let channel = self.create(&text).await?;
                self.invite(&channel, who).await?;
                Ok(Receipt::of_room(channel))
            }
            Job::Invite { members: who } => {
                let channel = room(FAR, context, None)?;
                self.invite(&channel, members(FAR, who)?).await?;
                Ok(Receipt::of_room(channel))
            }
            Job::Remove { members: who } => {
                let channel = room(FAR, context, None)?;
                for user in members(FAR, who)? {
                    let gone = ["not_in_channel", "user_not_found"];
                    self.call(
                        "conversations.kick",
                        &json!({"channel": channel, "user": user}),
                        &gone,
                    )
                    .await?;
                }
                Ok(Receipt::of_room(channel))
            }
            Job::CloseRoom {} => {
                let channel = room(FAR, context, None)?;
                self.call(
                    "conversations.archive",
                    &json!({"channel": channel}),
                    &["already_archived"],
                )
                .await?;
                Ok(Receipt::of_room(channel))
            }
            Job::Mail { .. } | Job::Digest { .. } | Job::Hook { .. } | Job::Act { .. } => {
                Err(unfit(FAR, job))
            }
        }
    }

    async fn post(&self, notice: &Notice, context: &Context<'_>) -> Result<Receipt, SendError> {
        let body = Screened::new(render::slack::message(&notice.checked()?), context.gate)?;
        let channel = room(FAR, context, self.usual_room.as_ref())?;
        if context.doubt
            && let Some(ts) = self.find(&channel, context).await?
        {
            return Ok(Receipt {
                room: Some(channel),
                message: Some(ts),
                ..Receipt::default()
            });
        }
        let mut body = body.into_inner();
        body["channel"] = json!(channel);
        body["client_msg_id"] = json!(context.key.uuid().to_string());
        if let Some(root) = &context.anchor.root {
            body["thread_ts"] = json!(root);
        }
        let answer = self.call("chat.postMessage", &body, &[]).await?;
        Ok(Receipt {
            room: Some(field(FAR, &answer, "/channel")?),
            message: Some(field(FAR, &answer, "/ts")?),
            ..Receipt::default()
        })
    }

    async fn update(
        &self,
        notice: &Notice,
        channel: &str,
        ts: &str,
        context: &Context<'_>,
    ) -> Result<Receipt, SendError> {
        let mut body = Screened::new(render::slack::message(&notice.checked()?), context.gate)?.into_inner();
        body["channel"] = json!(channel);
        body["ts"] = json!(ts);
        let answer = self.call("chat.update", &body, &[]).await?;
        Ok(Receipt {
            room: Some(channel.to_owned()),
            message: Some(field(FAR, &answer, "/ts")?),
            ..Receipt::default()
        })
    }

    /// Looks for a message with this job's key among those since the job was written. Whoever gave the bot no right to read
    /// gets the weaker promise: then nothing is found and the message is sent again.
    async fn find(&self, channel: &str, context: &Context<'_>) -> Result<Option<String>, SendError> {
        let oldest = format!("{}", context.since.plus_micros(-60_000_000).0 / 1_000_000);
        let (method, root) = match &context.anchor.root {
            Some(root) => ("conversations.replies", root.as_str()),
            None => ("conversations.history", ""),
        };
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let mut form = vec![
                ("channel", channel),
                ("oldest", oldest.as_str()),
                ("include_all_metadata", "true"),
                ("limit", "200"),
            ];
            if !root.is_empty() {
                form.push(("ts", root));
            }
            if !cursor.is_empty() {
                form.push(("cursor", &cursor));
            }
            let answer = self
                .form(method, &form, &["missing_scope", "no_permission"])
                .await?;
            if let Some(ts) = with_key(&answer, context.key) {
                return Ok(Some(ts));
            }
            match next_cursor(&answer) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        Ok(None)
    }

    /// Makes a private channel, or finds the one that an earlier attempt made.
    async fn create(&self, text: &Screened<Value>) -> Result<String, SendError> {
        let name = field(FAR, text.get(), "/name")?;
        let request = json!({"name": name, "is_private": true});
        let answer = self
            .call("conversations.create", &request, &["name_taken"])
            .await?;
        let channel = match answer["error"].as_str() {
            Some("name_taken") => self.channel_named(&name).await?,
            _ => field(FAR, &answer, "/channel/id")?,
        };
        let topic = crate::text::clip(
            &crate::text::plain(text.get()["topic"].as_str().unwrap_or_default()),
            250,
        );
        let purpose = json!({"channel": channel, "topic": crate::text::slack(&topic)});
        self.call("conversations.setTopic", &purpose, &[]).await?;
        Ok(channel)
    }

    async fn channel_named(&self, name: &str) -> Result<String, SendError> {
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let mut form = vec![
                ("types", "private_channel"),
                ("limit", "200"),
                ("exclude_archived", "true"),
            ];
            if !cursor.is_empty() {
                form.push(("cursor", &cursor));
            }
            let answer = self.form("conversations.list", &form, &[]).await?;
            let found = answer["channels"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|c| c["name"].as_str() == Some(name));
            if let Some(channel) = found {
                return field(FAR, channel, "/id");
            }
            match next_cursor(&answer) {
                Some(next) => cursor = next,
                None => break,
            }
        }
        Err(SendError::refused(
            FAR,
            format!("a channel {name} exists that this bot is not in; rename or archive it"),
        ))
    }

    async fn invite(&self, channel: &str, who: &[String]) -> Result<(), SendError> {
        // One by one: a list with one person who is there already fails as a whole.
        for user in who {
            let there = ["already_in_channel", "cant_invite_self"];
            self.call(
                "conversations.invite",
                &json!({"channel": channel, "users": user}),
                &there,
            )
            .await?;
        }
        Ok(())
    }

    /// Opens a modal view in answer to a click or command (`views.open`). The trigger lives for three seconds, so this does
    /// not go through the outbox.
    ///
    /// # Errors
    /// [`SendError`] if Slack refuses, for one because the trigger is too old.
    pub async fn open_view(&self, trigger: &str, view: &Screened<Value>) -> Result<(), SendError> {
        let body = json!({"trigger_id": trigger, "view": view.get()});
        self.call("views.open", &body, &[]).await.map(|_| ())
    }

    /// The account with a mail address (`users.lookupByEmail`), to link a colleague; `None` if there is none.
    ///
    /// # Errors
    /// [`SendError`] if Slack cannot be asked.
    pub async fn account_of(&self, mail: &str) -> Result<Option<String>, SendError> {
        let answer = self
            .form("users.lookupByEmail", &[("email", mail)], &["users_not_found"])
            .await?;
        match answer["error"].as_str() {
            Some(_) => Ok(None),
            None => field(FAR, &answer, "/user/id").map(Some),
        }
    }

    async fn call(&self, method: &str, body: &Value, fine: &[&str]) -> Result<Value, SendError> {
        self.ask(method, Body::Json(body), fine).await
    }

    /// Reading methods take forms only.
    async fn form(&self, method: &str, form: &[(&str, &str)], fine: &[&str]) -> Result<Value, SendError> {
        self.ask(method, Body::Form(form), fine).await
    }

    async fn ask(&self, method: &str, body: Body<'_>, fine: &[&str]) -> Result<Value, SendError> {
        let call = Call {
            method: Method::POST,
            base: &self.base,
            path: &[method],
            query: &[],
            bearer: Some(&self.token),
            headers: &[],
            body,
        };
        outcome(self.http.send(FAR, &call).await?, fine)
    }
}

/// Slack says `ok: false` with status 200; codes in `fine` are no errors to the caller.
pub(crate) fn outcome(answer: Answer, fine: &[&str]) -> Result<Value, SendError> {
    let answer = answer.success(|body| body["error"].as_str().map(str::to_owned))?;
    let body = answer.json()?;
    if body["ok"].as_bool() == Some(true) {
        return Ok(body);
    }
    let Some(code) = body["error"].as_str() else {
        return Err(SendError::garbled(FAR, "its answer says neither ok nor an error"));
    };
    if fine.contains(&code) {
        return Ok(body);
    }
    let why = crate::text::clip(&crate::text::plain(code), 80);
    let after = answer.after;
    Err(match code {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => SendError::Limited { far: FAR, after },
        code if LATER.contains(&code) => SendError::Busy { far: FAR, why, after },
        code if UNCLEAR.contains(&code) => SendError::Doubtful { far: FAR, why, after },
        _ => SendError::refused(FAR, why),
    })
}

fn with_key(answer: &Value, key: &Key) -> Option<String> {
    answer["messages"]
        .as_array()?
        .iter()
        .find(|message| {
            message
                .pointer("/metadata/event_payload/key")
                .and_then(Value::as_str)
                == Some(&key.0)
        })
        .and_then(|message| message["ts"].as_str())
        .map(str::to_owned)
}

fn next_cursor(answer: &Value) -> Option<String> {
    answer
        .pointer("/response_metadata/next_cursor")
        .and_then(Value::as_str)
        .filter(|cursor| !cursor.is_empty())
        .map(str::to_owned)
}
