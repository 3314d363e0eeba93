//! Alerts, and what people decided on them. Decisions live apart from the alerts, so that a repeated analysis keeps them.

use std::collections::BTreeMap;

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use tandem_domain::{Alert, AlertId, AlertStatus, Day, SubjectId, Timestamp, Verdict};

use crate::error::{Doing, StoreError, from_json, to_json};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, clean, count, fetch};

const DOING: &str = "reading alerts";
const SETTING: &str = "changing an alert";

/// Which alerts.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Of this day's queue.
    pub day: Option<Day>,
    /// Not before this day.
    pub from: Option<Day>,
    /// Not after this day.
    pub to: Option<Day>,
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// With this status.
    pub status: Option<AlertStatus>,
    /// Only those not closed.
    pub open_only: bool,
    /// With this level.
    pub level: Option<String>,
    /// In this queue.
    pub queue: Option<String>,
    /// How many.
    pub limit: usize,
}

/// An alert as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRow {
    /// The alert with status and verdict filled in.
    pub alert: Alert,
    /// Ledger groups of its indicators.
    pub groups: Vec<String>,
}

/// One act on an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// When.
    pub at: Timestamp,
    /// Colleague.
    pub who: String,
    /// What was done.
    pub action: String,
    /// Why.
    pub note: String,
}

/// Alerts of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCount {
    /// The day.
    pub day: Day,
    /// Alerts raised.
    pub alerts: u64,
    /// Of them not closed.
    pub open: u64,
}

pub(crate) fn alert_cells(alert: &Alert, groups: &[String]) -> Result<Vec<Cell>, StoreError> {
    Ok(vec![
        Cell::Text(alert.id.to_string()),
        Cell::Text(alert.subject.0.clone()),
        Cell::Int(i64::from(alert.day.0)),
        Cell::Text(alert.queue.clone()),
        Cell::Int(i64::from(alert.rank)),
        Cell::Real(alert.score),
        Cell::Text(word(&alert.level)?),
        Cell::Text(groups.join(" ")),
        Cell::Text(to_json("alert", alert)?),
    ])
}

/// A unit variant's transmitted name.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(to_json("word", value)?.trim_matches('"').to_owned())
}

fn variant<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    from_json("word", &format!("\"{text}\""))
}

const SELECT: &str =
    "SELECT a.body, a.families, s.status, s.verdict FROM alerts a LEFT JOIN alert_states s ON s.id = a.id";

pub(crate) fn alert_row(row: &AnyRow) -> Result<AlertRow, StoreError> {
    let mut alert: Alert = from_json("alert", &row.text(0)?)?;
    if let Some(status) = row.maybe_text(2)? {
        alert.status = variant(&status)?;
    }
    alert.verdict = row.maybe_text(3)?.map(|text| variant(&text)).transpose()?;
    Ok(AlertRow {
        alert,
        groups: row.text(1)?.split_whitespace().map(str::to_owned).collect(),
    })
}

