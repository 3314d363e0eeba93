//! Combining p-values of dependent channels.

/// The harmonic mean of p-values, at most 1 (Wilson 2019, *The harmonic mean p-value for combining dependent tests*, PNAS
/// 116(4)). It stays calibrated in the tail under dependence, where Fisher's and Stouffer's sums do not, and splits into
/// shares `(1 / p_i) / sum(1 / p)`. `inverse_sum` is the sum of `1 / p` over `channels` channels.
pub fn harmonic_mean_p(inverse_sum: f64, channels: f64) -> f64 {
    if inverse_sum <= 0.0 {
        return 1.0;
    }
    (channels / inverse_sum).min(1.0)
}
