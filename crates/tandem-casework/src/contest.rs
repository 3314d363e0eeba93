//! Correction and contest: a member of staff says that a fact or an indicator about them is wrong, and gets an answer on a
//! clock (GDPR articles 12(3), 16, 21, 22(3)).

use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use tandem_domain::{IndicatorId, SubjectId, Timestamp};

use crate::case::Context;
use crate::ids::ContestId;
use crate::record::{Broken, FactVersion, Recorded, continues};
use crate::refused::Refused;
use crate::text::{Prose, Reason, Title};
use crate::words::words;

/// Months until an answer is due (GDPR article 12(3), first sentence).
const MONTHS: i32 = 1;
/// Further months for a complex matter (GDPR article 12(3), second sentence).
const FURTHER_MONTHS: i32 = 2;

words! {
    /// What is wanted.
    Want {
        /// A fact is wrong (article 16).
        Correction => "correction",
        /// The indicator is wrong or has an innocent reason (articles 21 and 22(3)).
        Contest => "contest",
    }
}

words! {
    /// What was answered.
    Answered {
        /// They are right.
        Upheld => "upheld",
        /// They are right in part.
        Partly => "partly",
        /// They are not; the answer must name the right to complain (article 12(4)).
        Rejected => "rejected",
    }
}

words! {
    /// Where a contest stands.
    ContestState {
        /// It came in.
        Received => "received",
        /// Somebody has it in hand.
        Acknowledged => "acknowledged",
        /// It was answered.
        Answered => "answered",
    }
}

/// A stored fact of a contest.
pub type ContestFact = Recorded<ContestId, ContestWhat>;

/// What a contest is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum About {
    /// An indicator.
    Indicator(IndicatorId),
    /// A fact that is kept, named in words.
    Fact(Title),
}

/// A contest as its facts make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contest {
    /// Its id.
    pub id: ContestId,
    /// Whose data it is about.
    pub subject: SubjectId,
    /// What is wanted.
    pub want: Want,
    /// What it is about.
    pub about: About,
    /// What they say.
    pub text: Prose,
    /// When it came in.
    pub received: Timestamp,
    /// By when it is to be answered.
    pub due: Timestamp,
    /// The time was extended.
    pub extended: bool,
    /// Where it stands.
    pub state: ContestState,
    /// What was answered, and why.
    pub answer: Option<(Answered, Reason)>,
    /// Number of the last fact.
    pub seq: u32,
    /// Time of the last fact.
    pub last: Timestamp,
}

/// What happened to a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum ContestWhat {
    /// It came in.
    Received {
        /// Whose data it is about.
        subject: SubjectId,
        /// What is wanted.
        want: Want,
        /// What it is about.
        about: About,
        /// What they say.
        text: Prose,
        /// By when it is to be answered.
        due: Timestamp,
    },
    /// Somebody has it in hand.
    Acknowledged {},
    /// The time was extended; the person is told the reasons.
    Extended {
        /// By when it is to be answered now.
        due: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// It was answered.
    Answered {
        /// What.
        answer: Answered,
        /// Why.
        reason: Reason,
    },
}

/// What is wanted of a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ContestCommand {
    /// Take it in hand.
    Acknowledge,
    /// Extend the time by two months.
    Extend {
        /// Why; the person is told.
        reason: Reason,
    },
    /// Answer it.
    Answer {
        /// What.
        answer: Answered,
        /// Why.
        reason: Reason,
    },
}

/// A person's contest on its way in. It is signed with the pseudonym, never with an account.
///
/// # Errors
/// When the date is out of the calendar's range.
pub fn receive(
    id: ContestId,
    subject: SubjectId,
    want: Want,
    about: About,
    text: Prose,
    now: Timestamp,
) -> Result<ContestFact, Refused> {
    let due = months_after(now, MONTHS)?;
    let who = subject.as_str().to_owned();
    Ok(Recorded {
        v: FactVersion,
        of: id,
        seq: 1,
        at: now,
        who,
        department: None,
        what: ContestWhat::Received {
            subject,
            want,
            about,
            text,
            due,
        },
    })
}

