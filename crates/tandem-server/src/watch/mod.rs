//! Watching the watchers: the rules of `tandem-ledger` over the ledger's own rows, day by day, and what becomes of their findings.
//!
//! A day is judged once it is over for everybody who works with Tandem. The rows are read in pieces; what is kept between two
//! days is the place in the ledger and each colleague's habits, a few bytes each. Findings, habits, place and the ledger's rows
//! about the findings are one step: a restart neither loses nor repeats any.
//!
//! A finding goes to the auditor, one about an auditor to the works council; never to whom it is about, nor to who leads them, is
//! led by them or shares their team ([`readers`]). The ledger says that there is one, by its id alone, and an answer by its hash:
//! auditors read the ledger, and it may be about one of them.

mod crew;
mod finding;
mod readers;
mod view;

use serde::{Deserialize, Serialize};
use tandem_domain::time::{MICROS_PER_HOUR, MICROS_PER_SECOND};
use tandem_domain::{Day, Timestamp};
use tandem_ledger::watch::{Past, WatchDay, WatchFinding, findings};
use tandem_people::View;
use tandem_policy::{Action, DataClass};
use tandem_store::{Step, WorkFilter, WorkKind};

pub use self::view::{AnswerFinding, WatchAnswer, WatchFindingView, WatchView};

use self::crew::{Crew, Staff};
use self::finding::{Conclusion, Found, WatchFact, Watched};
use self::readers::Readers;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::service::ServiceError;

/// The setting that holds how far the ledger was watched.
const PLACE: &str = "ledger.watch";
/// Rows read at once.
const PIECE: usize = 2_000;
/// Most findings of a list that wait for somebody, and most that were answered.
const LISTED: usize = 500;
/// How far ahead of UTC the earliest clock is.
const AHEAD: i64 = 14 * MICROS_PER_HOUR;
/// How far behind UTC the latest clock is.
const BEHIND: i64 = 12 * MICROS_PER_HOUR;
/// Rows are written in the order in which their transactions end, which may be this much later than the time they carry.
const SLACK: i64 = 600 * MICROS_PER_SECOND;

/// How far the ledger was watched, and what is usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The next day to be judged; none before the first row.
    next: Option<Day>,
    /// The row from which that day is read.
    from: u64,
    /// What is usual for each colleague.
    past: Past,
}

impl App {
    /// Judges every day of the ledger that is over by `now` and was not judged yet; gives back how many findings are new.
    ///
    /// # Errors
    /// When a store fails. Days that were judged before that stay judged.
    pub async fn watch_ledger(&self, now: Timestamp) -> Result<u64, ApiError> {
        let mut place = self.watch_place().await?;
        let Some(mut day) = self.next_to_judge(&place).await? else {
            return Ok(0);
        };
        if day.end().plus_micros(-AHEAD) > now {
            return Ok(0);
        }
        let mut staff = self.watched_staff().await?;
        let mut cursor = self.directory().await?.cursor();
        if Crew::of(&staff, cursor.at(day), day).over().plus_micros(SLACK) > now {
            return Ok(0);
        }
        // Cases are read once a day only, not at each look at the clock.
        staff.barred = self.barred().await?;
        let mut new = 0;
        loop {
            let view = cursor.at(day);
            let mut crew = Crew::of(&staff, view, day);
            if crew.over().plus_micros(SLACK) > now {
                return Ok(new);
            }
            let (judged, from) = self.read_day(&mut crew, view, place.from).await?;
            let found = findings(&judged, &crew.colleagues, &place.past);
            place.past.learn(&judged);
            place.next = Some(day.plus(1));
            place.from = from;
            match self.keep_findings(&found, &place, &staff, view, day).await {
                Ok(kept) => new += kept,
                // Another process is at it; what it leaves is found at the next look.
                Err(error) if error.is_conflict() => return Ok(new),
                Err(error) => return Err(error),
            }
            day = day.plus(1);
        }
    }

