//! A subject in short, as known on a day.

use tandem_domain::{Day, SubjectId};
use tandem_people::{Person, View};
use tandem_score::{Explanation, PRIOR};

use super::dto::SubjectCard;
use super::views;

/// Fewest peers whose figures may be shown or compared with.
pub const PEERS: usize = 10;

/// The card of a subject; `person` is missing for accounts that no people file names.
pub fn build(
    view: &View,
    person: Option<&Person>,
    day: Day,
    subject: &SubjectId,
    explanation: Option<&Explanation>,
) -> SubjectCard {
    let text = |value: Option<&std::sync::Arc<str>>| value.map(ToString::to_string).unwrap_or_default();
    SubjectCard {
        id: subject.to_string(),
        kind: person.map_or("unknown", |p| p.kind.as_str()).into(),
        role: text(person.and_then(|p| p.role.as_ref())),
        department: text(person.and_then(|p| p.department.as_ref())),
        site: text(person.and_then(|p| p.site.as_ref())),
        tenure_days: person.and_then(|p| p.tenure_days(day)),
        peers: person.map_or(0, |p| view.peers(p, PEERS).members.len() as u32),
        level: views::level(explanation.map(|e| e.level).unwrap_or_default()).into(),
        score: explanation.map_or(PRIOR, |e| e.score),
        impact: explanation.map_or(0, |e| e.impact.level),
        settling_in: person.is_some_and(|p| view.settling_in(p)),
        absent: person.is_some_and(|p| view.absent(p)),
        leaving_on: person.and_then(|p| view.leaving_on(p)).map(|d| d.to_string()),
    }
}
