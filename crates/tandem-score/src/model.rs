//! The model's parameters: weights, half-lives, caps and bands, with the values Tandem starts from.
//!
//! They are expert starting values (no data exists to fit them). A site may change them in its settings, within bounds that
//! keep the laws: [`Model::fault`] refuses what would let time alone raise a score. What is a hard rule is a constant here and
//! no setting: the start value, the gate, and what exposure and the human side may add at most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{Indicator, IndicatorGroup};

mod check;

pub use check::{Fault, LONGEST_HALF_LIFE};

/// Score of a subject of whom nothing is known: −30 decibans, odds of 1 in 1,000.
pub const PRIOR: f64 = -30.0;
/// Most that exposure (what the person could harm by their rights) may add to the prior, decibans.
pub const EXPOSURE_CAP: f64 = 5.0;
/// Technical evidence (behaviour and facts) an alert needs, decibans.
pub const ALERT_GATE: f64 = 7.0;
/// Most that employment context, red flags and hotline reports may add together, decibans.
pub const HUMAN_CAP: f64 = 12.0;
/// Most that mitigation may take away as Tandem starts, decibans.
pub const MITIGATION_CAP: f64 = 15.0;
/// Half-life of mitigation in days as Tandem starts. It is at least as long as that of any evidence it offsets, so that a score
/// cannot rise again merely because an explanation fades faster than what it explained.
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
/// An employment fact that ends loses its weight evenly over its last days, so that the score has no step on that day, days.
pub const EMPLOYMENT_FADE_DAYS: f64 = 30.0;
/// Evidence of which less than this is left may be forgotten, decibans: forgetting it moves no figure that is shown.
pub const FORGOTTEN: f64 = 0.01;

/// How a ledger group is treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupModel {
    /// Most the group may add, decibans.
    pub cap: f64,
    /// Half-life in days; `None` for states that hold until they end.
    pub half_life_days: Option<f64>,
    /// Mitigation offsets this group.
    pub offset_by_mitigation: bool,
    /// What every weight of the group is multiplied by.
    pub factor: f64,
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

/// What a match of a rule of each level weighs, decibans. Facts that other detectors make are weighed on the same scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Low.
    pub low: f64,
    /// Medium.
    pub medium: f64,
    /// High.
    pub high: f64,
    /// Critical.
    pub critical: f64,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            low: 4.0,
            medium: 8.0,
            high: 12.0,
            critical: 20.0,
        }
    }
}

impl Levels {
    /// What a fact counts whose weight on the starting scale is `nominal`: the line through (0, 0), (4, low), (8, medium),
    /// (12, high) and (20, critical), so that a heavier fact never counts less than a lighter one.
    fn counts(&self, nominal: f64) -> f64 {
        let start = Self::default();
        if *self == start {
            return nominal;
        }
        let steps = [
            (0.0, 0.0),
            (start.low, self.low),
            (start.medium, self.medium),
            (start.high, self.high),
            (start.critical, self.critical),
        ];
        for pair in steps.windows(2) {
            let [(x0, y0), (x1, y1)] = pair else { continue };
            if nominal <= *x1 {
                return y0 + (nominal - x0) / (x1 - x0) * (y1 - y0);
            }
        }
        nominal / start.critical * self.critical
    }
}

/// A group whose evidence fades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fading {
    /// Most the group may add (mitigation: take away), decibans.
    pub cap: f64,
    /// Days until half is left; one for the whole group.
    pub half_life_days: f64,
    /// What every weight of the group is multiplied by.
    pub factor: f64,
}

/// A group of states, which hold until they end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Most the group may add, decibans.
    pub cap: f64,
    /// What every weight of the group is multiplied by.
    pub factor: f64,
}

