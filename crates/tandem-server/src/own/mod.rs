//! What Tandem knows about the one who asks: in plain words what is collected, why, for how long, and how often it was looked at.
//!
//! What is said must not tell anybody that they are being looked into: looks and indicators that belong to an open case, or to
//! a fresh alert that may become one, are told once it is over. That this can happen is always said, whether it does or not.

mod contests;
mod tie;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{AlertId, CaseId, Indicator, IndicatorGroup, IndicatorId, Purpose, SubjectId, Timestamp};
use tandem_ledger::Row;
use tandem_policy::{Action, DataClass};
use tandem_store::{AlertFilter, LedgerFilter, WorkFilter, WorkKind};

pub use self::view::{
    AskContest, ContestAnswer, ContestList, ContestView, Delay, Kept, MonthCount, OwnFact, OwnIndicator,
    OwnLooks, OwnSource, OwnView,
};

use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::service::ServiceError;

/// Days for which an alert that nobody has closed may still become a case.
const TRIAGE_DAYS: i32 = 30;
/// Most cases and alerts about one subject that are looked through.
const WORK: usize = 1_000;
/// Most rows of the ledger about one subject that are counted.
const ROWS: usize = 100_000;
/// Most indicators shown, the latest first.
const SHOWN: usize = 200;

/// What is not told yet.
#[derive(Debug, Default)]
struct Quiet {
    /// Cases that are open.
    cases: BTreeSet<CaseId>,
    /// Indicators that they, or fresh alerts, rest on.
    indicators: BTreeSet<IndicatorId>,
    /// When the first of their alerts was raised: what was looked at since without a case may have led to one.
    from: Option<Timestamp>,
}

impl Quiet {
    fn since(&mut self, at: Timestamp) {
        self.from = Some(self.from.map_or(at, |from| from.min(at)));
    }

    fn began(&self, at: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= at)
    }

    /// True if a row of the ledger can be told.
    fn tells(&self, row: &Row) -> bool {
        match &row.entry.case {
            Some(case) => !self.cases.contains(case),
            None => !self.began(row.entry.at),
        }
    }

    fn shows(&self, indicator: &Indicator) -> bool {
        !self.indicators.contains(&indicator.id) && !self.began(indicator.known)
    }
}

/// The asker with the purpose of own data, and their own pseudonym.
fn oneself(asker: &Asker) -> Result<(Asker, SubjectId), ApiError> {
    let subject = asker.colleague.own_subject().cloned().ok_or_else(|| {
        ApiError::new(
            axum::http::StatusCode::NOT_FOUND,
            "no_own_data",
            "your account is not tied to what is kept about you",
            "ask who runs Tandem to tie it",
        )
    })?;
    let asker = Asker {
        colleague: asker.colleague.clone(),
        purpose: Purpose::OwnData,
        case: None,
    };
    Ok((asker, subject))
}

impl App {
    /// What is kept about the asker, and what was done with it. The asker's own look is in the ledger under their pseudonym:
    /// it ties no account to it.
    ///
    /// # Errors
    /// No own data, forbidden, or a store fails.
    pub async fn own(&self, asker: &Asker) -> Result<OwnView, ApiError> {
        let (asker, subject) = oneself(asker)?;
        let context = asker.context().about(&subject);
        asker.may(self, Action::Look, DataClass::OwnData, &context)?;
        let quiet = self.quiet(&subject).await?;
        let view = OwnView {
            facts: self.own_facts(&subject).await?,
            sources: self.own_sources(&subject).await?,
            why: view::why(),
            kept: view::kept(&self.config.retention),
            looks: self.own_looks(&subject, &quiet).await?,
            delay: view::delay(),
            indicators: self.own_indicators(&subject, &quiet).await?,
            contests: self.contests_of(&subject).await?,
            rights: view::rights(),
        };
        let about = About {
            subject: Some(&subject),
            purpose: Some(Purpose::OwnData),
            ..About::default()
        };
        let entry = entry(subject.as_str(), view::STAFF, "own.look", &about)?;
        self.store.add_to_ledger(vec![entry]).await?;
        Ok(view)
    }

