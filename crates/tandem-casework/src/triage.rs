//! Triage: from a new alert to its end, a case, or the other department.
//!
//! An alert is looked at by one person at a time, never by somebody it is about. Harm is never closed away here: what was
//! what it looked like goes into a case.

use serde::{Deserialize, Serialize};
use tandem_domain::{AlertId, AlertStatus, CaseId, Department, Timestamp, Verdict};

use crate::case::Context;
use crate::case::life::verdict_words;
use crate::case::link::AlertRef;
use crate::record::{Broken, FactVersion, Recorded, SYSTEM, continues};
use crate::refused::Refused;
use crate::text::Reason;

/// A stored fact of an alert's triage.
pub type TriageFact = Recorded<AlertId, TriageWhat>;

/// Where an alert stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TriageState {
    /// Nobody has looked yet, or it was released.
    New,
    /// Somebody is looking.
    InTriage {
        /// Who.
        by: String,
        /// Since when.
        since: Timestamp,
    },
    /// It waits for somebody of the other department.
    Shared {
        /// With which.
        with: Department,
        /// Since when.
        since: Timestamp,
    },
    /// The work goes on in a case.
    InCase {
        /// Which.
        case: CaseId,
    },
    /// Closed.
    Closed {
        /// What people concluded.
        verdict: Verdict,
    },
}

/// An alert's triage as its facts make it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Triage {
    /// The alert.
    pub alert: AlertRef,
    /// Where it stands.
    pub state: TriageState,
    /// When somebody first looked.
    pub first_taken: Option<Timestamp>,
    /// When it was first shared with the other department.
    pub first_shared: Option<Timestamp>,
    /// Number of the last fact, 0 before the first.
    pub seq: u32,
    /// Time of the last fact; the alert's raising before the first.
    pub last: Timestamp,
}

/// What happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum TriageWhat {
    /// Somebody looks at it.
    Taken {
        /// Why.
        reason: Reason,
    },
    /// They no longer do.
    Released {
        /// Why.
        reason: Reason,
    },
    /// The other department is asked to look.
    Shared {
        /// Which.
        with: Department,
        /// Why.
        reason: Reason,
    },
    /// The work goes on in a case.
    IntoCase {
        /// Which.
        case: CaseId,
        /// The case was opened for it.
        new: bool,
        /// Why.
        reason: Reason,
    },
    /// Closed, in triage or with its case.
    Closed {
        /// What people concluded.
        verdict: Verdict,
        /// The case that concluded it.
        case: Option<CaseId>,
        /// The detectors whose indicators raised it; the verdict goes back to them.
        detectors: Vec<String>,
        /// Why.
        reason: Reason,
    },
    /// Open again.
    Reopened {
        /// Why.
        reason: Reason,
    },
}

/// What somebody wants of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TriageCommand {
    /// Look at it; also instead of somebody who is away or has left.
    Take {
        /// Why.
        reason: Reason,
    },
    /// Give it back to the queue.
    Release {
        /// Why.
        reason: Reason,
    },
    /// Ask the other department to look.
    Share {
        /// Why.
        reason: Reason,
    },
    /// Go on in a case. The caller opens the case, or links the alert to it, in the same transaction.
    IntoCase {
        /// Which.
        case: CaseId,
        /// The case is opened for it.
        new: bool,
        /// Why.
        reason: Reason,
    },
    /// Close it as benign, false positive or for lack of data.
    Close {
        /// What was concluded.
        verdict: Verdict,
        /// Why.
        reason: Reason,
    },
    /// Close it with what its case concluded; Tandem itself sends it for each verdict of a closed case.
    CloseWithCase {
        /// Which.
        case: CaseId,
        /// What was concluded.
        verdict: Verdict,
    },
    /// Open a closed one again.
    Reopen {
        /// Why.
        reason: Reason,
    },
}

impl Triage {
    /// An alert that nobody has looked at.
    ///
    /// # Errors
    /// When a name in it is empty, too long or holds control characters.
    pub fn new(alert: AlertRef) -> Result<Self, Refused> {
        alert.check()?;
        Ok(Self {
            last: alert.raised,
            alert,
            state: TriageState::New,
            first_taken: None,
            first_shared: None,
            seq: 0,
        })
    }

    /// Folds the next fact.
    ///
    /// # Errors
    /// When it is not the next fact of this alert.
    pub fn apply(&mut self, fact: &TriageFact) -> Result<(), Broken> {
        continues(fact, &self.alert.id, self.seq, self.last)?;
        match &fact.what {
            TriageWhat::Taken { .. } => {
                self.first_taken.get_or_insert(fact.at);
                self.state = TriageState::InTriage {
                    by: fact.who.clone(),
                    since: fact.at,
                };
            }
            TriageWhat::Released { .. } | TriageWhat::Reopened { .. } => self.state = TriageState::New,
            TriageWhat::Shared { with, .. } => {
                self.first_shared.get_or_insert(fact.at);
                self.state = TriageState::Shared {
                    with: *with,
                    since: fact.at,
                };
            }
            TriageWhat::IntoCase { case, .. } => self.state = TriageState::InCase { case: case.clone() },
            TriageWhat::Closed { verdict, .. } => self.state = TriageState::Closed { verdict: *verdict },
        }
        self.seq = fact.seq;
        self.last = fact.at;
        Ok(())
    }

    /// The status and verdict that lists of alerts show.
    pub const fn status(&self) -> (AlertStatus, Option<Verdict>) {
        match self.state {
            TriageState::New => (AlertStatus::New, None),
            TriageState::Closed { verdict } => (AlertStatus::Closed, Some(verdict)),
            _ => (AlertStatus::InProgress, None),
        }
    }

