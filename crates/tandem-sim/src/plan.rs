//! What to simulate, and what came of it.

use std::path::PathBuf;

use tandem_domain::Day;

/// Size, length and seed of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// People (employees, contractors, partners) over the whole time, joiners included; service accounts come on top.
    pub people: u32,
    /// Days simulated.
    pub days: u32,
    /// Everything is drawn from this.
    pub seed: u64,
    /// First day.
    pub start: Day,
    /// Domain of mail addresses and user principal names.
    pub home_domain: String,
    /// Windows domain, short form.
    pub nt_domain: String,
}

impl Default for Plan {
    fn default() -> Self {
        Self::new(300, 120, 7)
    }
}

impl Plan {
    /// Fewest people a company can have.
    pub const MIN_PEOPLE: u32 = 20;
    /// Most people: more do not fit into the networks and staff numbers used.
    pub const MAX_PEOPLE: u32 = 20_000;
    /// Most days.
    pub const MAX_DAYS: u32 = 730;
    /// With fewer days there is no room for a baseline and a story after it, so none is planted.
    pub const MIN_STORY_DAYS: u32 = 84;

    /// A company of that size. It starts on the Monday that lets it end in the first week of July 2026, so that the default
    /// period holds two ends of quarter, the change to summer time and the spring holidays of all sites.
    pub fn new(people: u32, days: u32, seed: u64) -> Self {
        let latest = LAST_DAY.plus(1 - i32::try_from(days).unwrap_or(i32::MAX / 2));
        Self {
            people,
            days,
            seed,
            start: latest.plus(-i32::from(latest.weekday())),
            home_domain: "aldermoor.example".into(),
            nt_domain: "ALDERMOOR".into(),
        }
    }

    /// The first day on which stories may begin: day 45 of 120, earlier in shorter plans.
    pub fn quiet_until(&self) -> Day {
        self.start.plus((self.days as i32 * 3 / 8).min(45))
    }

    pub(crate) fn check(&self) -> Result<(), SimError> {
        let refuse = |what: String| Err(SimError::Plan(what));
        if !(Self::MIN_PEOPLE..=Self::MAX_PEOPLE).contains(&self.people) {
            return refuse(format!(
                "people must be {} to {}",
                Self::MIN_PEOPLE,
                Self::MAX_PEOPLE
            ));
        }
        if !(1..=Self::MAX_DAYS).contains(&self.days) {
            return refuse(format!("days must be 1 to {}", Self::MAX_DAYS));
        }
        let label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let domain = self
            .home_domain
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(label));
        if !domain || self.nt_domain.is_empty() || !self.nt_domain.chars().all(label) {
            return refuse("home domain and Windows domain must be plain domain names".into());
        }
        Ok(())
    }
}

/// Monday 6 July 2026.
const LAST_DAY: Day = Day(20_640);

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The day just written.
    pub day: Day,
    /// Days written.
    pub done: u32,
    /// Days in all.
    pub total: u32,
    /// Log lines so far.
    pub lines: u64,
}

/// Totals of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTotal {
    /// Name of its folder under `logs/`.
    pub source: &'static str,
    /// Files written.
    pub files: u64,
    /// Lines, without CSV headers.
    pub lines: u64,
    /// Bytes before compression.
    pub bytes: u64,
}

/// What a run wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// People (without service accounts).
    pub people: usize,
    /// Accounts of people and services.
    pub accounts: usize,
    /// First and last day.
    pub span: (Day, Day),
    /// Totals by source.
    pub sources: Vec<SourceTotal>,
    /// Log lines in all.
    pub lines: u64,
    /// Bytes of logs before compression.
    pub bytes: u64,
    /// Planted stories.
    pub stories: usize,
    /// Innocents who look odd.
    pub innocents: usize,
    /// Records spoilt on purpose.
    pub broken: usize,
    /// IANA time zone of the head office.
    pub time_zone: &'static str,
    /// Files or folders of an earlier run that were replaced.
    pub replaced: bool,
}

/// Why a company could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The plan asks for something impossible.
    #[error("cannot simulate this company: {0}")]
    Plan(String),
    /// The folder holds something else.
    #[error("{0} is not empty and holds no simulated company; choose another folder or empty it first")]
    Occupied(PathBuf),
    /// Reading or writing failed.
    #[error("cannot write {path}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
