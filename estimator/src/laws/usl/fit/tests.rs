//! Fits of published measurements: coefficients, errors, intervals, and what is refused.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use super::super::published::{MYSQL, RAY_TRACER, SPEC, cisco, measurements};
use super::*;

fn of(points: &[(f64, f64)]) -> Fit {
    fit(&measurements(points), &Options::default()).unwrap()
}

fn close(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{found}, expected {expected}");
}

#[test]
fn the_spec_fit_has_the_published_standard_errors() {
    // Summary of the R package usl 3.0 on the same data, in its own tests: estimate, standard error and t of each.
    let fit = of(&SPEC);
    for (found, estimate, error, t) in [
        (fit.sigma, 2.773e-2, 9.122e-3, 3.040),
        (fit.kappa, 1.044e-4, 1.988e-5, 5.251),
        (fit.lambda, 90.00, 14.21, 6.332),
    ] {
        let errors = found.error.unwrap();
        close(found.value, estimate, 5e-4);
        close(errors.value, error, 5e-4);
        close(errors.t, t, 5e-4);
        // Two-sided with four degrees of freedom: 2.776.
        close(errors.interval.1, estimate + 2.776 * error, 1e-3);
    }
    assert_eq!(fit.degrees_of_freedom, 4);
    close(fit.residual_error.unwrap(), 82.85, 1e-4);
    let peak = fit.peak().unwrap();
    close(peak.peak.exact.concurrency, 96.519_56, 1e-5);
    close(peak.peak.exact.throughput, 1_884.0, 5e-4);
    assert!(peak.is_in_reach);
}

#[test]
fn the_interval_of_a_peak_holds_its_place_and_may_have_no_upper_end() {
    let sure = fit(&cisco(), &Options::default()).unwrap().peak().unwrap();
    let (low, high) = sure.concurrency.unwrap();
    assert!(low > 31.0 && low < 35.57 && high.unwrap() > 35.57 && high.unwrap() < 41.0, "{sure:?}");
    let (low, high) = sure.throughput.unwrap();
    assert!(low < 12_342.85 && high > 12_342.85 && (high - low) / 12_342.85 < 0.05, "{sure:?}");
    // Noise of 10 %: κ may be 0, and then there is no peak.
    let unsure = of(&[(1.0, 10.0), (2.0, 20.5), (4.0, 31.0), (8.0, 58.0), (12.0, 65.0), (16.0, 71.0)]);
    assert!(unsure.kappa.value > 0.0 && unsure.kappa.error.unwrap().interval.0 == 0.0, "{unsure:?}");
    assert_eq!(unsure.peak().unwrap().concurrency.unwrap().1, None);
}

#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    // 12 measurements of a known law, at most 13,600, with a standard deviation of 200, 400 times over. 380 of 400
    // intervals of 95 % cover the truth on average, with a standard deviation of √(400 × 0.95 × 0.05) = 4.4; four of them
    // are 362 to 397.
    let law = Usl::new(1_000.0, 0.03, 5e-4).unwrap();
    let Limit::Peak(truth) = law.limit() else { panic!("it has a peak") };
    let (mut chance, error) = (ChaCha8Rng::seed_from_u64(7), Normal::new(0.0, 200.0).unwrap());
    let mut covered = [0_u32; 5];
    for _ in 0..400 {
        let points: Vec<Measurement> = [1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 40.0, 48.0, 64.0, 80.0]
            .iter()
            .map(|n| (*n, (law.throughput(*n).unwrap() + error.sample(&mut chance)).max(1.0)))
            .map(|(n, x)| Measurement::of_throughput(n, x).unwrap())
            .collect();
        let fit = fit(&points, &Options::default()).unwrap();
        let peak = fit.peak().unwrap();
        let (low, high) = peak.concurrency.unwrap();
        for (count, (low, high), truth) in [
            (0, fit.sigma.error.unwrap().interval, law.sigma()),
            (1, fit.kappa.error.unwrap().interval, law.kappa()),
            (2, fit.lambda.error.unwrap().interval, law.lambda()),
            (3, (low, high.unwrap_or(f64::INFINITY)), truth.exact.concurrency),
            (4, peak.throughput.unwrap(), truth.exact.throughput),
        ] {
            covered[count] += u32::from((low..=high).contains(&truth));
        }
    }
    assert!(covered.iter().all(|covered| (362..=397).contains(covered)), "{covered:?}");
}

#[test]
fn few_measurements_do_not_say_where_the_peak_is() {
    // Ten Cisco points predict 16.1 k at 47, all 32 say 12.3 k at 35.6.
    let ten = fit(&cisco()[..10], &Options::default()).unwrap();
    let peak = ten.peak().unwrap();
    close(peak.peak.exact.concurrency, 47.0, 0.02);
    close(peak.peak.exact.throughput, 16_100.0, 0.01);
    assert!(!peak.is_in_reach);
    assert_eq!(
        ten.predict(47.0, Reach::Measured).unwrap_err().to_string(),
        "a concurrency of 47 is beyond what measurements up to 10 can tell"
    );
    assert!(ten.predict(47.0, Reach::Anywhere).unwrap().is_beyond);
    assert!(!ten.predict(20.0, Reach::Measured).unwrap().is_beyond);
    // Six points of the ray tracer predict a peak of 203 at 24; it went on to 310 at 64.
    let six = of(&RAY_TRACER[..6]);
    close(six.peak().unwrap().peak.exact.throughput, 203.0, 0.01);
    close(six.peak().unwrap().peak.exact.concurrency, 24.4, 0.02);
    assert_eq!(six.degrees_of_freedom, 3);
}

