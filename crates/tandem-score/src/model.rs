//! The model's constants: weights, half-lives, caps and bands.
//!
//! They are expert starting values (no data exists to fit them); people's verdicts are to update them later.

use serde::{Deserialize, Serialize};
use tandem_domain::IndicatorGroup;
use tandem_domain::alert::RiskLevel;

/// Score of a subject of whom nothing is known: −30 decibans, odds of 1 in 1,000.
pub const PRIOR: f64 = -30.0;
/// Most that exposure (what the person could harm by their rights) may add to the prior, decibans.
pub const EXPOSURE_CAP: f64 = 5.0;
/// Technical evidence (behaviour and facts) an alert needs, decibans.
pub const ALERT_GATE: f64 = 7.0;
/// Most that employment context, red flags and hotline reports may add together, decibans.
pub const HUMAN_CAP: f64 = 12.0;
/// Most that mitigation may take away, decibans.
pub const MITIGATION_CAP: f64 = 15.0;
/// Half-life of mitigation in days. It is at least as long as that of any evidence it offsets, so that a score cannot rise
/// again merely because an explanation fades faster than what it explained.
pub const MITIGATION_HALF_LIFE: f64 = 60.0;
/// Each further stage reached in order adds this much, decibans.
pub const STAGE_BONUS: f64 = 3.0;
/// Most that the sequence of stages may add, decibans.
pub const STAGE_BONUS_CAP: f64 = 9.0;
/// A stage counts as following another if it came at most this many days later; also the bonus's half-life.
pub const STAGE_WINDOW_DAYS: f64 = 30.0;
/// The k-th heaviest indicator of one detector counts with weight k^−1.5, so one detector can never count more than
/// ζ(1.5) ≈ 2.61 times its heaviest indicator.
pub const REPEAT_EXPONENT: f64 = 1.5;
/// Most one day's behaviour may weigh, decibans.
pub const BEHAVIOUR_DAY_CAP: f64 = 21.0;
/// A day whose combined p-value is above this adds nothing.
pub const BEHAVIOUR_P: f64 = 0.05;

/// How a ledger group is treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupModel {
    /// Most the group may add, decibans.
    pub cap: f64,
    /// Half-life in days; `None` for states that hold until they end.
    pub half_life_days: Option<f64>,
    /// Mitigation offsets this group.
    pub offset_by_mitigation: bool,
}

/// Where the bands begin, decibans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// At or above: keep in view (odds 1 in 100).
    pub watch: f64,
    /// At or above: a person should look (odds 1 in 10).
    pub review: f64,
    /// At or above: a person should look today (even odds).
    pub act: f64,
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            watch: -20.0,
            review: -10.0,
            act: 0.0,
        }
    }
}

/// The whole model.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// Where the bands begin.
    pub bands: Bands,
}

impl Model {
    /// The band of a score.
    pub fn level(&self, score: f64) -> RiskLevel {
        if score >= self.bands.act {
            RiskLevel::Act
        } else if score >= self.bands.review {
            RiskLevel::Review
        } else if score >= self.bands.watch {
            RiskLevel::Watch
        } else {
            RiskLevel::Low
        }
    }

    /// How a group is treated.
    pub const fn group(group: IndicatorGroup) -> GroupModel {
        let (cap, half_life_days, offset_by_mitigation) = match group {
            IndicatorGroup::Behaviour => (25.0, Some(14.0), true),
            IndicatorGroup::Fact => (30.0, Some(30.0), true),
            IndicatorGroup::Access => (8.0, None, false),
            IndicatorGroup::Employment => (6.0, None, false),
            IndicatorGroup::RedFlag => (8.0, Some(45.0), true),
            IndicatorGroup::Hotline => (8.0, Some(60.0), true),
            IndicatorGroup::Mitigation => (MITIGATION_CAP, Some(MITIGATION_HALF_LIFE), false),
        };
        GroupModel {
            cap,
            half_life_days,
            offset_by_mitigation,
        }
    }
}

/// Weight of one day's behaviour with combined p-value `p`, decibans: ten times the base-10 logarithm of the e-value
/// `(1 − p + p ln p) / (p ln² p)` (Vovk & Wang 2021, "E-values: calibration, combination and applications"), at most
/// [`BEHAVIOUR_DAY_CAP`], zero above [`BEHAVIOUR_P`] or for a `p` that is no probability.
pub fn behaviour_weight(p: f64) -> f64 {
    if !(p > 0.0 && p <= BEHAVIOUR_P) {
        return if p == 0.0 { BEHAVIOUR_DAY_CAP } else { 0.0 };
    }
    let ln_p = p.ln();
    let e_value = (1.0 - p + p * ln_p) / (p * ln_p * ln_p);
    (10.0 * e_value.log10()).clamp(0.0, BEHAVIOUR_DAY_CAP)
}

/// Weight of a rule match by the rule's Sigma level, decibans.
pub fn fact_weight(level: &str) -> f64 {
    match level {
        "critical" => 20.0,
        "high" => 12.0,
        "medium" => 8.0,
        "low" => 4.0,
        _ => 0.0,
    }
}
