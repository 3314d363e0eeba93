//! The few distributions, combinations and matrices the baselines need.

mod combine;
mod counts;
mod matrix;
mod volume;

pub use combine::harmonic_mean_p;
pub use counts::{GammaPrior, count_cap, count_surprise};
pub use matrix::Symmetric;
pub use volume::{VolumePrior, volume_cap, volume_surprise};

/// Largest surprise of one channel, nats. Beyond it a float's tail is used up and a larger number would say nothing.
pub const MAX_SURPRISE: f64 = 300.0;

/// The surprise of a tail probability in nats beyond a coin toss: `-ln(2 p)`, and 0 from the median down.
pub fn surprise_of(p: f64) -> f64 {
    if p.is_nan() || p >= 0.5 {
        return 0.0;
    }
    if p <= 0.0 {
        return MAX_SURPRISE;
    }
    (-(2.0 * p).ln()).clamp(0.0, MAX_SURPRISE)
}

#[cfg(test)]
mod tests;
