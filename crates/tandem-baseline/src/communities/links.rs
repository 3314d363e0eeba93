//! Which things one subject works with, on how many days lately.

use serde::{Deserialize, Serialize};

use crate::heap;
use crate::settings::decay;
use crate::{DayActivity, ObjectKind};

/// Things kept of a subject, 6 bytes each, and those used as often as the last of them.
const MOST: usize = 32;
/// Most things kept together with those: beyond it the ones used equally often go.
const MOST_TIED: usize = 96;
/// Active days until a day of use counts half. The sum never reaches 1 / (1 - 2^(-1/30)) = 43.8 days.
const HALF_LIFE: f64 = 30.0;
/// Units of a day.
const DAY: u16 = 1 << 10;
/// Use below which a thing is forgotten, in units: a twentieth of a day.
const LEAST: u16 = DAY / 20;
/// Use from which a thing belongs to the work, a day and a half: what was touched on one day does not, so that a day of looking
/// around moves nobody.
const AT_WORK: u16 = DAY + DAY / 2;

/// A thing by half of its hash, in two parts so that it takes no more than 6 bytes, and the fading number of days on which it
/// was used. Of 100,000 different things about one pair has the same half; it is taken for one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Thing {
    name: [u16; 2],
    days: u16,
}

impl Thing {
    const fn new(name: u32, days: u16) -> Self {
        Self {
            name: [(name >> 16) as u16, name as u16],
            days,
        }
    }

    const fn name(self) -> u32 {
        let [high, low] = self.name;
        (high as u32) << 16 | low as u32
    }
}

/// Things used, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Links {
    things: Box<[Thing]>,
    /// Fading number of active days.
    active: f32,
}

/// Whether a kind of object tells what somebody works with. Web sites, outside recipients and where somebody comes from do
/// not: they would tell about private life. Nor does a computer: it is where somebody sits, and whoever sits down at the desks of
/// others, to cover for them or for worse, would be made their peer by it. Removable devices and labels are nobody's work.
const fn is_work(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::Share
            | ObjectKind::Resource
            | ObjectKind::Program
            | ObjectKind::Door
            | ObjectKind::Administered
    )
}

impl Links {
    /// One more active day.
    pub(super) fn learn(&mut self, activity: &DayActivity) {
        let keeps = decay(HALF_LIFE) as f32;
        self.active = self.active * keeps + 1.0;
        let mut things = std::mem::take(&mut self.things).into_vec();
        for thing in &mut things {
            thing.days = (f32::from(thing.days) * keeps) as u16;
        }
        let kinds = activity.kinds().iter().filter(|part| is_work(part.kind));
        for object in kinds.flat_map(|part| part.objects.iter()) {
            let name = (object.hash >> 32) as u32;
            match things.binary_search_by_key(&name, |thing| thing.name()) {
                Ok(at) => {
                    if let Some(thing) = things.get_mut(at) {
                        thing.days = thing.days.saturating_add(DAY);
                    }
                }
                Err(at) => things.insert(at, Thing::new(name, DAY)),
            }
        }
        tidy(&mut things);
        self.things = things.into_boxed_slice();
    }

    /// The things that belong to the work, by name, each with the share of active days on which it was used.
    pub(super) fn at_work(&self) -> impl Iterator<Item = (u64, f32)> {
        let used = self.things.iter().filter(|thing| thing.days >= AT_WORK);
        used.map(|thing| {
            let days = f32::from(thing.days) / f32::from(DAY);
            (thing.name().into(), days / self.active.max(1.0))
        })
    }

    /// Bytes of the things' block.
    pub(super) fn bytes(&self) -> usize {
        heap::list::<Thing>(self.things.len())
    }
}

/// Forgets what has faded, and beyond [`MOST`] the least used. Of things used equally often either all stay or none: which of
/// them went would depend on what they are called.
fn tidy(things: &mut Vec<Thing>) {
    let days = things.iter().map(|thing| thing.days);
    let mut sorted: Vec<u16> = days.filter(|days| *days >= LEAST).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let last = sorted.get(MOST - 1).copied().unwrap_or(LEAST);
    let tied = sorted.partition_point(|days| *days >= last);
    let least = if tied > MOST_TIED { last + 1 } else { last };
    things.retain(|thing| thing.days >= least);
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{Action, Object, Observation};

    fn day(things: impl IntoIterator<Item = (ObjectKind, String)>) -> DayActivity {
        let mut done = DayActivity::default();
        let mut seen = Observation::new(Action::ShareAccess, 9);
        seen.objects = things
            .into_iter()
            .map(|(kind, text)| Object {
                kind,
                text: Cow::Owned(text),
            })
            .collect();
        done.add(&seen);
        done
    }

    #[test]
    fn what_is_used_on_two_days_belongs_to_the_work_and_private_things_never_do() {
        let mut links = Links::default();
        let share = |n: u32| (ObjectKind::Share, format!("s{n}"));
        links.learn(&day([share(1), share(2), (ObjectKind::Domain, "church".into())]));
        assert_eq!(links.at_work().count(), 0, "one day says nothing");
        links.learn(&day([share(1), (ObjectKind::Domain, "church".into())]));
        assert_eq!(links.at_work().count(), 1);
        for _ in 0..200 {
            links.learn(&day([share(3)]));
        }
        assert_eq!(links.at_work().count(), 1, "what is not used any more fades");
        assert_eq!(links.things.len(), 1);
    }

    #[test]
    fn memory_is_bounded_and_names_decide_nothing() {
        let used = |prefix: &str| {
            let mut links = Links::default();
            for n in 0..40_u32 {
                let regular = (0..20).map(|n| (ObjectKind::Share, format!("{prefix}r{n}")));
                let once = (0..30).map(|i| (ObjectKind::Share, format!("{prefix}{n}-{i}")));
                links.learn(&day(regular.chain(once)));
                assert!(links.things.len() <= MOST_TIED);
            }
            let mut days: Vec<u16> = links.things.iter().map(|thing| thing.days).collect();
            days.sort_unstable();
            assert_eq!(links.at_work().count(), 20, "the regular ones stay");
            days
        };
        assert_eq!(used("a"), used("other"));
    }
}
