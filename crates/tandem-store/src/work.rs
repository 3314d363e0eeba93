//! Work that people do together: facts, what they come to, and everything that must be kept with them.
//!
//! A [`Step`] is kept whole or not at all: the facts of one or several pieces of work, the ledger's rows about them, messages
//! that must go out because of them, and contents such as evidence. Each change names the version it was decided on; if
//! somebody was faster, nothing is kept and the caller decides again.

use sqlx::AnyConnection;
use tandem_domain::{AlertId, AlertStatus, CaseId, Timestamp, Verdict};
use tandem_ledger::{Entry, Row};

use crate::alerts::{HistoryRow, set_status};
use crate::colleagues::mark;
use crate::error::{Doing, StoreError};
use crate::ledger::append;
use crate::open::Store;
use crate::outbox::{OutboxRow, post, shift};
use crate::settings::put_setting;
use crate::sql::{Cell, Columns, Where, bind, clean, count, fetch, insert_many};

const DOING: &str = "keeping a step of work";
const READING: &str = "reading work";

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkKind {
    /// A case.
    Case,
    /// A run of a playbook.
    Run,
    /// A request to disclose who a subject is.
    Disclosure,
    /// A correction or contest by a member of staff.
    Contest,
    /// A finding about how a colleague used Tandem.
    Watch,
    /// A proposal to change the settings of the score or the queue.
    Proposal,
}

impl WorkKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Run => "run",
            Self::Disclosure => "disclosure",
            Self::Contest => "contest",
            Self::Watch => "watch",
            Self::Proposal => "proposal",
        }
    }
}

/// One fact as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// When.
    pub at: Timestamp,
    /// Account of the colleague, or `system`.
    pub who: String,
    /// The fact as JSON.
    pub body: String,
}

/// What a piece of work has come to, for lists and searches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Where it stands.
    pub status: String,
    /// When somebody must have done something.
    pub due: Option<Timestamp>,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// What lists show, as JSON.
    pub summary: String,
    /// Whom and what it is about: kind of link and value, such as `subject` and a pseudonym.
    pub links: Vec<(String, String)>,
}

/// New facts of one piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub kind: WorkKind,
    /// Its id.
    pub id: String,
    /// How many facts it had when this was decided; 0 for a new one.
    pub version: u64,
    /// What happened.
    pub facts: Vec<FactRow>,
    /// What it comes to now.
    pub head: Head,
}

/// A new status of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChange {
    /// Which one.
    pub id: AlertId,
    /// Its status.
    pub status: AlertStatus,
    /// Its verdict.
    pub verdict: Option<Verdict>,
    /// Who did it, and why.
    pub history: HistoryRow,
}

/// Bytes that belong to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its id.
    pub id: String,
    /// The case.
    pub case: CaseId,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Everything that is kept together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Facts.
    pub changes: Vec<Change>,
    /// Alerts that change with them.
    pub alerts: Vec<AlertChange>,
    /// Looks and acts for the ledger.
    pub ledger: Vec<Entry>,
    /// Messages that go out.
    pub outbox: Vec<OutboxRow>,
    /// Messages that change under the key they have: the state each must be in, and what it is then. If one is in another state,
    /// such as being sent, nothing is kept.
    pub shifted: Vec<(&'static str, OutboxRow)>,
    /// Contents.
    pub contents: Vec<Content>,
    /// Small settings that change with it, such as how far a far side was listened to: name and value.
    pub settings: Vec<(String, String)>,
    /// Marks of what may be taken only once, such as a request of a far side: id, and until when it is remembered. If one is
    /// taken already, nothing is kept.
    pub once: Vec<(String, Timestamp)>,
}

/// A piece of work in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    /// Its id.
    pub id: String,
    /// How many facts it has.
    pub version: u64,
    /// When it began.
    pub opened: Timestamp,
    /// When something happened last.
    pub changed: Timestamp,
    /// What it has come to.
    pub head: Head,
}

/// Which work.
#[derive(Debug, Clone, Default)]
pub struct WorkFilter {
    /// With one of these statuses; empty for any.
    pub status: Vec<String>,
    /// With this link.
    pub link: Option<(String, String)>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// With this text in its summary, without regard to case.
    pub text: Option<String>,
    /// Due before.
    pub due_before: Option<Timestamp>,
    /// How many.
    pub limit: usize,
}

