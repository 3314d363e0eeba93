//! Figures over the whole period, as other work reports them: nobody works through a list once in two years, so they compare
//! methods and say little about use.

use std::collections::BTreeSet;

use super::{Figures, Method, share};
use crate::behaviour::data::labels::Labels;
use crate::behaviour::ranking::Ranked;

/// Shares of all person-days looked at, in per mille.
const BUDGETS: [usize; 3] = [1, 10, 50];
/// Step of the daily budgets of Tuor et al. 2017.
const STEP: usize = 25;
/// Largest daily budgets summed to.
const CUMULATED: [usize; 3] = [100, 400, 1_000];
/// Share of benign person-days flagged, for recall at a false-positive rate.
const FALSE_POSITIVES: f64 = 0.05;

/// One person-day.
struct Judged<'a> {
    ranked: &'a Ranked,
    scenario: Option<u8>,
}

/// Adds all of them.
pub fn add(method: &Method, labels: &Labels, figures: &mut Figures) {
    let mut all: Vec<Judged<'_>> = Vec::new();
    for (day, people) in &method.ranking.days {
        for ranked in people {
            let shown = labels.shows(&ranked.person, *day);
            let scenario = shown.then(|| labels.scenario.get(&ranked.person).copied().unwrap_or(0));
            all.push(Judged { ranked, scenario });
        }
    }
    let prefix = method.prefix;
    figures.add(format!("{prefix}auc"), auc(&scores(&all, |s| s.is_some())));
    let scenarios: BTreeSet<u8> = labels.scenario.values().copied().collect();
    let each = scenarios
        .iter()
        .map(|scenario| auc(&scores(&all, |s| s == Some(*scenario))))
        .filter(|auc| auc.is_finite());
    let each: Vec<f64> = each.collect();
    figures.add(
        format!("{prefix}macro_auc"),
        each.iter().sum::<f64>() / each.len() as f64,
    );

    let order = |a: &Ranked, b: &Ranked| b.score.total_cmp(&a.score);
    all.sort_by(|a, b| order(a.ranked, b.ranked));
    let flags: Vec<bool> = all.iter().map(|judged| judged.scenario.is_some()).collect();
    let ties: Vec<bool> = all
        .windows(2)
        .map(|pair| order(pair[0].ranked, pair[1].ranked).is_eq())
        .collect();
    figures.add(
        format!("{prefix}average_precision"),
        average_precision(&flags, &ties),
    );
    figures.add(format!("{prefix}r_at_5_fpr"), recall_at(&flags, FALSE_POSITIVES));
    detection_rates(method, &all, labels, figures);
    cumulated(method, labels, figures);
}

fn scores(all: &[Judged<'_>], bad: impl Fn(Option<u8>) -> bool) -> Vec<(f64, bool)> {
    let judged = all
        .iter()
        .filter(|judged| judged.scenario.is_none() || bad(judged.scenario));
    judged
        .map(|judged| (judged.ranked.score, judged.scenario.is_some()))
        .collect()
}

/// Area under the ROC curve: the chance that a malicious person-day scores above a benign one, ties half.
fn auc(scores: &[(f64, bool)]) -> f64 {
    let mut all = scores.to_vec();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bad = all.iter().filter(|(_, bad)| *bad).count() as f64;
    let good = all.len() as f64 - bad;
    let mut ranks = 0.0;
    let mut at = 0;
    while at < all.len() {
        let same = all[at..].iter().take_while(|(score, _)| *score == all[at].0);
        let end = at + same.count();
        let tied_bad = all[at..end].iter().filter(|(_, bad)| *bad).count() as f64;
        ranks += tied_bad * ((at + end) as f64 + 1.0) / 2.0;
        at = end;
    }
    (ranks - bad * (bad + 1.0) / 2.0) / (bad * good)
}

/// Mean precision over the malicious ones, most unusual first; `ties[i]` says that `i` and the one after it are equal, and
/// equals count together.
fn average_precision(flags: &[bool], ties: &[bool]) -> f64 {
    let bad = flags.iter().filter(|bad| **bad).count() as f64;
    let (mut found, mut pending, mut sum) = (0.0, 0.0, 0.0);
    for (at, flag) in flags.iter().enumerate() {
        pending += f64::from(u8::from(*flag));
        if !ties.get(at).copied().unwrap_or(false) {
            found += pending;
            sum += pending * found / (at as f64 + 1.0);
            pending = 0.0;
        }
    }
    sum / bad
}

/// Share of the malicious ones above the point where `rate` of the benign ones are above it.
fn recall_at(flags: &[bool], rate: f64) -> f64 {
    let bad = flags.iter().filter(|bad| **bad).count();
    let mut left = ((flags.len() - bad) as f64 * rate) as usize;
    let mut found = 0;
    for flag in flags {
        if *flag {
            found += 1;
        } else if left == 0 {
            break;
        } else {
            left -= 1;
        }
    }
    found as f64 / bad as f64
}

/// Of the most unusual tenth of a per cent, per cent and five per cent of all person-days: which malicious days and which
/// insiders are among them (Le and Zincir-Heywood 2021).
fn detection_rates(method: &Method, all: &[Judged<'_>], labels: &Labels, figures: &mut Figures) {
    let days: usize = labels.visible.values().map(BTreeSet::len).sum();
    for budget in BUDGETS {
        let most = (all.len() * budget).div_ceil(1_000);
        let found = || all.iter().take(most).filter(|judged| judged.scenario.is_some());
        let people: BTreeSet<&str> = found().map(|judged| judged.ranked.person.as_str()).collect();
        let name = format!("{}dr_{}permille", method.prefix, budget);
        for (kind, found, of) in [
            ("days", found().count(), days),
            ("insiders", people.len(), labels.visible.len()),
        ] {
            share(&format!("{name}_{kind}"), found, of, figures);
        }
    }
}

/// CR-k: recall of malicious person-days at daily budgets of 25, 50, … k people, summed (Tuor et al. 2017), and the same as a
/// share of the most it can be (Garchery and Granitzer 2020).
fn cumulated(method: &Method, labels: &Labels, figures: &mut Figures) {
    let days: usize = labels.visible.values().map(BTreeSet::len).sum();
    let positions = method.ranking.positions(labels);
    for most in CUMULATED {
        let steps = most / STEP;
        let recall = |step: usize| {
            let within = positions.iter().filter(|(_, at)| *at <= step * STEP);
            within.count() as f64 / days as f64
        };
        let sum: f64 = (1..=steps).map(recall).sum();
        figures.add(format!("{}cr_{most}", method.prefix), sum);
        figures.add(
            format!("{}cr_{most}_normalised", method.prefix),
            sum / steps as f64,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_ties_half() {
        assert!((auc(&[(1.0, true), (1.0, false), (0.0, false)]) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn average_precision_is_that_of_the_book() {
        let flags = [true, false, true, false];
        let ties = [false, false, false];
        assert!((average_precision(&flags, &ties) - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        // All equal: the precision of taking everybody.
        assert!((average_precision(&flags, &[true, true, true]) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn recall_at_a_rate_stops_at_the_first_benign_one_too_many() {
        let mut flags = vec![true, false, true, false, true];
        flags.extend([false; 38]);
        // 40 benign ones: 5 % are two.
        assert!((recall_at(&flags, 0.05) - 1.0).abs() < 1e-12);
        assert!((recall_at(&flags, 0.025) - 2.0 / 3.0).abs() < 1e-12);
        assert!((recall_at(&flags, 0.0) - 1.0 / 3.0).abs() < 1e-12);
    }
}