    /// What is not told to a subject yet.
    async fn quiet(&self, subject: &SubjectId) -> Result<Quiet, ApiError> {
        let mut quiet = Quiet::default();
        let cases = WorkFilter {
            link: Some(("subject".to_owned(), subject.0.clone())),
            limit: WORK,
            ..WorkFilter::default()
        };
        let mut alerts: BTreeSet<AlertId> = BTreeSet::new();
        for row in self.store.work(WorkKind::Case, &cases).await? {
            if row.head.status == "closed" {
                continue;
            }
            let id = CaseId(row.id);
            let known = self.case(&id).await?;
            quiet.since(known.case.marks.opened);
            for alert in known.case.alerts.values() {
                quiet.since(alert.raised);
                alerts.insert(alert.id);
            }
            quiet.cases.insert(id);
        }
        let fresh = AlertFilter {
            subject: Some(subject.clone()),
            open_only: true,
            limit: WORK,
            ..AlertFilter::default()
        };
        let earliest = crate::pipeline::now().day().plus(-TRIAGE_DAYS).start();
        for row in self.store.alerts(&fresh).await? {
            if row.alert.raised >= earliest {
                quiet.since(row.alert.raised);
                quiet.indicators.extend(row.alert.indicators);
            }
        }
        for id in alerts {
            let row = self.store.alert(id).await?;
            quiet
                .indicators
                .extend(row.into_iter().flat_map(|row| row.alert.indicators));
        }
        Ok(quiet)
    }

    /// What people files say about a subject.
    async fn own_facts(&self, subject: &SubjectId) -> Result<Vec<OwnFact>, ServiceError> {
        let row = self.subject_row(subject.as_str()).await?;
        let day = crate::pipeline::now().day();
        let directory = self.directory().await?.as_of(day);
        let accounts = self.accounts(subject, day).await?;
        Ok(view::facts(directory.person(&row.person), &accounts))
    }

    /// How many records of each source there are about a subject, by month.
    async fn own_sources(&self, subject: &SubjectId) -> Result<Vec<OwnSource>, ServiceError> {
        let to = crate::pipeline::now();
        let from = to.day().plus(-self.config.retention.events_days).start();
        let accounts = self.accounts(subject, to.day()).await?;
        let segments = self.segments(Some(from.day()), Some(to.day())).await?;
        let mut sources: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for (day, counts) in self.density(&accounts, (from, to), &segments).await? {
            let month = view::month(&day);
            for (source, records) in counts {
                *sources
                    .entry(source)
                    .or_default()
                    .entry(month.clone())
                    .or_default() += records;
            }
        }
        let source = |(source, counts): (String, BTreeMap<String, u64>)| {
            let month = |(month, count)| MonthCount { month, count };
            OwnSource {
                source,
                months: counts.into_iter().map(month).collect(),
            }
        };
        Ok(sources.into_iter().map(source).collect())
    }

    /// How often others looked, by month and purpose, as far as it can be told.
    async fn own_looks(&self, subject: &SubjectId, quiet: &Quiet) -> Result<Vec<OwnLooks>, ApiError> {
        let filter = LedgerFilter {
            subject: Some(subject.clone()),
            limit: ROWS,
            ..LedgerFilter::default()
        };
        let mut counts: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
        for row in self.store.ledger(&filter).await? {
            let entry = &row.entry;
            let (look, name) = (view::is_look(&entry.act), entry.act == "vault.open");
            if !(look || name) || entry.who == subject.as_str() || !quiet.tells(&row) {
                continue;
            }
            let purpose = entry.purpose.map_or("none", Purpose::as_str);
            let key = (view::month(&entry.at.day().to_string()), purpose.to_owned());
            let (looks, names) = counts.entry(key).or_default();
            *looks += u64::from(look);
            *names += u64::from(name);
        }
        let newest_first = counts.into_iter().rev();
        Ok(newest_first
            .map(|((month, purpose), (looks, names))| OwnLooks {
                month,
                purpose,
                looks,
                names,
            })
            .collect())
    }

    /// The indicators about a subject that can be shown to them, the latest first.
    async fn own_indicators(
        &self,
        subject: &SubjectId,
        quiet: &Quiet,
    ) -> Result<Vec<OwnIndicator>, ApiError> {
        let now = crate::pipeline::now();
        // All that are kept, also those that no longer weigh anything.
        let first = Timestamp(0).day();
        let found = self.store.indicators_of(subject, first, now.day()).await?;
        let told = found.iter().rev().filter(|i| i.known <= now && quiet.shows(i));
        Ok(told.take(SHOWN).map(view::indicator).collect())
    }
}

/// True if an indicator's words could tell who reported something.
fn protects_a_reporter(indicator: &Indicator) -> bool {
    indicator.group == IndicatorGroup::Hotline
}
