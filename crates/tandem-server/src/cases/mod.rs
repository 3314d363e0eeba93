//! Casework over the store: facts are read, folded and decided on by `tandem-casework`; what it decides is kept together with
//! the ledger's rows about it.

mod board;
mod command;
mod evidence;
mod find;
mod links;
mod roster;
mod two;
mod view;

use tandem_casework::case::{self as work, Case, Command, Context as Given, Fact};
use tandem_casework::raci::RaciBook;
use tandem_casework::timeline::{self, Outside, Reference};
use tandem_casework::words::{CaseState as State, Visibility};
use tandem_casework::{ClockTargets, Refused, SYSTEM};
use tandem_domain::{AlertId, AlertStatus, CaseId, Side, SubjectId};
use tandem_ledger::Entry;
use tandem_policy::{Action, CaseState, Context, DataClass};
use tandem_store::{AlertChange, Change, FactRow, Head, HistoryRow, Step, StoreError, WorkFilter, WorkKind};

pub use board::{Board, LateItem, Mention, WaitsAs, WorkItem};
pub(crate) use board::{rules, votes};
pub use evidence::{ITEM, Shown, Upload};
pub use find::{CaseHit, CaseHits, Found};
pub(crate) use roster::roster_faults;
pub use roster::{ColleagueSettings, usual_functions};
pub use two::{MergeCase, SplitCase};
pub use view::{CaseList, CaseSummary, CaseView, ClockView, OpenCase, TimelineItem};

use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::service::ServiceError;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$((concat!($name, ".yaml"), include_str!(concat!("../../../../content/raci/", $name, ".yaml"))),)*]
    };
}

/// The shipped responsibility matrices: file and text.
const RACI: &[(&str, &str)] = shipped!(
    "account-sharing",
    "careless-upload",
    "coercion",
    "contractor-out-of-scope",
    "data-leakage",
    "default",
    "departing-employee",
    "false-accusation",
    "fraud",
    "harassment-report",
    "leaked-credential",
    "lost-device",
    "mass-deletion",
    "misuse",
    "sabotage",
);

/// Most cases of one list.
const LISTED: usize = 500;
/// Days before the first alert whose indicators belong into a case's timeline.
const BEFORE_DAYS: i32 = 60;

/// The shipped responsibility matrices.
///
/// # Errors
/// When they cannot be used; a test holds that they can.
pub fn raci() -> Result<RaciBook, Vec<tandem_casework::Fault>> {
    RaciBook::load(RACI)
}

/// The shipped targets of clocks.
///
/// # Errors
/// When they cannot be used; a test holds that they can.
pub fn targets() -> Result<ClockTargets, Vec<tandem_casework::Fault>> {
    let text = include_str!("../../../../content/clocks/targets.yaml");
    ClockTargets::load("clocks/targets.yaml", text)
}

/// A case with the facts that made it.
#[derive(Debug, Clone)]
pub struct Known {
    /// The case.
    pub case: Case,
    /// Its facts.
    pub facts: Vec<Fact>,
}

impl Known {
    /// The case with new facts, and how many it had before.
    fn grown(self, added: Vec<Fact>) -> Result<(Self, u64), ServiceError> {
        let Self { mut case, mut facts } = self;
        let before = facts.len() as u64;
        for fact in &added {
            work::apply(&mut case, fact)?;
        }
        facts.extend(added);
        Ok((Self { case, facts }, before))
    }
}

/// The cases on which work goes on, as many as the caller's `limit` says.
pub(crate) fn going_on() -> WorkFilter {
    WorkFilter {
        status: ["open", "investigating", "contained", "decided"]
            .map(str::to_owned)
            .to_vec(),
        ..WorkFilter::default()
    }
}

/// As the policies see a case.
const fn policy_state(case: &Case) -> CaseState {
    match case.state {
        State::Closed => CaseState::Closed,
        _ => CaseState::Open,
    }
}

impl App {
    /// A case.
    ///
    /// # Errors
    /// When there is none, or its facts cannot be read.
    pub async fn case(&self, id: &CaseId) -> Result<Known, ServiceError> {
        let rows = self.store.facts(WorkKind::Case, id.as_str()).await?;
        let facts = rows
            .iter()
            .map(|row| serde_json::from_str(&row.body))
            .collect::<Result<Vec<Fact>, _>>()?;
        if facts.is_empty() {
            return Err(ServiceError::Missing("case"));
        }
        let case = Case::replay(&facts)?;
        Ok(Known { case, facts })
    }

