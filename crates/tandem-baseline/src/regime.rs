//! Lasting change: a subject's fast mean of a daily count against its slow twin.
//!
//! Both are fading means of the same days, so they are close while nothing changes. The variance of their difference under no
//! change is that of one day times the sum of squared differences of the two means' weights, a geometric series each. The
//! state is there already: no run lengths need be kept, as Bayesian change-point detection (Adams and MacKay 2007) would.

use statrs::function::erf::erfc;

use crate::channel::Channel;
use crate::features::{Detail, Feature, Past};
use crate::settings::{Settings, decay};
use crate::stats::surprise_of;

/// Decayed days of the slow twin before the two can differ: with fewer, both are the mean of everything.
const LEAST_DAYS: f64 = 60.0;
/// Acts, by the slow twin, below which no habit is seen.
const LEAST_ACTS: f64 = 3.0;

impl Past<'_> {
    /// The count whose twins are furthest apart, if any can be told; as surprising as the furthest of so many.
    pub(crate) fn regime(&self) -> Option<Feature> {
        let (fast_days, slow_days) = (
            f64::from(self.subject.fast_days),
            f64::from(self.subject.slow_days),
        );
        if slow_days < LEAST_DAYS || fast_days <= 0.0 {
            return None;
        }
        let factor = variance_factor(fast_days, slow_days, self.settings);
        let mut most: Option<(f64, Channel, f64, f64)> = None;
        let mut tries = 0.0;
        for rate in &self.subject.rates {
            let Some(channel) = Channel::from_index(usize::from(rate.channel)).filter(|c| !c.is_running())
            else {
                continue;
            };
            if rate.slow() < LEAST_ACTS {
                continue;
            }
            tries += 1.0;
            let (fast, slow) = (rate.fast() / fast_days, rate.slow() / slow_days);
            // A day's variance: chance and the own scatter around the slow mean.
            let variance = slow + slow * slow * rate.scatter(fast_days);
            let off = (fast - slow).abs() / (variance * factor).sqrt();
            if most.is_none_or(|(known, ..)| off > known) {
                most = Some((off, channel, fast, slow));
            }
        }
        let (off, changed, fast, slow) = most?;
        // Two-sided tail of the normal law, and the least of so many (Sidak).
        let one = erfc(off / std::f64::consts::SQRT_2).clamp(0.0, 1.0);
        let p = -(tries * (-one).ln_1p()).exp_m1();
        Some(Feature {
            channel: Channel::Regime,
            surprise: surprise_of(p),
            observed: fast,
            own: slow,
            peers: self.peers.usual_rate(changed.index(), self.settings.least_peers),
            detail: Detail::Changed(changed),
        })
    }
}

/// Sum of the squared differences of the weights that the two fading means give to each day.
fn variance_factor(fast_days: f64, slow_days: f64, settings: &Settings) -> f64 {
    let (a, b) = (decay(settings.half_life), decay(settings.slow_half_life));
    // What is left of the first day's weight; a sum of n weights is (1 - a^n) / (1 - a).
    let left = |decay: f64, days: f64| (1.0 - (1.0 - decay) * days).clamp(0.0, 1.0);
    let (last_a, last_b) = (left(a, fast_days), left(b, slow_days));
    let series = |ratio: f64, last: f64| (1.0 - last) / (1.0 - ratio);
    let own = series(a * a, last_a * last_a) / (fast_days * fast_days);
    let twin = series(b * b, last_b * last_b) / (slow_days * slow_days);
    let both = series(a * b, last_a * last_b) / (fast_days * slow_days);
    (own + twin - 2.0 * both).max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_is_that_of_the_weights_summed_by_hand() {
        let settings = Settings::default();
        let (a, b) = (decay(settings.half_life), decay(settings.slow_half_life));
        let sum = |x: f64| (0..200).map(|n| x.powi(n)).sum::<f64>();
        let (fast, slow) = (sum(a), sum(b));
        let by_hand: f64 = (0..200)
            .map(|n| (a.powi(n) / fast - b.powi(n) / slow).powi(2))
            .sum();
        let found = variance_factor(fast, slow, &settings);
        assert!((found - by_hand).abs() < 1e-9, "{found} {by_hand}");
    }
}
