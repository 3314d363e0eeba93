//! Runs of playbooks over the store: facts are read, folded and decided on by `tandem-playbook`; what it decides is kept
//! together with the ledger's rows about it.
//!
//! An action for which a connector is set up goes out with the fact that asks for it (`acts.rs`), past the clerk who looks at the
//! moment of sending whether it is still wanted (`clerk.rs`). As long as none is set up, people do it by hand: they say what came of
//! it, and the ledger keeps who said so. A step that touches a person is done by somebody who did not approve it.

mod acts;
mod asked;
mod clerk;
mod told;
mod view;

use std::collections::BTreeMap;

use tandem_casework::{Case, SYSTEM};
use tandem_domain::{CaseId, Department, SubjectId, Timestamp};
use tandem_ledger::Entry;
use tandem_playbook::{Command, Fact, Plan, Playbook, Run, RunStatus, StepState};
use tandem_policy::{Action, DataClass};
use tandem_store::{Change, FactRow, Head, Step, Store, WorkFilter, WorkKind};

pub use asked::StartRun;
pub use clerk::RunClerk;
pub use view::{
    ActView, PlaybookList, PlaybookSummary, PlaybookView, RunList, RunSummary, RunView, StepView,
};

use self::acts::ASKS;
use self::asked::Asked;
use crate::app::App;
use crate::asker::Asker;
use crate::cases::Known;
use crate::http::error::ApiError;
use crate::ledger::{About, entry};
use crate::service::ServiceError;

/// Most runs of one list.
const LISTED: usize = 500;

/// The playbooks that a run can follow, by id.
#[derive(Debug, Clone, Default)]
pub struct Shelf(BTreeMap<String, Plan>);

impl Shelf {
    /// The shipped playbooks. One that is not sound is left out; a test of `tandem-playbook` holds that none is.
    pub fn shipped() -> Self {
        let plans = tandem_playbook::builtin().into_iter().filter_map(|playbook| {
            let id = playbook.id.clone();
            Some((id, Plan::new(playbook).ok()?))
        });
        Self(plans.collect())
    }

    /// A playbook made ready to run.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn plan(&self, id: &str) -> Result<&Plan, ServiceError> {
        self.0.get(id).ok_or(ServiceError::Missing("playbook"))
    }

    /// All of them, by id.
    pub fn playbooks(&self) -> impl Iterator<Item = &Playbook> {
        self.0.values().map(Plan::playbook)
    }
}

/// A run with the number of its facts.
struct Kept {
    run: Run,
    version: u64,
}

impl Kept {
    fn case(&self) -> Result<CaseId, ServiceError> {
        self.run.state().case.clone().ok_or(ServiceError::Missing("case"))
    }
}

/// A run as its stored facts make it.
async fn kept(store: &Store, shelf: &Shelf, id: &str) -> Result<Kept, ApiError> {
    let rows = store.facts(WorkKind::Run, id).await?;
    let facts = rows
        .iter()
        .map(|row| serde_json::from_str(&row.body))
        .collect::<Result<Vec<Fact>, _>>()?;
    let Some(first) = facts.first() else {
        return Err(ServiceError::Missing("run").into());
    };
    let plan = match &first.what {
        tandem_playbook::What::RunStarted { playbook, .. } => shelf.plan(playbook)?,
        _ => return Err(ServiceError::Missing("run").into()),
    };
    let run = Run::replay(plan.clone(), &facts).map_err(|error| ApiError::internal(&error))?;
    Ok(Kept {
        run,
        version: facts.len() as u64,
    })
}

/// What a command leads to.
struct Decided {
    /// The run after it.
    run: Run,
    /// What happened.
    facts: Vec<Fact>,
    /// What to keep.
    change: Change,
}

impl App {
    async fn kept_run(&self, id: &str) -> Result<Kept, ApiError> {
        kept(&self.store, &self.shelf, id).await
    }

    /// The case of a run, if the asker may do something with it. Who is no member may look at a run and answer it while a step
    /// of it waits for their department's word.
    async fn run_allowed(
        &self,
        asker: &Asker,
        kept: &Kept,
        action: Action,
    ) -> Result<(Asker, Case), ApiError> {
        let asker = asker.for_case(kept.case()?);
        let Known { case, .. } = self.case(&kept.case()?).await?;
        let asked = waits_for(&kept.run, asker.colleague.department());
        let context = self.case_context(&asker, &case).asked(asked);
        asker.may(self, action, DataClass::Case, &context)?;
        // Who may know that there is a case, such as the auditor, does not see what is in it.
        if !asked && !case.may_see(asker.account()) {
            return Err(ApiError::refused(
                "a run is seen by the members of its case, and by who answers for a step that waits for approval".to_owned(),
                Some("ask a lead of the case to add you".to_owned()),
            ));
        }
        Ok((asker, case))
    }

