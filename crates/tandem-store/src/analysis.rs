//! What analysis reads and writes, day by day.

use sqlx::{AnyConnection, AssertSqlSafe};
use tandem_domain::{Alert, Day, EventId, Indicator, SubjectId, Timestamp};

use crate::alerts::alert_cells;
use crate::chains::ChainRow;
use crate::commit::{ActivityRow, MatchRow};
use crate::departures::{self, DepartureRow};
use crate::error::{Doing, StoreError, from_json, to_json};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, fetch, insert_many};
use crate::subjects::{ScoreRow, SubjectRow};

/// Daily snapshots kept besides one a week.
const DAILY_SNAPSHOTS: i32 = 14;
/// How far back the weekly ones reach, days.
const WEEKLY_SNAPSHOTS_DAYS: i32 = 365;
/// Days sought with one statement.
const DAYS_PER_QUESTION: usize = 100;
/// Days of which is kept what the queue rested on: what a question about the past reaches back, and some to begin with.
const QUEUE_DAYS: i32 = 120;
const DOING: &str = "reading what analysis needs";
const SAVING: &str = "saving a day's analysis";

/// One analysed day.
#[derive(Debug, Clone, Default)]
pub struct DayResult {
    /// The day.
    pub day: Day,
    /// Indicators that became known that day.
    pub indicators: Vec<Indicator>,
    /// That day's alerts with the ledger groups of their indicators.
    pub alerts: Vec<(Alert, Vec<String>)>,
    /// Scores at the end of the day, for subjects above the prior.
    pub scores: Vec<ScoreRow>,
    /// Subjects as they stand now.
    pub subjects: Vec<SubjectRow>,
    /// Chains of acts that went on that day.
    pub chains: Vec<ChainRow>,
    /// State for the next day, already compressed.
    pub snapshot: Vec<u8>,
    /// Unusual days with their channels; each with this day.
    pub departures: Vec<DepartureRow>,
    /// How often p-values were small, JSON, if anything was counted.
    pub tally: Option<String>,
    /// What the day's queue rested on beside indicators, already compressed; empty if it is not to be kept.
    pub queue: Vec<u8>,
}

/// State at the end of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The day.
    pub day: Day,
    /// The state.
    pub body: Vec<u8>,
}

