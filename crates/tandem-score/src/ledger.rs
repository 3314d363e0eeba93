//! The evidence ledger.
//!
//! For one subject at time t, in decibans:
//!
//! ```text
//! L(t) = prior + exposure + Σ_g applied_g(t) + ρ(t)·sequence(t)
//! S_g(t)      = Σ_detectors Σ_k x_(k)(t) / k^1.5      x = weight · 2^(−age / half-life of g), heaviest first,
//!                                                     one indicator per detector and day (correlated evidence counts once)
//! ρ(t)        = max(0, 1 − min(cap_M, S_M(t)) / Σ S_g)  over the groups that mitigation offsets
//! applied_g   = min(cap_g, ρ·S_g)                       (ρ = 1 for states: access rights, employment)
//! ```
//!
//! and employment + red flags + hotline together are scaled down to at most 12. All half-lives inside one group are equal
//! and none is longer than mitigation's; that is why time alone can never raise the score: every S_g falls, and
//! S_M / Σ S_g cannot fall.

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::alert::RiskLevel;
use tandem_domain::{Indicator, IndicatorGroup, IndicatorId, Threat, Timestamp};

use crate::impact::Impact;
use crate::model::{Bands, Model, PRIOR};
use crate::weigh::{Applied, Weighed, Weighing};

/// What a row of an explanation stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// The score of somebody of whom nothing is known.
    Prior,
    /// What the person could harm.
    Exposure,
    /// One indicator's share (negative for mitigation).
    Indicator,
    /// What a cap took away.
    Cap,
    /// Stages reached in order.
    Sequence,
}

/// One row; the contributions of all rows add up to the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The indicator, for rows of that kind.
    pub indicator: Option<IndicatorId>,
    /// What the row stands for.
    pub kind: RowKind,
    /// The group, for indicators and caps.
    pub group: Option<IndicatorGroup>,
    /// In plain words.
    pub title: String,
    /// The indicator's weight when it happened, decibans.
    pub weight_then: f64,
    /// Days since then.
    pub age_days: Option<f64>,
    /// What it adds now, decibans.
    pub contribution: f64,
}

/// One group's sum before and after caps and mitigation, decibans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupTotal {
    /// The group.
    pub group: IndicatorGroup,
    /// Sum of faded weights.
    pub raw: f64,
    /// What is added to the score.
    pub applied: f64,
    /// Most it may add.
    pub cap: f64,
}

/// Whether technical evidence suffices for an alert.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gate {
    /// Behaviour plus facts after caps and mitigation, decibans.
    pub technical: f64,
    /// What is needed.
    pub needed: f64,
    /// True if an alert may be raised.
    pub open: bool,
}

/// A threat's share of the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThreatShare {
    /// The threat.
    pub threat: Threat,
    /// 0 to 1; the shares add up to 1.
    pub share: f64,
}

/// A score and why it is what it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The moment it holds for.
    pub at: Timestamp,
    /// Decibans.
    pub score: f64,
    /// Its band.
    pub level: RiskLevel,
    /// Where the bands begin.
    pub bands: Bands,
    /// Start value.
    pub prior: f64,
    /// What ordered stages add.
    pub sequence_bonus: f64,
    /// Whether an alert may be raised.
    pub alert_gate: Gate,
    /// Totals by group.
    pub groups: Vec<GroupTotal>,
    /// Rows that add up to the score, heaviest first after prior and exposure.
    pub rows: Vec<Row>,
    /// Which threats the evidence points to, likeliest first.
    pub threats: Vec<ThreatShare>,
    /// How much harm would be done: kept apart from the score, never multiplied with it.
    pub impact: Impact,
    /// What would lower the score.
    pub would_lower: Vec<String>,
}

/// The score alone, decibans; see [`explain`].
pub fn score(model: &Model, indicators: &[Indicator], exposure: f64, at: Timestamp) -> f64 {
    Weighing::of(model, indicators, exposure, at).score()
}