impl Store {
    /// Alerts that match, newest day first and riskiest first within it. One that people worked on but that a later analysis
    /// did not raise again is not among them; [`Self::alert`] still finds it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts(&self, filter: &AlertFilter) -> Result<Vec<AlertRow>, StoreError> {
        let mut condition = Where::default();
        condition.and_plain("a.superseded = 0");
        if let Some(day) = filter.day {
            condition.and("a.day = ?", Cell::Int(i64::from(day.0)));
        }
        if let Some(from) = filter.from {
            condition.and("a.day >= ?", Cell::Int(i64::from(from.0)));
        }
        if let Some(to) = filter.to {
            condition.and("a.day <= ?", Cell::Int(i64::from(to.0)));
        }
        if let Some(subject) = &filter.subject {
            condition.and("a.subject = ?", Cell::Text(subject.0.clone()));
        }
        if let Some(status) = &filter.status {
            condition.and("COALESCE(s.status, 'new') = ?", Cell::Text(word(status)?));
        }
        if filter.open_only {
            condition.and_plain("COALESCE(s.status, 'new') <> 'closed'");
        }
        if let Some(level) = &filter.level {
            condition.and("a.level = ?", Cell::Text(level.clone()));
        }
        if let Some(queue) = &filter.queue {
            condition.and("a.queue = ?", Cell::Text(queue.clone()));
        }
        let limit = condition.value(count(filter.limit));
        let text = format!(
            "{SELECT}{} ORDER BY a.day DESC, a.place, a.id LIMIT {limit}",
            condition.text()
        );
        fetch(&self.pool, text, condition.cells(), DOING)
            .await?
            .iter()
            .map(alert_row)
            .collect()
    }

    /// One alert.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert(&self, id: AlertId) -> Result<Option<AlertRow>, StoreError> {
        let text = format!("{SELECT} WHERE a.id = $1");
        fetch(&self.pool, text, vec![Cell::Text(id.to_string())], DOING)
            .await?
            .first()
            .map(alert_row)
            .transpose()
    }

    /// Alerts by day, oldest first, days from `from` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_counts(&self, from: Day) -> Result<Vec<QueueCount>, StoreError> {
        let text = "SELECT a.day, COUNT(*), CAST(SUM(CASE WHEN COALESCE(s.status, 'new') = 'closed' THEN 0 ELSE 1 END) AS BIGINT) \
                    FROM alerts a LEFT JOIN alert_states s ON s.id = a.id WHERE a.superseded = 0 AND a.day >= $1 GROUP BY a.day ORDER BY a.day"
            .to_owned();
        fetch(&self.pool, text, vec![Cell::Int(i64::from(from.0))], DOING)
            .await?
            .iter()
            .map(|r| {
                Ok(QueueCount {
                    day: Day(r.int(0)? as i32),
                    alerts: r.int(1)?.unsigned_abs(),
                    open: r.int(2)?.unsigned_abs(),
                })
            })
            .collect()
    }

    /// Alerts not closed, by subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_alerts_by_subject(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let text = "SELECT a.subject, COUNT(*) FROM alerts a LEFT JOIN alert_states s ON s.id = a.id WHERE a.superseded = 0 AND COALESCE(s.status, 'new') <> 'closed' GROUP BY a.subject".to_owned();
        let rows = fetch(&self.pool, text, Vec::new(), DOING).await?;
        rows.iter()
            .map(|r| Ok((r.text(0)?, r.int(1)?.unsigned_abs())))
            .collect()
    }

    /// Sets status and verdict, and adds to the history, in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_alert_status(
        &self,
        id: AlertId,
        status: AlertStatus,
        verdict: Option<Verdict>,
        history: &HistoryRow,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(SETTING).await?;
        set_status(&mut tx, id, status, verdict, history).await?;
        tx.commit().await.doing(SETTING)
    }

    /// The first act on each alert of some days: when, and by whom.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_acts(
        &self,
        from: Day,
        to: Day,
    ) -> Result<BTreeMap<String, (Timestamp, String)>, StoreError> {
        let text = "SELECT h.alert, h.at, h.who FROM alert_history h JOIN alerts a ON a.id = h.alert \
                    WHERE a.day >= $1 AND a.day <= $2 AND NOT EXISTS (SELECT 1 FROM alert_history e WHERE e.alert = h.alert AND e.id < h.id)"
            .to_owned();
        let cells = vec![Cell::Int(i64::from(from.0)), Cell::Int(i64::from(to.0))];
        fetch(&self.pool, text, cells, DOING)
            .await?
            .iter()
            .map(|row| Ok((row.text(0)?, (Timestamp(row.int(1)?), row.text(2)?))))
            .collect()
    }

    /// What people did with an alert, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert_history(&self, id: AlertId) -> Result<Vec<HistoryRow>, StoreError> {
        let text = "SELECT at, who, action, note FROM alert_history WHERE alert = $1 ORDER BY id".to_owned();
        fetch(&self.pool, text, vec![Cell::Text(id.to_string())], DOING)
            .await?
            .iter()
            .map(|r| {
                Ok(HistoryRow {
                    at: Timestamp(r.int(0)?),
                    who: r.text(1)?,
                    action: r.text(2)?,
                    note: r.text(3)?,
                })
            })
            .collect()
    }
}

/// Sets status and verdict, and adds to the history, inside a transaction.
pub(crate) async fn set_status(
    tx: &mut AnyConnection,
    id: AlertId,
    status: AlertStatus,
    verdict: Option<Verdict>,
    history: &HistoryRow,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO alert_states (id, status, verdict) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET status = excluded.status, verdict = excluded.verdict")
        .bind(id.to_string())
        .bind(word(&status)?)
        .bind(verdict.as_ref().map(word).transpose()?)
        .execute(&mut *tx)
        .await
        .doing(SETTING)?;
    add_history(tx, id, history).await
}

/// Adds to what was done with an alert, inside a transaction.
pub(crate) async fn add_history(
    tx: &mut AnyConnection,
    id: AlertId,
    history: &HistoryRow,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO alert_history (alert, at, who, action, note) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(history.at.0)
        .bind(clean(&history.who))
        .bind(clean(&history.action))
        .bind(clean(&history.note))
        .execute(&mut *tx)
        .await
        .doing(SETTING)
        .map(drop)
}
