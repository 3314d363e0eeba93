//! Scores of a day.

use serde::{Deserialize, Serialize};

use crate::{Channel, DayActivity, Transition};

/// What is known about a subject's day besides its activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayContext {
    /// Role, manager or site changed as of this day. Another closest peer group than on the last active day means the same.
    pub role_changed: bool,
    /// On leave. The day is scored but nothing is learned from it.
    pub absent: bool,
}

/// One subject's closed day.
#[derive(Debug, Clone, Copy)]
pub struct SubjectDay<'a> {
    /// Who.
    pub subject: &'a str,
    /// Names of its peer groups, the closest first (for example role at a site, then department). Everybody is always the
    /// last group and need not be named. Names of different levels must differ (`role:clerk`, `department:sales`).
    pub peers: &'a [&'a str],
    /// What it did; empty means not active, and is ignored.
    pub activity: &'a DayActivity,
    /// What else is known.
    pub context: DayContext,
}

/// One channel's part in an unusual day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelSurprise {
    /// Which.
    pub channel: Channel,
    /// Nats beyond a coin toss under the subject's own and its peers' past.
    pub surprise: f64,
    /// Rank of that surprise among the population's last days.
    pub p: f64,
    /// Share of the day's score; the shares of a day add up to 1.
    pub contribution: f64,
    /// What was seen.
    pub observed: f64,
    /// What is usual for the subject.
    pub own_usual: f64,
    /// What is usual for its peers, if there are enough of them.
    pub peer_usual: Option<f64>,
    /// Of the order of acts: the step that is told of.
    #[serde(default)]
    pub followed: Option<Transition>,
    /// What, compared with the own past, compared with the peers, in plain words.
    pub sentence: String,
}

/// The three parts of a day's score. Each orders days by another view, and the best order uses all three.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Squared distance from the population's usual combination of surprises.
    pub distance: f64,
    /// The same after holding each surprise against the subject's own usual surprise.
    pub own_distance: f64,
    /// Harmonic mean of the channels' p-values.
    pub harmonic_p: f64,
}

/// How unusual one subject's day was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayScore {
    /// Who.
    pub subject: String,
    /// Share of the population's person-days of the last weeks at least as unusual: calibrated, 1 in 1,000 usual days has
    /// p <= 0.001. A day that repeats no excess of earlier days is ranked among such days alone.
    pub p: f64,
    /// Sorts subjects, the most unusual first by the largest: by `p`, and among equals by their ranks within the day.
    pub order: f64,
    /// What it is made of.
    pub parts: Parts,
    /// The channels of a day with a small `p`, by contribution. Empty for usual days.
    pub channels: Vec<ChannelSurprise>,
    /// Running totals that stand out, by p-value. They are not part of `p`, because they repeat what earlier days showed; use
    /// them for slow evidence.
    pub running: Vec<ChannelSurprise>,
    /// Enough is known of the subject and the population for the score to count.
    pub warm: bool,
    /// The subject's role changed less than ten active days ago.
    pub settling_in: bool,
    /// Active days known before this one.
    pub known_days: u32,
}
