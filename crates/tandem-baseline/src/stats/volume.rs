//! Volumes per day: log-normal with unknown mean and spread (normal-inverse-gamma; Gelman et al., section 3.3).

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

use super::surprise_of;

/// What is known of the logarithm of a daily volume before the subject's own days: mean, variance, and how many days' worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VolumePrior {
    /// Mean of the natural logarithm.
    pub mean: f64,
    /// Variance of the natural logarithm.
    pub variance: f64,
    /// Pseudo-days.
    pub days: f64,
}

impl VolumePrior {
    /// After own days with weight `weight`, weighted mean `mean` and weighted sum of squared deviations `spread`.
    pub fn after(self, weight: f64, mean: f64, spread: f64) -> Self {
        let days = self.days + weight;
        let shift = mean - self.mean;
        let squares = self.days * self.variance + spread + shift * shift * self.days * weight / days;
        Self {
            mean: (self.days * self.mean + weight * mean) / days,
            variance: squares / days,
            days,
        }
    }
}

/// How surprising the logarithm `value` is: upper tail of the predictive Student t distribution with as many degrees of
/// freedom as days are known, in nats beyond a coin toss.
pub fn volume_surprise(value: f64, known: VolumePrior) -> f64 {
    let scale = (known.variance * (known.days + 1.0) / known.days).sqrt();
    if scale.is_nan() || scale <= 0.0 || known.days <= 0.0 {
        return 0.0;
    }
    let t = (value - known.mean) / scale;
    if t <= 0.0 {
        return 0.0;
    }
    // P(T > t) = I(v / (v + t^2); v / 2, 1 / 2) / 2 for t > 0 (Abramowitz and Stegun 26.7.1).
    let freedom = known.days.max(1.0);
    let tail = checked_beta_reg(0.5 * freedom, 0.5, freedom / (freedom + t * t)).unwrap_or(1.0);
    surprise_of(0.5 * tail)
}

/// The largest value up to `value` that surprises by at most `most` nats, to a thousandth: see [`super::count_cap`].
pub fn volume_cap(value: f64, known: VolumePrior, most: f64) -> f64 {
    if volume_surprise(value, known) <= most {
        return value;
    }
    let (mut low, mut high) = (known.mean.min(value), value);
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        if volume_surprise(middle, known) <= most {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
