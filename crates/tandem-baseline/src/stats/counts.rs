//! Counts per day: Poisson with a gamma-distributed rate (Gelman et al., *Bayesian Data Analysis*, 3rd ed., section 2.6).

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::ln_gamma;

use super::{MAX_SURPRISE, surprise_of};

/// A gamma distribution of daily rates: `shape` acts in `days` days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaPrior {
    /// Pseudo-acts.
    pub shape: f64,
    /// Pseudo-days.
    pub days: f64,
}

impl GammaPrior {
    /// The mean rate per day.
    pub fn mean(self) -> f64 {
        self.shape / self.days
    }

    /// With days that scatter more than a fixed rate would: `scatter` is the variance of the day's rate relative to the
    /// square of its mean.
    pub fn scattered(self, scatter: f64) -> Self {
        let shape = 1.0 / (1.0 / self.shape + scatter * (1.0 + 1.0 / self.shape));
        Self {
            shape,
            days: shape / self.mean(),
        }
    }

    /// After `acts` in `days` more days.
    pub fn after(self, acts: f64, days: f64) -> Self {
        Self {
            shape: self.shape + acts,
            days: self.days + days,
        }
    }

    /// The gamma distribution with this mean and variance of rates between subjects (method of moments), its weight held
    /// between `least` and `most` pseudo-days.
    pub fn from_moments(mean: f64, variance: f64, least: f64, most: f64) -> Self {
        let days = if variance > 0.0 { mean / variance } else { most };
        let days = days.clamp(least, most);
        Self {
            shape: mean * days,
            days,
        }
    }
}

/// How surprising `count` acts in `exposure` days are under `rate`: the upper mid-p tail of the predictive negative
/// binomial, in nats beyond a coin toss. Zero for usual and for low counts.
///
/// With X negative binomial (shape r, success probability q = days / (days + exposure)),
/// P(X >= x) = I(1 - q; x, r), the regularised incomplete beta function; mid-p takes off half of P(X = x).
pub fn count_surprise(count: f64, exposure: f64, rate: GammaPrior) -> f64 {
    if count < 1.0 || rate.shape <= 0.0 || rate.days <= 0.0 {
        return if count < 1.0 { 0.0 } else { MAX_SURPRISE };
    }
    let failure = exposure / (rate.days + exposure);
    let Ok(at_least) = checked_beta_reg(count, rate.shape, failure) else {
        return 0.0;
    };
    let ln_exactly = ln_gamma(rate.shape + count) - ln_gamma(rate.shape) - ln_gamma(count + 1.0)
        + rate.shape * (-failure).ln_1p()
        + count * failure.ln();
    surprise_of(at_least - 0.5 * ln_exactly.exp())
}

/// The largest count up to `count` that surprises by at most `most` nats, but not less than one act: what a count is learned
/// as when no day may teach more than that (winsorising, Tukey 1962, *The future of data analysis*).
pub fn count_cap(count: f64, rate: GammaPrior, most: f64) -> f64 {
    if count <= 1.0 || count_surprise(count, 1.0, rate) <= most {
        return count;
    }
    let (mut low, mut high) = (rate.mean().floor().clamp(0.0, count), count);
    while high - low > 1.0 {
        let middle = (0.5 * (low + high)).floor();
        if count_surprise(middle, 1.0, rate) <= most {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.max(1.0)
}
