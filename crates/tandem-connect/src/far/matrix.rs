//! Matrix: client-server API v3 (spec.matrix.org), as an ordinary account with an access token. Rooms are not end-to-end
//! encrypted: messages name nobody, and a homeserver of the house sees what its chat sees.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Context, Receipt, field, members, room, room_name, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Answer, Base, Body, Call, Http, SendError};
use crate::notice::{Key, Notice};
use crate::render;
use crate::secret::Secret;

pub(crate) const FAR: &str = "matrix";

/// What the settings say of a homeserver.
#[derive(Debug, Clone)]
pub struct MatrixSettings {
    /// The homeserver's client address, such as `https://matrix.example`.
    pub server: Base,
    /// Name of the homeserver as it stands in ids, such as `example`.
    pub domain: String,
    /// Access token of Tandem's account.
    pub token: Secret,
    /// The room that takes what belongs to no case room.
    pub usual_room: Option<String>,
}

/// A homeserver, with an account.
#[derive(Debug)]
pub struct Matrix {
    pub(crate) http: Http,
    pub(crate) settings: MatrixSettings,
}

impl Matrix {
    /// Takes the settings over.
    pub const fn new(http: Http, settings: MatrixSettings) -> Self {
        Self { http, settings }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        match job {
            Job::Post { notice } => self.post(notice, context).await,
            Job::Amend { notice } => self.amend(notice, context).await,
            Job::OpenRoom {
                case,
                topic,
                members: who,
            } => {
                let who = members(FAR, who)?;
                let topic = crate::text::clip(&crate::text::plain(topic), 250);
                let text = json!({"name": format!("Case {case}"), "topic": topic});
                let room = self
                    .create(&room_name(case), Screened::new(text, context.gate)?)
                    .await?;
                self.let_in(&room, who).await?;
                Ok(Receipt::of_room(room))
            }
            Job::Invite { members: who } => {
                let room = room(FAR, context, None)?;
                self.let_in(&room, members(FAR, who)?).await?;
                Ok(Receipt::of_room(room))
            }
            Job::Remove { members: who } => {
                let room = room(FAR, context, None)?;
                for user in members(FAR, who)? {
                    self.put_out(&room, user).await?;
                }
                Ok(Receipt::of_room(room))
            }
            Job::CloseRoom {} => {
                let room = room(FAR, context, None)?;
                self.close(&room).await?;
                Ok(Receipt::of_room(room))
            }
            Job::Mail { .. } | Job::Digest { .. } | Job::Hook { .. } | Job::Act { .. } => {
                Err(unfit(FAR, job))
            }
        }
    }

    async fn post(&self, notice: &Notice, context: &Context<'_>) -> Result<Receipt, SendError> {
        let content = Screened::new(render::matrix::content(&notice.checked()?), context.gate)?;
        let room = room(FAR, context, self.settings.usual_room.as_ref())?;
        let content = match &context.anchor.root {
            Some(root) => render::matrix::in_thread(content.into_inner(), root),
            None => content.into_inner(),
        };
        let message = self.say(&room, &content, context.key).await?;
        Ok(Receipt {
            room: Some(room),
            message: Some(message),
            ..Receipt::default()
        })
    }

    async fn amend(&self, notice: &Notice, context: &Context<'_>) -> Result<Receipt, SendError> {
        let (Some(amended), Some(room)) = (&context.anchor.amended, &context.anchor.room) else {
            return self.post(notice, context).await;
        };
        let content = Screened::new(render::matrix::content(&notice.checked()?), context.gate)?;
        let content = render::matrix::in_place_of(content.into_inner(), amended);
        self.say(room, &content, context.key).await?;
        Ok(Receipt {
            room: Some(room.clone()),
            // Further changes refer to the first version (11.38.2).
            message: Some(amended.clone()),
            ..Receipt::default()
        })
    }

    /// `PUT …/send/m.room.message/{txnId}`: the same transaction id gives the same event.
    async fn say(&self, room: &str, content: &Value, key: &Key) -> Result<String, SendError> {
        let transaction = key.uuid().simple().to_string();
        let path = ["rooms", room, "send", "m.room.message", &transaction];
        let answer = self.json(Method::PUT, &path, Body::Json(content)).await?;
        field(FAR, &answer, "/event_id")
    }

    /// Takes a message back (`PUT …/redact/…`): for what should never have been said.
    ///
    /// # Errors
    /// [`SendError`] if the homeserver refuses.
    pub async fn redact(&self, room: &str, event: &str, key: &Key) -> Result<(), SendError> {
        let transaction = key.uuid().simple().to_string();
        let path = ["rooms", room, "redact", event, &transaction];
        self.json(Method::PUT, &path, Body::Json(&json!({})))
            .await
            .map(|_| ())
    }