/// The end of the day, in UTC, on which a period of that many months ends: the day of the same number, or the last of a
/// shorter month (Regulation 1182/71, article 3(2)(c)). That such a day moves on if it is a holiday is left out: to be early
/// is never late.
fn months_after(start: Timestamp, months: i32) -> Result<Timestamp, Refused> {
    let range = |_| Refused::DateOutOfRange;
    let zoned = jiff::Timestamp::from_microsecond(start.0)
        .map_err(range)?
        .to_zoned(jiff::tz::TimeZone::UTC);
    let day = zoned.date().checked_add(months.months()).map_err(range)?;
    let end = day
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(range)?
        .timestamp()
        .as_microsecond();
    Ok(Timestamp(end).day().end())
}

impl Contest {
    /// The contest that its facts make.
    ///
    /// # Errors
    /// When the facts are not a whole stream of one contest in order.
    pub fn replay<'a>(facts: impl IntoIterator<Item = &'a ContestFact>) -> Result<Self, Broken> {
        let mut facts = facts.into_iter();
        let first = facts.next().ok_or(Broken::Empty)?;
        let ContestWhat::Received {
            subject,
            want,
            about,
            text,
            due,
        } = &first.what
        else {
            return Err(Broken::Opening(first.seq));
        };
        continues(first, &first.of, 0, first.at)?;
        let mut contest = Self {
            id: first.of,
            subject: subject.clone(),
            want: *want,
            about: about.clone(),
            text: text.clone(),
            received: first.at,
            due: *due,
            extended: false,
            state: ContestState::Received,
            answer: None,
            seq: first.seq,
            last: first.at,
        };
        for fact in facts {
            contest.apply(fact)?;
        }
        Ok(contest)
    }

    /// Folds the next fact.
    ///
    /// # Errors
    /// When it is not the next fact of this contest.
    pub fn apply(&mut self, fact: &ContestFact) -> Result<(), Broken> {
        continues(fact, &self.id, self.seq, self.last)?;
        match &fact.what {
            ContestWhat::Received { .. } => return Err(Broken::Opening(fact.seq)),
            ContestWhat::Acknowledged {} => self.state = ContestState::Acknowledged,
            ContestWhat::Extended { due, .. } => (self.due, self.extended) = (*due, true),
            ContestWhat::Answered { answer, reason } => {
                self.state = ContestState::Answered;
                self.answer = Some((*answer, reason.clone()));
            }
        }
        self.seq = fact.seq;
        self.last = fact.at;
        Ok(())
    }

    /// True if the answer is owed and late.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state != ContestState::Answered && self.due < now
    }

    /// What a command does to the contest. Nobody answers their own.
    ///
    /// # Errors
    /// A typed refusal; nothing changes then.
    pub fn decide(&self, command: ContestCommand, ctx: &Context<'_>) -> Result<ContestFact, Refused> {
        if ctx.now < self.last {
            return Err(Refused::TimeWentBack { last: self.last });
        }
        let account = || ctx.who.to_owned();
        let Some(colleague) = ctx.roster.get(ctx.who) else {
            return Err(Refused::UnknownColleague { account: account() });
        };
        if !ctx.roster.works_here(ctx.who, ctx.now) {
            return Err(Refused::HasLeft { account: account() });
        }
        if colleague.subject.as_ref() == Some(&self.subject) {
            return Err(Refused::MayNotTakePart { account: account() });
        }
        let stands = |remedy| Refused::ContestStands {
            standing: self.state.as_str(),
            remedy,
        };
        let what = match (command, self.state) {
            (_, ContestState::Answered) => return Err(stands("the person may contest again")),
            (ContestCommand::Acknowledge, ContestState::Received) => ContestWhat::Acknowledged {},
            (ContestCommand::Acknowledge, _) => return Err(stands("answer it")),
            (ContestCommand::Extend { reason }, _) => {
                if self.extended || ctx.now > self.due {
                    return Err(Refused::NoExtension { due: self.due });
                }
                let due = months_after(self.received, MONTHS + FURTHER_MONTHS)?;
                ContestWhat::Extended { due, reason }
            }
            (ContestCommand::Answer { .. }, ContestState::Received) => {
                return Err(stands("acknowledge it first"));
            }
            (ContestCommand::Answer { answer, reason }, _) => ContestWhat::Answered { answer, reason },
        };
        Ok(Recorded {
            v: FactVersion,
            of: self.id,
            seq: self.seq.saturating_add(1),
            at: ctx.now,
            who: account(),
            department: colleague.department,
            what,
        })
    }
}