    /// The playbooks.
    pub fn playbooks(&self) -> PlaybookList {
        PlaybookList {
            playbooks: self.shelf.playbooks().map(view::playbook_summary).collect(),
        }
    }

    /// A playbook with its graph.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn playbook(&self, id: &str) -> Result<PlaybookView, ApiError> {
        Ok(view::playbook(self.shelf.plan(id)?.playbook())?)
    }

    /// A playbook as CACAO 2.0.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn cacao(&self, id: &str) -> Result<serde_json::Value, ApiError> {
        let document = self.shelf.plan(id)?.playbook().to_cacao();
        let document = document.map_err(|error| ApiError::internal(&error))?;
        Ok(document.to_json())
    }

    /// The runs of a case.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn runs(&self, asker: &Asker) -> Result<RunList, ApiError> {
        let known = self.permitted_case(asker, Action::Look, DataClass::Case).await?;
        let filter = WorkFilter {
            case: Some(known.case.id),
            limit: LISTED,
            ..WorkFilter::default()
        };
        let rows = self.store.work(WorkKind::Run, &filter).await?;
        let runs = rows
            .iter()
            .map(|row| serde_json::from_str(&row.head.summary))
            .collect::<Result<Vec<RunSummary>, _>>()?;
        Ok(RunList { runs })
    }

    /// The runs with a step that waits for the word of the asker's department, which the asker may give.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn runs_waiting(&self, asker: &Asker) -> Result<RunList, ApiError> {
        let filter = WorkFilter {
            status: vec![RunStatus::Running.as_str().to_owned()],
            limit: LISTED,
            ..WorkFilter::default()
        };
        let mut runs = Vec::new();
        for row in self.store.work(WorkKind::Run, &filter).await? {
            let summary: RunSummary = serde_json::from_str(&row.head.summary)?;
            if !summary.needs_approval {
                continue;
            }
            let kept = self.kept_run(&row.id).await?;
            if !waits_for(&kept.run, asker.colleague.department()) {
                continue;
            }
            let inside = asker.for_case(kept.case()?);
            let known = self.case(&kept.case()?).await?;
            let context = self.case_context(&inside, &known.case).asked(true);
            if inside.can(self, Action::ApproveAct, DataClass::Case, &context) {
                runs.push(summary);
            }
        }
        Ok(RunList { runs })
    }

    /// Begins a run in the asker's case.
    ///
    /// # Errors
    /// Forbidden, no such playbook, the case is not about the subject, or refused by the playbook.
    pub async fn start_run(&self, asker: &Asker, asked: StartRun) -> Result<RunView, ApiError> {
        let Known { case, .. } = self
            .permitted_case(asker, Action::RunPlaybook, DataClass::Case)
            .await?;
        let subject = asked.subject.map(SubjectId);
        if subject.as_ref().is_some_and(|s| !case.subjects.contains(s)) {
            return Err(ApiError::bad(
                "subject",
                "the case is not about this subject",
                "choose one of the case's subjects",
            ));
        }
        let plan = self.shelf.plan(&asked.playbook)?.clone();
        let (year, number) = self.next_of_year("run").await?;
        let command = Command::Start {
            run: format!("R-{year:04}-{number:04}"),
            case: case.id.clone(),
            subject,
            inputs: asked.inputs,
            who: asker.account().to_owned(),
        };
        let kept = Kept {
            run: Run::new(plan),
            version: 0,
        };
        let asker = asker.for_case(case.id.clone());
        self.move_run(&asker, &case, kept, command, "run.start").await
    }

    /// A run as the asker may see it; the look is in the ledger before it is shown.
    ///
    /// # Errors
    /// Missing, forbidden, or the look cannot be recorded.
    pub async fn run(&self, asker: &Asker, id: &str) -> Result<RunView, ApiError> {
        let kept = self.kept_run(id).await?;
        let (asker, case) = self.run_allowed(asker, &kept, Action::Look).await?;
        if let Some(subject) = &kept.run.state().subject {
            asker.look(self, subject, "run").await?;
        }
        self.run_view(&asker, &case, &kept.run).await
    }

    /// Does something in a run.
    ///
    /// # Errors
    /// Forbidden, refused by the playbook, or somebody was faster.
    pub async fn change_run(
        &self,
        asker: &Asker,
        id: &str,
        body: serde_json::Value,
    ) -> Result<RunView, ApiError> {
        let kept = self.kept_run(id).await?;
        let asked = Asked::read(&asker.colleague, body)?;
        let (asker, case) = self.run_allowed(asker, &kept, asked.action).await?;
        let about = asked.step().unwrap_or_default();
        if let (Some(step), Some(stands)) = (kept.run.plan().step(about), kept.run.state().steps.get(about)) {
            asked.suits(step, &asker.colleague)?;
            asked.apart(stands, asker.account())?;
        }
        self.leaves_to_connectors(&kept.run, &asked.command).await?;
        let act = asked.act;
        self.move_run(&asker, &case, kept, asked.command, act).await
    }

    async fn move_run(
        &self,
        asker: &Asker,
        case: &Case,
        kept: Kept,
        command: Command,
        act: &str,
    ) -> Result<RunView, ApiError> {
        let now = crate::pipeline::now();
        let decided = decided(kept, command, asker.account(), now)?;
        let state = decided.run.state();
        let ledger = asker.entry(act, state.subject.as_ref(), Some(state.run.as_str()))?;
        let run = self.keep_run(decided, ledger, now).await?;
        self.run_view(asker, case, &run).await
    }

    /// Keeps what a command led to, with the messages and actions that it makes.
    async fn keep_run(&self, decided: Decided, ledger: Entry, now: Timestamp) -> Result<Run, ApiError> {
        let Decided { run, facts, change } = decided;
        let posted = self.act_rows(&run, &facts, now).await?;
        let mut outbox = self.run_messages(&run, &change).await?;
        outbox.extend(posted.new);
        let step = Step {
            outbox,
            shifted: posted.shifted,
            changes: vec![change],
            ledger: vec![ledger],
            ..Step::default()
        };
        self.take_and_tell(step).await?;
        Ok(run)
    }

    /// Does what follows by itself in a run.
    async fn move_by_itself(
        &self,
        kept: Kept,
        command: Command,
        act: &str,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let decided = decided(kept, command, SYSTEM, now)?;
        let ledger = by_itself(&decided.run, act)?;
        self.keep_run(decided, ledger, now).await.map(drop)
    }

    /// Does what the clocks of runs ask for up to `now`: delays that are over, escalations, time-outs. Gives back how many runs
    /// changed. A run that cannot be read holds up no other.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tick_runs(&self, now: Timestamp) -> Result<u64, ApiError> {
        let filter = WorkFilter {
            status: vec![RunStatus::Running.as_str().to_owned()],
            due_before: Some(now.plus_micros(1)),
            limit: usize::MAX,
            ..WorkFilter::default()
        };
        let mut changed = 0;
        for row in self.store.work(WorkKind::Run, &filter).await? {
            match self.tick_run(&row.id, now).await {
                Ok(true) => changed += 1,
                Ok(false) => {}
                // Somebody was faster: the next look finds what is left.
                Err(error) if error.is_conflict() => {}
                Err(error) => {
                    tracing::error!(run = %row.id, %error, "the clocks of a playbook run cannot be looked at");
                }
            }
        }
        Ok(changed)
    }

    async fn tick_run(&self, id: &str, now: Timestamp) -> Result<bool, ApiError> {
        let kept = self.kept_run(id).await?;
        if kept.run.due(now).is_empty() {
            return Ok(false);
        }
        self.move_by_itself(kept, Command::Tick {}, "run.tick", now)
            .await?;
        Ok(true)
    }
}