impl Store {
    /// Keeps a step whole or not at all, and gives the ledger's rows.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something changed since it was decided, [`StoreError::Ledger`] when the ledger does not
    /// take an entry, and when the database fails; nothing is kept then.
    pub async fn take_step(&self, step: Step) -> Result<Vec<Row>, StoreError> {
        let mut tx = self.begin(DOING).await?;
        for (id, until) in &step.once {
            mark(&mut tx, id, *until).await?;
        }
        for change in step.changes {
            keep(&mut tx, change).await?;
        }
        for alert in &step.alerts {
            set_status(&mut tx, alert.id, alert.status, alert.verdict, &alert.history).await?;
        }
        for content in step.contents {
            let size = i64::try_from(content.body.len()).unwrap_or(i64::MAX);
            sqlx::query("INSERT INTO contents (id, case_id, bytes, body) VALUES ($1, $2, $3, $4)")
                .bind(clean(&content.id))
                .bind(content.case.0)
                .bind(size)
                .bind(content.body)
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        for row in step.outbox {
            post(&mut tx, row).await?;
        }
        for (was, row) in step.shifted {
            let id = row.key.clone();
            if !shift(&mut tx, was, row).await? {
                return Err(StoreError::Conflict { kind: "message", id });
            }
        }
        for (name, value) in &step.settings {
            put_setting(&mut tx, name, value).await?;
        }
        // Last, so that the one place all writers meet at is held briefly.
        let rows = append(&mut tx, self.postgres, step.ledger).await?;
        tx.commit().await.doing(DOING)?;
        Ok(rows)
    }

    /// The facts of one piece of work, oldest first; empty if there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&self, kind: WorkKind, id: &str) -> Result<Vec<FactRow>, StoreError> {
        let text = "SELECT at, who, body FROM facts WHERE kind = $1 AND id = $2 ORDER BY seq".to_owned();
        let cells = vec![Cell::Text(kind.as_str().to_owned()), Cell::Text(id.to_owned())];
        fetch(&self.pool, text, cells, READING)
            .await?
            .iter()
            .map(|r| {
                Ok(FactRow {
                    at: Timestamp(r.int(0)?),
                    who: r.text(1)?,
                    body: r.text(2)?,
                })
            })
            .collect()
    }

    /// Work of one kind, what changed last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work(&self, kind: WorkKind, filter: &WorkFilter) -> Result<Vec<WorkRow>, StoreError> {
        let mut condition = Where::default();
        condition.and("w.kind = ?", Cell::Text(kind.as_str().to_owned()));
        if !filter.status.is_empty() {
            let places: Vec<String> = filter
                .status
                .iter()
                .map(|status| condition.value(Cell::Text(status.clone())))
                .collect();
            condition.and_plain(&format!("w.status IN ({})", places.join(", ")));
        }
        if let Some((link, value)) = &filter.link {
            let link = condition.value(Cell::Text(link.clone()));
            let value = condition.value(Cell::Text(value.clone()));
            condition.and_plain(&format!(
                "EXISTS (SELECT 1 FROM work_links l WHERE l.kind = w.kind AND l.id = w.id AND l.link = {link} AND l.value = {value})"
            ));
        }
        if let Some(case) = &filter.case {
            condition.and("w.case_id = ?", Cell::Text(case.0.clone()));
        }
        if let Some(text) = &filter.text {
            let pattern = format!("%{}%", text.to_lowercase().replace(['%', '_'], " "));
            condition.and("LOWER(w.summary) LIKE ?", Cell::Text(pattern));
        }
        if let Some(due) = filter.due_before {
            condition.and("w.due < ?", Cell::Int(due.0));
        }
        let limit = condition.value(count(filter.limit));
        let text = format!(
            "SELECT w.id, w.version, w.opened, w.changed, w.status, w.due, w.case_id, w.summary FROM work w{} ORDER BY w.changed DESC, w.id LIMIT {limit}",
            condition.text()
        );
        let found = fetch(&self.pool, text, condition.cells(), READING).await?;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            let id = row.text(0)?;
            let links = self.links(kind, &id).await?;
            rows.push(WorkRow {
                id,
                version: row.int(1)?.unsigned_abs(),
                opened: Timestamp(row.int(2)?),
                changed: Timestamp(row.int(3)?),
                head: Head {
                    status: row.text(4)?,
                    due: row.maybe_int(5)?.map(Timestamp),
                    case: row.maybe_text(6)?.map(CaseId),
                    summary: row.text(7)?,
                    links,
                },
            });
        }
        Ok(rows)
    }

    async fn links(&self, kind: WorkKind, id: &str) -> Result<Vec<(String, String)>, StoreError> {
        let text =
            "SELECT link, value FROM work_links WHERE kind = $1 AND id = $2 ORDER BY link, value".to_owned();
        let cells = vec![Cell::Text(kind.as_str().to_owned()), Cell::Text(id.to_owned())];
        fetch(&self.pool, text, cells, READING)
            .await?
            .iter()
            .map(|r| Ok((r.text(0)?, r.text(1)?)))
            .collect()
    }

    /// Contents of a case by their id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn content(&self, case: &CaseId, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let text = "SELECT body FROM contents WHERE id = $1 AND case_id = $2".to_owned();
        let cells = vec![Cell::Text(id.to_owned()), Cell::Text(case.0.clone())];
        let rows = fetch(&self.pool, text, cells, READING).await?;
        rows.first().map(|r| r.blob(0)).transpose()
    }

    /// The next number of a series, from 1; never given twice, also if what it was taken for was not kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_number(&self, series: &str) -> Result<u32, StoreError> {
        let row = sqlx::query("INSERT INTO numbers (name, next) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET next = numbers.next + 1 RETURNING next")
            .bind(series)
            .fetch_one(&self.pool)
            .await
            .doing("numbering")?;
        Ok(u32::try_from(row.int(0)?).unwrap_or(u32::MAX))
    }
}