    /// What the policies must know of a request: its purpose, and the case it is for. A subject that the case is not about is
    /// not covered by it.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub async fn situation(&self, asker: &Asker, subject: Option<&SubjectId>) -> Result<Context, ApiError> {
        let context = asker.context();
        let Some(id) = &asker.case else { return Ok(context) };
        match self.case(id).await {
            Ok(known) if subject.is_none_or(|subject| known.case.subjects.contains(subject)) => {
                Ok(self.case_context(asker, &known.case))
            }
            Ok(_) | Err(ServiceError::Missing(_)) => Ok(context),
            Err(error) => Err(error.into()),
        }
    }

    /// The situation of a request about a case itself.
    pub fn case_context(&self, asker: &Asker, case: &Case) -> Context {
        let account = asker.account();
        let counsel = case
            .members
            .get(account)
            .is_some_and(|member| member.role == tandem_casework::words::CaseRole::Counsel);
        let mut context = asker
            .context()
            .in_case(policy_state(case), case.may_see(account))
            .asked(board::works_for(case, account))
            .counsel(counsel);
        for subject in &case.subjects {
            context = context.about(subject);
        }
        context
    }

    /// A case that the asker may do something with.
    ///
    /// # Errors
    /// Missing or forbidden. Whoever may not see a case learns no more than that.
    pub async fn permitted_case(
        &self,
        asker: &Asker,
        action: Action,
        data: DataClass,
    ) -> Result<Known, ApiError> {
        let id = asker.case.as_ref().ok_or(ServiceError::Missing("case"))?;
        let known = self.case(id).await?;
        asker.may(self, action, data, &self.case_context(asker, &known.case))?;
        Ok(known)
    }

    /// The asker's case for a look at it. Who is offered a duty of it may look too, and sees its outline.
    ///
    /// # Errors
    /// Missing or forbidden.
    pub async fn case_to_look_at(&self, asker: &Asker) -> Result<Known, ApiError> {
        let id = asker.case.as_ref().ok_or(ServiceError::Missing("case"))?;
        let known = self.case(id).await?;
        let mut context = self.case_context(asker, &known.case);
        if board::holds(&known.case, asker.account()) {
            context = context.asked(true);
        }
        asker.may(self, Action::Look, DataClass::Case, &context)?;
        Ok(known)
    }

    /// The cases of which the asker is a member; every case's summary for who may see them for an audit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cases(
        &self,
        asker: &Asker,
        status: Option<&str>,
        text: Option<&str>,
    ) -> Result<CaseList, ApiError> {
        let all = asker.can(self, Action::Search, DataClass::Case, &asker.context());
        let some = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let filter = WorkFilter {
            status: some(status).into_iter().collect(),
            link: (!all).then(|| ("member".to_owned(), asker.account().to_owned())),
            text: some(text),
            limit: LISTED,
            ..WorkFilter::default()
        };
        let rows = self.store.work(WorkKind::Case, &filter).await?;
        let cases = rows
            .iter()
            .map(|row| serde_json::from_str(&row.head.summary))
            .collect::<Result<Vec<CaseSummary>, _>>()?;
        Ok(CaseList { cases })
    }

    /// Opens a case, from alerts or from nothing.
    ///
    /// # Errors
    /// Forbidden, or refused by casework.
    pub async fn open_case(&self, asker: &Asker, asked: &OpenCase) -> Result<CaseView, ApiError> {
        let mut alerts = Vec::new();
        for id in &asked.alerts {
            let id = AlertId::parse(id).ok_or(ServiceError::Missing("alert"))?;
            alerts.push(
                self.store
                    .alert(id)
                    .await?
                    .ok_or(ServiceError::Missing("alert"))?
                    .alert,
            );
        }
        let mut context = asker.context();
        for alert in &alerts {
            context = context.about(&alert.subject);
        }
        asker.may(self, Action::OpenCase, DataClass::Case, &context)?;
        let id = self.next_case_id().await?;
        let opening = view::opening(self, asked, &alerts).await?;
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let facts = work::open(&id, opening, &given).map_err(refused)?;
        let case = Case::replay(&facts).map_err(ServiceError::from)?;
        let asker = asker.for_case(id);
        let mut step = Step::default();
        for alert in &alerts {
            step.alerts.push(AlertChange {
                id: alert.id,
                status: AlertStatus::InProgress,
                verdict: None,
                history: history(&asker, format!("in case {}", case.id), &asked.reason),
            });
        }
        let known = self
            .keep(&asker, Known { case, facts }, 0, "case.open", step)
            .await?;
        self.case_view(&asker, &known).await
    }

    /// The next free number of a case.
    async fn next_case_id(&self) -> Result<CaseId, ApiError> {
        let (year, number) = self.next_of_year("case").await?;
        Ok(CaseId::of(year, number))
    }

    /// Does something in a case.
    ///
    /// # Errors
    /// Forbidden, refused by casework, or somebody was faster.
    pub async fn change_case(&self, asker: &Asker, command: Command) -> Result<CaseView, ApiError> {
        self.change_case_with(asker, command, Step::default()).await
    }

    /// Does something in a case, and keeps what `step` holds with it or not at all.
    ///
    /// # Errors
    /// Forbidden, refused by casework, or somebody was faster.
    pub(crate) async fn change_case_with(
        &self,
        asker: &Asker,
        command: Command,
        mut step: Step,
    ) -> Result<CaseView, ApiError> {
        let (action, data) = command::right(&command);
        let id = asker.case.as_ref().ok_or(ServiceError::Missing("case"))?;
        let known = self.case(id).await?;
        let mut context = self.case_context(asker, &known.case);
        if board::is_own_duty(&known.case, &command, asker.account()) {
            context = context.asked(true);
        }
        asker.may(self, action, data, &context)?;
        let act = command::act(&command);
        let command = self.with_what_is_known(asker, command, &mut step).await?;
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let added = work::decide(&known.case, command, &given).map_err(refused)?;
        self.add(asker, known, added, act, step).await
    }

    /// Folds new facts into a case and keeps them with what else `step` holds.
    async fn add(
        &self,
        asker: &Asker,
        known: Known,
        added: Vec<Fact>,
        act: &str,
        step: Step,
    ) -> Result<CaseView, ApiError> {
        let known = self.add_unseen(asker, known, added, act, step).await?;
        self.case_view(asker, &known).await
    }

    /// As [`Self::add`], for whoever does not look at the case afterwards.
    async fn add_unseen(
        &self,
        asker: &Asker,
        known: Known,
        added: Vec<Fact>,
        act: &str,
        mut step: Step,
    ) -> Result<Known, ApiError> {
        let was_closed = known.case.is_closed();
        let (known, before) = known.grown(added)?;
        if known.case.is_closed() && !was_closed {
            step.alerts.extend(self.verdicts(asker, &known.case));
        }
        self.keep(asker, known, before, act, step).await
    }

    /// Closed with its case: each alert of it gets the case's verdict.
    fn verdicts(&self, asker: &Asker, case: &Case) -> Vec<AlertChange> {
        let Some(verdict) = case.outcome.and_then(|outcome| outcome.verdict()) else {
            return Vec::new();
        };
        let change = |id: &AlertId| AlertChange {
            id: *id,
            status: AlertStatus::Closed,
            verdict: Some(verdict),
            history: history(
                asker,
                format!("closed ({})", crate::api::views::verdict(verdict)),
                case.id.as_str(),
            ),
        };
        case.alerts.keys().map(change).collect()
    }

    async fn keep(
        &self,
        asker: &Asker,
        known: Known,
        version: u64,
        act: &str,
        mut step: Step,
    ) -> Result<Known, ApiError> {
        self.enter(&mut step, asker, &known, version, act).await?;
        self.take_and_tell(step).await?;
        Ok(known)
    }

    /// Puts a case's facts after the first `version` into a step, with the ledger's rows about them and what is told of them.
    async fn enter(
        &self,
        step: &mut Step,
        asker: &Asker,
        Known { case, facts }: &Known,
        version: u64,
        act: &str,
    ) -> Result<(), ApiError> {
        step.changes.push(change(case, facts, version)?);
        step.ledger.extend(entries(asker, case, act)?);
        let told = self.case_messages(case, facts, version).await?;
        step.outbox.extend(told);
        Ok(())
    }

    /// A case with its timeline as the asker may see it; who is no member and may look all the same sees the outline.
    ///
    /// # Errors
    /// When the stores fail, or the asker may not see it.
    pub async fn case_view(&self, asker: &Asker, known: &Known) -> Result<CaseView, ApiError> {
        if !known.case.may_see(asker.account()) {
            return Ok(view::outline(known, &self.targets));
        }
        let outside = self.outside(&known.case).await?;
        let mut items =
            timeline::timeline(&known.case, &known.facts, &outside, asker.account()).map_err(refused)?;
        items.extend(self.acts_told(&known.case.id).await?);
        items.sort_by_key(|item| (item.at, item.origin));
        view::case(asker, known, &items, &self.targets)
    }

    /// Indicators of a case's subjects around its alerts, as evidence of their side.
    async fn outside(&self, case: &Case) -> Result<Vec<Outside>, ApiError> {
        let mut found = Vec::new();
        let Some(first) = case.alerts.values().map(|alert| alert.raised).min() else {
            return Ok(found);
        };
        for subject in &case.subjects {
            let known = self.known(subject, case.last).await?;
            let around = known
                .into_iter()
                .filter(|i| i.time.day() >= first.day().plus(-BEFORE_DAYS));
            found.extend(around.map(|indicator| Outside {
                at: indicator.time,
                side: indicator.group.side(),
                visibility: if indicator.group.side() == Side::Human {
                    Visibility::OwnDepartment
                } else {
                    Visibility::Both
                },
                sentence: indicator.title.clone(),
                reference: Reference::Indicator(indicator.id),
            }));
        }
        Ok(found)
    }

    fn given<'a>(
        &'a self,
        asker: &'a Asker,
        roster: &'a tandem_casework::roster::Roster,
    ) -> Result<Given<'a>, ApiError> {
        Ok(Given {
            now: crate::pipeline::now(),
            who: asker.account(),
            roster,
            raci: &self.raci,
            id: random_id()?,
        })
    }

    /// Lets every open case look at its clocks: who is away, what is overdue. Gives back how many changed.
    ///
    /// # Errors
    /// When the stores fail.
    pub async fn tick_cases(&self) -> Result<u64, ApiError> {
        let filter = WorkFilter {
            limit: usize::MAX,
            ..going_on()
        };
        let roster = self.roster().await?;
        let mut changed = 0;
        for row in self.store.work(WorkKind::Case, &filter).await? {
            let known = self.case(&CaseId(row.id)).await?;
            let given = Given {
                now: crate::pipeline::now(),
                who: SYSTEM,
                roster: &roster,
                raci: &self.raci,
                id: random_id()?,
            };
            let Ok(added) = work::decide(&known.case, tick(), &given) else {
                continue;
            };
            if added.is_empty() {
                continue;
            }
            let (Known { case, facts }, version) = known.grown(added)?;
            let about = About {
                case: Some(&case.id),
                ..About::default()
            };
            let step = Step {
                outbox: self.case_messages(&case, &facts, version).await?,
                changes: vec![change(&case, &facts, version)?],
                ledger: vec![entry("system", "system", "case.tick", &about)?],
                ..Step::default()
            };
            // Somebody was faster: the next look at the clocks finds what is left.
            match self.store.take_step(step).await {
                Ok(_) => changed += 1,
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(changed)
    }
}

fn tick() -> Command {
    work::life::LifeCommand::Tick.into()
}

/// The facts after the first `version`, and what the case comes to.
fn change(case: &Case, facts: &[Fact], version: u64) -> Result<Change, serde_json::Error> {
    let new = facts.iter().skip(usize::try_from(version).unwrap_or(usize::MAX));
    let row = |fact: &Fact| {
        Ok(FactRow {
            at: fact.at,
            who: fact.who.clone(),
            body: serde_json::to_string(fact)?,
        })
    };
    Ok(Change {
        kind: WorkKind::Case,
        id: case.id.0.clone(),
        version,
        facts: new.map(row).collect::<Result<_, serde_json::Error>>()?,
        head: head(case)?,
    })
}

fn random_id() -> std::io::Result<u128> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = crate::secret::random()?;
    Ok(u128::from_le_bytes([
        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p,
    ]))
}

