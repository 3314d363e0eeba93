//! Where a connector did not do what was asked of it: what is known of that, and taking it into one's own hands.

use super::command::Refused;
use super::decide::{automatic, person, words};
use super::fact::{Flight, What};
use super::flow::Draft;
use super::state::{Asked, StepState, StepStatus};

impl Draft<'_> {
    /// A connector failed. The playbook's way for failures is not taken before a person says so: they may ask once more, or do
    /// it by hand.
    pub(super) fn stall(
        &mut self,
        step: String,
        key: String,
        text: &str,
        answered: bool,
    ) -> Result<(), Refused> {
        let (_, node, status) = self.waited_for(&step, &key, |state| state.action.as_ref())?;
        automatic(node)?;
        if status != StepStatus::Running {
            return Err(Refused::State {
                step,
                status: status.as_str(),
                help: "only what runs can fail",
            });
        }
        let mut text = words(text);
        if text.trim().is_empty() {
            "it reported a failure".clone_into(&mut text);
        }
        self.emit(What::ActionStalled {
            step,
            key,
            text,
            answered,
        })
    }

    /// Somebody does by hand what a connector has not done: taking back, the action, or the rehearsal of it. Approvals that it
    /// needed were there when the connector was asked, and still count.
    pub(super) fn by_hand(&mut self, step: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let (_, _, state) = self.find(&step)?;
        let Some(key) = state.and_then(left_undone) else {
            return Err(Refused::State {
                status: self.state.status_of(&step).as_str(),
                step,
                help: "only what a connector was asked for and has not done can be done by hand",
            });
        };
        self.emit(What::ByHand {
            step,
            who,
            reason,
            key,
        })
    }

    /// The call under its key: that of before if nobody knows what became of it, so that it is not carried out twice; another
    /// one after an answer, or for other values.
    pub(super) fn once_more(&self, step: &str, mut call: Flight, state: &StepState) -> Flight {
        if let Some(old) = &state.action {
            let same = old
                .call
                .as_ref()
                .is_some_and(|before| before.parameters == call.parameters);
            call.key = if old.is_open() && same {
                old.key.clone()
            } else {
                self.key(step, "do", &format!("{}\0{}", old.key, call.key))
            };
        }
        call
    }
}

/// Key of what a connector was asked for and has not done, the last one first.
fn left_undone(state: &StepState) -> Option<String> {
    let undone = |asked: &Option<Asked>| {
        let asked = asked.as_ref()?;
        let undone = asked.call.is_some() && !asked.by_hand && !asked.succeeded();
        undone.then(|| asked.key.clone())
    };
    let acts = state.status == StepStatus::Running || state.is_held();
    undone(&state.undo)
        .or_else(|| undone(&state.action).filter(|_| acts))
        .or_else(|| undone(&state.dry_run).filter(|_| state.status == StepStatus::Offered))
}
