//! Opening, state, phase, clocks' pauses, closing and reopening.

use serde::{Deserialize, Serialize};
use tandem_domain::{AlertId, CaseId, Department, SubjectId, Timestamp, Verdict};

use super::decide::Draft;
use super::decision::{Question, lapse_limits, undecide};
use super::link::AlertRef;
use super::{Case, Stamp, duty, tick};
use crate::ids::ProposalId;
use crate::refused::Refused;
use crate::text::{Reason, Title};
use crate::words::{CaseKind, CaseState, Outcome, PauseWhy, Phase, Severity};

/// States of a case that is not closed.
pub(super) const WHILE_OPEN: &str = "open, investigating, contained or decided";
/// States of a case whose end is not decided.
pub(super) const WHILE_UNDECIDED: &str = "open, investigating or contained";

/// What a case is opened with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Incident type.
    pub kind: CaseKind,
    /// Severity.
    pub severity: Severity,
    /// One line that names nobody.
    pub title: Title,
    /// Where the work begins; usually [`Phase::Detect`].
    pub phase: Phase,
    /// Why.
    pub reason: Reason,
    /// Whom it is about.
    #[serde(default)]
    pub subjects: Vec<SubjectId>,
    /// Alerts it rests on.
    #[serde(default)]
    pub alerts: Vec<AlertRef>,
}

/// Instants and pauses that the clocks are read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// When it was opened.
    pub opened: Timestamp,
    /// Which department opened it.
    pub by: Option<Department>,
    /// When somebody of the other department joined.
    pub shared: Option<Timestamp>,
    /// When harm was stopped.
    pub contained: Option<Timestamp>,
    /// When its end was decided.
    pub decided: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Stretches in which deciding and closing need not go on.
    pub pauses: Vec<Pause>,
}

/// One stretch in which the clocks of deciding and closing stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// First instant.
    pub from: Timestamp,
    /// First instant after; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Why.
    pub why: PauseWhy,
}

impl Marks {
    pub(crate) const fn opened(opened: Timestamp, by: Option<Department>) -> Self {
        Self {
            opened,
            by,
            shared: None,
            contained: None,
            decided: None,
            closed: None,
            pauses: Vec::new(),
        }
    }

    fn open_pause(&mut self) -> Option<&mut Pause> {
        self.pauses.iter_mut().find(|p| p.until.is_none())
    }

    fn resume(&mut self, at: Timestamp) {
        if let Some(pause) = self.open_pause() {
            pause.until = Some(at);
        }
    }
}

/// What changes a case as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum LifeFact {
    /// The first fact.
    Opened {
        /// Incident type.
        kind: CaseKind,
        /// Severity.
        severity: Severity,
        /// One line.
        title: Title,
        /// Where the work begins.
        phase: Phase,
        /// The case it was split from.
        split_from: Option<CaseId>,
        /// Why.
        reason: Reason,
    },
    /// Somebody looks into it.
    Investigating {
        /// Why.
        reason: Reason,
    },
    /// Harm is stopped.
    Contained {
        /// How.
        reason: Reason,
    },
    /// Its end is decided.
    Decided {
        /// By which proposal.
        proposal: ProposalId,
        /// How it is to end.
        outcome: Outcome,
    },
    /// The decision is to be made anew; what decided it is void.
    Reconsidered {
        /// Why.
        reason: Reason,
    },
    /// Over.
    Closed {
        /// How it ended.
        outcome: Outcome,
        /// The joint decision; none for a benign end, which one department may state.
        proposal: Option<ProposalId>,
        /// Why.
        reason: Reason,
    },
    /// Open again.
    Reopened {
        /// Why.
        reason: Reason,
    },
    /// The work is in another phase.
    PhaseEntered {
        /// Which.
        phase: Phase,
        /// Why.
        reason: Reason,
    },
    /// Another kind or severity.
    Reclassified {
        /// Incident type.
        kind: CaseKind,
        /// Severity.
        severity: Severity,
        /// Why.
        reason: Reason,
    },
    /// The clocks of deciding and closing stand still.
    ClockPaused {
        /// Why, as a closed list knows it.
        why: PauseWhy,
        /// Why, in words.
        reason: Reason,
    },
    /// They go on.
    ClockResumed {
        /// Why.
        reason: Reason,
    },
    /// What was concluded about an alert and so about what raised it; feeds the precision of rules and detectors.
    VerdictGiven {
        /// Which alert.
        alert: AlertId,
        /// What people concluded.
        verdict: Verdict,
        /// The detectors whose indicators raised it.
        detectors: Vec<String>,
    },
    /// It goes on in another case.
    MergedInto {
        /// Which.
        case: CaseId,
        /// Why.
        reason: Reason,
    },
    /// Another case goes on in this one.
    TookIn {
        /// Which.
        case: CaseId,
        /// Why.
        reason: Reason,
    },
    /// A part goes on in a case of its own.
    SplitOff {
        /// Which.
        case: CaseId,
        /// Whom the new case is about instead of this one.
        subjects: Vec<SubjectId>,
        /// Alerts that went with them.
        alerts: Vec<AlertId>,
        /// Why.
        reason: Reason,
    },
    /// Nobody leads the case: an alarm.
    LeadVacant {},
}