impl Store {
    /// First and last day with activity, matches or marks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_span(&self) -> Result<Option<(Day, Day)>, StoreError> {
        // The ends of each table first: they are in its index, while the whole union would have to be read.
        let text = "SELECT MIN(low), MAX(high) FROM (SELECT MIN(day) AS low, MAX(day) AS high FROM activity \
                    UNION ALL SELECT MIN(day), MAX(day) FROM matches \
                    UNION ALL SELECT MIN(day), MAX(day) FROM marks) AS days"
            .to_owned();
        let rows = fetch(&self.pool, text, Vec::new(), DOING).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(row
            .maybe_int(0)?
            .zip(row.maybe_int(1)?)
            .map(|(first, last)| (Day(first as i32), Day(last as i32))))
    }

    /// The first day from `day` on with activity, matches, marks or a people fact that became known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn data_day_from(&self, day: Day) -> Result<Option<Day>, StoreError> {
        let text = "SELECT MIN(low) FROM (SELECT MIN(day) AS low FROM activity WHERE day >= $1 \
                    UNION ALL SELECT MIN(day) FROM matches WHERE day >= $1 \
                    UNION ALL SELECT MIN(day) FROM marks WHERE day >= $1 \
                    UNION ALL SELECT MIN(known_on) FROM people WHERE known_on >= $1) AS days"
            .to_owned();
        let rows = fetch(&self.pool, text, vec![Cell::Int(i64::from(day.0))], DOING).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(row.maybe_int(0)?.map(|day| Day(day as i32)))
    }

    /// All parts of all accounts' activity on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_for_day(&self, day: Day) -> Result<Vec<ActivityRow>, StoreError> {
        let text = "SELECT account, body FROM activity WHERE day = $1 ORDER BY account, batch_id".to_owned();
        fetch(&self.pool, text, vec![Cell::Int(i64::from(day.0))], DOING)
            .await?
            .iter()
            .map(|r| {
                Ok(ActivityRow {
                    account: r.text(0)?,
                    day,
                    body: r.blob(1)?,
                })
            })
            .collect()
    }

    /// One account's activity on the days `from` to `to`, every part with its day, by day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity_of_account(
        &self,
        account: &str,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, Vec<u8>)>, StoreError> {
        let mut found = Vec::new();
        let days: Vec<i32> = (from.0..=to.0).collect();
        // The key begins with the day, so single days are sought; a range would read everybody's rows.
        for part in days.chunks(DAYS_PER_QUESTION) {
            let mut filter = Where::default();
            filter.and("account = ?", Cell::Text(account.to_owned()));
            let marks: Vec<String> = part
                .iter()
                .map(|d| filter.value(Cell::Int(i64::from(*d))))
                .collect();
            filter.and_plain(&format!("day IN ({})", marks.join(", ")));
            let text = format!(
                "SELECT day, body FROM activity{} ORDER BY day, batch_id",
                filter.text()
            );
            for row in fetch(&self.pool, text, filter.cells(), DOING).await? {
                found.push((Day(row.int(0)? as i32), row.blob(1)?));
            }
        }
        Ok(found)
    }

    /// All rule matches of a day, by time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matches_for_day(&self, day: Day) -> Result<Vec<MatchRow>, StoreError> {
        let mut filter = Where::default();
        filter.and("day = ?", Cell::Int(i64::from(day.0)));
        self.matches(filter).await
    }

    /// The rules that matched an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matches_of_event(&self, event: EventId) -> Result<Vec<MatchRow>, StoreError> {
        let mut filter = Where::default();
        filter.and("event_id = ?", Cell::Text(event.to_string()));
        self.matches(filter).await
    }

    async fn matches(&self, filter: Where) -> Result<Vec<MatchRow>, StoreError> {
        let text = format!(
            "SELECT rule, event_id, time, account, body FROM matches{} ORDER BY time, event_id, rule",
            filter.text()
        );
        fetch(&self.pool, text, filter.cells(), DOING)
            .await?
            .iter()
            .map(|r| {
                Ok(MatchRow {
                    rule: r.text(0)?,
                    event: EventId::parse(&r.text(1)?).unwrap_or_default(),
                    time: Timestamp(r.int(2)?),
                    account: r.text(3)?,
                    body: r.text(4)?,
                })
            })
            .collect()
    }

    /// Matches so far, by rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn matches_by_rule(&self) -> Result<std::collections::BTreeMap<String, u64>, StoreError> {
        let text = "SELECT rule, COUNT(*) FROM matches GROUP BY rule".to_owned();
        let rows = fetch(&self.pool, text, Vec::new(), DOING).await?;
        rows.iter()
            .map(|r| Ok((r.text(0)?, r.int(1)?.unsigned_abs())))
            .collect()
    }

    /// The last day analysed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analysed_to(&self) -> Result<Option<Day>, StoreError> {
        self.day_setting("analysed_to").await
    }

    /// The earliest day whose data changed since analysis last began at or before it; `None` if all is analysed. Data that
    /// arrives while an analysis runs counts as changed, even if that analysis still saw it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dirty_from(&self) -> Result<Option<Day>, StoreError> {
        self.day_setting("dirty_from").await
    }

    async fn day_setting(&self, name: &str) -> Result<Option<Day>, StoreError> {
        Ok(self
            .setting(name)
            .await?
            .and_then(|text| text.parse().ok())
            .map(Day))
    }

    /// The latest state at the end of a day before `day`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn snapshot_before(&self, day: Day) -> Result<Option<Snapshot>, StoreError> {
        let text = "SELECT day, body FROM snapshots WHERE day < $1 ORDER BY day DESC LIMIT 1".to_owned();
        let rows = fetch(&self.pool, text, vec![Cell::Int(i64::from(day.0))], DOING).await?;
        rows.first()
            .map(|r| {
                Ok(Snapshot {
                    day: Day(r.int(0)? as i32),
                    body: r.blob(1)?,
                })
            })
            .transpose()
    }

    /// Forgets every result from `day` on, so that it can be analysed again, and takes back the mark of changed data that this
    /// new analysis covers. What people decided on alerts stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_analysis_from(&self, day: Day) -> Result<(), StoreError> {
        let mut tx = self.begin(SAVING).await?;
        forget(&mut tx, day).await?;
        self.settle(&mut tx, day).await?;
        set(&mut tx, "analysed_to", day.plus(-1)).await?;
        tx.commit().await.doing(SAVING)
    }

    /// Takes back the mark of changed data if an analysis from `day` on covers it.
    ///
    /// This happens when an analysis begins, never when a day is saved: data committed in between may or may not have been
    /// seen, and a mark too many costs a second analysis, while one too few loses events.
    async fn settle(&self, connection: &mut AnyConnection, day: Day) -> Result<(), StoreError> {
        // PostgreSQL: whoever marks a day from here on waits until this transaction has ended.
        let lock = if self.postgres { " FOR UPDATE" } else { "" };
        let text = format!("SELECT value FROM settings WHERE name = 'dirty_from'{lock}");
        let row = sqlx::query(AssertSqlSafe(text))
            .fetch_optional(&mut *connection)
            .await
            .doing(SAVING)?;
        let marked = row
            .map(|r| r.text(0))
            .transpose()?
            .and_then(|t| t.parse::<i32>().ok());
        let Some(marked) = marked else { return Ok(()) };
        let row = sqlx::query("SELECT MIN(low) FROM (SELECT MIN(day) AS low FROM activity UNION ALL SELECT MIN(day) FROM matches UNION ALL SELECT MIN(day) FROM marks) AS days")
            .fetch_one(&mut *connection)
            .await
            .doing(SAVING)?;
        // A fact about people may be older than all data; there is no day before the first one to analyse for it.
        let from_the_start = row.maybe_int(0)?.is_none_or(|first| i64::from(day.0) <= first);
        if marked >= day.0 || from_the_start {
            sqlx::query("DELETE FROM settings WHERE name = 'dirty_from'")
                .execute(&mut *connection)
                .await
                .doing(SAVING)?;
        }
        Ok(())
    }

    /// Saves a day in one transaction, replacing any earlier result of it and of all later days.
    ///
    /// # Errors
    /// When the database fails; then nothing of the day is saved.
    pub async fn save_day(&self, mut result: DayResult) -> Result<(), StoreError> {
        let day = result.day;
        let mut tx = self.begin(SAVING).await?;
        forget(&mut tx, day).await?;
        departures::save(&mut tx, &mut result).await?;
        let indicators = result
            .indicators
            .iter()
            .map(|i| indicator_cells(i, day))
            .collect::<Result<_, _>>()?;
        insert_many(
            &mut tx,
            "INSERT INTO indicators (id, subject, day, time, family, detector, weight, body)",
            // The same fact found again later stays with the day on which it became known.
            "ON CONFLICT (id) DO NOTHING",
            indicators,
            SAVING,
        )
        .await?;
        let alerts = result
            .alerts
            .iter()
            .map(|(a, groups)| alert_cells(a, groups))
            .collect::<Result<_, _>>()?;
        insert_many(
            &mut tx,
            "INSERT INTO alerts (id, subject, day, queue, place, score, level, families, body)",
            // The row is still there if people worked on the alert before its day was analysed anew.
            "ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, day = excluded.day, queue = excluded.queue, place = excluded.place, score = excluded.score, level = excluded.level, families = excluded.families, body = excluded.body, superseded = 0",
            alerts,
            SAVING,
        )
        .await?;
        let scores = result.scores.into_iter().map(|s| s.cells(day)).collect();
        insert_many(
            &mut tx,
            "INSERT INTO scores (subject, day, score, level)",
            "",
            scores,
            SAVING,
        )
        .await?;
        let subjects = result.subjects.into_iter().map(|s| s.cells(day)).collect();
        insert_many(
            &mut tx,
            "INSERT INTO subjects (subject, person, day, score, level, department, role, kind, body)",
            "ON CONFLICT (subject) DO UPDATE SET person = excluded.person, day = excluded.day, score = excluded.score, level = excluded.level, department = excluded.department, role = excluded.role, kind = excluded.kind, body = excluded.body",
            subjects,
            SAVING,
        )
        .await?;
        let chains = result.chains.into_iter().map(|chain| chain.cells(day)).collect();
        insert_many(
            &mut tx,
            "INSERT INTO chains (id, subject, day, body)",
            "ON CONFLICT (day, id) DO NOTHING",
            chains,
            SAVING,
        )
        .await?;
        let snapshot = vec![vec![Cell::Int(i64::from(day.0)), Cell::Blob(result.snapshot)]];
        insert_many(&mut tx, "INSERT INTO snapshots (day, body)", "", snapshot, SAVING).await?;
        if !result.queue.is_empty() {
            let queue = vec![vec![Cell::Int(i64::from(day.0)), Cell::Blob(result.queue)]];
            insert_many(&mut tx, "INSERT INTO queue_days (day, body)", "", queue, SAVING).await?;
        }
        sqlx::query("DELETE FROM queue_days WHERE day < $1")
            .bind(i64::from(day.0 - QUEUE_DAYS))
            .execute(&mut *tx)
            .await
            .doing(SAVING)?;
        sqlx::query("DELETE FROM snapshots WHERE (day < $1 AND day % 7 <> 0) OR day < $2")
            .bind(i64::from(day.0 - DAILY_SNAPSHOTS))
            .bind(i64::from(day.0 - WEEKLY_SNAPSHOTS_DAYS))
            .execute(&mut *tx)
            .await
            .doing(SAVING)?;
        set(&mut tx, "analysed_to", day).await?;
        tx.commit().await.doing(SAVING)
    }

    /// A subject's indicators that became known from `from` to `to`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn indicators_of(
        &self,
        subject: &SubjectId,
        from: Day,
        to: Day,
    ) -> Result<Vec<Indicator>, StoreError> {
        let mut filter = Where::default();
        filter.and("subject = ?", Cell::Text(subject.0.clone()));
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        self.indicators(filter).await
    }

    /// Everybody's indicators that became known from `from` to `to`, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn indicators_between(&self, from: Day, to: Day) -> Result<Vec<Indicator>, StoreError> {
        let mut filter = Where::default();
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        self.indicators(filter).await
    }

    pub(crate) async fn indicators(&self, filter: Where) -> Result<Vec<Indicator>, StoreError> {
        let text = format!(
            "SELECT body FROM indicators{} ORDER BY day, time, id",
            filter.text()
        );
        let rows = fetch(&self.pool, text, filter.cells(), DOING).await?;
        rows.iter().map(|r| from_json("indicator", &r.text(0)?)).collect()
    }

    /// Indicators (`indicators`) or alerts (`alerts`) per day from `from` on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn per_day(&self, alerts: bool, from: Day) -> Result<Vec<(Day, u64)>, StoreError> {
        let table = if alerts {
            "alerts WHERE superseded = 0 AND"
        } else {
            "indicators WHERE"
        };
        let text = format!("SELECT day, COUNT(*) FROM {table} day >= $1 GROUP BY day ORDER BY day");
        let rows = fetch(&self.pool, text, vec![Cell::Int(i64::from(from.0))], DOING).await?;
        rows.iter()
            .map(|r| Ok((Day(r.int(0)? as i32), r.int(1)?.unsigned_abs())))
            .collect()
    }

    /// Forgets activity and matches before `day`; gives back how many rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_activity(&self, before: Day) -> Result<u64, StoreError> {
        let mut gone = 0;
        for statement in [
            "DELETE FROM activity WHERE day < $1",
            "DELETE FROM matches WHERE day < $1",
            "DELETE FROM marks WHERE day < $1",
        ] {
            let done = sqlx::query(statement)
                .bind(i64::from(before.0))
                .execute(&self.pool)
                .await
                .doing("forgetting activity")?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }
}

