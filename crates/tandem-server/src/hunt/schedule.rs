//! A saved search in SQL that is asked again and again: how that is made, shown and taken away. What its rows mean is said by a rule of
//! its own, so that they count as the matches of any other rule do.

use std::fs;
use std::io;

use axum::http::StatusCode;
use tandem_detect::hunt::query_rule_yaml;
use tandem_lake::ResultColumn;
use tandem_store::{SavedSearchRow, ScheduledQueryRow, StoreError};

use super::rule::{file, plain, put};
use super::saved::{Body, line};
use crate::api::dto::{
    QueryAlarmView, QueryRun, SavedSearchView, ScheduleAsked, ScheduleView, SearchLanguage,
};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// The shortest and the longest time between two askings, minutes.
const EVERY: std::ops::RangeInclusive<u32> = 5..=1_440;
/// Most searches that are asked again and again.
const MOST: usize = 100;
/// Longest name of a column, characters.
const COLUMN: usize = 200;
/// The column that says the account, if nobody says otherwise.
pub(super) const ACCOUNT: &str = "account";
/// The column that says when, if nobody says otherwise.
pub(super) const TIME: &str = "time";

/// How a query is asked, as it was made.
pub(super) fn asked_of(row: &ScheduledQueryRow) -> Result<ScheduleAsked, ServiceError> {
    Ok(serde_json::from_str(&row.body)?)
}

/// What came of it last.
fn last_of(row: &ScheduledQueryRow) -> Result<Option<QueryRun>, ServiceError> {
    let last = row.last.as_deref();
    Ok(last.map(serde_json::from_str::<QueryRun>).transpose()?)
}

/// How a saved search is asked, as it is shown.
pub(super) fn schedule_view(row: ScheduledQueryRow) -> Result<ScheduleView, ServiceError> {
    let asked = asked_of(&row)?;
    Ok(ScheduleView {
        every_minutes: row.every_minutes,
        account: asked.account.unwrap_or_else(|| ACCOUNT.to_owned()),
        time: asked.time.unwrap_or_else(|| TIME.to_owned()),
        title: asked.title,
        level: asked.level,
        threat: asked.threat,
        stage: asked.stage,
        due: row.due.to_string(),
        last: last_of(&row)?,
    })
}

/// A column's name, or the usual one.
fn column(what: &'static str, name: Option<&str>, usual: &str) -> Result<Option<String>, ApiError> {
    line(what, name.unwrap_or(usual), COLUMN).map(Some)
}

/// What somebody wants, checked and with nothing left out.
fn checked(asked: &ScheduleAsked) -> Result<ScheduleAsked, ApiError> {
    if !EVERY.contains(&asked.every_minutes) {
        return Err(ApiError::bad(
            "every_minutes",
            "a query is asked every 5 to 1,440 minutes",
            "give a number in between",
        ));
    }
    Ok(ScheduleAsked {
        account: column("account", asked.account.as_deref(), ACCOUNT)?,
        time: column("time", asked.time.as_deref(), TIME)?,
        title: asked.title.trim().to_owned(),
        ..asked.clone()
    })
}

/// Refuses a statement whose answer does not say whose and when.
fn answers(columns: &[ResultColumn], asked: &ScheduleAsked) -> Result<(), ApiError> {
    let (account, time) = (
        asked.account.as_deref().unwrap_or(ACCOUNT),
        asked.time.as_deref().unwrap_or(TIME),
    );
    let kind = |name: &str| {
        let column = columns.iter().find(|column| column.name == name);
        column.map(|column| column.kind.as_str())
    };
    let missing = |what, name: &str| {
        let known: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        ApiError::bad(
            what,
            format!("the answer has no column `{name}`; it has {}", known.join(", ")),
            "name one of them, or say it in the statement: `select device as account`",
        )
    };
    if kind(account).is_none() {
        return Err(missing("account", account));
    }
    match kind(time) {
        None => Err(missing("time", time)),
        Some("timestamp" | "date" | "text") => Ok(()),
        Some(other) => Err(ApiError::bad(
            "time",
            format!("the column `{time}` is {other} and no time"),
            "name a column with a time or a day, such as `min(time) as time`",
        )),
    }
}