/// Weighs everything known about one subject at `at`.
///
/// `indicators` may hold any subset and order of the subject's indicators; those that happened or became known after `at`
/// are not used. `exposure` is what the person could harm, decibans, 0 to 5.
pub fn explain(model: &Model, indicators: &[Indicator], exposure: f64, at: Timestamp) -> Explanation {
    let weighing = Weighing::of(model, indicators, exposure, at);
    let groups = &weighing.groups;
    let sequence = weighing.sequence;
    let mut rows = vec![fixed_row(
        RowKind::Prior,
        "where everybody starts: odds of 1 in 1,000",
        PRIOR,
    )];
    if weighing.exposure > 0.0 {
        rows.push(fixed_row(
            RowKind::Exposure,
            "what this person's rights could harm",
            weighing.exposure,
        ));
    }
    let mut body = indicator_rows(model, groups, at);
    let before = weighing.applied(1.0);
    body.extend(cap_rows(&weighing, &before));
    if sequence > 0.0 {
        body.push(fixed_row(
            RowKind::Sequence,
            &sequence_title(&weighing.path),
            sequence,
        ));
    }
    let after = &weighing.after;
    let taken = before.total() + sequence - after.total() - weighing.rho * sequence;
    body.extend(mitigation_rows(model, groups, taken, at));
    body.sort_by(|a, b| {
        b.contribution
            .abs()
            .total_cmp(&a.contribution.abs())
            .then_with(|| a.indicator.cmp(&b.indicator))
    });
    rows.extend(body);

    let score = weighing.score();
    Explanation {
        at,
        score,
        level: model.level(score),
        bands: model.bands,
        prior: PRIOR,
        sequence_bonus: weighing.rho * sequence,
        alert_gate: weighing.gate(),
        groups: group_totals(model, &weighing, taken),
        threats: threat_shares(groups),
        impact: Impact::of(model, &weighing.usable, weighing.exposure),
        would_lower: would_lower(model, groups, weighing.rho),
        rows,
    }
}

fn fixed_row(kind: RowKind, title: &str, contribution: f64) -> Row {
    Row {
        indicator: None,
        kind,
        group: None,
        title: title.to_owned(),
        weight_then: contribution,
        age_days: None,
        contribution,
    }
}

fn indicator_row(model: &Model, weighed: &Weighed<'_>, contribution: f64, at: Timestamp) -> Row {
    Row {
        indicator: Some(weighed.indicator.id),
        kind: RowKind::Indicator,
        group: Some(weighed.indicator.group),
        title: weighed.indicator.title.clone(),
        weight_then: model.signed_weight(weighed.indicator),
        age_days: Some(at.days_since(weighed.indicator.time)),
        contribution,
    }
}

fn indicator_rows(
    model: &Model,
    groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>,
    at: Timestamp,
) -> Vec<Row> {
    groups
        .iter()
        .filter(|(group, _)| **group != IndicatorGroup::Mitigation)
        .flat_map(|(_, list)| list)
        .filter(|weighed| weighed.amount > 0.0)
        .map(|weighed| indicator_row(model, weighed, weighed.amount, at))
        .collect()
}

fn cap_rows(weighing: &Weighing<'_>, before: &Applied) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in IndicatorGroup::ALL
        .iter()
        .filter(|g| **g != IndicatorGroup::Mitigation)
    {
        let taken = weighing.raw(*group) - before.get(*group);
        if taken > 1e-9 {
            let title = format!(
                "{} is capped, so that no one kind of evidence dominates",
                group_words(*group)
            );
            rows.push(Row {
                group: Some(*group),
                ..fixed_row(RowKind::Cap, &title, -taken)
            });
        }
    }
    rows
}

