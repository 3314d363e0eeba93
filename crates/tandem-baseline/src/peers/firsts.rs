//! How first uses thin out with experience: who is new meets new things every day, and that is usual for who is new.
//!
//! The number of different things met grows ever more slowly (Heaps 1978, *Information Retrieval*, section 7.5), so first uses
//! are counted apart by how many active days of a person are known. No shape of the curve is assumed.

use serde::{Deserialize, Serialize};

/// Stages of experience: 1 active day known, 2 or 3, 4 to 7, and so on; the last is 64 and more.
const STAGES: usize = 7;
/// Person-days of all stages together that a stage's own give way to while they are few.
const SHARED_DAYS: f64 = 20.0;

type Stages = [f64; STAGES];

/// Decayed person-days and first uses by stage of experience, among everybody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Firsts {
    days: Stages,
    /// By index of the channel of first uses.
    kinds: Vec<(u8, Stages)>,
}

/// One day's sums: whole numbers, so that order does not matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct FirstsDay {
    days: [u64; STAGES],
    kinds: Vec<(u8, [u64; STAGES])>,
}

fn stage(known: u32) -> usize {
    (known.max(1).ilog2() as usize).min(STAGES - 1)
}

impl FirstsDay {
    /// Counts a person of whom `known` active days are known, with its first uses by channel. Of who was never seen before
    /// everything is new, which says nothing.
    pub(crate) fn person(&mut self, known: u32, firsts: impl Iterator<Item = (u8, f64)>) {
        if known == 0 {
            return;
        }
        let stage = stage(known);
        if let Some(days) = self.days.get_mut(stage) {
            *days += 1;
        }
        for (channel, count) in firsts {
            let (_, stages) = crate::profile::slot(
                &mut self.kinds,
                channel,
                |kind| kind.0,
                |channel| (channel, [0; STAGES]),
            );
            if let Some(sum) = stages.get_mut(stage) {
                *sum += count as u64;
            }
        }
    }
}

impl Firsts {
    /// Forgets by `decay` and adds a day.
    pub(crate) fn push(&mut self, day: &FirstsDay, decay: f64) {
        let add = |stages: &mut Stages, more: &[u64; STAGES]| {
            for (sum, more) in stages.iter_mut().zip(more) {
                *sum += *more as f64;
            }
        };
        let all = std::iter::once(&mut self.days).chain(self.kinds.iter_mut().map(|kind| &mut kind.1));
        all.flatten().for_each(|sum| *sum *= decay);
        add(&mut self.days, &day.days);
        for (channel, more) in &day.kinds {
            let empty = |channel| (channel, Stages::default());
            let (_, stages) = crate::profile::slot(&mut self.kinds, *channel, |kind| kind.0, empty);
            add(stages, more);
        }
    }

    /// First uses per day in each stage, relative to all stages together.
    fn rates(&self, channel: u8) -> Stages {
        let mut rates = [1.0; STAGES];
        let at = self.kinds.binary_search_by_key(&channel, |kind| kind.0);
        let Some((_, firsts)) = at.ok().and_then(|at| self.kinds.get(at)) else {
            return rates;
        };
        let days: f64 = self.days.iter().sum();
        let all = firsts.iter().sum::<f64>() / days;
        if all > 0.0 {
            for (rate, (firsts, days)) in rates.iter_mut().zip(firsts.iter().zip(self.days)) {
                *rate = (firsts / all + SHARED_DAYS) / (days + SHARED_DAYS);
            }
        }
        rates
    }

    /// How many first uses are usual on a day of somebody of whom `known` active days are known, relative to everybody, and to
    /// how many such days the known ones amount, faded by `decay` a day.
    pub(crate) fn of(&self, channel: u8, known: u32, decay: f64) -> (f64, f64) {
        let rates = self.rates(channel);
        let now = rates.get(stage(known)).copied().unwrap_or(1.0);
        let mut sum = 0.0;
        for (stage, rate) in rates.iter().enumerate() {
            // Of the days 1 to `known` - 1 those of this stage; the last of all has weight 1.
            let (first, after) = (
                1_u32 << stage,
                if stage + 1 < STAGES { 2 << stage } else { u32::MAX },
            );
            let after = after.min(known);
            if first < after {
                let age = |day: u32| decay.powf(f64::from(known - day));
                sum += rate * (age(after) - age(first)) / (1.0 - decay);
            }
        }
        let all = (1.0 - decay.powf(f64::from(known))) / (1.0 - decay);
        (now, sum / (now * all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: u8 = 90;

    /// People of all ages whose first uses thin out as 8 / (known days).
    fn thinning() -> Firsts {
        let mut firsts = Firsts::default();
        for _ in 0..50 {
            let mut day = FirstsDay::default();
            for known in 1..200 {
                day.person(known, std::iter::once((KIND, f64::from(8_u32.div_ceil(known)))));
            }
            firsts.push(&day, 0.99);
        }
        firsts
    }

    #[test]
    fn the_new_meet_more_new_things_than_the_old() {
        let firsts = thinning();
        let usual = |known| firsts.of(KIND, known, 0.98).0;
        assert!(usual(1) > 1.5 * usual(3) && usual(3) > 1.3 * usual(7) && usual(7) > usual(30));
        assert!((usual(64) - usual(5_000)).abs() < 1e-12);
    }

    #[test]
    fn known_days_count_by_what_was_usual_on_them() {
        let firsts = thinning();
        for known in [2, 5, 9, 40, 100] {
            let (now, days) = firsts.of(KIND, known, 0.98);
            // By hand, day after day.
            let weight = |day: u32| 0.98_f64.powf(f64::from(known - 1 - day));
            let all: f64 = (0..known).map(weight).sum();
            let usual: f64 = (1..known)
                .map(|day| weight(day) * firsts.of(KIND, day, 0.98).0)
                .sum();
            assert!((days - usual / now / all).abs() < 1e-9, "{known}: {days}");
        }
    }

    #[test]
    fn without_counts_every_day_is_alike() {
        let (now, days) = Firsts::default().of(KIND, 50, 0.98);
        assert!(
            (now - 1.0).abs() < 1e-12 && (0.9..=1.0).contains(&days),
            "{now} {days}"
        );
        let mut day = FirstsDay::default();
        day.person(0, std::iter::once((KIND, 100.0)));
        let mut firsts = Firsts::default();
        firsts.push(&day, 0.99);
        assert_eq!(firsts.of(KIND, 50, 0.98).0, 1.0, "a first day says nothing");
    }
}
