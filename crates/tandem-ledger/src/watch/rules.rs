//! The rules.

use tandem_domain::SubjectId;

use super::day::{Acts, Group, WatchDay};
use super::past::{Counts, Habits, Past};
use super::{Addressee, Colleague, Colleagues, LEVEL, RARE, Tie, WatchFinding, WatchKind};

/// Judges a day. `past` must hold earlier days only: judge, then [`Past::learn`].
pub fn findings(day: &WatchDay, colleagues: &Colleagues, past: &Past) -> Vec<WatchFinding> {
    let nobody = Colleague::default();
    let mut found = Vec::new();
    for (who, acts) in &day.by_who {
        let colleague = colleagues.get(who).unwrap_or(&nobody);
        let judge = Judge {
            who,
            day,
            acts,
            own: past.0.get(who).copied().unwrap_or_default(),
            peers: peers(who, colleague, colleagues, past),
        };
        let counts = [
            (
                WatchKind::ManySubjectsWithoutCase,
                &acts.without_case,
                acts.without_case.subjects.len() as u64,
            ),
            (
                WatchKind::ExportBurst,
                &acts.exports,
                acts.exports.rows.len() as u64,
            ),
        ];
        found.extend(
            counts
                .into_iter()
                .filter_map(|(kind, group, count)| judge.count(kind, group, count)),
        );
        found.extend(judge.night());
        found.extend(
            acts.tied
                .iter()
                .filter_map(|(subject, group)| judge.tie(colleague, subject, group)),
        );
    }
    found
}

/// The habits of the others in the same department.
fn peers(who: &str, colleague: &Colleague, colleagues: &Colleagues, past: &Past) -> Habits {
    let mut together = Habits::default();
    for (name, habits) in &past.0 {
        let department = colleagues.get(name).and_then(|other| other.department);
        if name != who && department == colleague.department {
            together.merge(habits);
        }
    }
    together
}

/// One colleague's day and what it is compared to.
struct Judge<'a> {
    who: &'a str,
    day: &'a WatchDay,
    acts: &'a Acts,
    own: Habits,
    peers: Habits,
}

impl Judge<'_> {
    /// Two comparisons share the level, so that both together stay below it (Bonferroni).
    fn count(&self, kind: WatchKind, group: &Group, count: u64) -> Option<WatchFinding> {
        let (what, of): (&str, fn(&Habits) -> Counts) = match kind {
            WatchKind::ExportBurst => ("made", |habits| habits.exports),
            _ => ("looked at", |habits| habits.subjects),
        };
        let whose = [
            (self.own, format!("{}'s own", self.who)),
            (self.peers, "their peers'".to_owned()),
        ];
        let (chance, compared) = whose
            .into_iter()
            .filter_map(|(habits, whose)| {
                let chance = of(&habits).chance(count, habits.days)?;
                let mean = of(&habits).mean(habits.days);
                Some((
                    chance,
                    format!(
                        "on {whose} {} earlier days it was {mean:.1} a day on average",
                        habits.days
                    ),
                ))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        if chance > LEVEL / 2.0 {
            return None;
        }
        let noun = match (kind, count) {
            (WatchKind::ExportBurst, 1) => "1 export".to_owned(),
            (WatchKind::ExportBurst, _) => format!("{count} exports"),
            (_, 1) => "1 subject without a case".to_owned(),
            _ => format!("{count} subjects without a case"),
        };
        let observed = format!("{} {what} {noun} on {}", self.who, self.day.day());
        let compared = format!("{compared}, and as many come by chance on {}", rarity(chance));
        Some(self.finding(kind, group, observed, compared, Some(chance)))
    }

    fn night(&self) -> Option<WatchFinding> {
        let group = &self.acts.night;
        if group.rows.is_empty() || self.own.night_share(&self.peers) > RARE {
            return None;
        }
        let observed = format!(
            "{} looked at {} between midnight and 5 o'clock on {}{}",
            self.who,
            subjects(group),
            self.day.day(),
            reason(group)
        );
        let compared = format!(
            "{} did so on {} of {} earlier days, their peers on {} of {}",
            self.who, self.own.nights, self.own.days, self.peers.nights, self.peers.days
        );
        Some(self.finding(WatchKind::AtNight, group, observed, compared, None))
    }

    fn tie(&self, colleague: &Colleague, subject: &SubjectId, group: &Group) -> Option<WatchFinding> {
        let (kind, whom, compared) = if colleague.own_subject.as_ref() == Some(subject) {
            (
                WatchKind::LookAtSelf,
                "themselves".to_owned(),
                "everybody reads what is kept about themselves on the page for it, and works on others only",
            )
        } else {
            match colleague.ties.get(subject)? {
                Tie::Colleague => (
                    WatchKind::LookAtColleague,
                    format!("{subject} of their own team"),
                    "who is near to a subject leaves the work to somebody else",
                ),
                Tie::Conflict => (
                    WatchKind::LookInConflictingDepartment,
                    format!("{subject}, with whom or whose department they have a conflict of interest,"),
                    "who has a conflict of interest leaves the work to somebody else",
                ),
            }
        };
        let observed = format!(
            "{} looked at or acted on {whom} on {}{}",
            self.who,
            self.day.day(),
            reason(group)
        );
        let mut finding = self.finding(kind, group, observed, compared.to_owned(), None);
        finding.subject = Some(subject.clone());
        Some(finding)
    }

    fn finding(
        &self,
        kind: WatchKind,
        group: &Group,
        observed: String,
        compared: String,
        chance: Option<f64>,
    ) -> WatchFinding {
        WatchFinding {
            addressee: if self.acts.as_auditor {
                Addressee::WorksCouncil
            } else {
                Addressee::Auditor
            },
            at: group.last,
            chance,
            sentence: format!("{observed}; {compared}"),
            compared,
            kind,
            observed,
            rows: group.rows.clone(),
            subject: None,
            who: self.who.to_owned(),
        }
    }
}

fn subjects(group: &Group) -> String {
    match group.subjects.len() {
        1 => "1 subject".to_owned(),
        many => format!("{many} subjects"),
    }
}

/// What the rows give as the reason: their cases.
fn reason(group: &Group) -> String {
    let cases: Vec<&str> = group.cases.iter().map(String::as_str).collect();
    match (cases.is_empty(), group.without_case) {
        (true, _) => ", without a case".to_owned(),
        (false, false) => format!(", for case {}", cases.join(", ")),
        (false, true) => format!(
            ", in part for case {} and in part without a case",
            cases.join(", ")
        ),
    }
}

/// A chance in words, rounded so that nobody reads more into it than it says.
fn rarity(chance: f64) -> String {
    if chance < 1e-6 {
        return "less than one day in a million".to_owned();
    }
    let days = 1.0 / chance;
    let unit = 10_f64.powf(days.log10().floor());
    format!("about one day in {:.0}", (days / unit).floor() * unit)
}
