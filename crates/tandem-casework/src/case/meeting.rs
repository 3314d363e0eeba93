//! Meetings: when members of both departments sit together, and what came of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_SECOND};

use super::decide::Draft;
use super::task::AHEAD_MOST;
use super::{Case, Stamp};
use crate::ids::MeetingId;
use crate::refused::Refused;
use crate::text::{Prose, Reason, Title};
use crate::words::words;

/// Most meetings of a case.
const MEETINGS_MOST: usize = 500;
/// Longest meeting, microseconds.
const LASTS_MOST: i64 = MICROS_PER_DAY;
/// Shortest meeting, microseconds.
const LASTS_LEAST: i64 = 60 * MICROS_PER_SECOND;

words! {
    /// Where a meeting stands.
    MeetingState {
        /// To be held.
        Planned => "planned",
        /// Was held.
        Held => "held",
        /// Called off.
        Cancelled => "cancelled",
    }
}

/// When, where and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Where: a room, a telephone number, an address.
    #[serde(default)]
    pub place: Option<Title>,
    /// Members who are asked to come.
    pub invited: BTreeSet<String>,
}

/// One meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// What it is about.
    pub title: Title,
    /// Who planned it.
    pub by: String,
    /// When, where and with whom.
    #[serde(flatten)]
    pub at: Appointment,
    /// What is to be talked about.
    pub agenda: Option<Prose>,
    /// Where it stands.
    pub state: MeetingState,
    /// Who came.
    pub attended: BTreeSet<String>,
    /// What came of it, or why it was called off.
    pub text: Option<String>,
}

impl Meeting {
    /// True while it is still to be held.
    pub fn is_planned(&self) -> bool {
        self.state == MeetingState::Planned
    }

    /// True if the account is asked to come to a meeting still to be held.
    pub fn awaits(&self, account: &str) -> bool {
        self.is_planned() && self.at.invited.contains(account)
    }

    /// By when it asks something of the account: to come, and once it is over, of whoever planned it to write what came of
    /// it; of all who were invited, if the planner is not among them.
    pub fn asks(&self, account: &str, now: Timestamp) -> Option<Timestamp> {
        let over = self.at.until < now;
        let theirs = !over || self.by == account || !self.at.invited.contains(&self.by);
        let when = if self.at.from < now {
            self.at.until
        } else {
            self.at.from
        };
        (self.awaits(account) && theirs).then_some(when)
    }
}

/// What happens to meetings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum MeetingFact {
    /// One was planned.
    Planned {
        /// Its id.
        meeting: MeetingId,
        /// What it is about.
        title: Title,
        /// When, where and with whom.
        at: Appointment,
        /// What is to be talked about.
        agenda: Option<Prose>,
    },
    /// It is at another time or place, or with others.
    Moved {
        /// Which.
        meeting: MeetingId,
        /// When, where and with whom now.
        at: Appointment,
        /// Why.
        reason: Reason,
    },
    /// It was called off.
    Cancelled {
        /// Which.
        meeting: MeetingId,
        /// Why.
        reason: Reason,
    },
    /// It was held.
    Held {
        /// Which.
        meeting: MeetingId,
        /// Who came.
        attended: BTreeSet<String>,
        /// What came of it.
        minutes: Prose,
    },
}

/// What somebody wants of a meeting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MeetingCommand {
    /// Plan one.
    Plan {
        /// What it is about.
        title: Title,
        /// When, where and with whom.
        at: Appointment,
        /// What is to be talked about.
        #[serde(default)]
        agenda: Option<Prose>,
    },
    /// Another time or place, or others.
    Move {
        /// Which.
        meeting: MeetingId,
        /// When, where and with whom.
        at: Appointment,
        /// Why.
        reason: Reason,
    },
    /// Call it off.
    Cancel {
        /// Which.
        meeting: MeetingId,
        /// Why.
        reason: Reason,
    },
    /// State that it was held; at the earliest when it has begun.
    Hold {
        /// Which.
        meeting: MeetingId,
        /// Members who came.
        attended: BTreeSet<String>,
        /// What came of it.
        minutes: Prose,
    },
}

impl MeetingFact {
    /// The meeting.
    pub const fn meeting(&self) -> MeetingId {
        match self {
            Self::Planned { meeting, .. }
            | Self::Moved { meeting, .. }
            | Self::Cancelled { meeting, .. }
            | Self::Held { meeting, .. } => *meeting,
        }
    }

