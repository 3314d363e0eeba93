//! Cold start: what if little is known of people? All insiders and three in ten of the others get only twelve calendar days of
//! history: nothing of them is shown before.
//!
//! The truth is used to set the scene, which is why this runs after everything else; the scores know nothing of it.

use std::collections::BTreeMap;

use tandem_baseline::Settings;
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::data::DataSet;
use super::data::labels::Labels;
use super::metrics::{self, Figures, Method};
use super::scoring::{Part, Scored};
use super::simple;

/// Calendar days of history.
const HISTORY: i32 = 12;
/// Of 1,000 benign people, those who are new as well.
const NEW_BENIGN: u64 = 300;
/// Seed of who is new, and since when.
const SEED: u64 = 12;

/// Scores once more and adds the figures of being caught, under names that begin with `cold_start_`.
pub fn add(set: &DataSet, settings: &Settings, labels: &Labels, figures: &mut Figures) {
    let since = since(set, labels);
    let part = Part {
        until: None,
        since: Some(&since),
    };
    let scored = Scored::new(set, settings, part);
    let methods = [
        Method::new("", scored.own_ranking()),
        Method::new("zmax_", simple::z_max(&set.activity, set.first_judged(), &since)),
    ];
    for method in &methods {
        metrics::caught(method, "cold_start_", labels, figures);
    }
}

/// The day from which each new person is shown: of insiders twelve days before the first malicious one, of others twelve days
/// before some judged day.
fn since(set: &DataSet, labels: &Labels) -> BTreeMap<String, Day> {
    let first = set.first_judged();
    let last = set.activity.span().map_or(first, |(_, last)| last);
    let mut since = BTreeMap::new();
    for person in set.activity.people() {
        let chance = |salt: u64| xxh3_64_with_seed(person.as_bytes(), SEED ^ salt << 32);
        if let Some(malicious) = labels.visible.get(person).and_then(|days| days.first()) {
            since.insert(person.to_owned(), malicious.plus(-HISTORY));
        } else if chance(1) % 1_000 < NEW_BENIGN {
            let days = u64::from((last.0 - first.0).max(0).unsigned_abs()) + 1;
            let day = i32::try_from(chance(2) % days).unwrap_or(0);
            since.insert(person.to_owned(), first.plus(day - HISTORY));
        }
    }
    since
}
