//! Tasks: things to do, by whom and by when.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::decide::Draft;
use super::{Case, Stamp};
use crate::ids::TaskId;
use crate::refused::Refused;
use crate::text::{Prose, Reason, Title};
use crate::words::{CaseRole, words};

/// Most tasks of a case.
const TASKS_MOST: usize = 2_000;
/// How far ahead a task may be due, microseconds: ten years of 366 days. What lies beyond is a slip, and no calendar shows it.
pub(super) const AHEAD_MOST: i64 = 10 * 366 * 86_400_000_000;

words! {
    /// Where a task stands.
    TaskState {
        /// To be done.
        Open => "open",
        /// Cannot go on.
        Blocked => "blocked",
        /// Done.
        Done => "done",
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// By whom.
    pub assignee: Option<String>,
    /// By when.
    pub due: Option<Timestamp>,
    /// Where it stands.
    pub state: TaskState,
    /// What came of it, or what is in the way.
    pub text: Option<Prose>,
}

impl Task {
    /// True once it is done.
    pub fn is_done(&self) -> bool {
        self.state == TaskState::Done
    }
}

/// What happens to tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum TaskFact {
    /// There is something to do.
    Added {
        /// Its id.
        task: TaskId,
        /// What.
        title: Title,
        /// By whom.
        assignee: Option<String>,
        /// By when.
        due: Option<Timestamp>,
    },
    /// Somebody else is to do it, or by another time.
    Assigned {
        /// Which.
        task: TaskId,
        /// By whom.
        assignee: Option<String>,
        /// By when.
        due: Option<Timestamp>,
        /// Why.
        reason: Reason,
    },
    /// It is done.
    Done {
        /// Which.
        task: TaskId,
        /// What came of it.
        text: Prose,
    },
    /// It cannot go on.
    Blocked {
        /// Which.
        task: TaskId,
        /// What is in the way.
        text: Prose,
    },
    /// It is to be done, again or after all.
    Resumed {
        /// Which.
        task: TaskId,
        /// Why.
        reason: Reason,
    },
}

/// What somebody wants of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TaskCommand {
    /// Add one.
    Add {
        /// What.
        title: Title,
        /// By whom.
        #[serde(default)]
        assignee: Option<String>,
        /// By when.
        #[serde(default)]
        due: Option<Timestamp>,
    },
    /// Give it to somebody, or another time.
    Assign {
        /// Which.
        task: TaskId,
        /// By whom.
        #[serde(default)]
        assignee: Option<String>,
        /// By when.
        #[serde(default)]
        due: Option<Timestamp>,
        /// Why.
        reason: Reason,
    },
    /// State that it is done.
    Done {
        /// Which.
        task: TaskId,
        /// What came of it.
        text: Prose,
    },
    /// State what is in the way.
    Block {
        /// Which.
        task: TaskId,
        /// What.
        text: Prose,
    },
    /// Go on with a blocked or done one.
    Resume {
        /// Which.
        task: TaskId,
        /// Why.
        reason: Reason,
    },
}

