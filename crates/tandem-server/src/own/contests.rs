//! Corrections and contests: a member of staff says that something about them is wrong, and both departments owe an answer on a
//! clock.

use std::collections::BTreeSet;

use tandem_casework::case::Context as Given;
use tandem_casework::contest::{About as Matter, Contest, ContestCommand, ContestFact, Want, receive};
use tandem_casework::ids::ContestId;
use tandem_casework::text::{Prose, TextError, Title};
use tandem_domain::{IndicatorId, Purpose, SubjectId};
use tandem_ledger::Entry;
use tandem_policy::{Action, DataClass};
use tandem_store::{Change, FactRow, Head, Step, WorkFilter, WorkKind};

use super::{AskContest, ContestList, ContestView, oneself, view};
use crate::app::App;
use crate::asker::Asker;
use crate::cases::refused;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::service::ServiceError;

/// Most contests of one list.
const LISTED: usize = 500;
/// Most contests of one person that wait for an answer.
const WAITING: usize = 20;

impl App {
    /// Takes in a correction or contest of the asker. In facts and ledger it is signed with the pseudonym.
    ///
    /// # Errors
    /// No own data, forbidden, or what is wanted makes no sense.
    pub async fn contest(&self, asker: &Asker, asked: &AskContest) -> Result<ContestView, ApiError> {
        let (asker, subject) = oneself(asker)?;
        let want = Want::parse(&asked.want).ok_or_else(|| {
            ApiError::bad(
                "want",
                format!("`{}` cannot be wanted", asked.want),
                "use correction or contest",
            )
        })?;
        let action = match want {
            Want::Correction => Action::Correct,
            Want::Contest => Action::Contest,
        };
        asker.may(self, action, DataClass::OwnData, &asker.context().about(&subject))?;
        let matter = self.matter(&subject, asked).await?;
        let said = text(Prose::new(&asked.text), "text")?;
        let waiting = WorkFilter {
            status: vec!["received".to_owned(), "acknowledged".to_owned()],
            link: Some(("subject".to_owned(), subject.0.clone())),
            limit: WAITING,
            ..WorkFilter::default()
        };
        if self.store.work(WorkKind::Contest, &waiting).await?.len() >= WAITING {
            return Err(ApiError::new(
                axum::http::StatusCode::CONFLICT,
                "too_many",
                format!("{WAITING} of your contests wait for an answer"),
                "wait for the answers, or say all of it in one",
            ));
        }
        let now = crate::pipeline::now();
        let fact = receive(drawn()?, subject, want, matter, said, now).map_err(refused)?;
        let contest = Contest::replay([&fact]).map_err(ServiceError::from)?;
        let id = contest.id.to_string();
        let about = About {
            subject: Some(&contest.subject),
            purpose: Some(Purpose::OwnData),
            object: Some(&id),
            ..About::default()
        };
        let entry = entry(contest.subject.as_str(), view::STAFF, "contest.receive", &about)?;
        self.keep_contest(&contest, &fact, 0, entry).await?;
        Ok(view::contest(&contest, now, false))
    }

    /// What a contest is about: an indicator that the person can see, or a fact in words.
    async fn matter(&self, subject: &SubjectId, asked: &AskContest) -> Result<Matter, ApiError> {
        let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        match (some(&asked.indicator), some(&asked.fact)) {
            (Some(id), None) => {
                let id = IndicatorId::parse(&id).ok_or(ServiceError::Missing("indicator"))?;
                let quiet = self.quiet(subject).await?;
                let shown = self.own_indicators(subject, &quiet).await?;
                // What is not shown yet is not there: the answer must not tell.
                if !shown.iter().any(|indicator| indicator.id == id.to_string()) {
                    return Err(ServiceError::Missing("indicator").into());
                }
                Ok(Matter::Indicator(id))
            }
            (None, Some(fact)) => Ok(Matter::Fact(text(Title::new(&fact), "fact")?)),
            _ => Err(ApiError::bad(
                "about",
                "it must be about one indicator or about one fact",
                "name one of the two",
            )),
        }
    }

    /// The contests of a subject, for that subject.
    pub(super) async fn contests_of(&self, subject: &SubjectId) -> Result<Vec<ContestView>, ApiError> {
        let filter = WorkFilter {
            link: Some(("subject".to_owned(), subject.0.clone())),
            limit: LISTED,
            ..WorkFilter::default()
        };
        self.found(&filter, |_| true, false).await
    }

