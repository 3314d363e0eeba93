//! The learned peer groups of a day's subjects, beside those that the organisation knows.

use std::collections::BTreeMap;

use tandem_domain::Day;

use super::{Profiles, Row};
use crate::communities::{Communities, is_learned_group, with_learned};
use crate::score::SubjectDay;

impl Profiles {
    /// The subject's learned peer group as of now: people who work with the same things. `None` for fewer than ten of them, or
    /// where groups are not learned.
    pub fn learned_group(&self, subject: &str) -> Option<String> {
        self.settings
            .learned_peers
            .then(|| self.communities.group_of(subject))
            .flatten()
    }

    /// The groups that somebody in `groups` (closest first) is compared with: the learned one only where the closest of the
    /// organisation has too few people. It is fed by all of its people all the same.
    pub(super) fn compared_with<'a>(&self, groups: &[&'a str]) -> Vec<&'a str> {
        let closest = groups.iter().find(|name| !name.is_empty());
        let enough = closest
            .filter(|name| !is_learned_group(name))
            .and_then(|name| self.peers.group(name))
            .is_some_and(|group| group.people() >= self.settings.least_peers);
        let kept = groups.iter().filter(|name| !enough || !is_learned_group(name));
        kept.copied().collect()
    }

    /// Learns peer groups from now on, or stops and forgets those that there are.
    pub fn learn_peers(&mut self, on: bool) {
        self.settings.learned_peers = on;
        if !on {
            self.communities = Communities::default();
            self.peers.retain(|name| !is_learned_group(name));
            self.records.retain(|name| !is_learned_group(name));
        }
    }

    /// Looks for communities at the beginning of a week, from the days before, and forgets groups that are no more.
    pub(super) fn look_for_communities(&mut self, day: Day) {
        if self.settings.learned_peers && self.communities.look(day) {
            let communities = &self.communities;
            self.peers.retain(|name| communities.has(name));
            self.records.retain(|name| communities.has(name));
        }
    }

    /// The learned group of each row.
    pub(super) fn learned_groups(&self, rows: &[SubjectDay<'_>]) -> Vec<Option<String>> {
        rows.iter().map(|row| self.learned_group(row.subject)).collect()
    }

    /// Who has come to work with other things for good is settling in, as after a change of role, if those people are whom they
    /// are compared with.
    pub(super) fn note_moves(&mut self, rows: &[SubjectDay<'_>]) {
        for row in rows {
            let moved = self.communities.has_moved(row.subject);
            if moved
                && is_learned_group(self.circle(&self.compared_with(row.peers)).name)
                && self.subjects.group(row.subject).is_some()
            {
                let settings = &self.settings;
                self.subjects
                    .change(row.subject, |subject| subject.change_role(settings));
            }
        }
    }

    /// Learns who works with what from everybody who is not on leave.
    pub(super) fn learn_links(&mut self, day: Day, rows: &[SubjectDay<'_>]) {
        if self.settings.learned_peers {
            let at_work = rows
                .iter()
                .filter(|row| !row.context.absent && !row.activity.is_empty());
            self.communities.learn(day, at_work);
        }
    }

    /// Subjects whose day is explained and who were compared with a learned group, with its name.
    pub(super) fn compared_with_learned(&self, work: &[Row<'_>]) -> BTreeMap<String, String> {
        work.iter()
            .filter(|row| row.p <= self.settings.explain_p && is_learned_group(row.circle.name))
            .map(|row| (row.given.subject.to_owned(), row.circle.name.to_owned()))
            .collect()
    }
}

/// The peer groups of each row, the learned one among them.
pub(super) fn peers<'a>(rows: &[SubjectDay<'a>], learned: &'a [Option<String>]) -> Vec<Vec<&'a str>> {
    rows.iter()
        .zip(learned)
        .map(|(row, learned)| with_learned(row.peers, learned.as_deref()))
        .collect()
}

/// The rows with these peer groups.
pub(super) fn rows<'a>(rows: &[SubjectDay<'a>], peers: &'a [Vec<&'a str>]) -> Vec<SubjectDay<'a>> {
    rows.iter()
        .zip(peers)
        .map(|(row, peers)| SubjectDay { peers, ..*row })
        .collect()
}
