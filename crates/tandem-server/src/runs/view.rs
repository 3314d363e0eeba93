//! Playbooks and runs as the API shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_playbook::{Playbook, Run, graph};
use utoipa::ToSchema;

use crate::asker::Asker;

/// A playbook in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybookSummary {
    /// Id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// Version.
    pub version: u32,
    /// What could happen: `leakage`, `sabotage`, `fraud`, `misuse`.
    pub threats: Vec<String>,
    /// When to begin it.
    pub begin_when: Vec<String>,
    /// How many steps it has.
    pub steps: u64,
}

/// Playbooks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybookList {
    /// By id.
    pub playbooks: Vec<PlaybookSummary>,
}

/// A playbook whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybookView {
    /// In short.
    pub summary: PlaybookSummary,
    /// Everything in it, as `docs/playbooks.md` describes.
    #[schema(value_type = Object)]
    pub playbook: Value,
    /// Nodes and edges with their layers and lanes.
    #[schema(value_type = Object)]
    pub graph: Value,
}

/// A run in a list. It names no subject.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunSummary {
    /// Its number.
    pub id: String,
    /// Id of the playbook.
    pub playbook: String,
    /// What the playbook is called.
    pub name: String,
    /// Case.
    pub case: String,
    /// `running` or `over`.
    pub status: String,
    /// `completed`, `failed` or `aborted`, once it is over.
    pub outcome: Option<String>,
    /// Who began it.
    pub started_by: String,
    /// When something happened last.
    pub changed: String,
    /// When a clock asks for something next.
    pub due: Option<String>,
    /// Names of the steps that wait for somebody.
    pub waiting: Vec<String>,
    /// True if a step waits for the approval of a department.
    pub needs_approval: bool,
}

/// Runs of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunList {
    /// What changed last first.
    pub runs: Vec<RunSummary>,
}

/// A step whose turn has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// Id.
    pub id: String,
    /// The step as the playbook has it: instructions, form, responsibilities, checkpoint, how to talk.
    #[schema(value_type = Object)]
    pub step: Value,
    /// Where it stands: who has it, approvals, what a connector was asked, what it answered. Instants are microseconds.
    #[schema(value_type = Object)]
    pub state: Value,
    /// True if nothing goes on without somebody's help.
    pub stuck: bool,
    /// The connector that carries the step's action out; nothing if people do it by hand.
    pub act: Option<ActView>,
}

/// A connector and what was asked of it last.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActView {
    /// Its name.
    pub connector: String,
    /// It can say what it would do without doing it.
    pub dry_run: bool,
    /// It can take the action back.
    pub undo: bool,
    /// It needs the subject's accounts, and no disclosure of them is open in this case.
    pub needs_disclosure: bool,
    /// Where the last thing asked of it is: `waiting`, `held` (until a disclosure is open), `sending`, `sent` (it answered) or
    /// `dead` (given up). Nothing if nothing was asked, or somebody does it by hand.
    pub state: Option<String>,
    /// Failed attempts so far.
    pub attempts: u32,
    /// What went wrong last.
    pub error: Option<String>,
    /// An attempt without an answer may have arrived.
    pub doubt: bool,
}

/// A run whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunView {
    /// In short.
    pub summary: RunSummary,
    /// Pseudonym of the subject.
    pub subject: Option<String>,
    /// Nodes and edges with where each step stands.
    #[schema(value_type = Object)]
    pub graph: Value,
    /// Steps that wait for somebody or something, in the playbook's order.
    pub active: Vec<StepView>,
    /// Steps that are behind it.
    pub past: Vec<StepView>,
    /// What is known, by name.
    #[schema(value_type = Object)]
    pub values: Value,
    /// Messages with what is known put in: `id`, `to`, `channel`, `title`, `text`.
    #[schema(value_type = Vec<Object>)]
    pub messages: Vec<Value>,
    /// The asker's department, for which they approve.
    pub department: Option<String>,
    /// Why what was done to the subject should be taken back: no decision of the case carries it any more.
    pub undo_because: Option<String>,
}

/// A playbook in short.
pub(super) fn playbook_summary(playbook: &Playbook) -> PlaybookSummary {
    PlaybookSummary {
        id: playbook.id.clone(),
        name: playbook.name.clone(),
        summary: playbook.summary.clone(),
        version: playbook.version,
        threats: playbook.threats.iter().map(|t| t.as_str().to_owned()).collect(),
        begin_when: playbook.begin_when.clone(),
        steps: playbook.all_steps().len() as u64,
    }
}

/// A playbook whole.
pub(super) fn playbook(playbook: &Playbook) -> Result<PlaybookView, serde_json::Error> {
    Ok(PlaybookView {
        summary: playbook_summary(playbook),
        playbook: serde_json::to_value(playbook)?,
        graph: serde_json::to_value(graph(playbook, None))?,
    })
}

/// A run in short.
pub(super) fn run_summary(run: &Run) -> RunSummary {
    let (state, playbook) = (run.state(), run.plan().playbook());
    let active = run.active();
    RunSummary {
        id: state.run.clone(),
        playbook: playbook.id.clone(),
        name: playbook.name.clone(),
        case: state.case.as_ref().map(ToString::to_string).unwrap_or_default(),
        status: state.status.as_str().to_owned(),
        outcome: state.outcome.map(|outcome| outcome.as_str().to_owned()),
        started_by: state.started_by.clone(),
        changed: state.last.map(|at| at.to_string()).unwrap_or_default(),
        due: run.next_due().map(|at| at.to_string()),
        waiting: active.iter().map(|(step, _)| step.name.clone()).collect(),
        needs_approval: active
            .iter()
            .any(|(step, state)| step.touches_person && !state.is_approved()),
    }
}

/// A run whole, but for what connectors have to do with it.
pub(super) fn run(asker: &Asker, run: &Run) -> Result<RunView, serde_json::Error> {
    let (state, playbook) = (run.state(), run.plan().playbook());
    let active: Vec<String> = run.active().iter().map(|(step, _)| step.id.clone()).collect();
    let mut waiting = Vec::new();
    let mut past = Vec::new();
    for step in run.plan().steps() {
        let Some(stands) = state.steps.get(&step.id) else {
            continue;
        };
        let shown = StepView {
            id: step.id.clone(),
            step: serde_json::to_value(step)?,
            state: serde_json::to_value(stands)?,
            stuck: run.is_stuck(&step.id),
            act: None,
        };
        if active.contains(&step.id) {
            waiting.push(shown);
        } else {
            past.push(shown);
        }
    }
    let messages = playbook.templates.iter().filter_map(|template| {
        let (title, text) = run.message(&template.id, &BTreeMap::new())?;
        let mut message = serde_json::to_value(template).ok()?;
        let fields = message.as_object_mut()?;
        fields.insert("title".to_owned(), title.into());
        fields.insert("text".to_owned(), text.into());
        Some(message)
    });
    Ok(RunView {
        summary: run_summary(run),
        subject: state.subject.as_ref().map(|s| s.0.clone()),
        graph: serde_json::to_value(graph(playbook, Some(state)))?,
        active: waiting,
        past,
        values: serde_json::to_value(&state.values)?,
        messages: messages.collect(),
        department: asker.colleague.department().map(|d| d.as_str().to_owned()),
        undo_because: None,
    })
}