    pub(super) fn fold(&self, case: &mut Case, stamp: &Stamp<'_>) {
        match self {
            Self::Planned {
                meeting,
                title,
                at,
                agenda,
            } => {
                let planned = Meeting {
                    id: *meeting,
                    title: title.clone(),
                    by: stamp.who.to_owned(),
                    at: at.clone(),
                    agenda: agenda.clone(),
                    state: MeetingState::Planned,
                    attended: BTreeSet::new(),
                    text: None,
                };
                case.meetings.insert(*meeting, planned);
            }
            Self::Moved { meeting, at, .. } => {
                if let Some(meeting) = case.meetings.get_mut(meeting) {
                    meeting.at = at.clone();
                }
            }
            Self::Cancelled { meeting, reason } => {
                end(case, *meeting, MeetingState::Cancelled, reason.as_str());
            }
            Self::Held {
                meeting,
                attended,
                minutes,
            } => {
                if let Some(meeting) = end(case, *meeting, MeetingState::Held, minutes.as_str()) {
                    meeting.attended.clone_from(attended);
                }
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        let when = |at: &Appointment| format!("for {} with {}", at.from, listed(&at.invited));
        match self {
            Self::Planned { title, at, .. } => {
                format!("planned the meeting \u{201c}{title}\u{201d} {}", when(at))
            }
            Self::Moved { at, reason, .. } => format!("planned a meeting anew {}: {reason}", when(at)),
            Self::Cancelled { reason, .. } => format!("called a meeting off: {reason}"),
            Self::Held {
                attended, minutes, ..
            } => format!("held a meeting with {}: {minutes}", listed(attended)),
        }
    }
}

/// A meeting is over one way or the other, with what is to be said of it.
fn end<'c>(
    case: &'c mut Case,
    meeting: MeetingId,
    state: MeetingState,
    text: &str,
) -> Option<&'c mut Meeting> {
    let meeting = case.meetings.get_mut(&meeting)?;
    meeting.state = state;
    meeting.text = Some(text.to_owned());
    Some(meeting)
}

fn listed(accounts: &BTreeSet<String>) -> String {
    accounts.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Whoever leaves a case is no longer expected at its meetings; at those that were held they stay.
pub(super) fn drop_member(case: &mut Case, account: &str) {
    for meeting in case.meetings.values_mut().filter(|m| m.is_planned()) {
        meeting.at.invited.remove(account);
    }
}

pub(super) fn decide(draft: &mut Draft<'_>, command: MeetingCommand) -> Result<(), Refused> {
    match command {
        MeetingCommand::Plan { title, at, agenda } => {
            if draft.case.meetings.len() >= MEETINGS_MOST {
                return Err(Refused::TooMany {
                    what: "meetings",
                    most: MEETINGS_MOST,
                });
            }
            let meeting = MeetingId(draft.ctx.id);
            if draft.case.meetings.contains_key(&meeting) {
                return Err(Refused::IdTaken);
            }
            check_time(draft, &at)?;
            check_people(draft, &at.invited)?;
            draft.push(MeetingFact::Planned {
                meeting,
                title,
                at,
                agenda,
            });
        }
        MeetingCommand::Move { meeting, at, reason } => {
            let now = &planned(draft, meeting)?.at;
            if *now == at {
                return Err(Refused::NothingToChange);
            }
            // A meeting that goes on may still get another guest or room.
            if (now.from, now.until) != (at.from, at.until) {
                check_time(draft, &at)?;
            }
            check_people(draft, &at.invited)?;
            draft.push(MeetingFact::Moved { meeting, at, reason });
        }
        MeetingCommand::Cancel { meeting, reason } => {
            planned(draft, meeting)?;
            draft.push(MeetingFact::Cancelled { meeting, reason });
        }
        MeetingCommand::Hold {
            meeting,
            attended,
            minutes,
        } => {
            if planned(draft, meeting)?.at.from > draft.ctx.now {
                return Err(Refused::NotBegun);
            }
            check_people(draft, &attended)?;
            draft.push(MeetingFact::Held {
                meeting,
                attended,
                minutes,
            });
        }
    }
    Ok(())
}

fn planned<'d>(draft: &'d Draft<'_>, meeting: MeetingId) -> Result<&'d Meeting, Refused> {
    let found = draft.case.meetings.get(&meeting);
    let found = found.ok_or(Refused::Missing { what: "meeting" })?;
    if found.is_planned() {
        Ok(found)
    } else {
        Err(Refused::MeetingOver)
    }
}

fn check_time(draft: &Draft<'_>, at: &Appointment) -> Result<(), Refused> {
    let now = draft.ctx.now;
    let lasts = at.until.0.saturating_sub(at.from.0);
    let ahead = at.from >= now && at.from <= now.plus_micros(AHEAD_MOST);
    if ahead && (LASTS_LEAST..=LASTS_MOST).contains(&lasts) {
        Ok(())
    } else {
        Err(Refused::MeetingTimes)
    }
}

fn check_people(draft: &Draft<'_>, accounts: &BTreeSet<String>) -> Result<(), Refused> {
    if accounts.is_empty() {
        return Err(Refused::NobodyComes);
    }
    for account in accounts {
        draft.check_fit(account)?;
        draft.member(account)?;
    }
    Ok(())
}
