//! Events that are taken back: what rested on them goes in the same transaction, and a reason stays.

use std::collections::BTreeSet;

use sqlx::AnyConnection;
use tandem_domain::{AlertId, Day, EventId, SubjectId, Timestamp};
use tandem_ledger::Entry;

use crate::alerts::{HistoryRow, add_history};
use crate::analysis;
use crate::catalog::{SegmentRow, swap};
use crate::commit::{ActivityRow, INSERT_ACTIVITY, INSERT_MARKS, account_day_cells, mark_dirty};
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, clean, fetch, insert_many};

const DOING: &str = "taking events back";
const READING: &str = "reading what was taken back";

/// Everything that changes when events are taken back.
#[derive(Debug, Clone, Default)]
pub struct Withdrawal {
    /// Its id.
    pub id: String,
    /// Now.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// Why, one of a few words; free text could name somebody.
    pub reason: String,
    /// The events, each with source and day.
    pub events: Vec<(EventId, String, Day)>,
    /// Segments that held them, by path.
    pub old_segments: Vec<String>,
    /// The same without them.
    pub new_segments: Vec<SegmentRow>,
    /// Days of accounts whose activity is replaced by [`Self::activity`]; where nothing is left, by nothing.
    pub active: BTreeSet<(String, Day)>,
    /// Activity of these days without the events.
    pub activity: Vec<ActivityRow>,
    /// The same of marks.
    pub marked: BTreeSet<(String, Day)>,
    /// See [`Self::activity`].
    pub marks: Vec<ActivityRow>,
    /// Accounts of which nothing is kept of [`Self::erased_days`], not even what is no longer in the lake.
    pub erased: Vec<String>,
    /// First and last of these days.
    pub erased_days: (Day, Day),
    /// First and last day whose outcome changes.
    pub days: (Day, Day),
    /// Every segment that was there when the events were read, by path, and the first and last day read: with others the
    /// activity would have to be added up again.
    pub read: BTreeSet<String>,
    /// See [`Self::read`].
    pub read_days: (Day, Day),
}

/// A withdrawal as it is on the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRow {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// Why.
    pub reason: String,
    /// How many events.
    pub events: u64,
    /// First day that it reached.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// Findings that no longer stood.
    pub findings: u64,
}

/// A finding that no longer stood when its events were taken back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WithdrawnFinding {
    /// `indicator` or `alert`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// About whom.
    pub subject: SubjectId,
    /// Of which day.
    pub day: Day,
    /// Its title.
    pub title: String,
}