/// What is wrong with a query, by what came of it last. Why it failed may quote what is in events, so that only who keeps the search
/// reads that.
fn alarms(rule: &str, title: &str, last: &QueryRun) -> Vec<QueryAlarmView> {
    let failing = last.failing_since.as_deref().unwrap_or(&last.at);
    let found = [
        (
            last.error.is_some(),
            "query_failing",
            failing,
            "It fails. Why is said beside the saved search; it is asked again at its next time, for the same days too.",
        ),
        (
            last.truncated,
            "query_truncated",
            last.at.as_str(),
            "It answers more rows of a day than are taken. Narrow the statement, or have it count.",
        ),
        (
            last.without_time > 0,
            "query_without_time",
            last.at.as_str(),
            "Some of its rows have no time on the day that was asked about and are left out. Have the statement answer the time of an event.",
        ),
        (
            last.days_left_out,
            "query_days_left_out",
            last.at.as_str(),
            "Events came of more days than are asked about at once; the oldest were left out. Look at those by hand.",
        ),
    ];
    let found = found.into_iter().filter(|(holds, ..)| *holds);
    found
        .map(|(_, alarm, since, sentence)| QueryAlarmView {
            rule: rule.to_owned(),
            title: title.to_owned(),
            alarm: alarm.to_owned(),
            since: since.to_owned(),
            sentence: sentence.to_owned(),
        })
        .collect()
}

impl App {
    /// Has a saved search in SQL asked again and again, or changes how.
    ///
    /// # Errors
    /// Forbidden, somebody else's search, not in SQL, without the columns that are needed, too many, or a store fails.
    pub async fn make_schedule(
        &self,
        asker: &Asker,
        id: &str,
        asked: &ScheduleAsked,
    ) -> Result<SavedSearchView, ApiError> {
        self.may_make_rules(asker).await?;
        let row = self.own_search(asker, id).await?;
        self.write_schedule(asker, &row, asked).await?;
        self.shown_search(row).await
    }

    /// Has a saved search asked no more; the search stays, and so does what it found.
    ///
    /// # Errors
    /// Forbidden, somebody else's search, not asked, or a store fails.
    pub async fn drop_schedule(&self, asker: &Asker, id: &str) -> Result<(), ApiError> {
        let row = self.own_search(asker, id).await?;
        if self.store.scheduled_query(&row.id).await?.is_none() {
            return Err(ApiError::not_found("schedule of this search"));
        }
        self.remove_schedule(asker, &row.id).await
    }

