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
use tandem_domain::{Day, Indicator, IndicatorGroup, IndicatorId, Threat, Timestamp};

use crate::model::{
    ALERT_GATE, Bands, EXPOSURE_CAP, HUMAN_CAP, MITIGATION_CAP, Model, PRIOR, REPEAT_EXPONENT,
};
use crate::stage::sequence_bonus;

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
    /// Highest impact among the objects touched, 0 to 3.
    pub impact: u8,
    /// What would lower the score.
    pub would_lower: Vec<String>,
}

struct Weighed<'a> {
    indicator: &'a Indicator,
    /// Faded and damped for repetition, before caps and mitigation; positive for mitigation too.
    amount: f64,
}

/// The score alone, decibans; see [`explain`].
pub fn score(model: &Model, indicators: &[Indicator], exposure: f64, at: Timestamp) -> f64 {
    explain(model, indicators, exposure, at).score
}

/// Weighs everything known about one subject at `at`.
///
/// `indicators` may hold any subset and order of the subject's indicators; those that happened or became known after `at`
/// are not used. `exposure` is what the person could harm, decibans, 0 to 5.
pub fn explain(model: &Model, indicators: &[Indicator], exposure: f64, at: Timestamp) -> Explanation {
    let usable = usable(indicators, at);
    let groups: BTreeMap<IndicatorGroup, Vec<Weighed<'_>>> = IndicatorGroup::ALL
        .iter()
        .map(|group| (*group, weigh(&usable, *group, at)))
        .collect();
    let raw = |group| {
        groups
            .get(&group)
            .map_or(0.0, |list| list.iter().map(|w| w.amount).sum::<f64>())
    };
    let offsettable: f64 = IndicatorGroup::ALL
        .iter()
        .filter(|g| Model::group(**g).offset_by_mitigation)
        .map(|g| raw(*g))
        .sum();
    let mitigation = raw(IndicatorGroup::Mitigation).min(MITIGATION_CAP);
    let rho = if offsettable > 0.0 {
        (1.0 - mitigation / offsettable).max(0.0)
    } else {
        1.0
    };
    let (sequence, path) = sequence_bonus(&usable, at);

    let before = Applied::of(&raw, 1.0);
    let after = Applied::of(&raw, rho);
    let exposure = exposure.clamp(0.0, EXPOSURE_CAP);

    let mut rows = vec![fixed_row(
        RowKind::Prior,
        "where everybody starts: odds of 1 in 1,000",
        PRIOR,
    )];
    if exposure > 0.0 {
        rows.push(fixed_row(
            RowKind::Exposure,
            "what this person's rights could harm",
            exposure,
        ));
    }
    let mut body = indicator_rows(&groups, at);
    body.extend(cap_rows(&raw, &before));
    if sequence > 0.0 {
        body.push(fixed_row(RowKind::Sequence, &sequence_title(&path), sequence));
    }
    let taken = before.total() + sequence - after.total() - rho * sequence;
    body.extend(mitigation_rows(&groups, taken, at));
    body.sort_by(|a, b| {
        b.contribution
            .abs()
            .total_cmp(&a.contribution.abs())
            .then_with(|| a.indicator.cmp(&b.indicator))
    });
    rows.extend(body);

    let score = PRIOR + exposure + after.total() + rho * sequence;
    let technical = after.get(IndicatorGroup::Behaviour) + after.get(IndicatorGroup::Fact);
    Explanation {
        at,
        score,
        level: model.level(score),
        bands: model.bands,
        prior: PRIOR,
        sequence_bonus: rho * sequence,
        alert_gate: Gate {
            technical,
            needed: ALERT_GATE,
            open: technical >= ALERT_GATE,
        },
        groups: group_totals(&raw, &after, taken),
        threats: threat_shares(&groups),
        impact: usable
            .iter()
            .filter(|i| i.weight > 0.0)
            .map(|i| i.impact)
            .max()
            .unwrap_or(0),
        would_lower: would_lower(&groups, rho),
        rows,
    }
}

/// What had happened, was known and still holds at `at`, in a fixed order.
fn usable(indicators: &[Indicator], at: Timestamp) -> Vec<&Indicator> {
    let mut usable: Vec<_> = indicators
        .iter()
        .filter(|i| {
            i.time <= at && i.known <= at && i.until.is_none_or(|until| at <= until) && i.weight.is_finite()
        })
        .collect();
    // Of what happened at one instant the earlier stage goes first. Ids come from pseudonyms, which are drawn at random:
    // they may not decide how far somebody seems to have come.
    usable.sort_by(|a, b| {
        let when = (a.time, a.stage).cmp(&(b.time, b.stage));
        when.then_with(|| (&a.detector, a.id).cmp(&(&b.detector, b.id)))
    });
    usable.dedup_by_key(|i| i.id);
    usable
}