/// What mitigation took away, shared among the mitigations by their amounts.
fn mitigation_rows(
    model: &Model,
    groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>,
    taken: f64,
    at: Timestamp,
) -> Vec<Row> {
    let list = groups
        .get(&IndicatorGroup::Mitigation)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let sum: f64 = list.iter().map(|w| w.amount).sum();
    if sum <= 0.0 {
        return Vec::new();
    }
    list.iter()
        .filter(|w| w.amount > 0.0)
        .map(|w| indicator_row(model, w, -taken * w.amount / sum, at))
        .collect()
}

fn group_totals(model: &Model, weighing: &Weighing<'_>, taken: f64) -> Vec<GroupTotal> {
    IndicatorGroup::ALL
        .iter()
        .map(|group| {
            let (raw, cap) = (weighing.raw(*group), model.of(*group).cap);
            let mitigation = *group == IndicatorGroup::Mitigation;
            GroupTotal {
                group: *group,
                raw: if mitigation { -raw } else { raw },
                applied: if mitigation {
                    -taken
                } else {
                    weighing.after.get(*group)
                },
                cap: if mitigation { -cap } else { cap },
            }
        })
        .collect()
}

/// The threat that the evidence points to most.
pub(crate) fn likeliest_threat(groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>) -> Option<Threat> {
    threat_shares(groups).first().map(|share| share.threat)
}

fn threat_shares(groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>) -> Vec<ThreatShare> {
    let mut sums: BTreeMap<Threat, f64> = BTreeMap::new();
    for weighed in groups
        .iter()
        .filter(|(g, _)| **g != IndicatorGroup::Mitigation)
        .flat_map(|(_, list)| list)
    {
        let threats = &weighed.indicator.threats;
        for threat in threats {
            *sums.entry(*threat).or_default() += weighed.amount / threats.len() as f64;
        }
    }
    let total: f64 = sums.values().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let mut shares: Vec<_> = sums
        .into_iter()
        .map(|(threat, sum)| ThreatShare {
            threat,
            share: sum / total,
        })
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.threat.cmp(&b.threat)));
    shares
}

fn would_lower(model: &Model, groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>, rho: f64) -> Vec<String> {
    let present = |group| {
        groups
            .get(&group)
            .is_some_and(|list| list.iter().any(|w| w.amount > 0.0))
    };
    let mut ways = Vec::new();
    if present(IndicatorGroup::Fact) || present(IndicatorGroup::Behaviour) {
        if rho > 0.0 {
            ways.push(format!(
                "an approved ticket, project or hand-over that explains the acts (up to −{} dB)",
                model.groups.mitigation.cap
            ));
        }
        ways.push(format!(
            "time without new evidence: behaviour halves in {} days, rule facts in {}",
            model.groups.behaviour.half_life_days, model.groups.fact.half_life_days
        ));
    }
    if present(IndicatorGroup::Access) {
        ways.push("removing the excess rights: their share goes to zero at once".to_owned());
    }
    if present(IndicatorGroup::Employment)
        || present(IndicatorGroup::RedFlag)
        || present(IndicatorGroup::Hotline)
    {
        ways.push("a talk and an offer of support, recorded as such".to_owned());
    }
    if ways.is_empty() {
        ways.push("nothing: there is no evidence to lower".to_owned());
    }
    ways
}

/// A group in plain words.
pub const fn group_words(group: IndicatorGroup) -> &'static str {
    match group {
        IndicatorGroup::Behaviour => "departure from usual behaviour",
        IndicatorGroup::Fact => "rule and policy facts",
        IndicatorGroup::Access => "state of access rights",
        IndicatorGroup::Employment => "employment context",
        IndicatorGroup::RedFlag => "confirmed red flags",
        IndicatorGroup::Hotline => "corroborated hotline reports",
        IndicatorGroup::Mitigation => "mitigation",
    }
}

fn sequence_title(path: &[(tandem_domain::Stage, Timestamp)]) -> String {
    let stages: Vec<_> = path
        .iter()
        .map(|(stage, _)| stage.as_str().replace('_', "-"))
        .collect();
    format!("stages in order: {}", stages.join(" → "))
}