/// What somebody wants of a case as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LifeCommand {
    /// Begin to look into it.
    Investigate {
        /// Why.
        reason: Reason,
    },
    /// State that harm is stopped.
    Contain {
        /// How.
        reason: Reason,
    },
    /// Take a decided case back into investigation; its end is decided anew by both departments.
    Reconsider {
        /// Why.
        reason: Reason,
    },
    /// Close it as was decided jointly.
    Close {
        /// Why.
        reason: Reason,
    },
    /// Close it as benign; one department may.
    CloseBenign {
        /// Why.
        reason: Reason,
    },
    /// Open it again.
    Reopen {
        /// Why.
        reason: Reason,
    },
    /// Go on in another phase.
    EnterPhase {
        /// Which.
        phase: Phase,
        /// Why.
        reason: Reason,
    },
    /// Give it another kind or severity.
    Reclassify {
        /// Incident type.
        kind: CaseKind,
        /// Severity.
        severity: Severity,
        /// Why.
        reason: Reason,
    },
    /// Let the clocks of deciding and closing stand still.
    PauseClock {
        /// Why, as a closed list knows it.
        why: PauseWhy,
        /// Why, in words.
        reason: Reason,
    },
    /// Let them go on.
    ResumeClock {
        /// Why.
        reason: Reason,
    },
    /// What is due by itself: deputies for whoever is away, expired proposals, limits that end. Send it every few minutes and
    /// whenever the roster changes.
    Tick,
}