    async fn found(
        &self,
        filter: &WorkFilter,
        keep: impl Fn(&Contest) -> bool,
        with_subject: bool,
    ) -> Result<Vec<ContestView>, ApiError> {
        let now = crate::pipeline::now();
        let mut views = Vec::new();
        for row in self.store.work(WorkKind::Contest, filter).await? {
            let (contest, _) = self.one_contest(&row.id).await?;
            if keep(&contest) {
                views.push(view::contest(&contest, now, with_subject));
            }
        }
        Ok(views)
    }

    async fn one_contest(&self, id: &str) -> Result<(Contest, u64), ApiError> {
        let rows = self.store.facts(WorkKind::Contest, id).await?;
        if rows.is_empty() {
            return Err(ServiceError::Missing("contest").into());
        }
        let facts = rows
            .iter()
            .map(|row| serde_json::from_str(&row.body))
            .collect::<Result<Vec<ContestFact>, _>>()?;
        let contest = Contest::replay(&facts).map_err(ServiceError::from)?;
        Ok((contest, facts.len() as u64))
    }

    /// Contests for those who answer them; the asker's own are not among them. Each subject of one is looked at.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn contests(&self, asker: &Asker) -> Result<ContestList, ApiError> {
        let asker = answering(asker);
        asker.may(self, Action::Answer, DataClass::OwnData, &asker.context())?;
        let filter = WorkFilter {
            limit: LISTED,
            ..WorkFilter::default()
        };
        let own = asker.colleague.own_subject();
        let others = |contest: &Contest| own != Some(&contest.subject);
        let contests = self.found(&filter, others, true).await?;
        let subjects: BTreeSet<_> = contests.iter().filter_map(|one| one.subject.clone()).collect();
        let looks = subjects
            .into_iter()
            .map(|subject| asker.entry("contest.look", Some(&SubjectId(subject)), None))
            .collect::<Result<Vec<_>, _>>()?;
        if !looks.is_empty() {
            self.store.add_to_ledger(looks).await?;
        }
        Ok(ContestList { contests })
    }

    /// Takes a contest in hand, extends its time or answers it.
    ///
    /// # Errors
    /// Forbidden, also for one's own; refused by casework; or somebody was faster.
    pub async fn answer_contest(
        &self,
        asker: &Asker,
        id: &str,
        command: ContestCommand,
    ) -> Result<ContestView, ApiError> {
        let (mut contest, version) = self.one_contest(id).await?;
        let asker = answering(asker);
        let context = asker.context().about(&contest.subject);
        asker.may(self, Action::Answer, DataClass::OwnData, &context)?;
        let act = match &command {
            ContestCommand::Acknowledge => "contest.acknowledge",
            ContestCommand::Extend { .. } => "contest.extend",
            ContestCommand::Answer { .. } => "contest.answer",
        };
        let roster = self.roster().await?;
        let given = Given {
            now: crate::pipeline::now(),
            who: asker.account(),
            roster: &roster,
            raci: &self.raci,
            id: drawn()?.0,
        };
        let fact = contest.decide(command, &given).map_err(refused)?;
        contest.apply(&fact).map_err(ServiceError::from)?;
        let entry = asker.entry(act, Some(&contest.subject), Some(id))?;
        self.keep_contest(&contest, &fact, version, entry).await?;
        Ok(view::contest(&contest, given.now, true))
    }

    async fn keep_contest(
        &self,
        contest: &Contest,
        fact: &ContestFact,
        version: u64,
        entry: Entry,
    ) -> Result<(), ApiError> {
        let step = Step {
            changes: vec![Change {
                kind: WorkKind::Contest,
                id: contest.id.to_string(),
                version,
                facts: vec![FactRow {
                    at: fact.at,
                    who: fact.who.clone(),
                    body: serde_json::to_string(fact)?,
                }],
                head: Head {
                    status: contest.state.as_str().to_owned(),
                    due: Some(contest.due),
                    case: None,
                    summary: "{}".to_owned(),
                    links: vec![("subject".to_owned(), contest.subject.0.clone())],
                },
            }],
            ledger: vec![entry],
            ..Step::default()
        };
        self.store.take_step(step).await?;
        Ok(())
    }
}

/// The asker at work on what members of staff contest.
fn answering(asker: &Asker) -> Asker {
    Asker {
        colleague: asker.colleague.clone(),
        purpose: Purpose::OwnData,
        case: None,
    }
}

fn drawn() -> std::io::Result<ContestId> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = crate::secret::random()?;
    Ok(ContestId(u128::from_le_bytes([
        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p,
    ])))
}

fn text<T>(made: Result<T, TextError>, field: &'static str) -> Result<T, ApiError> {
    made.map_err(|error| {
        let words = error.to_string();
        let (why, way_out) = words
            .split_once("; ")
            .unwrap_or((&words, "correct it and send it again"));
        ApiError::bad(field, format!("{field}: {why}"), way_out)
    })
}