/// Keeps the facts of one change and what they come to.
async fn keep(tx: &mut AnyConnection, change: Change) -> Result<(), StoreError> {
    let (kind, id) = (change.kind.as_str(), clean(&change.id));
    let conflict = || StoreError::Conflict {
        kind,
        id: change.id.clone(),
    };
    let added = change.facts.len() as i64;
    let version = i64::try_from(change.version).unwrap_or(i64::MAX);
    let Some(last) = change.facts.last().map(|fact| fact.at.0) else {
        return Ok(());
    };
    let text = if change.version == 0 {
        "INSERT INTO work (kind, id, version, status, opened, changed, due, case_id, summary) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8) ON CONFLICT (kind, id) DO NOTHING"
    } else {
        "UPDATE work SET version = version + $3, status = $4, changed = $5, due = $6, case_id = $7, summary = $8 WHERE kind = $1 AND id = $2 AND version = $9"
    };
    let mut query = sqlx::query(text);
    let mut cells = vec![
        Cell::Text(kind.to_owned()),
        Cell::Text(id.clone()),
        Cell::Int(added),
        Cell::Text(change.head.status),
        Cell::Int(last),
        Cell::MaybeInt(change.head.due.map(|due| due.0)),
        Cell::MaybeText(change.head.case.map(|case| case.0)),
        Cell::Text(change.head.summary),
    ];
    if change.version > 0 {
        cells.push(Cell::Int(version));
    }
    for cell in cells {
        query = bind(query, cell);
    }
    let done = query.execute(&mut *tx).await.doing(DOING)?;
    if done.rows_affected() != 1 {
        return Err(conflict());
    }
    let rows = change.facts.into_iter().enumerate().map(|(number, fact)| {
        vec![
            Cell::Text(kind.to_owned()),
            Cell::Text(id.clone()),
            Cell::Int(version + number as i64),
            Cell::Int(fact.at.0),
            Cell::Text(fact.who),
            Cell::Text(fact.body),
        ]
    });
    insert_many(
        tx,
        "INSERT INTO facts (kind, id, seq, at, who, body)",
        "",
        rows.collect(),
        DOING,
    )
    .await?;
    sqlx::query("DELETE FROM work_links WHERE kind = $1 AND id = $2")
        .bind(kind)
        .bind(id.clone())
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    let links = change.head.links.into_iter().map(|(link, value)| {
        vec![
            Cell::Text(kind.to_owned()),
            Cell::Text(id.clone()),
            Cell::Text(link),
            Cell::Text(value),
        ]
    });
    insert_many(
        tx,
        "INSERT INTO work_links (kind, id, link, value)",
        "ON CONFLICT DO NOTHING",
        links.collect(),
        DOING,
    )
    .await
}