/// True if a step of the run waits for the approval of that department.
fn waits_for(run: &Run, department: Option<Department>) -> bool {
    let missing = |state: &StepState| !state.approvals.iter().any(|a| Some(a.department) == department);
    department.is_some()
        && run
            .active()
            .iter()
            .any(|(step, state)| step.touches_person && missing(state))
}

/// The ledger's row about something that nobody did.
fn by_itself(run: &Run, act: &str) -> std::io::Result<Entry> {
    let state = run.state();
    let about = About {
        subject: state.subject.as_ref(),
        case: state.case.as_ref(),
        object: Some(&state.run),
        ..About::default()
    };
    entry("system", "system", act, &about)
}

/// What a command leads to at `now`.
fn decided(kept: Kept, command: Command, who: &str, now: Timestamp) -> Result<Decided, ApiError> {
    let Kept { mut run, version } = kept;
    let facts = run
        .decide(command, now)
        .map_err(|refusal| asked::refused(&refusal))?;
    for fact in &facts {
        run.apply(fact).map_err(|error| ApiError::internal(&error))?;
    }
    let rows = facts
        .iter()
        .map(|fact| {
            Ok(FactRow {
                at: fact.at,
                who: who.to_owned(),
                body: serde_json::to_string(fact)?,
            })
        })
        .collect::<Result<_, serde_json::Error>>()?;
    let summary = view::run_summary(&run);
    let state = run.state();
    let subject = state.subject.iter().map(|s| ("subject".to_owned(), s.0.clone()));
    let asks = acts::waits(&run).then(|| (ASKS.0.to_owned(), ASKS.1.to_owned()));
    let change = Change {
        kind: WorkKind::Run,
        id: state.run.clone(),
        version,
        facts: rows,
        head: Head {
            status: state.status.as_str().to_owned(),
            due: run.next_due(),
            case: state.case.clone(),
            summary: serde_json::to_string(&summary)?,
            links: subject.chain(asks).collect(),
        },
    };
    Ok(Decided { run, facts, change })
}