    async fn watch_place(&self) -> Result<Place, ApiError> {
        match self.store.setting(PLACE).await? {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => Ok(Place::default()),
        }
    }

    /// The day to judge next. The ledger's first one may have begun the day before, on a clock further west.
    async fn next_to_judge(&self, place: &Place) -> Result<Option<Day>, ApiError> {
        if place.next.is_some() {
            return Ok(place.next);
        }
        let first = self.store.ledger_from(0, 1).await?;
        Ok(first.first().map(|row| row.entry.at.day().plus(-1)))
    }

    /// Reads the crew's day from a row on; gives back the row from which the day after has to be read.
    async fn read_day(
        &self,
        crew: &mut Crew<'_>,
        view: &View,
        from: u64,
    ) -> Result<(WatchDay, u64), ApiError> {
        let day = crew.day;
        let next_begins = day.plus(1).start().plus_micros(-AHEAD - SLACK);
        let last = day.end().plus_micros(BEHIND + SLACK);
        let mut judged = WatchDay::new(day);
        let (mut at, mut next) = (from, None);
        loop {
            let rows = self.store.ledger_from(at, PIECE).await?;
            let Some(end) = rows.last() else {
                return Ok((judged, next.unwrap_or(at)));
            };
            at = end.seq + 1;
            crew.tie(self, view, &rows).await?;
            for row in &rows {
                if next.is_none() && row.entry.at >= next_begins {
                    next = Some(row.seq);
                }
                if row.entry.at > last {
                    return Ok((judged, next.unwrap_or(row.seq)));
                }
                judged.add(row, &crew.colleagues);
            }
        }
    }

    /// Keeps a day's findings, the place after it, the ledger's rows about them and the notices, together or not at all.
    async fn keep_findings(
        &self,
        found: &[WatchFinding],
        place: &Place,
        staff: &Staff,
        view: &View,
        day: Day,
    ) -> Result<u64, ApiError> {
        let readers = Readers {
            rows: &staff.rows,
            persons: &staff.persons,
            view,
        };
        let mut step = Step {
            settings: vec![(PLACE.to_owned(), serde_json::to_string(place)?)],
            ..Step::default()
        };
        let mut mails = std::collections::BTreeSet::new();
        for one in found {
            let id = finding::id(&self.secret, one, day);
            if !self.store.facts(WorkKind::Watch, &id).await?.is_empty() {
                continue;
            }
            let found = Found::of(one, day);
            mails.extend(readers.mails(&found));
            let about = About {
                object: Some(&id),
                ..About::default()
            };
            step.ledger.push(entry("system", "system", "watch.find", &about)?);
            let fact = WatchFact::Found(found);
            step.changes
                .push(finding::change(&id, 0, &fact, crate::pipeline::now())?);
        }
        let new = step.changes.len() as u64;
        if new > 0 {
            step.outbox = self.watch_messages(day, mails.into_iter().collect(), new)?;
        }
        self.take_and_tell(step).await?;
        Ok(new)
    }

    /// The findings that the asker may read: those that wait first, the latest first. Reading them is a row of the ledger.
    ///
    /// # Errors
    /// Forbidden, or a store fails.
    pub async fn watch(&self, asker: &Asker) -> Result<WatchView, ApiError> {
        asker.may(self, Action::Look, DataClass::WatchFindings, &asker.context())?;
        let known = self.known_colleagues().await?;
        let view = self.directory().await?.as_of(crate::pipeline::now().day());
        let readers = Readers {
            rows: &known.rows,
            persons: &known.persons,
            view: &view,
        };
        let mut shown = Vec::new();
        for status in ["open", "answered"] {
            let filter = WorkFilter {
                status: vec![status.to_owned()],
                limit: LISTED,
                ..WorkFilter::default()
            };
            for row in self.store.work(WorkKind::Watch, &filter).await? {
                let (one, _) = self.watched(&row.id).await?;
                if self.may_read(asker, &readers, &one.found, Action::Look) {
                    shown.push(view::finding(&row.id, &one, asker.role()));
                }
            }
        }
        shown.sort_by(|a, b| {
            (a.status == "answered", &b.at, &a.id).cmp(&(b.status == "answered", &a.at, &b.id))
        });
        let judged = self.watch_place().await?.next.map(|next| next.plus(-1));
        let object = match shown.len() {
            1 => "1 finding".to_owned(),
            many => format!("{many} findings"),
        };
        let look = asker.entry("watch.look", None, Some(&object))?;
        self.store.add_to_ledger(vec![look]).await?;
        Ok(WatchView {
            judged_to: judged.map(|day| day.to_string()),
            findings: shown,
        })
    }