    /// What a command does to the alert.
    ///
    /// # Errors
    /// A typed refusal; nothing changes then.
    pub fn decide(&self, command: TriageCommand, ctx: &Context<'_>) -> Result<Vec<TriageFact>, Refused> {
        if ctx.now < self.last {
            return Err(Refused::TimeWentBack { last: self.last });
        }
        let department = self.admit(&command, ctx)?;
        let what = match command {
            TriageCommand::Take { reason } => {
                self.may_take(department, ctx)?;
                TriageWhat::Taken { reason }
            }
            TriageCommand::Release { reason } => {
                self.is_held(ctx.who)?;
                TriageWhat::Released { reason }
            }
            TriageCommand::Share { reason } => {
                self.is_held(ctx.who)?;
                let with = department.ok_or(Refused::NoDepartment)?.other();
                TriageWhat::Shared { with, reason }
            }
            TriageCommand::IntoCase { case, new, reason } => {
                self.is_held(ctx.who)?;
                if CaseId::parse(case.as_str()).is_none() {
                    return Err(Refused::NotACaseNumber);
                }
                TriageWhat::IntoCase { case, new, reason }
            }
            TriageCommand::Close { verdict, reason } => {
                self.is_held(ctx.who)?;
                if verdict == Verdict::TruePositive {
                    return Err(Refused::TruePositiveNeedsCase);
                }
                self.closed(verdict, None, reason)
            }
            TriageCommand::CloseWithCase { case, verdict } => {
                if self.state != (TriageState::InCase { case: case.clone() }) {
                    return Err(Refused::NotFromItsCase);
                }
                let reason = Reason::own(&format!("concluded in {case}: {}", verdict_words(verdict)));
                self.closed(verdict, Some(case), reason)
            }
            TriageCommand::Reopen { reason } => match self.state {
                TriageState::Closed { .. } => TriageWhat::Reopened { reason },
                _ => return Err(Refused::AlertOpen),
            },
        };
        Ok(vec![Recorded {
            v: FactVersion,
            of: self.alert.id,
            seq: self.seq.saturating_add(1),
            at: ctx.now,
            who: ctx.who.to_owned(),
            department,
            what,
        }])
    }

    fn closed(&self, verdict: Verdict, case: Option<CaseId>, reason: Reason) -> TriageWhat {
        TriageWhat::Closed {
            verdict,
            case,
            detectors: self.alert.detectors.clone(),
            reason,
        }
    }

    /// The actor's department, if they may touch the alert at all.
    fn admit(&self, command: &TriageCommand, ctx: &Context<'_>) -> Result<Option<Department>, Refused> {
        if ctx.who == SYSTEM {
            return match command {
                TriageCommand::CloseWithCase { .. } => Ok(None),
                _ => Err(Refused::NotBySystem),
            };
        }
        if matches!(command, TriageCommand::CloseWithCase { .. }) {
            return Err(Refused::NotFromItsCase);
        }
        let account = || ctx.who.to_owned();
        let Some(colleague) = ctx.roster.get(ctx.who) else {
            return Err(Refused::UnknownColleague { account: account() });
        };
        if !ctx.roster.works_here(ctx.who, ctx.now) {
            return Err(Refused::HasLeft { account: account() });
        }
        if colleague.subject.as_ref() == Some(&self.alert.subject) {
            return Err(Refused::MayNotTakePart { account: account() });
        }
        match colleague.department {
            None => Err(Refused::NoDepartment),
            department => Ok(department),
        }
    }

    fn may_take(&self, department: Option<Department>, ctx: &Context<'_>) -> Result<(), Refused> {
        match &self.state {
            TriageState::New => Ok(()),
            TriageState::InTriage { by, .. } if by == ctx.who => Err(Refused::NothingToChange),
            TriageState::InTriage { by, .. } if !ctx.roster.is_available(by, ctx.now) => Ok(()),
            TriageState::InTriage { by, .. } => Err(Refused::AlertTaken { by: by.clone() }),
            TriageState::Shared { with, .. } if Some(*with) == department => Ok(()),
            // What waits for the other department is theirs to take.
            TriageState::Shared { .. } => Err(Refused::NoDepartment),
            TriageState::InCase { case } => Err(Refused::AlertInCase { case: case.clone() }),
            TriageState::Closed { .. } => Err(Refused::AlertClosed),
        }
    }

    fn is_held(&self, who: &str) -> Result<(), Refused> {
        match &self.state {
            TriageState::InTriage { by, .. } if by == who => Ok(()),
            TriageState::InTriage { by, .. } => Err(Refused::AlertTaken { by: by.clone() }),
            TriageState::InCase { case } => Err(Refused::AlertInCase { case: case.clone() }),
            TriageState::Closed { .. } => Err(Refused::AlertClosed),
            TriageState::New | TriageState::Shared { .. } => Err(Refused::AlertNotTaken),
        }
    }
}

impl TriageWhat {
    /// What happened, in one plain sentence without the name of who did it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Taken { reason } => format!("took the alert: {reason}"),
            Self::Released { reason } => format!("released the alert: {reason}"),
            Self::Shared { with, reason } => format!("asked department {} to look: {reason}", with.as_str()),
            Self::IntoCase { case, new, reason } => {
                let verb = if *new { "opened" } else { "added it to" };
                format!("{verb} {case}: {reason}")
            }
            Self::Closed { verdict, reason, .. } => {
                format!("closed the alert, {}: {reason}", verdict_words(*verdict))
            }
            Self::Reopened { reason } => format!("opened the alert again: {reason}"),
        }
    }
}
