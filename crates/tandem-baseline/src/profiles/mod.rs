//! The state of all baselines, and one closed day after the other through it.

mod grouped;
mod hours;
mod layout;
mod learn;
mod measure;
mod peer_day;
mod row;
mod tally;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64;

pub use hours::{HourShares, week_shares};
pub use layout::StateError;

use self::layout::Layout;
pub(crate) use self::row::Row;
pub use self::tally::{ChannelTally, DayTally, GroupTally, ScoredDay, TALLY_LEVELS};
use crate::channel::Channel;
use crate::communities::Communities;
use crate::explain;
use crate::features::{Circle, Past};
use crate::peers::{PeerView, Peers, Popular, Records};
use crate::population::{Moments, Ranks, Window};
use crate::profile::Subject;
use crate::score::{DayScore, SubjectDay};
use crate::settings::Settings;

/// Statistics of the window after the channels: distance, own distance, harmonic mean, all three together, and all three
/// together of days that repeat no excess.
const DISTANCE: usize = Channel::COUNT;
const OWN_DISTANCE: usize = DISTANCE + 1;
const HARMONIC: usize = OWN_DISTANCE + 1;
const FUSED: usize = HARMONIC + 1;
const FUSED_NEW: usize = FUSED + 1;
const STATISTICS: usize = FUSED_NEW + 1;

/// Everything learned so far: per subject, per peer group, and of the population.
///
/// [`Profiles::score_day`] must be given closed days in calendar order. The state is plain data: serialise it to take a
/// snapshot, and a restored snapshot continues with the same scores to the last bit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Profiles {
    layout: Layout,
    settings: Settings,
    subjects: BTreeMap<String, Subject>,
    peers: Peers,
    popular: Popular,
    records: Records,
    communities: Communities,
    window: Window,
    surprise: Moments,
    own_surprise: Moments,
    last_day: Option<Day>,
    days: u32,
}

impl Profiles {
    /// Without any past.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The parameters in use.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The last day scored.
    pub fn last_day(&self) -> Option<Day> {
        self.last_day
    }

    /// How many subjects have been seen.
    pub fn len(&self) -> usize {
        self.subjects.len()
    }

    /// True before the first subject.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// Forgets a subject, for erasure. Sums over groups keep its share until it has faded.
    pub fn forget(&mut self, subject: &str) -> bool {
        self.communities.forget(subject);
        self.subjects.remove(subject).is_some()
    }

    /// Mean bytes of state held per subject, sketches included, without what is held once for all.
    pub fn bytes_per_subject(&self) -> f64 {
        let own = self.mean_bytes(|name, subject| name.len() + subject.bytes() + subject.sketch_bytes());
        own + self.communities.bytes() as f64 / self.subjects.len().max(1) as f64
    }

    /// The same without the sketches (objects and records used, histograms of counts) and the name. At most 1,024 for any
    /// subject.
    pub fn bytes_before_sketches(&self) -> f64 {
        self.mean_bytes(|_, subject| subject.bytes())
    }

    fn mean_bytes(&self, of: impl Fn(&str, &Subject) -> usize) -> f64 {
        let bytes: usize = self.subjects.iter().map(|(name, s)| of(name, s)).sum();
        bytes as f64 / self.subjects.len().max(1) as f64
    }

    /// Bytes of state held once for all: peer groups, popular objects, the population's window.
    pub fn shared_bytes(&self) -> usize {
        self.peers.bytes()
            + self.popular.bytes()
            + self.records.bytes()
            + self.window.bytes()
            + self.surprise.bytes()
            + self.own_surprise.bytes()
    }