    /// The account of the token (`whoami`), which also says whether the token is good: the connector's test.
    ///
    /// # Errors
    /// [`SendError`] if the homeserver refuses the token or cannot be reached.
    pub async fn whoami(&self) -> Result<String, SendError> {
        let answer = self.json(Method::GET, &["account", "whoami"], Body::None).await?;
        field(FAR, &answer, "/user_id")
    }

    /// Makes a private room under an alias, or finds the one that an earlier attempt made.
    async fn create(&self, name: &str, text: Screened<Value>) -> Result<String, SendError> {
        let mut body = text.into_inner();
        body["preset"] = json!("private_chat");
        body["visibility"] = json!("private");
        body["room_alias_name"] = json!(name);
        // Nobody outside the homeserver joins, and nobody reads what was said before they came.
        body["creation_content"] = json!({"m.federate": false});
        body["initial_state"] = json!([
            {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}},
            {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
        ]);
        let answer = self
            .call(Method::POST, &["createRoom"], &[], Body::Json(&body))
            .await?;
        let taken = answer
            .json()
            .is_ok_and(|b| b["errcode"].as_str() == Some("M_ROOM_IN_USE"));
        let answer = if taken {
            let alias = format!("#{name}:{}", self.settings.domain);
            self.call(Method::GET, &["directory", "room", &alias], &[], Body::None)
                .await?
        } else {
            answer
        };
        field(FAR, &answer.success(code)?.json()?, "/room_id")
    }

    async fn let_in(&self, room: &str, who: &[String]) -> Result<(), SendError> {
        for user in who {
            let path = ["rooms", room, "invite"];
            let body = json!({"user_id": user});
            let answer = self.call(Method::POST, &path, &[], Body::Json(&body)).await?;
            // 403 also when the person is in the room already: then all is well.
            if answer.status == 403
                && matches!(
                    self.membership(room, user).await?.as_deref(),
                    Some("join" | "invite")
                )
            {
                continue;
            }
            answer.success(code)?;
        }
        Ok(())
    }

    async fn put_out(&self, room: &str, user: &str) -> Result<(), SendError> {
        let body = json!({"user_id": user});
        let answer = self
            .call(Method::POST, &["rooms", room, "kick"], &[], Body::Json(&body))
            .await?;
        if answer.status == 403
            && !matches!(
                self.membership(room, user).await?.as_deref(),
                Some("join" | "invite")
            )
        {
            return Ok(());
        }
        answer.success(code).map(|_| ())
    }

    async fn membership(&self, room: &str, user: &str) -> Result<Option<String>, SendError> {
        let path = ["rooms", room, "state", "m.room.member", user];
        let answer = self.call(Method::GET, &path, &[], Body::None).await?;
        if matches!(answer.status, 403 | 404) {
            return Ok(None);
        }
        let answer = answer.success(code)?.json()?;
        Ok(answer["membership"].as_str().map(str::to_owned))
    }

    /// Matrix has no archive. The room becomes read-only, says so in its topic, and Tandem leaves; members keep what they saw.
    async fn close(&self, room: &str) -> Result<(), SendError> {
        let own = self.whoami().await?;
        if self.membership(room, &own).await?.as_deref() != Some("join") {
            // An earlier attempt has left already.
            return Ok(());
        }
        let path = ["rooms", room, "state", "m.room.power_levels"];
        let mut levels = self.json(Method::GET, &path, Body::None).await?;
        for (name, level) in [("events_default", 100), ("state_default", 100), ("invite", 100)] {
            levels[name] = json!(level);
        }
        self.json(Method::PUT, &path, Body::Json(&levels)).await?;
        let topic = json!({"topic": "Closed. The case is in Tandem."});
        let path = ["rooms", room, "state", "m.room.topic"];
        self.json(Method::PUT, &path, Body::Json(&topic)).await?;
        self.json(Method::POST, &["rooms", room, "leave"], Body::Json(&json!({})))
            .await
            .map(|_| ())
    }

    async fn json(&self, method: Method, path: &[&str], body: Body<'_>) -> Result<Value, SendError> {
        self.call(method, path, &[], body).await?.success(code)?.json()
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, SendError> {
        self.call_by(&self.http, method, path, query, body).await
    }

    pub(crate) async fn call_by(
        &self,
        http: &Http,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, SendError> {
        let mut whole = vec!["_matrix", "client", "v3"];
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
        let answer = http.send(FAR, &call).await?;
        Ok(pause_of(answer))
    }
}

/// Matrix's error code.
pub(crate) fn code(body: &Value) -> Option<String> {
    body["errcode"].as_str().map(str::to_owned)
}

/// Older homeservers say the pause in the body only (`retry_after_ms`).
fn pause_of(mut answer: Answer) -> Answer {
    if answer.status == 429
        && answer.after.is_none()
        && let Ok(body) = answer.json()
        && let Some(millis) = body["retry_after_ms"].as_u64()
    {
        let wait = std::time::Duration::from_millis(millis.min(86_400_000));
        answer.after = Some(crate::net::After::Wait(wait));
    }
    answer
}