#[test]
fn a_curve_that_keeps_growing_has_no_peak() {
    let fit = of(&RAY_TRACER);
    assert!(fit.kappa.is_at_bound && !fit.sigma.is_at_bound && fit.peak().is_none());
    // Its interval still says how large κ may be.
    assert!(fit.kappa.error.unwrap().interval.0 == 0.0 && fit.kappa.error.unwrap().interval.1 > 0.0);
    assert!(matches!(fit.law.limit(), Limit::Asymptote { .. }));
}

#[test]
fn below_a_hard_ceiling_only_what_is_below_counts() {
    let below = of(&MYSQL);
    assert_eq!((below.used.len(), below.left_out.len(), below.degrees_of_freedom), (4, 5, 1));
    close(below.ceiling.unwrap().throughput, 111_420.0, 1e-4);
    assert!(below.kappa.is_at_bound, "the optimum of the first four is negative");
    close(below.law.throughput(8.0).unwrap(), 112_442.0, 0.02);
    let options = Options { ceilings: Ceilings::Through, ..Options::default() };
    let through = fit(&measurements(&MYSQL), &options).unwrap();
    assert_eq!((through.used.len(), through.ceiling), (9, None));
    assert!(through.residual_error.unwrap() > 3.0 * below.residual_error.unwrap());
}

#[test]
fn the_methods_differ_and_say_so() {
    let options = Options { method: Method::Transform, ..Options::default() };
    let classic = fit(&measurements(&SPEC), &options).unwrap();
    close(classic.sigma.value, 0.017_047, 5e-4);
    close(classic.kappa.value, 7.892_5e-5, 5e-5);
    assert_eq!(
        (classic.method.name(), Method::LeastSquares.name()),
        ("quadratic transform", "least squares")
    );
    assert!(classic.lambda.error.is_none() && classic.sigma.error.is_some());
    // Without a measurement of one, λ has to be given.
    assert_eq!(fit(&measurements(&SPEC[1..]), &options), Err(FitError::NoSingle));
    assert!(fit(&measurements(&SPEC[1..]), &Options { lambda: Some(64.9), ..options }).is_ok());
}

#[test]
fn a_given_lambda_is_kept_and_leaves_two_coefficients() {
    let fit = fit(&measurements(&SPEC), &Options { lambda: Some(90.0), ..Options::default() }).unwrap();
    assert_eq!((fit.law.lambda().to_bits(), fit.degrees_of_freedom), (90.0_f64.to_bits(), 5));
    assert!(fit.lambda.error.is_none() && fit.sigma.error.is_some());
    close(fit.sigma.value, 0.027_728, 1e-3);
}

#[test]
fn a_weight_of_four_is_four_measurements() {
    let mut repeated = measurements(&SPEC);
    repeated.extend(std::iter::repeat_n(repeated[3], 3));
    let mut weighted = measurements(&SPEC);
    weighted[3] = weighted[3].weighing(4.0).unwrap();
    let [one, other] = [repeated, weighted].map(|points| fit(&points, &Options::default()).unwrap());
    close(one.sigma.value, other.sigma.value, 1e-7);
    close(one.kappa.value, other.kappa.value, 1e-7);
    assert_eq!((one.degrees_of_freedom, other.degrees_of_freedom), (7, 4), "weights are no measurements");
}

#[test]
fn fractions_repetitions_and_less_than_one_at_work_are_measurements_too() {
    // Averages over minutes of a database: most of the time nobody is at work.
    let law = Usl::new(500.0, 0.05, 0.002).unwrap();
    let points: Vec<Measurement> = [0.02, 0.3, 0.3, 0.75, 1.4, 2.2, 2.2, 3.9, 6.5, 9.1]
        .iter()
        .map(|n| Measurement::of_throughput(*n, law.throughput(*n).unwrap()).unwrap())
        .collect();
    let fit = fit(&points, &Options::default()).unwrap();
    close(fit.law.sigma(), 0.05, 1e-6);
    close(fit.law.kappa(), 0.002, 1e-6);
    assert!(fit.r_squared.unwrap() > 0.999_999);
}

#[test]
fn a_prediction_interval_covers_what_was_measured_next() {
    // 24 Cisco points predict the next eight; the interval is for a single measurement.
    let points = cisco();
    let fit = fit(&points[..24], &Options::default()).unwrap();
    for next in &points[24..] {
        let prediction = fit.predict(next.concurrency, Reach::Measured).unwrap();
        let (low, high) = prediction.interval.unwrap();
        assert!((low..=high).contains(&next.throughput), "{next:?} {prediction:?}");
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let refused =
        |points: &[(f64, f64)]| fit(&measurements(points), &Options::default()).unwrap_err().to_string();
    assert_eq!(
        refused(&[(1.0, 10.0), (1.0, 11.0), (2.0, 20.0)]),
        "2 different concurrencies are too few for 3 coefficients"
    );
    assert_eq!(refused(&[]), "0 different concurrencies are too few for 3 coefficients");
    let options = Options { lambda: Some(-1.0), ..Options::default() };
    assert!(matches!(fit(&measurements(&SPEC), &options), Err(FitError::Law(_))));
    // Three points have one law and no degree of freedom.
    let exact = of(&[(1.0, 10.0), (2.0, 18.0), (4.0, 28.0)]);
    assert!(exact.residual_error.is_none() && exact.sigma.error.is_none() && exact.degrees_of_freedom == 0);
    assert!(exact.predict(3.0, Reach::Measured).unwrap().interval.is_none());
    assert!(exact.predict(0.0, Reach::Measured).is_err());
}