impl TaskFact {
    pub(super) fn fold(&self, case: &mut Case, _: &Stamp<'_>) {
        match self {
            Self::Added {
                task,
                title,
                assignee,
                due,
            } => {
                let added = Task {
                    id: *task,
                    title: title.clone(),
                    assignee: assignee.clone(),
                    due: *due,
                    state: TaskState::Open,
                    text: None,
                };
                case.tasks.insert(*task, added);
            }
            Self::Assigned {
                task, assignee, due, ..
            } => {
                if let Some(task) = case.tasks.get_mut(task) {
                    task.assignee.clone_from(assignee);
                    task.due = *due;
                }
            }
            Self::Done { task, text } => stand(case, *task, TaskState::Done, Some(text)),
            Self::Blocked { task, text } => stand(case, *task, TaskState::Blocked, Some(text)),
            Self::Resumed { task, .. } => {
                stand(case, *task, TaskState::Open, None);
                let fits = |account: &String| case.members.contains_key(account);
                if let Some(task) = case.tasks.get_mut(task) {
                    // Who did it once may have left since.
                    task.assignee = task.assignee.take().filter(fits);
                }
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        let to =
            |assignee: &Option<String>| assignee.as_ref().map(|a| format!(" for {a}")).unwrap_or_default();
        let by = |due: &Option<Timestamp>| due.map(|d| format!(", due {d}")).unwrap_or_default();
        match self {
            Self::Added {
                title, assignee, due, ..
            } => format!(
                "added the task \u{201c}{title}\u{201d}{}{}",
                to(assignee),
                by(due)
            ),
            Self::Assigned {
                assignee,
                due,
                reason,
                ..
            } => format!("set a task{}{}: {reason}", to(assignee), by(due)),
            Self::Done { text, .. } => format!("did a task: {text}"),
            Self::Blocked { text, .. } => format!("a task cannot go on: {text}"),
            Self::Resumed { reason, .. } => format!("a task goes on: {reason}"),
        }
    }
}

fn stand(case: &mut Case, task: TaskId, state: TaskState, text: Option<&Prose>) {
    if let Some(task) = case.tasks.get_mut(&task) {
        task.state = state;
        task.text = text.cloned();
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: TaskCommand) -> Result<(), Refused> {
    match command {
        TaskCommand::Add { title, assignee, due } => {
            if draft.case.tasks.len() >= TASKS_MOST {
                return Err(Refused::TooMany {
                    what: "tasks",
                    most: TASKS_MOST,
                });
            }
            let task = TaskId(draft.ctx.id);
            if draft.case.tasks.contains_key(&task) {
                return Err(Refused::IdTaken);
            }
            check(draft, assignee.as_deref(), due)?;
            draft.push(TaskFact::Added {
                task,
                title,
                assignee,
                due,
            });
        }
        TaskCommand::Assign {
            task,
            assignee,
            due,
            reason,
        } => {
            let found = not_done(draft, task)?;
            if found.assignee == assignee && found.due == due {
                return Err(Refused::NothingToChange);
            }
            // A time that has passed may stay; only a new one must lie ahead.
            let new_due = due.filter(|_| found.due != due);
            check(draft, assignee.as_deref(), new_due)?;
            draft.push(TaskFact::Assigned {
                task,
                assignee,
                due,
                reason,
            });
        }
        TaskCommand::Done { task, text } => {
            not_done(draft, task)?;
            draft.push(TaskFact::Done { task, text });
        }
        TaskCommand::Block { task, text } => {
            not_done(draft, task)?;
            draft.push(TaskFact::Blocked { task, text });
        }
        TaskCommand::Resume { task, reason } => {
            let found = draft.case.tasks.get(&task);
            let state = found.ok_or(Refused::Missing { what: "task" })?.state;
            if state == TaskState::Open {
                return Err(Refused::NothingToChange);
            }
            draft.push(TaskFact::Resumed { task, reason });
        }
    }
    Ok(())
}

fn not_done<'d>(draft: &'d Draft<'_>, task: TaskId) -> Result<&'d Task, Refused> {
    let found = draft.case.tasks.get(&task);
    let found = found.ok_or(Refused::Missing { what: "task" })?;
    if found.is_done() {
        Err(Refused::TaskDone)
    } else {
        Ok(found)
    }
}

fn check(draft: &Draft<'_>, assignee: Option<&str>, due: Option<Timestamp>) -> Result<(), Refused> {
    if due.is_some_and(|due| due < draft.ctx.now) {
        return Err(Refused::DueInThePast);
    }
    if due.is_some_and(|due| due > draft.ctx.now.plus_micros(AHEAD_MOST)) {
        return Err(Refused::DueTooFar);
    }
    let Some(account) = assignee else { return Ok(()) };
    draft.check_fit(account)?;
    match draft.member(account)?.role {
        role @ CaseRole::Observer => Err(Refused::RoleForbids { role }),
        _ => Ok(()),
    }
}
