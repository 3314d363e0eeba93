//! A search that is kept in a case: what it found becomes an item of evidence.

use std::sync::Arc;

use serde_json::json;
use tandem_casework::text::{Reason, Title};
use tandem_policy::{Action, DataClass};

use super::Hunt;
use super::export::ndjson;
use super::search::Running;
use crate::api::dto::{HuntAsked, KeepHunt};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::{CaseView, Upload};
use crate::http::error::ApiError;

/// Characters of a question that stand in the line that says where the evidence comes from.
const QUESTION: usize = 60;

impl App {
    /// Runs a search for the asker's case and keeps what it finds there, whole, with the question, the range, the time, the counts and
    /// the hash over the events' ids. That nothing was found is kept too.
    ///
    /// # Errors
    /// Forbidden, not understood, too large, too many at once, or a store fails.
    pub async fn keep_hunt(self: &Arc<Self>, asker: &Asker, asked: KeepHunt) -> Result<CaseView, ApiError> {
        let known = self
            .permitted_case(asker, Action::Contribute, DataClass::CaseEvidence)
            .await?;
        let context = self.case_context(asker, &known.case);
        asker.may(self, Action::Export, DataClass::TechnicalEvidence, &context)?;
        let why = Reason::new(&asked.why)
            .map_err(|error| ApiError::bad("why", format!("why: {error}"), "say what the search is for"))?;
        let asked = HuntAsked {
            query: asked.query,
            from: asked.from,
            to: asked.to,
            subject: asked.subject,
            limit: asked.limit,
            fields: None,
        };
        let mut hunt = Hunt::begin(self, asker, &asked, "hunt.keep").await?;
        hunt.whole = true;
        let taken = crate::pipeline::now();
        let mut running = Running::start(hunt).await?;
        let hits = running.collect().await?;
        let (from, to) = range(&asked, running.hunt());
        let hash = running.hash();
        let query = asked.query.as_deref().unwrap_or_default().trim();
        let about = json!({
            "kind": "hunt", "query": query, "from": asked.from, "to": asked.to, "days": [from, to], "subject": asked.subject,
            "taken": taken.to_string(), "by": asker.account(), "why": why.as_str(), "hits": running.total, "shown": running.shown,
            "truncated": running.total > running.shown, "result_hash": hash,
            "hash_of": "SHA-256 over the ids of the events in order, each with a line end",
        });
        let mut bytes = serde_json::to_vec(&about)?;
        bytes.push(b'\n');
        bytes.extend(ndjson(&hits)?);
        let start: String = hash.chars().take(8).collect();
        let upload = Upload {
            name: format!("hunt-{from}-{to}-{start}.ndjson"),
            media_type: "application/x-ndjson".into(),
            source: said(query, (&from, &to), &running),
            bytes,
        };
        self.add_evidence(asker, upload).await
    }
}

/// The first and the last day that were looked at.
fn range(asked: &HuntAsked, hunt: &Hunt) -> (String, String) {
    let day = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| text.chars().take(10).collect::<String>())
    };
    let last = || hunt.last_day().to_string();
    let first = || hunt.days.last().map_or_else(last, |(day, _)| day.to_string());
    (
        day(&asked.from).unwrap_or_else(first),
        day(&asked.to).unwrap_or_else(last),
    )
}

/// Where the evidence comes from, in one line.
fn said(query: &str, (from, to): (&str, &str), running: &Running) -> String {
    let plain = |c: char| {
        // What turns the direction of a line, or breaks it, has no place in one.
        let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns { ' ' } else { c }
    };
    let mut short: String = query.chars().map(plain).take(QUESTION).collect();
    if query.chars().count() > QUESTION {
        short.push('…');
    }
    let short = if short.trim().is_empty() {
        "everything"
    } else {
        short.trim()
    };
    let (shown, all, hash) = (running.shown, running.total, running.hash());
    let line = format!("search {short}, {from} to {to}: {shown} of {all}, ids {hash}");
    line.chars().take(Title::MOST).collect()
}