/// How each group is treated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// A: departure from the own and the peers' baseline.
    pub behaviour: Fading,
    /// B: rule, policy or content facts.
    pub fact: Fading,
    /// C: state of access rights.
    pub access: Holding,
    /// D: dated employment context.
    pub employment: Holding,
    /// E: red flag confirmed by a second person.
    pub red_flag: Fading,
    /// F: hotline report after triage and corroboration.
    pub hotline: Fading,
    /// M: mitigation.
    pub mitigation: Fading,
}

impl Default for Groups {
    fn default() -> Self {
        let fading = |cap, half_life_days| Fading {
            cap,
            half_life_days,
            factor: 1.0,
        };
        let holding = |cap| Holding { cap, factor: 1.0 };
        Self {
            behaviour: fading(25.0, 14.0),
            fact: fading(30.0, 30.0),
            access: holding(8.0),
            employment: holding(6.0),
            red_flag: fading(8.0, 45.0),
            hotline: fading(8.0, 60.0),
            mitigation: fading(MITIGATION_CAP, MITIGATION_HALF_LIFE),
        }
    }
}

/// The whole model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// Where the bands begin.
    pub bands: Bands,
    /// What a rule of each level weighs.
    pub levels: Levels,
    /// Caps, half-lives and factors by group.
    pub groups: Groups,
    /// What the weights of single detectors are multiplied by, by the detector's name, such as `behaviour` or `rule:5f2c…`.
    pub detectors: BTreeMap<String, f64>,
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

    /// How a group is treated as Tandem starts.
    pub fn group(group: IndicatorGroup) -> GroupModel {
        Groups::default().of(group)
    }

    /// How a group is treated by this model.
    pub fn of(&self, group: IndicatorGroup) -> GroupModel {
        self.groups.of(group)
    }

    /// What an indicator counted when it happened, decibans, never negative: mitigation as what it takes away. Stored weights
    /// are those of the starting scale, so that a changed model weighs old evidence like new.
    pub fn weight(&self, indicator: &Indicator) -> f64 {
        let nominal = match indicator.group {
            IndicatorGroup::Mitigation => -indicator.weight,
            _ => indicator.weight,
        };
        if !nominal.is_finite() {
            return 0.0;
        }
        let nominal = nominal.max(0.0);
        let scaled = match indicator.group {
            IndicatorGroup::Fact => self.levels.counts(nominal),
            _ => nominal,
        };
        let own = self.detectors.get(&indicator.detector).copied().unwrap_or(1.0);
        scaled * self.of(indicator.group).factor * own
    }

    /// The same with its sign: negative for mitigation.
    pub fn signed_weight(&self, indicator: &Indicator) -> f64 {
        match indicator.group {
            IndicatorGroup::Mitigation => -self.weight(indicator),
            _ => self.weight(indicator),
        }
    }
}

impl Groups {
    fn of(&self, group: IndicatorGroup) -> GroupModel {
        let fades = |g: Fading, offset_by_mitigation| GroupModel {
            cap: g.cap,
            half_life_days: Some(g.half_life_days),
            offset_by_mitigation,
            factor: g.factor,
        };
        let holds = |g: Holding| GroupModel {
            cap: g.cap,
            half_life_days: None,
            offset_by_mitigation: false,
            factor: g.factor,
        };
        match group {
            IndicatorGroup::Behaviour => fades(self.behaviour, true),
            IndicatorGroup::Fact => fades(self.fact, true),
            IndicatorGroup::Access => holds(self.access),
            IndicatorGroup::Employment => holds(self.employment),
            IndicatorGroup::RedFlag => fades(self.red_flag, true),
            IndicatorGroup::Hotline => fades(self.hotline, true),
            IndicatorGroup::Mitigation => fades(self.mitigation, false),
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

/// Weight of a rule match by the rule's Sigma level on the starting scale, decibans; [`Model::weight`] says what it counts.
pub fn fact_weight(level: &str) -> f64 {
    match level {
        "critical" => 20.0,
        "high" => 12.0,
        "medium" => 8.0,
        "low" => 4.0,
        _ => 0.0,
    }
}