    /// Checks how a search is to be asked, and keeps the search with it.
    pub(super) async fn write_schedule(
        &self,
        asker: &Asker,
        row: &SavedSearchRow,
        asked: &ScheduleAsked,
    ) -> Result<(), ApiError> {
        let asker = self.may_make_rules(asker).await?;
        let body = Body::of(row)?;
        let refused = |code, what: String, hint: &str| {
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, what, hint.to_owned())
        };
        if body.language != SearchLanguage::Sql {
            let what = "only a search in SQL is asked again and again".to_owned();
            return Err(refused("not_sql", what, "make a rule of it"));
        }
        let asked = checked(asked)?;
        answers(&self.check_sql(&body.query).await?, &asked)?;
        let known = self.store.scheduled_query(&row.id).await?;
        if known.is_none() && self.store.scheduled_queries().await?.len() >= MOST {
            let what = format!("{MOST} queries are asked again and again already");
            return Err(refused("too_many", what, "have one of them asked no more"));
        }
        let said = [&asked.title, &asked.level, &asked.threat, &asked.stage].map(String::as_str);
        let yaml = query_rule_yaml(&plain(row, &body, said)?);
        let path = file(&self.config, &row.id);
        self.check_rule(&path, &yaml)?;
        // The ledger first: a query that nobody can see the making of must not be asked.
        let entry = asker.entry("schedule.make", None, Some(&row.id))?;
        self.store.add_to_ledger(vec![entry]).await?;
        // Then the rule: rows of a query without one would say nothing.
        put(&path, &yaml)?;
        let now = crate::pipeline::now();
        let scheduled = ScheduledQueryRow {
            search: row.id.clone(),
            every_minutes: asked.every_minutes,
            due: now,
            since: now,
            body: serde_json::to_string(&asked)?,
            last: None,
        };
        if let Err(error) = self.keep_schedule(row, &scheduled).await {
            if known.is_none() {
                // Without a query it would find nothing; it is in nobody's way if it cannot be removed.
                let _ = fs::remove_file(&path);
            }
            return Err(error.into());
        }
        self.rules_changed()
            .await
            .map_err(|error| ApiError::internal(&error))
    }

    async fn keep_schedule(
        &self,
        row: &SavedSearchRow,
        scheduled: &ScheduledQueryRow,
    ) -> Result<(), StoreError> {
        self.store.put_saved_search(row).await?;
        self.store.put_scheduled_query(scheduled).await
    }

    /// Has a search asked no more, and takes the rule of its rows out of use.
    pub(super) async fn remove_schedule(&self, asker: &Asker, id: &str) -> Result<(), ApiError> {
        let asker = self.may_make_rules(asker).await?;
        let entry = asker.entry("schedule.remove", None, Some(id))?;
        self.store.add_to_ledger(vec![entry]).await?;
        self.store.remove_scheduled_query(id).await?;
        match fs::remove_file(file(&self.config, id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        self.rules_changed()
            .await
            .map_err(|error| ApiError::internal(&error))
    }

    /// Refuses what is no reading statement about events; gives back the columns of its answer. No event is read.
    pub(super) async fn check_sql(&self, sql: &str) -> Result<Vec<ResultColumn>, ApiError> {
        let answer = self.lake.query(sql, &[], self.query_limits(1)).await?;
        Ok(answer.columns())
    }

    /// Scheduled queries that do not do what they should.
    ///
    /// # Errors
    /// When the database fails, or what is kept there cannot be read.
    pub(crate) async fn query_alarms(&self) -> Result<Vec<QueryAlarmView>, ServiceError> {
        let mut found = Vec::new();
        for row in self.store.scheduled_queries().await? {
            if let Some(last) = last_of(&row)? {
                found.extend(alarms(&row.search, &asked_of(&row)?.title, &last));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> ScheduleAsked {
        ScheduleAsked {
            every_minutes: 15,
            title: " Much at night ".into(),
            level: "medium".into(),
            threat: "leakage".into(),
            stage: "preparation".into(),
            account: None,
            time: Some(" first ".into()),
        }
    }

    #[test]
    fn what_is_left_out_is_said_and_the_time_between_is_bounded() {
        let known = checked(&asked()).unwrap_or_else(|_| panic!("it is fine"));
        assert_eq!(known.account.as_deref(), Some("account"));
        assert_eq!(known.time.as_deref(), Some("first"));
        assert_eq!(known.title, "Much at night");
        for (every_minutes, fine) in [(4, false), (5, true), (1_440, true), (1_441, false)] {
            let asked = ScheduleAsked {
                every_minutes,
                ..asked()
            };
            assert_eq!(checked(&asked).is_ok(), fine, "{every_minutes}");
        }
    }

    #[test]
    fn an_answer_must_say_whose_and_when() {
        let column = |(name, kind): (&str, &str)| ResultColumn {
            name: name.into(),
            kind: kind.into(),
        };
        let known = checked(&asked()).unwrap_or_else(|_| panic!("it is fine"));
        for (columns, fine) in [
            ([("account", "text"), ("first", "timestamp")], true),
            ([("account", "text"), ("first", "date")], true),
            ([("account", "text"), ("first", "integer")], false),
            ([("account", "text"), ("time", "timestamp")], false),
            ([("who", "text"), ("first", "timestamp")], false),
        ] {
            let columns = columns.map(column);
            assert_eq!(answers(&columns, &known).is_ok(), fine, "{columns:?}");
        }
    }

    #[test]
    fn each_thing_that_is_wrong_is_told_with_its_beginning_and_without_what_events_hold() {
        let fine = QueryRun {
            at: "2026-05-04T08:00:00Z".into(),
            rows: 9,
            without_account: 3,
            ..QueryRun::default()
        };
        assert!(alarms("r", "t", &fine).is_empty());
        let wrong = QueryRun {
            error: Some("cannot cast 'anna.berg'".into()),
            failing_since: Some("2026-05-03T08:00:00Z".into()),
            truncated: true,
            without_time: 1,
            days_left_out: true,
            ..fine
        };
        let told = alarms("r", "t", &wrong);
        let kinds: Vec<&str> = told.iter().map(|alarm| alarm.alarm.as_str()).collect();
        assert_eq!(
            kinds,
            [
                "query_failing",
                "query_truncated",
                "query_without_time",
                "query_days_left_out"
            ]
        );
        assert_eq!(told[0].since, "2026-05-03T08:00:00Z");
        assert_eq!(told[1].since, "2026-05-04T08:00:00Z");
        assert!(told.iter().all(|alarm| !alarm.sentence.contains("anna")));
    }
}