    /// Scores one closed calendar day of all active subjects, most unusual first, then learns from it. A score uses nothing but
    /// earlier days and the day itself.
    pub fn score_day(&mut self, day: Day, rows: &[SubjectDay<'_>]) -> Vec<DayScore> {
        self.scored_day(day, rows).scores
    }

    /// The same, with what calibration and pictures of the day need besides.
    pub fn scored_day(&mut self, day: Day, given: &[SubjectDay<'_>]) -> ScoredDay {
        self.look_for_communities(day);
        self.note_changes(given);
        let learned = self.learned_groups(given);
        let peers = grouped::peers(given, &learned);
        let rows = &grouped::rows(given, &peers)[..];
        self.note_moves(rows);
        let mut work = self.features(day, rows);
        peer_day::subtract(&mut work, self.settings.least_peers as usize);
        let ranks = self.window.ranks(STATISTICS);
        self.measure(&mut work, &ranks);
        measure::order(&mut work);
        let scored = ScoredDay {
            scores: self.scores(&work, &ranks),
            tally: self.tally(&work, &ranks),
            own_hours: self.own_hours(day, &work),
            learned: self.compared_with_learned(&work),
        };
        self.learn(day, &work);
        self.learn_links(day, rows);
        self.last_day = Some(day);
        self.days = self.days.saturating_add(1);
        scored
    }

    /// A change of role is told by the caller, or shows in another closest peer group: it may have happened on a day without
    /// activity, of which nobody tells.
    fn note_changes(&mut self, rows: &[SubjectDay<'_>]) {
        for row in rows {
            let Some(subject) = self.subjects.get_mut(row.subject) else {
                continue;
            };
            let closest = row.peers.iter().find(|name| !name.is_empty());
            let moved = closest.is_some_and(|name| subject.join(xxh3_64(name.as_bytes())));
            if moved || row.context.role_changed {
                subject.change_role(&self.settings);
            }
        }
    }

    fn features<'a>(&self, day: Day, rows: &'a [SubjectDay<'a>]) -> Vec<Row<'a>> {
        let new = Subject::default();
        let active = rows.iter().filter(|row| !row.activity.is_empty());
        // Many people have the same groups.
        let mut views: HashMap<Vec<&'a str>, (PeerView<'_>, Circle<'a>)> = HashMap::new();
        active
            .map(|given| {
                let subject = self.subjects.get(given.subject).unwrap_or(&new);
                let groups = self.compared_with(given.peers);
                let view = views.entry(groups.clone());
                let (peers, circle) =
                    view.or_insert_with_key(|groups| (self.peers.view(groups), self.circle(groups)));
                let (peers, circle) = (&*peers, *circle);
                let past = self.past(subject, peers, &groups, circle, day);
                Row::new(
                    given,
                    past.features(given.activity),
                    circle,
                    f64::from(subject.slow_days),
                )
            })
            .collect()
    }

    /// What is known of a subject and of whom it is compared with, before a day.
    fn past<'a>(
        &'a self,
        subject: &'a Subject,
        peers: &'a PeerView<'a>,
        groups: &'a [&'a str],
        circle: Circle<'a>,
        day: Day,
    ) -> Past<'a> {
        Past {
            settings: &self.settings,
            subject,
            peers,
            popular: &self.popular,
            records: &self.records,
            groups,
            circle,
            day,
            known: f64::from(subject.days) >= self.settings.half_life
                && self.days >= self.settings.warm_days.1,
        }
    }

    /// The closest group with enough people, else everybody.
    fn circle<'a>(&self, names: &[&'a str]) -> Circle<'a> {
        let least = self.settings.least_peers;
        let found = names.iter().find_map(|name| {
            let group = self.peers.group(name)?;
            (group.people() >= least).then_some((*name, group))
        });
        let (name, group) = found.map_or(("", self.peers.group("")), |(name, group)| (name, Some(group)));
        Circle {
            name,
            days: group.map_or(0.0, |group| group.days()),
            people: group.map_or(0.0, |group| group.people()),
        }
    }

    fn scores(&self, work: &[Row<'_>], ranks: &Ranks) -> Vec<DayScore> {
        let (subject_days, population_days) = self.settings.warm_days;
        let score = |row: &Row<'_>| {
            let subject = self.subjects.get(row.given.subject);
            let known_days = subject.map_or(0, |s| s.days);
            let explained = row.p <= self.settings.explain_p;
            DayScore {
                subject: row.given.subject.to_owned(),
                p: row.p,
                order: row.order,
                parts: row.parts,
                channels: if explained {
                    explain::channels(row, ranks)
                } else {
                    Vec::new()
                },
                running: explain::running(row, ranks, self.settings.explain_p),
                warm: known_days >= subject_days && self.days >= population_days,
                settling_in: subject.is_some_and(|s| s.settling > 0),
                known_days,
            }
        };
        let mut scores: Vec<DayScore> = work.iter().map(score).collect();
        scores.sort_by(|a, b| {
            b.order
                .total_cmp(&a.order)
                .then_with(|| a.subject.cmp(&b.subject))
        });
        scores
    }
}