    /// Says what came of looking into a finding. The ledger signs the conclusion and the hash of the whole answer; the reason
    /// stays with the finding. A later answer corrects an earlier one, which stays.
    ///
    /// # Errors
    /// Forbidden; there is none that the asker may read; the conclusion or the reason is none; or somebody was faster.
    pub async fn answer_finding(
        &self,
        asker: &Asker,
        id: &str,
        asked: &AnswerFinding,
    ) -> Result<WatchFindingView, ApiError> {
        asker.may(self, Action::Decide, DataClass::WatchFindings, &asker.context())?;
        let (mut one, version) = self.watched(id).await?;
        let known = self.known_colleagues().await?;
        let today = self.directory().await?.as_of(crate::pipeline::now().day());
        let readers = Readers {
            rows: &known.rows,
            persons: &known.persons,
            view: &today,
        };
        // Whoever may not read it does not learn that it is there.
        if !self.may_read(asker, &readers, &one.found, Action::Decide) {
            return Err(ServiceError::Missing("finding").into());
        }
        let conclusion = Conclusion::parse(&asked.conclusion).ok_or_else(|| {
            ApiError::bad(
                "conclusion",
                format!("`{}` is no conclusion", asked.conclusion),
                "use in_order or not_in_order",
            )
        })?;
        let reason = tandem_casework::text::Reason::new(&asked.reason).map_err(|error| {
            ApiError::bad(
                "reason",
                format!("reason: {error}"),
                "say in plain words what you found",
            )
        })?;
        let now = crate::pipeline::now();
        let answer = finding::Answer {
            at: now,
            conclusion,
            reason,
            who: asker.account().to_owned(),
        };
        one.answers.push(answer.clone());
        let change = finding::change(id, version, &WatchFact::Answered(answer), now)?;
        let mut row = asker.entry("watch.answer", None, Some(id))?;
        let body = change.facts.first().map_or("", |fact| fact.body.as_str());
        row.detail
            .insert("answer_sha256".to_owned(), finding::sha256(body).into());
        row.detail
            .insert("conclusion".to_owned(), conclusion.as_str().into());
        let step = Step {
            changes: vec![change],
            ledger: vec![row],
            ..Step::default()
        };
        self.store.take_step(step).await?;
        Ok(view::finding(id, &one, asker.role()))
    }

    /// True if both the way round the watched and the policies let the asker.
    fn may_read(&self, asker: &Asker, readers: &Readers<'_>, found: &Found, action: Action) -> bool {
        let mut context = asker.context().about_colleague(&found.who);
        if let Some(subject) = &found.subject {
            context = context.about(subject);
        }
        readers.may(found, asker.account(), asker.role())
            && asker.can(self, action, DataClass::WatchFindings, &context)
    }

    /// A finding with its answers, and how many facts it has.
    async fn watched(&self, id: &str) -> Result<(Watched, u64), ApiError> {
        let rows = self.store.facts(WorkKind::Watch, id).await?;
        let facts = rows
            .iter()
            .map(|row| serde_json::from_str(&row.body))
            .collect::<Result<Vec<WatchFact>, _>>()?;
        let version = facts.len() as u64;
        let one = Watched::of(facts).ok_or(ServiceError::Missing("finding"))?;
        Ok((one, version))
    }
}