impl LifeFact {
    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        match self {
            Self::Opened { .. } | Self::VerdictGiven { .. } | Self::LeadVacant {} => {}
            Self::Investigating { .. } => case.state = CaseState::Investigating,
            Self::Contained { .. } => {
                case.state = CaseState::Contained;
                case.marks.contained = Some(stamp.at);
            }
            Self::Decided { proposal, .. } => {
                case.state = CaseState::Decided;
                case.decided = Some(*proposal);
                case.marks.decided = Some(stamp.at);
            }
            Self::Reconsidered { .. } => undecide(case),
            Self::Closed { outcome, .. } => close(case, *outcome, stamp),
            Self::Reopened { .. } => {
                case.state = CaseState::Investigating;
                (case.outcome, case.decided) = (None, None);
                case.marks.decided = None;
                if let Some(from) = case.marks.closed.take() {
                    case.marks.pauses.push(Pause {
                        from,
                        until: Some(stamp.at),
                        why: PauseWhy::Closed,
                    });
                }
            }
            Self::PhaseEntered { phase, .. } => {
                case.phase = *phase;
                for duty in case.duties.values_mut().filter(|d| d.id.phase == *phase) {
                    duty.due = Some(duty.within.after(stamp.at));
                }
            }
            Self::Reclassified { kind, severity, .. } => {
                (case.kind, case.severity) = (*kind, *severity);
            }
            Self::ClockPaused { why, .. } => case.marks.pauses.push(Pause {
                from: stamp.at,
                until: None,
                why: *why,
            }),
            Self::ClockResumed { .. } => case.marks.resume(stamp.at),
            Self::MergedInto { case: into, .. } => {
                close(case, Outcome::Merged, stamp);
                case.merged_into = Some(into.clone());
                case.cases.insert(into.clone());
            }
            Self::TookIn { case: other, .. } => {
                case.cases.insert(other.clone());
            }
            Self::SplitOff {
                case: other,
                subjects,
                alerts,
                ..
            } => {
                case.cases.insert(other.clone());
                case.subjects.retain(|s| !subjects.contains(s));
                case.alerts.retain(|id, _| !alerts.contains(id));
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Opened {
                kind,
                severity,
                reason,
                ..
            } => format!("opened the case as {kind}, severity {severity}: {reason}"),
            Self::Investigating { reason } => format!("began to look into it: {reason}"),
            Self::Contained { reason } => format!("stated that harm is stopped: {reason}"),
            Self::Decided { outcome, .. } => format!("the case is decided: {outcome}"),
            Self::Reconsidered { reason } => format!("took the decision back: {reason}"),
            Self::Closed { outcome, reason, .. } => format!("closed the case as {outcome}: {reason}"),
            Self::Reopened { reason } => format!("opened the case again: {reason}"),
            Self::PhaseEntered { phase, reason } => format!("went on to the phase {phase}: {reason}"),
            Self::Reclassified {
                kind,
                severity,
                reason,
            } => {
                format!("made it {kind}, severity {severity}: {reason}")
            }
            Self::ClockPaused { why, reason } => format!("paused the clocks ({why}): {reason}"),
            Self::ClockResumed { reason } => format!("let the clocks go on: {reason}"),
            Self::VerdictGiven { alert, verdict, .. } => {
                format!("alert {alert} was concluded: {}", verdict_words(*verdict))
            }
            Self::MergedInto { case, reason } => format!("merged it into {case}: {reason}"),
            Self::TookIn { case, reason } => format!("took in {case}: {reason}"),
            Self::SplitOff { case, reason, .. } => format!("split off {case}: {reason}"),
            Self::LeadVacant {} => "nobody leads the case any more".to_owned(),
        }
    }
}

/// A verdict in words.
pub(crate) const fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TruePositive => "it was what it looked like",
        Verdict::Benign => "it happened and was allowed",
        Verdict::FalsePositive => "it did not happen",
        Verdict::InsufficientData => "it cannot be said",
    }
}

fn close(case: &mut Case, outcome: Outcome, stamp: &Stamp<'_>) {
    case.state = CaseState::Closed;
    case.outcome = Some(outcome);
    case.marks.closed = Some(stamp.at);
    case.marks.resume(stamp.at);
}

pub(super) fn decide(draft: &mut Draft<'_>, command: LifeCommand) -> Result<(), Refused> {
    let state = draft.case.state;
    let wrong = |allowed: &'static str| Refused::WrongState { state, allowed };
    match command {
        LifeCommand::Tick => tick::tick(draft),
        LifeCommand::Investigate { reason } => match state {
            CaseState::Open => draft.push(LifeFact::Investigating { reason }),
            _ => return Err(wrong("open")),
        },
        LifeCommand::Contain { reason } => match state {
            CaseState::Investigating => draft.push(LifeFact::Contained { reason }),
            _ => return Err(wrong("investigating")),
        },
        LifeCommand::Reconsider { reason } => match state {
            CaseState::Decided => draft.push(LifeFact::Reconsidered { reason }),
            _ => return Err(wrong("decided")),
        },
        LifeCommand::Close { reason } => close_decided(draft, reason)?,
        LifeCommand::CloseBenign { reason } => close_benign(draft, reason)?,
        LifeCommand::Reopen { reason } => {
            if !draft.case.is_closed() {
                return Err(wrong("closed"));
            }
            draft.push(LifeFact::Reopened { reason });
        }
        LifeCommand::EnterPhase { phase, reason } => {
            if phase == draft.case.phase {
                return Err(Refused::NothingToChange);
            }
            draft.push(LifeFact::PhaseEntered { phase, reason });
        }
        LifeCommand::Reclassify {
            kind,
            severity,
            reason,
        } => reclassify(draft, kind, severity, reason)?,
        LifeCommand::PauseClock { why, reason } => {
            if draft.case.is_closed() || why == PauseWhy::Closed {
                return Err(wrong(WHILE_OPEN));
            }
            if is_paused(&draft.case) {
                return Err(Refused::NothingToChange);
            }
            draft.push(LifeFact::ClockPaused { why, reason });
        }
        LifeCommand::ResumeClock { reason } => {
            if !is_paused(&draft.case) {
                return Err(Refused::NothingToChange);
            }
            draft.push(LifeFact::ClockResumed { reason });
        }
    }
    Ok(())
}

