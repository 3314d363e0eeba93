//! Listening to Matrix: long polls with a token that the caller keeps, gaps filled.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use super::field;
use super::matrix::{FAR, Matrix, code};
use crate::inbound::{Inbound, matrix as parse};
use crate::net::{Body, SendError};

/// Largest answer of a sync, bytes.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// Pages of 100 events that are fetched to fill one room's gap.
const PAGES: usize = 200;
/// What the homeserver shall send: messages of joined rooms, nothing of presence, typing or accounts.
const FILTER: &str = r#"{"presence":{"types":[]},"account_data":{"types":[]},"room":{"account_data":{"types":[]},"ephemeral":{"types":[]},"state":{"types":[],"lazy_load_members":true},"timeline":{"types":["m.room.message"],"limit":100}}}"#;

/// What one poll brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Messages of others, oldest first within a room.
    pub messages: Vec<Inbound>,
    /// Where to go on. Keep it in the same transaction as the messages: then none is lost and none counts twice.
    pub since: String,
}

impl Matrix {
    /// Waits up to `wait` for what was said after `since`. Without `since` nothing old is brought, only the place to go on.
    /// `own` is Tandem's account, whose messages are passed over.
    ///
    /// # Errors
    /// [`SendError`] if the homeserver cannot be asked or answers nonsense; ask again with the same `since`.
    pub async fn listen(&self, own: &str, since: Option<&str>, wait: Duration) -> Result<Heard, SendError> {
        let wait = wait.min(Duration::from_secs(60));
        let patient = self.http.patient(self.http.limits().total + wait, MAX_ANSWER);
        let millis = if since.is_some() {
            wait.as_millis().to_string()
        } else {
            "0".to_owned()
        };
        let mut query = vec![
            ("timeout", millis.as_str()),
            ("filter", FILTER),
            ("set_presence", "offline"),
        ];
        query.extend(since.map(|token| ("since", token)));
        let answer = self
            .call_by(&patient, Method::GET, &["sync"], &query, Body::None)
            .await?
            .success(code)?
            .json()?;
        let next = field(FAR, &answer, "/next_batch")?;
        let Some(since) = since else {
            return Ok(Heard {
                messages: Vec::new(),
                since: next,
            });
        };
        let mut messages = Vec::new();
        for (room, timeline) in parse::timelines(&answer) {
            if let Some(from) = timeline.gap_before {
                self.fill(&room, &from, since, own, &mut messages).await?;
            }
            messages.extend(
                timeline
                    .events
                    .iter()
                    .filter_map(|event| parse::message(&room, event, own)),
            );
        }
        Ok(Heard {
            messages,
            since: next,
        })
    }

    /// Fetches what a limited timeline left out: backwards from `from` until `to`.
    async fn fill(
        &self,
        room: &str,
        from: &str,
        to: &str,
        own: &str,
        messages: &mut Vec<Inbound>,
    ) -> Result<(), SendError> {
        let mut found = Vec::new();
        let mut from = from.to_owned();
        let mut whole = false;
        for _ in 0..PAGES {
            let query = [
                ("dir", "b"),
                ("from", from.as_str()),
                ("to", to),
                ("limit", "100"),
            ];
            let answer = self
                .call(Method::GET, &["rooms", room, "messages"], &query, Body::None)
                .await?
                .success(code)?
                .json()?;
            let chunk = answer["chunk"].as_array().map(Vec::as_slice).unwrap_or_default();
            found.extend(
                chunk
                    .iter()
                    .filter_map(|event: &Value| parse::message(room, event, own)),
            );
            match answer["end"].as_str() {
                Some(end) if !chunk.is_empty() => from = end.to_owned(),
                _ => {
                    whole = true;
                    break;
                }
            }
        }
        if !whole {
            tracing::warn!(
                pages = PAGES,
                "a matrix room said more in one pause than is fetched; the oldest part is left out"
            );
        }
        messages.extend(found.into_iter().rev());
        Ok(())
    }

    /// Accepts an invitation, such as to the usual room.
    ///
    /// # Errors
    /// [`SendError`] if the homeserver refuses.
    pub async fn join(&self, room: &str) -> Result<(), SendError> {
        let body = serde_json::json!({});
        self.call(Method::POST, &["join", room], &[], Body::Json(&body))
            .await?
            .success(code)
            .map(|_| ())
    }
}
