//! Looking events up in the lake, as the API shows them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};
use tandem_domain::{Attr, ClassUid, EventId, NumAttr, Timestamp};
use tandem_lake::{LakeError, QueryLimits, QueryResult, Segment};

use crate::api::dto::{EventDetail, EventSummary, FieldView, LogSourceView};
use crate::app::App;
use crate::words::{self, EventWords};

/// Memory one query may use, bytes.
const QUERY_MEMORY: usize = 1 << 30;
/// Events whose fields are read with one query.
const FIELDS_AT_ONCE: usize = 500;

/// What events to look for; everything empty means the newest of all.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Any of these acting accounts.
    pub accounts: Vec<String>,
    /// OCSF class.
    pub class: Option<String>,
    /// Source name.
    pub source: Option<String>,
    /// Text anywhere in the record's fields, without regard to case.
    pub text: Option<String>,
    /// Any of these ids.
    pub ids: Vec<EventId>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// How many.
    pub limit: usize,
}

impl EventFilter {
    /// The SQL that answers it, with no other accounts than the first `typed` ones, which the asker gave, and those that the found
    /// events show. Whatever else belongs to a person may be their name, as in a mail address, and stands nowhere in the answer.
    pub fn sql_as_shown(&self, typed: usize, events: &[EventSummary]) -> String {
        let given = self.accounts.iter().take(typed);
        let seen = self.accounts.iter().skip(typed).filter(|account| {
            let mut shown = events.iter().filter_map(|event| event.account.as_ref());
            shown.any(|known| known == *account)
        });
        let mut accounts: Vec<String> = given.chain(seen).cloned().collect();
        if accounts.is_empty() && !self.accounts.is_empty() {
            // Nobody's events rather than everybody's.
            accounts.push(String::new());
        }
        Self {
            accounts,
            ..self.clone()
        }
        .sql()
    }

    /// The SQL that answers it. Every value is quoted; nothing of the caller's becomes syntax.
    pub fn sql(&self) -> String {
        let mut tests = Vec::new();
        if !self.accounts.is_empty() {
            tests.push(format!(
                "account in ({})",
                list(self.accounts.iter().map(String::as_str))
            ));
        }
        if !self.ids.is_empty() {
            let ids: Vec<String> = self.ids.iter().map(ToString::to_string).collect();
            tests.push(format!("event_id in ({})", list(ids.iter().map(String::as_str))));
        }
        tests.extend(
            self.class
                .as_deref()
                .map(|class| format!("class = {}", quoted(class))),
        );
        tests.extend(
            self.source
                .as_deref()
                .map(|source| format!("source = {}", quoted(source))),
        );
        tests.extend(self.text.as_deref().map(|text| {
            let text = quoted(&text.to_lowercase());
            format!("(strpos(lower(fields), {text}) > 0 or strpos(lower(raw), {text}) > 0)")
        }));
        for (operator, bound) in [(">=", self.from), ("<=", self.to)] {
            let Some(bound) = bound else { continue };
            tests.push(format!(
                "time {operator} timestamp {}",
                quoted(&bound.to_string())
            ));
            tests.push(format!(
                "day {operator} date {}",
                quoted(&bound.day().to_string())
            ));
        }
        let filter = if tests.is_empty() {
            String::new()
        } else {
            format!(" where {}", tests.join(" and "))
        };
        format!(
            "select {} from events{filter} order by time desc limit {}",
            summary_columns(),
            self.limit
        )
    }
}

/// The columns that an event in a list is made of.
pub(crate) fn summary_columns() -> String {
    let attrs: Vec<_> = Attr::ALL.iter().map(|attr| attr.as_str()).collect();
    format!(
        "event_id, time, source, class, activity_id, status_id, account, {}",
        attrs.join(", ")
    )
}

/// A text as SQL writes it.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Texts as a list of SQL.
pub(crate) fn list<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.map(quoted).collect::<Vec<_>>().join(", ")
}

/// One row of an answer by column name.
pub(crate) struct Found(Map<String, Value>);

impl Found {
    /// A text that is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    /// A whole number that is there.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// The event in short.
    pub(crate) fn summary(&self) -> EventSummary {
        EventSummary {
            id: self.text("event_id").unwrap_or_default().to_owned(),
            time: self.text("time").unwrap_or_default().to_owned(),
            source: self.text("source").unwrap_or_default().to_owned(),
            class: self.text("class").unwrap_or_default().to_owned(),
            activity: EventWords::activity(self),
            account: self.text("account").map(str::to_owned),
            device: self.text(Attr::Device.as_str()).map(str::to_owned),
            what: words::what(self),
            object: words::object(self).map(str::to_owned),
        }
    }
}

impl EventWords for Found {
    fn class(&self) -> ClassUid {
        self.text("class").and_then(ClassUid::parse).unwrap_or_default()
    }

    fn activity(&self) -> u8 {
        self.number("activity_id")
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or_default()
    }

    fn failed(&self) -> bool {
        self.number("status_id") == Some(2)
    }

    fn attr(&self, attr: Attr) -> Option<&str> {
        self.text(attr.as_str())
    }
}

/// The rows of an answer.
pub(crate) fn rows(result: &QueryResult) -> Result<Vec<Found>, LakeError> {
    let columns = result.columns();
    let named = |row: Vec<Value>| Found(columns.iter().map(|c| c.name.clone()).zip(row).collect());
    Ok(result.to_json_rows()?.into_iter().map(named).collect())
}