/// One group's indicators with what each adds now: faded, once per detector and day, damped for repetition.
fn weigh<'a>(usable: &[&'a Indicator], group: IndicatorGroup, at: Timestamp) -> Vec<Weighed<'a>> {
    let half_life = Model::group(group).half_life_days;
    let mut by_detector: BTreeMap<&str, BTreeMap<Day, Weighed<'a>>> = BTreeMap::new();
    for indicator in usable.iter().filter(|i| i.group == group) {
        let weight = if group == IndicatorGroup::Mitigation {
            -indicator.weight
        } else {
            indicator.weight
        };
        let fade = half_life.map_or(1.0, |h| 0.5_f64.powf(at.days_since(indicator.time).max(0.0) / h));
        let weighed = Weighed {
            indicator,
            amount: weight.max(0.0) * fade,
        };
        let days = by_detector.entry(indicator.detector.as_str()).or_default();
        let kept = days.entry(indicator.time.day());
        kept.and_modify(|k| {
            if weighed.amount > k.amount {
                *k = Weighed { ..weighed };
            }
        })
        .or_insert(weighed);
    }
    let mut all = Vec::new();
    for days in by_detector.into_values() {
        let mut list: Vec<_> = days.into_values().collect();
        list.sort_by(|a, b| {
            b.amount
                .total_cmp(&a.amount)
                .then_with(|| a.indicator.id.cmp(&b.indicator.id))
        });
        for (k, weighed) in list.iter_mut().enumerate() {
            weighed.amount /= ((k + 1) as f64).powf(REPEAT_EXPONENT);
        }
        all.extend(list);
    }
    all
}

/// What each group adds after caps.
struct Applied(BTreeMap<IndicatorGroup, f64>);

const HUMAN: [IndicatorGroup; 3] = [
    IndicatorGroup::Employment,
    IndicatorGroup::RedFlag,
    IndicatorGroup::Hotline,
];

impl Applied {
    fn of(raw: &impl Fn(IndicatorGroup) -> f64, rho: f64) -> Self {
        let mut applied = BTreeMap::new();
        for group in IndicatorGroup::ALL
            .iter()
            .filter(|g| **g != IndicatorGroup::Mitigation)
        {
            let model = Model::group(*group);
            let factor = if model.offset_by_mitigation { rho } else { 1.0 };
            applied.insert(*group, (raw(*group) * factor).min(model.cap));
        }
        let human: f64 = HUMAN.iter().filter_map(|g| applied.get(g)).sum();
        if human > HUMAN_CAP {
            for group in HUMAN {
                applied.entry(group).and_modify(|v| *v *= HUMAN_CAP / human);
            }
        }
        Self(applied)
    }

    fn get(&self, group: IndicatorGroup) -> f64 {
        self.0.get(&group).copied().unwrap_or(0.0)
    }

    fn total(&self) -> f64 {
        self.0.values().sum()
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

fn indicator_row(weighed: &Weighed<'_>, contribution: f64, at: Timestamp) -> Row {
    Row {
        indicator: Some(weighed.indicator.id),
        kind: RowKind::Indicator,
        group: Some(weighed.indicator.group),
        title: weighed.indicator.title.clone(),
        weight_then: weighed.indicator.weight,
        age_days: Some(at.days_since(weighed.indicator.time)),
        contribution,
    }
}

fn indicator_rows(groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>, at: Timestamp) -> Vec<Row> {
    groups
        .iter()
        .filter(|(group, _)| **group != IndicatorGroup::Mitigation)
        .flat_map(|(_, list)| list)
        .filter(|weighed| weighed.amount > 0.0)
        .map(|weighed| indicator_row(weighed, weighed.amount, at))
        .collect()
}

fn cap_rows(raw: &impl Fn(IndicatorGroup) -> f64, before: &Applied) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in IndicatorGroup::ALL
        .iter()
        .filter(|g| **g != IndicatorGroup::Mitigation)
    {
        let taken = raw(*group) - before.get(*group);
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
        .map(|w| indicator_row(w, -taken * w.amount / sum, at))
        .collect()
}

fn group_totals(raw: &impl Fn(IndicatorGroup) -> f64, after: &Applied, taken: f64) -> Vec<GroupTotal> {
    IndicatorGroup::ALL
        .iter()
        .map(|group| {
            let mitigation = *group == IndicatorGroup::Mitigation;
            GroupTotal {
                group: *group,
                raw: if mitigation { -raw(*group) } else { raw(*group) },
                applied: if mitigation { -taken } else { after.get(*group) },
                cap: if mitigation {
                    -MITIGATION_CAP
                } else {
                    Model::group(*group).cap
                },
            }
        })
        .collect()
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

fn would_lower(groups: &BTreeMap<IndicatorGroup, Vec<Weighed<'_>>>, rho: f64) -> Vec<String> {
    let present = |group| {
        groups
            .get(&group)
            .is_some_and(|list| list.iter().any(|w| w.amount > 0.0))
    };
    let mut ways = Vec::new();
    if present(IndicatorGroup::Fact) || present(IndicatorGroup::Behaviour) {
        if rho > 0.0 {
            ways.push(
                "an approved ticket, project or hand-over that explains the acts (up to −15 dB)".to_owned(),
            );
        }
        ways.push("time without new evidence: behaviour halves in 14 days, rule facts in 30".to_owned());
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
