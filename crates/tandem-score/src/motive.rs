//! Why it may have happened: carelessness, not knowing better, or intent; and, behind intent, which reason.
//!
//! The response differs, so the view keeps them apart, from evidence only: each clue of [`clues`] speaks for or against a
//! cause, in decibans, fades with [`HALF_LIFE`], counts the k-th time with k^−1.5 and at most [`CLUE_CAP`] in all; a cause is
//! held between ±[`CAUSE_CAP`].
//!
//! **When it is not known.** With `b` the best cause's decibans and `s` the second best's, "not known" stands at
//! `u = max(6, s + 6)`. A share is `10^(x/10) − 1` of each positive `x` over the sum of all, so the shares and "not known" add
//! up to one, nothing but "not known" is left without evidence, and a cause is named exactly when it has at least 6 decibans
//! (four to one) itself and 6 more than any other.
//!
//! The view is never part of the score, and what it suggests is words for people, never an act.

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::{Indicator, IndicatorGroup, IndicatorId, Motive, Timestamp};

use crate::weigh::usable;

pub mod clues;
mod found;

use clues::{CLUES, Clue, Toward};

/// Decibans that a cause needs, and needs more than any other, to be named.
pub const NAMED_FROM: f64 = 6.0;
/// Most that one kind of clue adds to or takes from a cause, decibans.
pub const CLUE_CAP: f64 = 10.0;
/// Most that all clues add to or take from a cause, decibans.
pub const CAUSE_CAP: f64 = 25.0;
/// Half-life of a clue, days: that of mitigation, so that what explains does not fade before what it explains.
pub const HALF_LIFE: f64 = 60.0;

/// What somebody may have been about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Knows better, does not take care.
    Negligent,
    /// Does not know better.
    Ignorant,
    /// Means to.
    Malicious,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Negligent, Self::Ignorant, Self::Malicious];

    /// Its transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negligent => "negligent",
            Self::Ignorant => "ignorant",
            Self::Malicious => "malicious",
        }
    }
}

/// The reasons that may stand behind intent.
pub const REASONS: [Motive; 4] = [
    Motive::Grievance,
    Motive::Money,
    Motive::Ideology,
    Motive::Coercion,
];

/// One clue as it counts for one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spoken {
    /// In plain words.
    pub words: &'static str,
    /// Decibans; negative speaks against.
    pub decibans: f64,
    /// What it rests on, newest first.
    pub indicators: Vec<IndicatorId>,
}

/// How one cause stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseView {
    /// The cause.
    pub cause: Cause,
    /// Decibans after caps.
    pub decibans: f64,
    /// 0 to 1; with [`MotiveView::unknown`] they add up to 1.
    pub share: f64,
    /// What speaks for it, heaviest first.
    pub for_it: Vec<Spoken>,
    /// What speaks against it, heaviest first.
    pub against: Vec<Spoken>,
}

/// How one reason stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonView {
    /// The reason.
    pub reason: Motive,
    /// Decibans after caps.
    pub decibans: f64,
    /// 0 to 1; with [`MotiveView::reason_unknown`] they add up to 1.
    pub share: f64,
}

/// The whole view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MotiveView {
    /// The cause that may be named; `None` when it is not known.
    pub named: Option<Cause>,
    /// The causes.
    pub causes: Vec<CauseView>,
    /// Share of "not known".
    pub unknown: f64,
    /// The reason that may be named.
    pub reason: Option<Motive>,
    /// The reasons.
    pub reasons: Vec<ReasonView>,
    /// Share of "reason not known".
    pub reason_unknown: f64,
    /// What would be a fitting answer, in words; people decide.
    pub suggests: Vec<&'static str>,
}

/// What the evidence about one subject, as known at `at`, says of why.
///
/// What the reader may not see must be left out of `indicators` by the caller: a share would tell of it.
pub fn motive(indicators: &[Indicator], at: Timestamp) -> MotiveView {
    let usable = usable(indicators, at);
    let mut spoken: BTreeMap<Toward, Vec<Spoken>> = BTreeMap::new();
    for clue in CLUES {
        let found = found::of(&clue.about, &usable);
        let strength = strength(&found, at);
        if strength <= 0.0 {
            continue;
        }
        for (toward, decibans) in clue.toward {
            let list = spoken.entry(*toward).or_default();
            list.push(spoken_of(clue, *decibans, strength, &found));
        }
    }
    let total = |toward: Toward| -> f64 {
        let list = spoken.get(&toward).map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .map(|s| s.decibans)
            .sum::<f64>()
            .clamp(-CAUSE_CAP, CAUSE_CAP)
    };
    let causes = Cause::ALL.map(|cause| total(Toward::Cause(cause)));
    let reasons = REASONS.map(|reason| total(Toward::Reason(reason)));
    let (cause_shares, unknown) = shares(&causes);
    let (reason_shares, reason_unknown) = shares(&reasons);
    let named = named(&causes).and_then(|i| Cause::ALL.get(i).copied());
    let reason = named_reason(&reasons);
    MotiveView {
        named,
        causes: Cause::ALL
            .iter()
            .zip(causes.iter().zip(&cause_shares))
            .map(|(cause, (decibans, share))| cause_view(*cause, *decibans, *share, &spoken))
            .collect(),
        unknown,
        reason,
        reasons: REASONS
            .iter()
            .zip(reasons.iter().zip(&reason_shares))
            .map(|(reason, (decibans, share))| ReasonView {
                reason: *reason,
                decibans: *decibans,
                share: *share,
            })
            .collect(),
        reason_unknown,
        suggests: suggests(named, reason, &usable),
    }
}