/// Forgets every result from `day` on: the next analysis begins there.
pub(crate) async fn start_over(connection: &mut AnyConnection, day: Day) -> Result<(), StoreError> {
    forget(connection, day).await?;
    sqlx::query("UPDATE settings SET value = $1 WHERE name = 'analysed_to' AND CAST(value AS BIGINT) >= $2")
        .bind(day.plus(-1).0.to_string())
        .bind(i64::from(day.0))
        .execute(&mut *connection)
        .await
        .doing(SAVING)
        .map(drop)
}

async fn forget(connection: &mut AnyConnection, day: Day) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM indicators WHERE day >= $1",
        "UPDATE alerts SET superseded = 1 WHERE day >= $1 AND id IN (SELECT alert FROM alert_history)",
        "DELETE FROM alerts WHERE day >= $1 AND superseded = 0",
        "DELETE FROM scores WHERE day >= $1",
        "DELETE FROM chains WHERE day >= $1",
        "DELETE FROM snapshots WHERE day >= $1",
        "DELETE FROM departures WHERE day >= $1",
        "DELETE FROM tallies WHERE day >= $1",
        "DELETE FROM queue_days WHERE day >= $1",
    ] {
        sqlx::query(statement)
            .bind(i64::from(day.0))
            .execute(&mut *connection)
            .await
            .doing(SAVING)?;
    }
    Ok(())
}

async fn set(connection: &mut AnyConnection, name: &'static str, day: Day) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(day.0.to_string())
        .execute(connection)
        .await
        .doing(SAVING)
        .map(drop)
}

fn indicator_cells(i: &Indicator, day: Day) -> Result<Vec<Cell>, StoreError> {
    Ok(vec![
        Cell::Text(i.id.to_string()),
        Cell::Text(i.subject.0.clone()),
        Cell::Int(i64::from(day.0)),
        Cell::Int(i.time.0),
        Cell::Text(i.group.as_str().into()),
        Cell::Text(i.detector.clone()),
        Cell::Real(i.weight),
        Cell::Text(to_json("indicator", i)?),
    ])
}
