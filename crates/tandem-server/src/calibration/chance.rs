//! What chance alone would do: exact intervals of a share, and what to expect of the next after few.

use statrs::function::beta::checked_beta_reg;

/// Cases that the prior of a detector's precision is worth; see [`expected`].
pub const PRIOR_CASES: f64 = 20.0;
/// Two-sided, outside a 95 % interval.
const TAIL: f64 = 0.025;
/// Halvings of the interval from 0 to 1 in search of a quantile: finer than any figure that is shown.
const STEPS: usize = 60;

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Lower end.
    pub low: f64,
    /// The share itself.
    pub share: f64,
    /// Upper end.
    pub high: f64,
}

/// The exact interval of a share of independent trials (Clopper and Pearson 1934). `None` without trials.
pub fn exact(found: u64, of: u64) -> Option<Share> {
    if of == 0 || found > of {
        return None;
    }
    let (k, n) = (found as f64, of as f64);
    Some(Share {
        low: if found == 0 {
            0.0
        } else {
            quantile(k, n - k + 1.0, TAIL)
        },
        share: k / n,
        high: if found == of {
            1.0
        } else {
            quantile(k + 1.0, n - k, 1.0 - TAIL)
        },
    })
}

/// What share to expect of the next ones after `found` of `of`, if before them it was taken to be `prior` with the weight of
/// [`PRIOR_CASES`] cases: the mean of the beta distribution that results, and the middle 95 % of it.
pub fn expected(found: u64, of: u64, prior: f64) -> Share {
    // A prior of exactly 0 or 1 could never be unlearnt.
    let prior = prior.clamp(0.01, 0.99);
    let a = PRIOR_CASES * prior + found.min(of) as f64;
    let b = PRIOR_CASES * (1.0 - prior) + of.saturating_sub(found) as f64;
    Share {
        low: quantile(a, b, TAIL),
        share: a / (a + b),
        high: quantile(a, b, 1.0 - TAIL),
    }
}

/// The value that a beta-distributed share stays below with the given probability, by halving.
fn quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = 0.5 * (low + high);
        match checked_beta_reg(a, b, middle) {
            Ok(below) if below < probability => low = middle,
            _ => high = middle,
        }
    }
    0.5 * (low + high)
}