impl App {
    /// The limits that the settings give a query.
    pub fn query_limits(&self, rows: usize) -> QueryLimits {
        QueryLimits {
            max_rows: rows.clamp(1, self.config.limits.query_rows),
            timeout: Duration::from_secs(self.config.limits.query_seconds),
            memory: QUERY_MEMORY,
        }
    }

    /// Events that match, newest first, and whether there are more.
    ///
    /// # Errors
    /// When the lake cannot answer.
    pub async fn find_events(
        &self,
        filter: &EventFilter,
        segments: &[Segment],
    ) -> Result<(Vec<EventSummary>, bool), LakeError> {
        let asked = EventFilter {
            limit: filter.limit + 1,
            ..filter.clone()
        };
        let result = self
            .lake
            .query(&asked.sql(), segments, self.query_limits(asked.limit))
            .await?;
        let mut events: Vec<_> = rows(&result)?.iter().map(Found::summary).collect();
        let more = events.len() > filter.limit;
        events.truncate(filter.limit);
        Ok((events, more))
    }

    /// One event with every column.
    ///
    /// # Errors
    /// When the lake cannot answer.
    pub(crate) async fn event_row(
        &self,
        id: EventId,
        segments: &[Segment],
    ) -> Result<Option<Found>, LakeError> {
        let sql = format!(
            "select * from events where event_id = {} limit 1",
            quoted(&id.to_string())
        );
        let result = self.lake.query(&sql, segments, self.query_limits(1)).await?;
        Ok(rows(&result)?.into_iter().next())
    }

    /// The plain fields of some events under the source's own names, as far as the lake still holds them.
    ///
    /// # Errors
    /// When the lake cannot answer.
    pub(crate) async fn event_fields(
        &self,
        ids: &[EventId],
        segments: &[Segment],
    ) -> Result<BTreeMap<EventId, BTreeMap<String, String>>, LakeError> {
        let mut found = BTreeMap::new();
        for piece in ids.chunks(FIELDS_AT_ONCE) {
            let texts: Vec<String> = piece.iter().map(ToString::to_string).collect();
            let sql = format!(
                "select event_id, fields from events where event_id in ({}) limit {}",
                list(texts.iter().map(String::as_str)),
                texts.len()
            );
            let limits = self.query_limits(texts.len());
            for row in rows(&self.lake.query(&sql, segments, limits).await?)? {
                let fields = row
                    .text("fields")
                    .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
                if let (Some(id), Some(fields)) = (row.text("event_id").and_then(EventId::parse), fields) {
                    found.insert(id, fields.into_iter().filter_map(plain).collect());
                }
            }
        }
        Ok(found)
    }

    /// Events by source and day of some accounts: the timeline's density.
    ///
    /// # Errors
    /// When the lake cannot answer.
    pub async fn density(
        &self,
        accounts: &[String],
        (from, to): (Timestamp, Timestamp),
        segments: &[Segment],
    ) -> Result<BTreeMap<String, BTreeMap<String, u64>>, LakeError> {
        let mut days: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        if accounts.is_empty() {
            return Ok(days);
        }
        let sql = format!(
            "select day, source, count(*) n from events where account in ({}) and day >= date {} and day <= date {} group by 1, 2",
            list(accounts.iter().map(String::as_str)),
            quoted(&from.day().to_string()),
            quoted(&to.day().to_string()),
        );
        let result = self
            .lake
            .query(&sql, segments, self.query_limits(usize::MAX))
            .await?;
        for row in rows(&result)? {
            if let (Some(day), Some(source)) = (row.text("day"), row.text("source")) {
                let count = row.number("n").unwrap_or_default().unsigned_abs();
                days.entry(day.to_owned())
                    .or_default()
                    .insert(source.to_owned(), count);
            }
        }
        Ok(days)
    }
}

/// A field with one plain value.
fn plain((name, value): (String, Value)) -> Option<(String, String)> {
    match value {
        Value::String(text) => Some((name, text)),
        Value::Number(number) => Some((name, number.to_string())),
        Value::Bool(truth) => Some((name, truth.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An event whole, of a row with every column.
pub(crate) fn detail(row: &Found) -> EventDetail {
    let names = Attr::ALL
        .iter()
        .map(|a| a.as_str())
        .chain(NumAttr::ALL.iter().map(|a| a.as_str()));
    let attrs = names
        .filter_map(|name| {
            let text = row
                .text(name)
                .map(str::to_owned)
                .or_else(|| row.number(name).map(|n| n.to_string()))?;
            Some((name.to_owned(), text))
        })
        .collect();
    let fields = row
        .text("fields")
        .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let logsources = tandem_lake::parse_logsources(row.text("logsource").unwrap_or_default());
    EventDetail {
        summary: row.summary(),
        attrs,
        fields: fields
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| FieldView { name, value })
            .collect(),
        raw: row.text("raw").map(str::to_owned),
        logsources: logsources
            .into_iter()
            .map(|l| LogSourceView {
                category: l.category,
                product: l.product,
                service: l.service,
            })
            .collect(),
        matched_rules: Vec::new(),
        enrichment: None,
        asset_criticality: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_search_stays_text() {
        let filter = EventFilter {
            text: Some("x' or 1=1 --".into()),
            limit: 5,
            ..EventFilter::default()
        };
        let sql = filter.sql();
        assert!(sql.contains("'x'' or 1=1 --'"), "{sql}");
    }
}
