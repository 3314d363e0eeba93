//! What a subject looks at that is others' work: shares, applications and business records that are in use elsewhere in the
//! company, but neither by the subject before nor in any of its groups. What nobody uses yet is new business and no curiosity.

use crate::features::Past;
use crate::{DayActivity, ObjectKind};

impl Past<'_> {
    /// How many different things of others the day touched. None while no group around the subject is large enough to say
    /// what its work is, and none on a very first day.
    pub(crate) fn others_work(&self, activity: &DayActivity) -> f64 {
        if self.subject.days == 0 || self.circle.name.is_empty() {
            return 0.0;
        }
        let kinds = activity.kinds().iter();
        let things = kinds.filter(|part| matches!(part.kind, ObjectKind::Share | ObjectKind::Resource));
        let objects: usize = things
            .map(|part| {
                let hashes = part.objects.iter().map(|object| object.hash);
                let new = self.subject.seen(part.kind).new_among(hashes);
                new.iter().filter(|object| self.is_others(**object)).count()
            })
            .sum();
        objects as f64 + self.others_records(activity)
    }

    /// Used by the circle less than half as often as the company's use of it would let expect, and not by any other group of
    /// the subject's either. Half a use more on both sides: what hardly anybody uses says nothing.
    fn is_others(&self, object: u64) -> bool {
        let all = self.popular.uses("", object, self.day);
        let everybody = self.peers.everybody_days().max(1.0);
        let expected = all * self.circle.days / everybody;
        let circle = self.popular.uses(self.circle.name, object, self.day);
        let of_no_group = || {
            self.groups
                .iter()
                .filter(|name| !name.is_empty() && **name != self.circle.name)
                .all(|name| self.popular.uses(name, object, self.day) < 1.0)
        };
        2.0 * (circle + 0.5) < expected + 0.5 && of_no_group()
    }

    /// Records others work on. Of more than 256 records a day they are counted among those that are known, so that no more are
    /// told than there were.
    fn others_records(&self, activity: &DayActivity) -> f64 {
        let hashes = activity.record_hashes();
        let others = self
            .subject
            .records()
            .new_among(hashes)
            .into_iter()
            .filter(|record| {
                let named = self.groups.iter().filter(|name| !name.is_empty());
                self.records.has("", *record) && named.clone().all(|name| !self.records.has(name, *record))
            });
        others.count() as f64
    }
}