fn history(asker: &Asker, action: String, note: &str) -> HistoryRow {
    HistoryRow {
        at: crate::pipeline::now(),
        who: asker.account().to_owned(),
        action,
        note: note.to_owned(),
    }
}

/// One row of the ledger for each subject of the case, or one without.
fn entries(asker: &Asker, case: &Case, act: &str) -> std::io::Result<Vec<Entry>> {
    if case.subjects.is_empty() {
        return Ok(vec![asker.entry(act, None, Some(case.id.as_str()))?]);
    }
    case.subjects
        .iter()
        .map(|subject| asker.entry(act, Some(subject), Some(case.id.as_str())))
        .collect()
}

fn head(case: &Case) -> Result<Head, serde_json::Error> {
    let mut links: Vec<(String, String)> = Vec::new();
    links.extend(case.members.keys().map(|m| ("member".to_owned(), m.clone())));
    links.extend(case.subjects.iter().map(|s| ("subject".to_owned(), s.0.clone())));
    links.extend(case.alerts.keys().map(|a| ("alert".to_owned(), a.to_string())));
    links.extend(board::awaited(case).map(|a| (board::AWAITED.to_owned(), a)));
    Ok(Head {
        status: case.state.as_str().to_owned(),
        due: None,
        case: Some(case.id.clone()),
        summary: serde_json::to_string(&view::summary(case))?,
        links,
    })
}

/// A refusal of casework, in its own words.
pub(crate) fn refused(refusal: Refused) -> ApiError {
    // Casework says why, and after the semicolon what would make it possible.
    let words = refusal.to_string();
    let (why, way_out) = words
        .split_once("; ")
        .unwrap_or((&words, "ask a lead of the case"));
    ApiError::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        "refused",
        why,
        way_out,
    )
}