fn spoken_of(clue: &Clue, decibans: f64, strength: f64, found: &[&Indicator]) -> Spoken {
    let mut newest: Vec<_> = found.iter().map(|i| (i.time, i.id)).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    Spoken {
        words: clue.words,
        decibans: (decibans * strength).clamp(-CLUE_CAP, CLUE_CAP),
        indicators: newest.into_iter().map(|(_, id)| id).take(20).collect(),
    }
}

/// How much a clue counts that was found in some indicators: once a day, faded, damped for repetition.
fn strength(found: &[&Indicator], at: Timestamp) -> f64 {
    let mut days: BTreeMap<tandem_domain::Day, f64> = BTreeMap::new();
    for indicator in found {
        let fade = 0.5_f64.powf(at.days_since(indicator.time).max(0.0) / HALF_LIFE);
        let kept = days.entry(indicator.time.day()).or_insert(fade);
        *kept = kept.max(fade);
    }
    let mut fades: Vec<f64> = days.into_values().collect();
    fades.sort_by(|a, b| b.total_cmp(a));
    let damped = |(k, fade): (usize, &f64)| fade / ((k + 1) as f64).powf(crate::model::REPEAT_EXPONENT);
    fades.iter().enumerate().map(damped).sum()
}

fn cause_view(cause: Cause, decibans: f64, share: f64, spoken: &BTreeMap<Toward, Vec<Spoken>>) -> CauseView {
    let all = spoken
        .get(&Toward::Cause(cause))
        .map(Vec::as_slice)
        .unwrap_or_default();
    let (mut for_it, mut against): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|s| s.decibans > 0.0);
    for_it.sort_by(|a, b| b.decibans.total_cmp(&a.decibans));
    against.sort_by(|a, b| a.decibans.total_cmp(&b.decibans));
    CauseView {
        cause,
        decibans,
        share,
        for_it,
        against,
    }
}

/// Where "not known" stands.
fn unknown_at(totals: &[f64]) -> f64 {
    let mut sorted = totals.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let second = sorted.get(1).copied().unwrap_or(0.0);
    NAMED_FROM.max(second + NAMED_FROM)
}

/// Shares of some totals and of "not known".
fn shares(totals: &[f64]) -> (Vec<f64>, f64) {
    let weight = |decibans: f64| {
        if decibans > 0.0 {
            10_f64.powf(decibans / 10.0) - 1.0
        } else {
            0.0
        }
    };
    let unknown = weight(unknown_at(totals));
    let sum = unknown + totals.iter().map(|t| weight(*t)).sum::<f64>();
    (totals.iter().map(|t| weight(*t) / sum).collect(), unknown / sum)
}

fn named(totals: &[f64]) -> Option<usize> {
    let needed = unknown_at(totals);
    totals.iter().position(|total| *total >= needed)
}

fn named_reason(totals: &[f64]) -> Option<Motive> {
    named(totals).and_then(|i| REASONS.get(i).copied())
}

/// Fitting answers in words.
fn suggests(named: Option<Cause>, reason: Option<Motive>, usable: &[&Indicator]) -> Vec<&'static str> {
    let has = |group| usable.iter().any(|i| i.group == group && i.weight > 0.0);
    let mut said = Vec::new();
    match named {
        Some(Cause::Negligent) => {
            said.push("Coach: talk through what happened, why it matters, and how it is done safely.");
            said.push("If it was coached before, let the manager agree with the person what changes.");
        }
        Some(Cause::Ignorant) => {
            said.push("Train: show the rule and the safe way; see whether others do not know it either.");
            said.push(
                "Check whether the safe way exists and is easy; a bad process makes people go round it.",
            );
        }
        Some(Cause::Malicious) => {
            said.push("Look into it together: open a case with both departments, and keep the evidence.");
            said.push("Before anything touches the person, both departments agree; hear the person first where it is safe.");
        }
        None if has(IndicatorGroup::Behaviour) || has(IndicatorGroup::Fact) => {
            said.push("Ask before judging: the manager, or the person, can often explain it in a minute.");
        }
        None => {}
    }
    if has(IndicatorGroup::Access) {
        said.push("Fix the permission: rights that are not needed are taken back, whatever the motive.");
    }
    match reason {
        Some(Motive::Coercion) => {
            said.push("Somebody may be pressing this person: protect and support come first.")
        }
        Some(Motive::Grievance) => said
            .push("Offer a talk about what went wrong at work; a grievance that is heard often ends there."),
        Some(Motive::Money) => said.push(
            "Have a second person check open payments, and say where help with money trouble is found.",
        ),
        _ => {}
    }
    said
}
