//! What a scored day leaves behind.

use std::collections::BTreeMap;

use tandem_domain::Day;

use super::measure::statistics;
use super::row::Row;
use super::{FUSED, FUSED_NEW, Profiles};
use crate::channel::{Channel, Flow};
use crate::peers::{FirstsDay, GroupDay};
use crate::population::{DaySums, Tally};
use crate::profile::{Subject, week_hour};
use crate::settings::decay;

/// Active days from which a subject's own rate says something about how people differ.
const KNOWN_DAYS: f32 = 5.0;

/// Largest p-value of a day that is learned from with less weight.
const MOST_WINSOR_P: f64 = 0.01;

impl Profiles {
    /// Learns from every row but those of people on leave.
    pub(super) fn learn(&mut self, day: Day, work: &[Row<'_>]) {
        let rows: Vec<&Row<'_>> = work.iter().filter(|row| !row.given.context.absent).collect();
        if rows.is_empty() {
            return;
        }
        // Among few people no rank is as small as `winsor_p`: there the strangest of the window's days count as unusual, once
        // the window is full and a rank says something.
        let full = self.days as usize >= self.settings.window_days;
        let finest = (2.0 / (self.window.people() as f64 + 1.0)).min(MOST_WINSOR_P);
        let unusual_p = self.settings.winsor_p.max(if full { finest } else { 0.0 });
        self.learn_population(&rows);
        let mut groups: BTreeMap<&str, GroupDay> = BTreeMap::new();
        let mut firsts = FirstsDay::default();
        for row in rows {
            self.learn_objects(day, row);
            let unusual = row.p < unusual_p;
            let weight = if unusual { self.settings.winsor_weight } else { 1.0 };
            let mut increment = row.features.increment.clone();
            increment.surprise.clone_from(&row.left);
            let settings = &self.settings;
            let followed = if increment.doubts_transitions() {
                settings.winsor_weight
            } else {
                1.0
            };
            self.subjects.change(row.given.subject, |subject| {
                // The groups learn how the day departs from the past before the day.
                learn_groups(&mut groups, &mut firsts, day, (row, followed), subject);
                subject.learn(day, row.given.activity, &increment, weight, settings);
            });
        }
        self.peers.push(groups, &firsts, &self.settings);
        self.popular.trim(day);
        self.records.end_day();
    }

    fn learn_objects(&mut self, day: Day, row: &Row<'_>) {
        let groups = row.given.peers.iter().copied().filter(|name| !name.is_empty());
        for group in groups.chain(std::iter::once("")) {
            self.records.add(group, row.given.activity.record_hashes());
            for object in row
                .given
                .activity
                .kinds()
                .iter()
                .flat_map(|part| part.objects.iter())
            {
                self.popular.add(group, object.hash, day);
            }
        }
    }

    fn learn_population(&mut self, rows: &[&Row<'_>]) {
        let mut tally = Tally::default();
        let mut sums = DaySums::new(Channel::COUNT);
        let mut own_sums = DaySums::new(Channel::COUNT);
        for row in rows {
            tally.person();
            for (channel, value) in row.left.iter().chain(&row.running) {
                tally.add(usize::from(*channel), *value);
            }
            for (statistic, value) in statistics(row) {
                tally.add(statistic, value);
            }
            tally.add(FUSED, row.fused);
            if !row.repeats {
                tally.add(FUSED_NEW, row.fused);
            }
            sums.add(&row.left);
            own_sums.add(&row.own);
        }
        let decay = decay(self.settings.population_half_life);
        self.window.push(&tally, self.settings.window_days);
        self.surprise.push(&sums, decay);
        self.own_surprise.push(&own_sums, decay);
    }
}

/// Adds a row to its groups and to everybody; `followed` is what its order of acts weighs.
fn learn_groups<'a>(
    groups: &mut BTreeMap<&'a str, GroupDay>,
    firsts: &mut FirstsDay,
    day: Day,
    (row, followed): (&Row<'a>, f64),
    subject: &Subject,
) {
    let increment = &row.features.increment;
    let names = row.given.peers.iter().copied().filter(|name| !name.is_empty());
    for name in names.chain(std::iter::once("")) {
        let group = groups.entry(name).or_default();
        add_person(group, day, row, subject);
        group.transitions.add(&increment.transitions, followed);
    }
    let everybody = groups.entry("").or_default();
    for (kind, share) in &increment.rarities {
        everybody.rarity(*kind, *share);
    }
    firsts.person(subject.days, increment.firsts());
}

fn add_person(group: &mut GroupDay, day: Day, row: &Row<'_>, subject: &Subject) {
    let known = Some(subject).filter(|subject| subject.fast_days >= KNOWN_DAYS);
    let increment = &row.features.increment;
    group.person(known.is_some());
    for count in &increment.counts {
        let rate = known.map(|subject| subject.mean(usize::from(count.channel)));
        group.acts(count.channel, count.capped, rate);
    }
    // Who did nothing on a channel today still tells how people differ.
    if let Some(subject) = known {
        for rate in &subject.rates {
            if increment
                .counts
                .binary_search_by_key(&rate.channel, |count| count.channel)
                .is_err()
            {
                group.acts(rate.channel, 0.0, Some(subject.mean(usize::from(rate.channel))));
            }
        }
    }
    for amount in &increment.volumes {
        group.volume(amount.channel, amount.capped);
    }
    for (hour, _) in row
        .given
        .activity
        .hours()
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
    {
        group.hour(week_hour(day, hour));
    }
    for (flow, today) in Flow::ALL.into_iter().zip(increment.flows) {
        let totals = subject.totals[flow as usize];
        group.total(flow, totals.month(today));
    }
}
