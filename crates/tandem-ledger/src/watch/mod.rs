//! Watching the watchers: rules over the ledger's own rows.
//!
//! A colleague who may look at people can look for the wrong reasons: at many without a case, at themselves, at their own team,
//! at the department of a former partner, at night. Each rule judges one colleague's one day (in their own time zone) and makes a
//! [`WatchFinding`] that says what was seen, compared to what and to whom.
//!
//! Two kinds of rules, none with a tuned threshold:
//!
//! - **Facts.** Looking at oneself, at the own team, or where a conflict of interest was declared is a finding each time: a rule
//!   of conduct was touched, and the auditor asks why. Acts at night are one too, except for those who ordinarily work then.
//! - **Counts.** How many subjects without a case, how many exports: the chance of as many or more under the colleague's own past
//!   days and under those of their peers ([`Habits`]), a finding if either is at most [`LEVEL`] halved. The level is what false
//!   alarms cost: one in a thousand days is about one in four working years per colleague and rule, so with twenty colleagues and
//!   two rules one about every five weeks.
//!
//! Findings go to the auditor; one about an auditor goes to the works council. [`WatchFinding::may_be_read_by`] says no to
//! everybody else and always to the colleague it is about: a watcher's own superiors and team-mates never learn of it from here.

mod day;
mod past;
mod rules;

pub use day::WatchDay;
pub use past::{Counts, Habits, Past};
pub use rules::findings;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{Department, Role, SubjectId, Timestamp};

/// The chance, per colleague, day and rule, at or below which a count is a finding.
pub const LEVEL: f64 = 1e-3;
/// A colleague works at night by habit, and is not reported for it, if they did on more than one in twenty of their days. The
/// usual meaning of "rare"; it decides who is exempt from a fact, not how surprising something is.
pub const RARE: f64 = 0.05;
/// Local hours before this one are night: whatever "night time" is in a country, by Directive 2003/88/EC article 2(3) it contains
/// midnight to 5 a.m.
pub const NIGHT_ENDS: u8 = 5;

/// How a subject is tied to a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// Works in the colleague's own team or department.
    Colleague,
    /// Somebody, or somebody who works where, the colleague declared, or somebody else established, a conflict of interest: in
    /// the department of a former partner or a relative, say.
    Conflict,
}

/// What is known about a colleague who works with Tandem. All of it is given by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colleague {
    /// Which of the two departments they work in; those without one are peers of each other.
    #[serde(default)]
    pub department: Option<Department>,
    /// Minutes their clock is ahead of UTC on the day that is judged.
    #[serde(default)]
    pub offset_minutes: i32,
    /// Their own pseudonym.
    #[serde(default)]
    pub own_subject: Option<SubjectId>,
    /// Subjects who are tied to them.
    #[serde(default)]
    pub ties: BTreeMap<SubjectId, Tie>,
}

/// Colleagues by account name. One who is missing is judged by counts alone, in UTC.
pub type Colleagues = BTreeMap<String, Colleague>;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchKind {
    /// Unusually many subjects on a day without a case.
    ManySubjectsWithoutCase,
    /// A subject of the own team.
    LookAtColleague,
    /// The own person, other than by the page that shows everybody what is kept about them.
    LookAtSelf,
    /// A subject where there is a conflict of interest.
    LookInConflictingDepartment,
    /// Subjects at night, by somebody who does not usually work then.
    AtNight,
    /// Unusually many exports on a day.
    ExportBurst,
}

/// Who is told. There is no value for anybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// The auditor.
    Auditor,
    /// The works council, of an auditor's own looks.
    WorksCouncil,
}

impl Addressee {
    /// The role that is told.
    pub const fn role(self) -> Role {
        match self {
            Self::Auditor => Role::Auditor,
            Self::WorksCouncil => Role::WorksCouncil,
        }
    }
}

/// Something about a colleague that the auditor should ask about. It accuses nobody; [`findings`] alone makes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WatchFinding {
    /// Who is told.
    pub addressee: Addressee,
    /// When the last of the rows was written.
    pub at: Timestamp,
    /// The chance of as many or more by habit, for counts.
    pub chance: Option<f64>,
    /// Compared to what and to whom.
    pub compared: String,
    /// What it is about.
    pub kind: WatchKind,
    /// What was seen.
    pub observed: String,
    /// The rows it rests on.
    pub rows: Vec<u64>,
    /// Both in one sentence.
    pub sentence: String,
    /// The subject, for findings about one.
    pub subject: Option<SubjectId>,
    /// The colleague's account name.
    pub who: String,
}

impl WatchFinding {
    /// True for the addressee's role, unless it is the colleague's own account.
    pub fn may_be_read_by(&self, account: &str, role: Role) -> bool {
        role == self.addressee.role() && account != self.who
    }
}

#[cfg(test)]
mod tests;
