//! Whether an event may be a step.

use tandem_baseline::{Action, Observed};
use tandem_domain::event::Status;
use tandem_domain::{Attr, Day, EventRef, NumAttr};

use crate::model::{Alternative, Whose};
use crate::pattern::Patterns;

/// First local hour of a working day.
const WORK_FROM: u8 = 6;
/// First local hour after it.
const WORK_TO: u8 = 20;

/// An event that may be a step of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked<'a> {
    /// Sequence and step, `id#name`.
    pub step: &'a str,
    /// The account to which it counts, as the source wrote it; the caller brings it to one spelling.
    pub account: &'a str,
    /// Hash of the object under which it is kept.
    pub object: u64,
    /// What is kept of it.
    pub act: crate::marks::Occurrence,
}

impl Alternative {
    /// True if the event fits. `seen` is what baselines see in it; `local` day and hour at the place of work.
    pub(crate) fn fits(&self, event: &EventRef<'_>, seen: Option<&Observed<'_>>, local: (Day, u8)) -> bool {
        let head = event.head();
        let act = seen.map(|seen| seen.observation.action);
        let acts = self.acts.is_empty() || act.is_some_and(|act| self.acts.contains(&act));
        let classes = self.classes.is_empty() || self.classes.contains(&head.class);
        let activities = self.activities.is_empty() || self.activities.contains(&head.activity);
        if !(acts && classes && activities && self.status_fits(head.status, act)) {
            return false;
        }
        let confidential = seen.is_some_and(|seen| seen.observation.confidential);
        if self.confidential.is_some_and(|wanted| wanted != confidential) {
            return false;
        }
        let (day, hour) = local;
        if self.out_of_hours && !day.is_weekend() && (WORK_FROM..WORK_TO).contains(&hour) {
            return false;
        }
        if self.own && !is_own(event) {
            return false;
        }
        let has =
            |(attr, patterns): &(Attr, Patterns)| event.attr(*attr).is_some_and(|text| patterns.fit(text));
        self.attrs.iter().all(has) && !self.unless.iter().any(has)
    }

    /// Without a wish a refused act is none, but for acts that are refusals.
    fn status_fits(&self, status: Status, act: Option<Action>) -> bool {
        match self.status {
            Some(wanted) => status == wanted,
            None => {
                status != Status::Failure
                    || matches!(act, Some(Action::LogonFailed | Action::BadgeDenied)) && !self.acts.is_empty()
            }
        }
    }

    /// The account to which it counts.
    pub(crate) fn account<'a>(&self, event: &EventRef<'a>, seen: Option<&Observed<'a>>) -> Option<&'a str> {
        match self.whose {
            Whose::Target => event.attr(Attr::TargetUser),
            Whose::Actor => seen
                .map(|seen| seen.account)
                .or_else(|| event.attr(Attr::ActorUser)),
        }
    }
}

/// True if the account acted upon is the acting one.
fn is_own(event: &EventRef<'_>) -> bool {
    let short = |text: &str| {
        let name = text.trim().rsplit('\\').next().unwrap_or_default();
        name.split('@').next().unwrap_or_default().to_lowercase()
    };
    match (event.attr(Attr::ActorUser), event.attr(Attr::TargetUser)) {
        (Some(actor), Some(target)) => !target.is_empty() && short(actor) == short(target),
        _ => false,
    }
}

/// Things touched at once.
pub(crate) fn items(event: &EventRef<'_>) -> u32 {
    let items = event.num(NumAttr::Items).unwrap_or(0);
    items.clamp(0, i64::from(u32::MAX)) as u32
}
