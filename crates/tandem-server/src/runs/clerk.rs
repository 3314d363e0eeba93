//! The clerk who lets actions go. Between asking and sending there may be an hour: somebody may have done it by hand, stopped the
//! run or ended the disclosure. So the run is read anew at the moment of sending.

use std::sync::Arc;

use tandem_connect::far::action::{Clerk, Released, Releasing, Withheld};
use tandem_connect::{Act, Key, Phase};
use tandem_domain::Timestamp;
use tandem_playbook::{Run, RunStatus, StepState, StepStatus};
use tandem_store::Store;

use super::acts::{is_open, requests};
use super::{Shelf, kept};
use crate::disclosures::accounts;
use crate::http::error::ApiError;
use crate::safe::Safe;

/// Lets go what a run still asks for, with the accounts that an open disclosure allows.
#[derive(Debug)]
pub struct RunClerk {
    store: Store,
    shelf: Shelf,
    safe: Arc<Safe>,
}

impl RunClerk {
    /// A clerk over the runs of that store.
    pub const fn new(store: Store, shelf: Shelf, safe: Arc<Safe>) -> Self {
        Self { store, shelf, safe }
    }

    async fn let_go(&self, act: &Act, key: &Key, now: Timestamp) -> Result<Released, Withheld> {
        if act.phase == Phase::Test {
            return Ok(Released::default());
        }
        let kept = kept(&self.store, &self.shelf, &act.run).await.map_err(later)?;
        if !is_wanted(&kept.run, act, key) {
            return Err(Withheld::Refused(
                "nobody asks for it any more; nothing was sent".to_owned(),
            ));
        }
        if !act.accounts {
            return Ok(Released::default());
        }
        let needed = || {
            let why =
                "no disclosure of the subject's accounts is open in this case; nothing was sent, ask for one";
            Withheld::Refused(why.to_owned())
        };
        let (Some(case), Some(subject)) = (&act.case, &act.subject) else {
            return Err(needed());
        };
        let what = format!("{} of {}", act.action, act.run);
        let found = accounts::look_up(&self.store, &self.safe, case, subject, &what, now).await;
        let accounts = found.map_err(later)?.ok_or_else(needed)?;
        if accounts.is_empty() {
            return Err(Withheld::Refused(
                "the subject has no account that Tandem knows; nothing was sent".to_owned(),
            ));
        }
        Ok(Released { accounts })
    }
}

impl Clerk for RunClerk {
    fn release<'a>(&'a self, act: &'a Act, key: &'a Key, now: Timestamp) -> Releasing<'a> {
        Box::pin(self.let_go(act, key, now))
    }
}

/// Its cause is in the log.
fn later(error: ApiError) -> Withheld {
    tracing::warn!(%error, "an action waits, as its run or its disclosure cannot be read");
    Withheld::Later("its run or its disclosure cannot be read now".to_owned())
}

/// True if the run waits for exactly this, and what it needs of approvals is there for exactly these values.
fn is_wanted(run: &Run, act: &Act, key: &Key) -> bool {
    let Some(state) = run.state().steps.get(&act.step) else {
        return false;
    };
    let waits =
        requests(state).any(|(phase, asked)| phase == act.phase && asked.key == key.0 && is_open(asked));
    let running = run.state().status == RunStatus::Running;
    let in_turn = match act.phase {
        Phase::DryRun => running && state.status == StepStatus::Offered,
        Phase::Do => running && state.status == StepStatus::Running && is_agreed(run, state, &act.step),
        // What was done can be taken back at any time.
        Phase::Undo | Phase::Test => true,
    };
    waits && in_turn
}

fn is_agreed(run: &Run, state: &StepState, step: &str) -> bool {
    let touches = run.plan().step(step).is_none_or(|step| step.touches_person);
    let call = state.action.as_ref().and_then(|action| action.call.as_ref());
    let to_this = call.is_some_and(|call| {
        state
            .approvals
            .iter()
            .all(|approval| approval.parameters == call.parameters)
    });
    !touches || (state.is_approved() && to_this)
}