fn is_paused(case: &Case) -> bool {
    case.marks.pauses.iter().any(|p| p.until.is_none())
}

fn reclassify(
    draft: &mut Draft<'_>,
    kind: CaseKind,
    severity: Severity,
    reason: Reason,
) -> Result<(), Refused> {
    if draft.case.is_closed() {
        return Err(Refused::WrongState {
            state: draft.case.state,
            allowed: WHILE_OPEN,
        });
    }
    let new_kind = kind != draft.case.kind;
    if !new_kind && severity == draft.case.severity {
        return Err(Refused::NothingToChange);
    }
    draft.push(LifeFact::Reclassified {
        kind,
        severity,
        reason,
    });
    if new_kind {
        duty::draw(draft);
    }
    Ok(())
}

/// Carries out what was decided jointly.
fn close_decided(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refused> {
    let decided = draft.case.decided.and_then(|id| draft.case.proposals.get(&id));
    let (CaseState::Decided, Some(proposal)) = (draft.case.state, decided) else {
        return Err(Refused::NotDecided);
    };
    let Question::Close { outcome, verdicts } = proposal.wording.question.clone() else {
        return Err(Refused::NotDecided);
    };
    let id = proposal.id;
    nothing_pending(draft)?;
    draft.push(LifeFact::Closed {
        outcome,
        proposal: Some(id),
        reason,
    });
    if outcome != Outcome::Confirmed {
        lapse_limits(draft);
    }
    give_verdicts(draft, outcome, |alert| verdicts.get(alert).copied());
    Ok(())
}

/// Closes as benign, unless somebody has asked both departments to decide something else.
fn close_benign(draft: &mut Draft<'_>, reason: Reason) -> Result<(), Refused> {
    if matches!(draft.case.state, CaseState::Decided | CaseState::Closed) {
        return Err(Refused::WrongState {
            state: draft.case.state,
            allowed: WHILE_UNDECIDED,
        });
    }
    nothing_pending(draft)?;
    draft.push(LifeFact::Closed {
        outcome: Outcome::Benign,
        proposal: None,
        reason,
    });
    lapse_limits(draft);
    give_verdicts(draft, Outcome::Benign, |_| None);
    Ok(())
}

/// Refuses while a proposal waits for votes or a ruling.
pub(super) fn nothing_pending(draft: &Draft<'_>) -> Result<(), Refused> {
    match draft.case.proposals.values().find(|p| p.is_pending()) {
        Some(pending) => Err(Refused::ProposalPending { proposal: pending.id }),
        None => Ok(()),
    }
}

fn give_verdicts(draft: &mut Draft<'_>, outcome: Outcome, own: impl Fn(&AlertId) -> Option<Verdict>) {
    let alerts: Vec<AlertRef> = draft.case.alerts.values().cloned().collect();
    for alert in alerts {
        if let Some(verdict) = own(&alert.id).or_else(|| outcome.verdict()) {
            draft.push(LifeFact::VerdictGiven {
                alert: alert.id,
                verdict,
                detectors: alert.detectors,
            });
        }
    }
}
