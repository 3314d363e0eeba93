//! Actions of connectors: what a run asks of them goes out in the transaction that keeps the asking, and what they answered, or
//! that they could not be reached, comes back as a fact of the run.
//!
//! Which key was asked is in the run's facts, and what became of it in the outbox. Bringing one to the other is done again and again
//! and changes nothing the second time, so a process that dies in between loses nothing.

use axum::http::StatusCode;
use serde_json::Value;
use tandem_casework::case::Case;
use tandem_casework::case::decision::{Proposal, Question, Standing};
use tandem_connect::far::action::Undoes;
use tandem_connect::outbox::{OutboxItem, State};
use tandem_connect::{Act, Job, Key, Phase, Told};
use tandem_domain::{SubjectId, Timestamp};
use tandem_playbook::{Answers, Asked, Command, Fact, Flight, Run, RunStatus, StepState, StepStatus, What};
use tandem_store::{OutboxRow, WorkFilter, WorkKind};

use super::view::{self, ActView, RunView};
use crate::app::App;
use crate::asker::Asker;
use crate::chat::{ActionSettings, Connected, OutboxError, message, stored_item, stored_row};
use crate::disclosures::accounts;
use crate::http::error::ApiError;

/// The link of a run that waits for an answer: kind and value.
pub(super) const ASKS: (&str, &str) = ("asks", "connector");
/// Most answers that are brought into one run at once.
const AT_ONCE: usize = 64;

/// What of a run's facts goes into the outbox.
#[derive(Default)]
pub(super) struct Posted {
    /// Actions to be sent.
    pub(super) new: Vec<OutboxRow>,
    /// Actions that go out again, or no more: the state each must be in, and what it is then.
    pub(super) shifted: Vec<(&'static str, OutboxRow)>,
}

/// What a fact asks of a connector that can do it.
struct Wanted<'a> {
    one: &'a Connected,
    offer: &'a ActionSettings,
    phase: Phase,
    step: &'a str,
    call: &'a Flight,
    undoes: Option<Undoes>,
    /// Somebody asks for it just now, and can be told why not.
    asked: bool,
}

/// True if the run waits for something that was asked of a connector and is not done by hand.
pub(super) fn waits(run: &Run) -> bool {
    run.state()
        .steps
        .values()
        .flat_map(requests)
        .any(|(_, asked)| is_open(asked))
}

/// What was asked for in a step, with its phase.
pub(super) fn requests(state: &StepState) -> impl Iterator<Item = (Phase, &Asked)> {
    let all = [
        (Phase::DryRun, &state.dry_run),
        (Phase::Do, &state.action),
        (Phase::Undo, &state.undo),
    ];
    all.into_iter()
        .filter_map(|(phase, asked)| Some((phase, asked.as_ref()?)))
}

/// A connector is asked for it and has not answered, and nobody does it by hand.
pub(super) fn is_open(asked: &Asked) -> bool {
    asked.is_open() && asked.call.is_some() && !asked.by_hand
}

fn refused(code: &'static str, why: impl Into<String>, way_out: &str) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, why, way_out)
}

