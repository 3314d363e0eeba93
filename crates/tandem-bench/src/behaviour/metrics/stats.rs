//! Small statistics.

use statrs::function::beta::inv_beta_reg;

/// The exact two-sided interval of a share at `confidence` (Clopper and Pearson 1934).
pub fn clopper_pearson(found: usize, all: usize, confidence: f64) -> (f64, f64) {
    let (x, n) = (found as f64, all as f64);
    let tail = (1.0 - confidence) / 2.0;
    let low = if found == 0 {
        0.0
    } else {
        inv_beta_reg(x, n - x + 1.0, tail)
    };
    let high = if found == all {
        1.0
    } else {
        inv_beta_reg(x + 1.0, n - x, 1.0 - tail)
    };
    (low, high)
}

/// The smallest value with at least `share` of all at or below it; `values` sorted.
pub fn quantile(values: &[i32], share: f64) -> f64 {
    let at = (values.len() as f64 * share).ceil() as usize;
    values
        .get(at.saturating_sub(1))
        .map_or(f64::NAN, |value| f64::from(*value))
}

/// How unevenly counts are spread: 0 if all are equal, near 1 if one has all (Gini 1912).
pub fn gini(counts: &mut [u32]) -> f64 {
    counts.sort_unstable();
    let (n, sum) = (
        counts.len() as f64,
        counts.iter().map(|c| f64::from(*c)).sum::<f64>(),
    );
    let ranked = counts
        .iter()
        .enumerate()
        .map(|(at, count)| (at as f64 + 1.0) * f64::from(*count));
    (2.0 * ranked.sum::<f64>() / (n * sum)) - (n + 1.0) / n
}

/// The e-value of a p-value that averages the calibrators κp^(κ−1) over κ (Vovk and Wang 2021, *E-values: calibration,
/// combination and applications*, eq. 2): its mean is at most 1 where p is valid.
pub fn e_value(p: f64) -> f64 {
    let p = p.clamp(f64::MIN_POSITIVE, 1.0);
    let log = p.ln();
    // Both parts vanish at 1; their quotient tends to 1/2.
    if log > -1e-4 {
        return 0.5;
    }
    (1.0 - p + p * log) / (p * log * log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_tables() {
        let (low, high) = clopper_pearson(8, 10, 0.95);
        assert!(
            (low - 0.4439).abs() < 1e-3 && (high - 0.9748).abs() < 1e-3,
            "{low} {high}"
        );
        assert_eq!(clopper_pearson(0, 10, 0.95).0, 0.0);
        assert_eq!(clopper_pearson(10, 10, 0.95).1, 1.0);
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        assert_eq!(quantile(&[0, 0, 3, 9], 0.5), 0.0);
        assert_eq!(quantile(&[0, 0, 3, 9], 0.9), 9.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn gini_is_nothing_for_equals_and_nearly_one_for_a_single_one() {
        assert!(gini(&mut [3, 3, 3, 3]).abs() < 1e-12);
        assert!((gini(&mut [0, 0, 0, 8]) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn e_values_are_those_of_the_paper_and_average_to_one() {
        for (p, e) in [(0.01, 4.5), (0.001, 20.8), (1e-4, 118.0)] {
            assert!((e_value(p) / e - 1.0).abs() < 0.02, "{p}: {}", e_value(p));
        }
        assert_eq!(e_value(1.0), 0.5);
        let n = 2_000_000;
        let mean = (1..=n)
            .map(|i| e_value((f64::from(i) - 0.5) / f64::from(n)))
            .sum::<f64>()
            / f64::from(n);
        assert!((0.9..=1.0).contains(&mean), "{mean}");
    }
}
