use super::*;

/// P(X >= x) of a negative binomial, summed term by term.
fn tail_by_sum(x: u32, rate: GammaPrior) -> (f64, f64) {
    let q = rate.days / (rate.days + 1.0);
    let mut exactly = q.powf(rate.shape);
    let mut below = 0.0;
    for k in 0..x {
        below += exactly;
        exactly *= (rate.shape + f64::from(k)) / f64::from(k + 1) * (1.0 - q);
    }
    (1.0 - below, exactly)
}

#[test]
fn count_surprise_is_the_mid_p_tail() {
    let rate = GammaPrior {
        shape: 3.2,
        days: 4.0,
    };
    for x in 1..12 {
        let (at_least, exactly) = tail_by_sum(x, rate);
        let wanted = surprise_of(at_least - 0.5 * exactly);
        assert!(
            (count_surprise(f64::from(x), 1.0, rate) - wanted).abs() < 1e-7,
            "{x}"
        );
    }
}

#[test]
fn count_surprise_grows_with_the_count_and_vanishes_below_the_median() {
    let rate = GammaPrior {
        shape: 40.0,
        days: 10.0,
    };
    assert_eq!(count_surprise(0.0, 1.0, rate), 0.0);
    assert_eq!(count_surprise(3.0, 1.0, rate), 0.0);
    let mut last = 0.0;
    // Beyond it the largest surprise is reached.
    for x in 5..150 {
        let now = count_surprise(f64::from(x), 1.0, rate);
        assert!(now > last, "{x}: {now} after {last}");
        last = now;
    }
    assert_eq!(count_surprise(400.0, 1.0, rate), MAX_SURPRISE);
}

#[test]
fn a_week_is_seven_days() {
    let rate = GammaPrior {
        shape: 400.0,
        days: 100.0,
    };
    // Seven days' usual count is next to the median: hardly any surprise.
    assert!(count_surprise(28.0, 7.0, rate) < 0.05);
    assert!(count_surprise(28.0, 1.0, rate) > 20.0);
}

#[test]
fn gamma_prior_of_moments_has_those_moments() {
    let prior = GammaPrior::from_moments(2.0, 8.0, 0.01, 100.0);
    assert!((prior.mean() - 2.0).abs() < 1e-12);
    assert!((prior.shape / (prior.days * prior.days) - 8.0).abs() < 1e-12);
}

#[test]
fn volume_tail_agrees_with_tables_of_student_t() {
    // t = 2.228 with 10 degrees of freedom leaves 2.5 % above it.
    let known = VolumePrior {
        mean: 0.0,
        variance: 10.0 / 11.0,
        days: 10.0,
    };
    assert!((volume_surprise(2.228_139, known) - surprise_of(0.025)).abs() < 1e-4);
    assert_eq!(volume_surprise(-1.0, known), 0.0);
}

#[test]
fn volume_prior_gives_way_to_own_days() {
    let prior = VolumePrior {
        mean: 0.0,
        variance: 1.0,
        days: 2.0,
    };
    let after = prior.after(200.0, 5.0, 20.0);
    assert!((after.mean - 4.95).abs() < 0.01);
    assert!(after.variance < 0.4);
}

#[test]
fn harmonic_mean_of_equal_values_is_that_value() {
    assert!((harmonic_mean_p(4.0 / 0.02, 4.0) - 0.02).abs() < 1e-12);
    assert_eq!(harmonic_mean_p(0.0, 0.0), 1.0);
}

#[test]
fn inverse_times_matrix_is_one() {
    let matrix = Symmetric::from_lower(4, |r, c| {
        if r == c {
            3.0 + r as f64
        } else {
            0.5 / (1 + r + c) as f64
        }
    });
    let inverse = matrix.inverse().unwrap();
    for row in 0..4 {
        for column in 0..4 {
            let dot: f64 = matrix
                .row(row)
                .iter()
                .zip(inverse.row(column))
                .map(|(a, b)| a * b)
                .sum();
            let wanted = if row == column { 1.0 } else { 0.0 };
            assert!((dot - wanted).abs() < 1e-12);
        }
    }
}

#[test]
fn a_matrix_without_inverse_says_so() {
    assert!(Symmetric::from_lower(2, |_, _| 1.0).inverse().is_none());
}

#[test]
fn a_capped_count_is_the_largest_that_does_not_surprise_too_much() {
    let rate = GammaPrior {
        shape: 40.0,
        days: 10.0,
    };
    let most = surprise_of(1e-3);
    let cap = count_cap(400.0, rate, most);
    assert!(count_surprise(cap, 1.0, rate) <= most && count_surprise(cap + 1.0, 1.0, rate) > most);
    assert_eq!(count_cap(5.0, rate, most), 5.0);
    assert_eq!(cap, count_cap(1e9, rate, most), "however many there were");
    let rare = GammaPrior {
        shape: 1e-6,
        days: 1.0,
    };
    assert_eq!(count_cap(50.0, rare, most), 1.0, "one act is always learned");
}

#[test]
fn a_capped_volume_surprises_as_much_as_it_may() {
    let known = VolumePrior {
        mean: 3.0,
        variance: 1.0,
        days: 30.0,
    };
    let most = surprise_of(1e-3);
    let cap = volume_cap(40.0, known, most);
    assert!((volume_surprise(cap, known) - most).abs() < 0.01);
    assert!((volume_cap(3.5, known, most) - 3.5).abs() < 1e-12);
}