impl App {
    /// What a fact asks of a connector of the settings; nothing for what people do by hand.
    fn wanted<'a>(&'a self, run: &'a Run, what: &'a What) -> Option<Wanted<'a>> {
        let (phase, step, call, asked) = match what {
            What::DryRunRequested { step, call, .. } => (Phase::DryRun, step, call, true),
            What::ActionRequested { step, call, who } => (Phase::Do, step, call, who.is_some()),
            What::UndoRequested {
                step,
                call: Some(call),
                ..
            } => (Phase::Undo, step, call, true),
            _ => return None,
        };
        let done = match phase {
            Phase::Undo => {
                let action = run.state().steps.get(step)?.action.as_ref();
                let action = action.filter(|action| !action.by_hand)?;
                Some((action.call.as_ref()?.operation.as_str(), action.key.as_str()))
            }
            _ => None,
        };
        // What is taken back is named by what was done; its own name is only for people to read.
        let operation = done.map_or(call.operation.as_str(), |(operation, _)| operation);
        let (one, offer) = self.chat.offers(&call.connector, operation)?;
        let can = match phase {
            Phase::DryRun => offer.dry_run,
            Phase::Undo => offer.undo,
            Phase::Do | Phase::Test => true,
        };
        can.then(|| Wanted {
            one,
            offer,
            phase,
            step: step.as_str(),
            call,
            undoes: done.map(|(operation, key)| Undoes {
                action: operation.to_owned(),
                key: Key(key.to_owned()),
            }),
            asked,
        })
    }

    /// True if the accounts of the run's subject may leave in its case now.
    async fn is_disclosed(&self, run: &Run, now: Timestamp) -> Result<bool, ApiError> {
        let state = run.state();
        let (Some(case), Some(subject)) = (&state.case, &state.subject) else {
            return Ok(false);
        };
        Ok(accounts::leave(&self.store, case, subject, now).await?.is_some())
    }

    /// What new facts of a run ask of connectors, for the step that keeps them.
    ///
    /// # Errors
    /// A disclosure is needed by what somebody asks for just now; something is being sent that is to be done by hand; the database
    /// fails.
    pub(super) async fn act_rows(
        &self,
        run: &Run,
        facts: &[Fact],
        now: Timestamp,
    ) -> Result<Posted, ApiError> {
        let mut posted = Posted::default();
        if !self.chat.acts() {
            return Ok(posted);
        }
        for fact in facts {
            if let What::ByHand { step, key, .. } = &fact.what {
                posted.shifted.extend(self.withdrawn(run, step, key).await?);
            }
            let Some(wanted) = self.wanted(run, &fact.what) else {
                continue;
            };
            if let Some(undoes) = &wanted.undoes {
                // It takes back what it did itself.
                let name = &wanted.one.settings.name;
                if self.store.outbox_item(name, &undoes.key.0).await?.is_none() {
                    continue;
                }
            }
            let free = !wanted.offer.account || self.is_disclosed(run, now).await?;
            if !free && wanted.asked {
                return Err(refused(
                    "disclosure_needed",
                    format!(
                        "the connector `{}` needs the subject's accounts, and no disclosure of them is open in this case",
                        wanted.one.settings.name
                    ),
                    "ask for a disclosure of the accounts in the case, or do it by hand",
                ));
            }
            self.post(&mut posted, run, &wanted, free, now).await?;
        }
        Ok(posted)
    }

    /// Puts what is wanted with what goes out: anew, or again under the key it had.
    async fn post(
        &self,
        posted: &mut Posted,
        run: &Run,
        wanted: &Wanted<'_>,
        free: bool,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let name = &wanted.one.settings.name;
        let key = &wanted.call.key;
        let job = job(run, wanted)?;
        let lane = format!("{}.{}", run.state().run, wanted.step);
        let held = |item: OutboxItem| if free { item } else { item.held() };
        match self.store.outbox_item(name, key).await? {
            Some(row) if row.state == State::Dead.as_str() => {
                let mut item = stored_item(&row)?;
                item.job = job;
                item.replay(now).map_err(OutboxError::from)?;
                posted
                    .shifted
                    .push((State::Dead.as_str(), stored_row(&held(item))?));
            }
            // It is on its way already.
            Some(_) => {}
            None if free => posted
                .new
                .push(message(wanted.one, &lane, key.clone(), job, now)?),
            None => {
                let item = OutboxItem::new(name, &lane, Key(key.clone()), job, now);
                posted.new.push(stored_row(&item.held())?);
            }
        }
        Ok(())
    }

    /// Takes what somebody does by hand out of what waits to be sent.
    async fn withdrawn(
        &self,
        run: &Run,
        step: &str,
        key: &str,
    ) -> Result<Option<(&'static str, OutboxRow)>, ApiError> {
        let state = run.state().steps.get(step);
        let asked = state.and_then(|state| requests(state).map(|(_, asked)| asked).find(|a| a.key == key));
        let Some(call) = asked.and_then(|asked| asked.call.as_ref()) else {
            return Ok(None);
        };
        let Some(row) = self.store.outbox_item(&call.connector, key).await? else {
            return Ok(None);
        };
        if row.state == State::Sending.as_str() {
            return Err(refused(
                "being_sent",
                "it is being sent to the connector right now",
                "look again in a moment, and do it by hand if it still is not done",
            ));
        }
        if row.state != State::Waiting.as_str() {
            return Ok(None);
        }
        let mut item = stored_item(&row)?;
        item.withdraw("somebody does it by hand")
            .map_err(OutboxError::from)?;
        Ok(Some((State::Waiting.as_str(), stored_row(&item)?)))
    }

    /// Refuses what people report in the place of a connector that was asked.
    pub(super) async fn leaves_to_connectors(&self, run: &Run, command: &Command) -> Result<(), ApiError> {
        let (step, key) = match command {
            Command::ReportDryRun { step, key, .. }
            | Command::ReportAction { step, key, .. }
            | Command::ReportUndo { step, key, .. } => (step, key),
            _ => return Ok(()),
        };
        let Some(state) = run.state().steps.get(step) else {
            return Ok(());
        };
        for (_, asked) in requests(state).filter(|(_, asked)| is_open(asked) && asked.key == *key) {
            let Some(call) = &asked.call else { continue };
            if self.store.outbox_item(&call.connector, key).await?.is_some() {
                return Err(refused(
                    "connector",
                    format!(
                        "the connector `{}` was asked for this, and only its own answer counts",
                        call.connector
                    ),
                    "wait for the answer, or say first that you do it by hand",
                ));
            }
        }
        Ok(())
    }

    /// Brings what connectors answered into the runs that wait for it, and lets go what a disclosure has been opened for. Gives
    /// back how many answers there were. A run that cannot be read holds up no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bring_back(&self) -> Result<u64, ApiError> {
        if !self.chat.acts() {
            return Ok(0);
        }
        let filter = WorkFilter {
            link: Some((ASKS.0.to_owned(), ASKS.1.to_owned())),
            limit: usize::MAX,
            ..WorkFilter::default()
        };
        let mut answers = 0;
        for row in self.store.work(WorkKind::Run, &filter).await? {
            match self.bring_back_to(&row.id).await {
                Ok(brought) => answers += brought,
                // Somebody was faster: the next look finds what is left.
                Err(error) if error.is_conflict() => {}
                Err(error) => {
                    tracing::error!(run = %row.id, %error, "an answer of a connector cannot be brought into its run");
                }
            }
        }
        Ok(answers)
    }

    async fn bring_back_to(&self, id: &str) -> Result<u64, ApiError> {
        let mut brought = 0;
        for _ in 0..AT_ONCE {
            let kept = self.kept_run(id).await?;
            let now = crate::pipeline::now();
            let Some((command, act)) = self.came_back(&kept.run, now).await? else {
                break;
            };
            self.move_by_itself(kept, command, act, now).await?;
            brought += 1;
        }
        Ok(brought)
    }

    /// The first answer that a run does not know yet, with what the ledger calls it.
    async fn came_back(
        &self,
        run: &Run,
        now: Timestamp,
    ) -> Result<Option<(Command, &'static str)>, ApiError> {
        for (step, state) in &run.state().steps {
            for (phase, asked) in requests(state).filter(|(_, asked)| is_open(asked)) {
                let Some(call) = &asked.call else { continue };
                let Some(row) = self.store.outbox_item(&call.connector, &asked.key).await? else {
                    continue;
                };
                let item = stored_item(&row)?;
                if item.is_held() && self.is_disclosed(run, now).await? {
                    self.let_go(&row, now).await?;
                }
                // While a step runs, its failure is for people to answer; later it is only written down.
                let runs = run.state().status == RunStatus::Running && state.status == StepStatus::Running;
                let found = answer(phase, step, &asked.key, &item, runs);
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    async fn let_go(&self, row: &OutboxRow, now: Timestamp) -> Result<(), ApiError> {
        let change = move |stored: &OutboxRow| {
            let mut item = stored_item(stored).ok()?;
            item.release(now).ok()?;
            stored_row(&item).ok()
        };
        if self.store.change_outbox(row.id, change).await? {
            self.chat.wake();
        }
        Ok(())
    }

    /// A run of that case as the asker sees it, with what connectors have to do with its steps.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn run_view(&self, asker: &Asker, case: &Case, run: &Run) -> Result<RunView, ApiError> {
        let mut view = view::run(asker, run)?;
        let mut shown = view.active.iter().chain(&view.past);
        let named = shown.any(|step| {
            self.offered(run, &step.id)
                .is_some_and(|(_, offer)| offer.account)
        });
        let disclosed = named && self.is_disclosed(run, crate::pipeline::now()).await?;
        for step in view.active.iter_mut().chain(&mut view.past) {
            step.act = self.act_view(run, &step.id, disclosed).await?;
        }
        if let Some(subject) = &run.state().subject
            && case.may_see(asker.account())
        {
            view.undo_because = undo_because(case, subject).map(str::to_owned);
        }
        Ok(view)
    }

    /// The connector that carries a step's action out.
    fn offered(&self, run: &Run, step: &str) -> Option<(&Connected, &ActionSettings)> {
        let action = run.plan().step(step)?.run.as_ref()?;
        self.chat.offers(&action.connector, &action.operation)
    }

    async fn act_view(&self, run: &Run, step: &str, disclosed: bool) -> Result<Option<ActView>, ApiError> {
        let Some((one, offer)) = self.offered(run, step) else {
            return Ok(None);
        };
        let mut view = ActView {
            connector: one.settings.name.clone(),
            dry_run: offer.dry_run,
            undo: offer.undo,
            needs_disclosure: offer.account && !disclosed,
            state: None,
            attempts: 0,
            error: None,
            doubt: false,
        };
        let last = run
            .state()
            .steps
            .get(step)
            .and_then(|state| requests(state).last());
        let Some((_, asked)) = last.filter(|(_, asked)| asked.call.is_some() && !asked.by_hand) else {
            return Ok(Some(view));
        };
        if let Some(row) = self.store.outbox_item(&view.connector, &asked.key).await? {
            let item = stored_item(&row)?;
            let held = item.is_held();
            view.state = Some(if held { "held" } else { item.state.as_str() }.to_owned());
            (view.attempts, view.doubt) = (item.attempts, item.doubt);
            view.error = item.last_error;
        }
        Ok(Some(view))
    }
}

/// What goes to the connector; it holds a pseudonym, never an account.
fn job(run: &Run, wanted: &Wanted<'_>) -> Result<Job, serde_json::Error> {
    let state = run.state();
    let parameters = wanted
        .call
        .parameters
        .iter()
        .map(|(name, value)| Ok((name.clone(), serde_json::to_value(value)?)))
        .collect::<Result<_, serde_json::Error>>()?;
    Ok(Job::Act {
        act: Act {
            phase: wanted.phase,
            action: wanted.call.operation.clone(),
            parameters,
            case: state.case.clone(),
            run: state.run.clone(),
            step: wanted.step.to_owned(),
            subject: state.subject.clone(),
            undoes: wanted.undoes.clone(),
            accounts: wanted.offer.account,
        },
    })
}

/// The command that tells a run what became of something asked, and what the ledger calls it. Nothing while it is on its way.
fn answer(
    phase: Phase,
    step: &str,
    key: &str,
    item: &OutboxItem,
    runs: bool,
) -> Option<(Command, &'static str)> {
    let (told, answered) = match item.state {
        State::Sent => (item.answer.clone().unwrap_or_default(), true),
        State::Dead => {
            let text = item.last_error.clone().unwrap_or_default();
            let told = Told {
                text,
                ..Told::default()
            };
            (told, false)
        }
        State::Waiting | State::Sending => return None,
    };
    let (step, key) = (step.to_owned(), key.to_owned());
    let Told { ok, text, outputs } = told;
    let found = match phase {
        Phase::DryRun => (
            Command::ReportDryRun { step, key, ok, text },
            "run.dry_run_report",
        ),
        Phase::Undo => (Command::ReportUndo { step, key, ok, text }, "run.undo_report"),
        Phase::Do if runs && !ok => {
            let stall = Command::Stall {
                step,
                key,
                text,
                answered,
            };
            (stall, "run.action_stall")
        }
        Phase::Do if answered => {
            let outputs = values(outputs);
            let report = Command::ReportAction {
                step,
                key,
                ok,
                text,
                outputs,
            };
            (report, "run.action_report")
        }
        Phase::Do | Phase::Test => return None,
    };
    Some(found)
}

/// What an action gave back, as values of a run; what is none is left out.
fn values(outputs: std::collections::BTreeMap<String, Value>) -> Answers {
    outputs
        .into_iter()
        .filter_map(|(name, value)| Some((name, serde_json::from_value(value).ok()?)))
        .collect()
}

/// Why what was done to a subject should be taken back, if responses that take something were decided on and none holds any more.
fn undo_because(case: &Case, subject: &SubjectId) -> Option<&'static str> {
    let about = |proposal: &&Proposal| match &proposal.wording.question {
        Question::Respond {
            act, subject: whom, ..
        } => whom == subject && !act.supports(),
        Question::Close { .. } => false,
    };
    let asked: Vec<&Proposal> = case.proposals.values().filter(about).collect();
    if asked.iter().any(|one| one.is_carried() && !one.lapsed) {
        return None;
    }
    let any = |standings: &[Standing]| asked.iter().any(|one| standings.contains(&one.standing));
    if asked.iter().any(|one| one.lapsed) {
        Some("the time for which it was decided is over")
    } else if any(&[Standing::Withdrawn, Standing::Voided]) {
        Some("the decision behind it was withdrawn")
    } else if any(&[Standing::Rejected, Standing::RuledAgainst]) {
        Some("it was decided against")
    } else {
        None
    }
}