/// A finding that no longer stands, with when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnRow {
    /// The finding.
    pub finding: WithdrawnFinding,
    /// When it was taken back.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Takes events back in one transaction: segments, activity, marks and matches lose them, every result from the first of
    /// the days on is forgotten and due again, their ids are remembered, and `entry` stands in the ledger. False, and nothing
    /// changed, if a segment was replaced meanwhile.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn withdraw(&self, asked: Withdrawal, entry: Entry) -> Result<bool, StoreError> {
        let (first, last) = asked.days;
        let mut tx = self.begin(DOING).await?;
        // First, because whoever brings events to an analysed day writes the same row: they wait here until this has ended.
        mark_dirty(&mut tx, first).await?;
        if live(&mut tx, asked.read_days).await? != asked.read
            || !swap(&mut tx, &asked.old_segments, asked.new_segments).await?
        {
            return Ok(false);
        }
        for (event, _, _) in &asked.events {
            sqlx::query("DELETE FROM matches WHERE event_id = $1")
                .bind(event.to_string())
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        let (erased_from, erased_to) = asked.erased_days;
        for account in &asked.erased {
            for statement in [
                "DELETE FROM activity WHERE account = $1 AND day >= $2 AND day <= $3",
                "DELETE FROM marks WHERE account = $1 AND day >= $2 AND day <= $3",
                "DELETE FROM matches WHERE account = $1 AND day >= $2 AND day <= $3",
            ] {
                sqlx::query(statement)
                    .bind(clean(account))
                    .bind(i64::from(erased_from.0))
                    .bind(i64::from(erased_to.0))
                    .execute(&mut *tx)
                    .await
                    .doing(DOING)?;
            }
        }
        for (delete, days, insert, rows) in [
            (
                "DELETE FROM activity WHERE account = $1 AND day = $2",
                &asked.active,
                INSERT_ACTIVITY,
                asked.activity,
            ),
            (
                "DELETE FROM marks WHERE account = $1 AND day = $2",
                &asked.marked,
                INSERT_MARKS,
                asked.marks,
            ),
        ] {
            delete_days(&mut tx, delete, days).await?;
            insert_many(&mut tx, insert, "", account_day_cells(rows, &asked.id), DOING).await?;
        }
        let withdrawal = vec![vec![
            Cell::Text(asked.id.clone()),
            Cell::Int(asked.at.0),
            Cell::Text(asked.who),
            Cell::Text(asked.reason),
            Cell::Int(asked.events.len() as i64),
            Cell::Int(i64::from(first.0)),
            Cell::Int(i64::from(last.0)),
        ]];
        insert_many(
            &mut tx,
            "INSERT INTO withdrawals (id, at, who, reason, events, first_day, last_day)",
            "",
            withdrawal,
            DOING,
        )
        .await?;
        let events = asked.events.into_iter().map(|(event, source, day)| {
            vec![
                Cell::Text(event.to_string()),
                Cell::Text(source),
                Cell::Int(i64::from(day.0)),
                Cell::Text(asked.id.clone()),
            ]
        });
        insert_many(
            &mut tx,
            "INSERT INTO withdrawn_events (event_id, source, day, withdrawal)",
            "ON CONFLICT (event_id) DO NOTHING",
            events.collect(),
            DOING,
        )
        .await?;
        // What earlier days left behind is as it was; nothing of these days may stay, not even until they are analysed anew.
        analysis::start_over(&mut tx, first).await?;
        crate::ledger::append(&mut tx, self.postgres, vec![entry]).await?;
        tx.commit().await.doing(DOING)?;
        Ok(true)
    }

    /// Notes which findings no longer stood after a withdrawal; on alerts that people worked on, in their history too, in the
    /// words of `history`.
    ///
    /// # Errors
    /// When the database fails; then nothing is noted.
    pub async fn note_withdrawn(
        &self,
        withdrawal: &str,
        findings: &[WithdrawnFinding],
        worked_on: &[AlertId],
        history: &HistoryRow,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(DOING).await?;
        let rows = findings.iter().map(|finding| {
            vec![
                Cell::Text(withdrawal.to_owned()),
                Cell::Text(finding.kind.clone()),
                Cell::Text(finding.id.clone()),
                Cell::Text(finding.subject.0.clone()),
                Cell::Int(i64::from(finding.day.0)),
                Cell::Text(finding.title.clone()),
            ]
        });
        insert_many(
            &mut tx,
            "INSERT INTO withdrawn_findings (withdrawal, kind, id, subject, day, title)",
            "ON CONFLICT (withdrawal, kind, id) DO NOTHING",
            rows.collect(),
            DOING,
        )
        .await?;
        for alert in worked_on {
            add_history(&mut tx, *alert, history).await?;
        }
        tx.commit().await.doing(DOING)
    }

    /// Ids of a source's events of a day that were taken back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawn_of(&self, source: &str, day: Day) -> Result<Vec<EventId>, StoreError> {
        let text = "SELECT event_id FROM withdrawn_events WHERE source = $1 AND day = $2".to_owned();
        let cells = vec![Cell::Text(source.to_owned()), Cell::Int(i64::from(day.0))];
        let rows = fetch(&self.pool, text, cells, READING).await?;
        rows.iter()
            .filter_map(|row| row.text(0).map(|text| EventId::parse(&text)).transpose())
            .collect()
    }

    /// Everything that was taken back so far, latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawals(&self) -> Result<Vec<WithdrawalRow>, StoreError> {
        let text = "SELECT w.id, w.at, w.who, w.reason, w.events, w.first_day, w.last_day, \
                    (SELECT COUNT(*) FROM withdrawn_findings f WHERE f.withdrawal = w.id) \
                    FROM withdrawals w ORDER BY w.at DESC, w.id"
            .to_owned();
        fetch(&self.pool, text, Vec::new(), READING)
            .await?
            .iter()
            .map(|row| {
                Ok(WithdrawalRow {
                    id: row.text(0)?,
                    at: Timestamp(row.int(1)?),
                    who: row.text(2)?,
                    reason: row.text(3)?,
                    events: row.int(4)?.unsigned_abs(),
                    from: Day(row.int(5)? as i32),
                    until: Day(row.int(6)? as i32),
                    findings: row.int(7)?.unsigned_abs(),
                })
            })
            .collect()
    }

    /// A subject's findings of some days that were taken back, latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawn_findings(
        &self,
        subject: &SubjectId,
        from: Day,
        to: Day,
    ) -> Result<Vec<WithdrawnRow>, StoreError> {
        let text = "SELECT f.kind, f.id, f.subject, f.day, f.title, w.at, w.reason FROM withdrawn_findings f \
                    JOIN withdrawals w ON w.id = f.withdrawal WHERE f.subject = $1 AND f.day >= $2 AND f.day <= $3 \
                    ORDER BY w.at DESC, f.day DESC, f.id"
            .to_owned();
        let cells = vec![
            Cell::Text(subject.0.clone()),
            Cell::Int(i64::from(from.0)),
            Cell::Int(i64::from(to.0)),
        ];
        fetch(&self.pool, text, cells, READING)
            .await?
            .iter()
            .map(|row| {
                Ok(WithdrawnRow {
                    finding: WithdrawnFinding {
                        kind: row.text(0)?,
                        id: row.text(1)?,
                        subject: SubjectId(row.text(2)?),
                        day: Day(row.int(3)? as i32),
                        title: row.text(4)?,
                    },
                    at: Timestamp(row.int(5)?),
                    reason: row.text(6)?,
                })
            })
            .collect()
    }

    /// First and last day within `from` to `to` on which anything is kept of one of the accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_span(
        &self,
        accounts: &[String],
        (from, to): (Day, Day),
    ) -> Result<Option<(Day, Day)>, StoreError> {
        let mut span: Option<(Day, Day)> = None;
        for account in accounts {
            let text = "SELECT MIN(day), MAX(day) FROM (SELECT day FROM activity WHERE account = $1 AND day >= $2 AND day <= $3 \
                        UNION ALL SELECT day FROM marks WHERE account = $1 AND day >= $2 AND day <= $3 \
                        UNION ALL SELECT day FROM matches WHERE account = $1 AND day >= $2 AND day <= $3) AS days"
                .to_owned();
            let cells = vec![
                Cell::Text(account.clone()),
                Cell::Int(i64::from(from.0)),
                Cell::Int(i64::from(to.0)),
            ];
            let rows = fetch(&self.pool, text, cells, READING).await?;
            let found = rows
                .first()
                .map(|row| Ok::<_, StoreError>((row.maybe_int(0)?, row.maybe_int(1)?)));
            if let Some((Some(first), Some(last))) = found.transpose()? {
                let (first, last) = (Day(first as i32), Day(last as i32));
                span = Some(span.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
            }
        }
        Ok(span)
    }

    /// Alerts from `from` on that people worked on and that no later analysis raised again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn superseded_alerts(&self, from: Day) -> Result<BTreeSet<AlertId>, StoreError> {
        let text = "SELECT id FROM alerts WHERE superseded = 1 AND day >= $1".to_owned();
        let rows = fetch(&self.pool, text, vec![Cell::Int(i64::from(from.0))], READING).await?;
        rows.iter()
            .filter_map(|row| row.text(0).map(|text| AlertId::parse(&text)).transpose())
            .collect()
    }
}

/// Paths of the live segments of some days.
async fn live(tx: &mut AnyConnection, (from, to): (Day, Day)) -> Result<BTreeSet<String>, StoreError> {
    let rows = sqlx::query("SELECT path FROM segments WHERE day >= $1 AND day <= $2")
        .bind(i64::from(from.0))
        .bind(i64::from(to.0))
        .fetch_all(&mut *tx)
        .await
        .doing(DOING)?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Deletes days of accounts.
async fn delete_days(
    tx: &mut AnyConnection,
    delete: &'static str,
    days: &BTreeSet<(String, Day)>,
) -> Result<(), StoreError> {
    for (account, day) in days {
        sqlx::query(delete)
            .bind(clean(account))
            .bind(i64::from(day.0))
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
    }
    Ok(())
}
