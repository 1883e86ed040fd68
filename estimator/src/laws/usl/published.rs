//! Published measurements and their published fits, for the tests of this folder.

use super::law::Usl;
use super::measurement::Measurement;

/// B. Schwartz, "Practical Scalability Analysis with the Universal Scalability Law", 2015: a Cisco benchmark, requests
/// per second with 1 to 32 at work. Its fit, made with R's `nls`: λ = 995.6486, σ = 0.02671591, κ = 7.690945e-4.
pub(super) const CISCO: [f64; 32] = [
    955.16, 1_878.91, 2_688.01, 3_548.68, 4_315.54, 5_130.43, 5_931.37, 6_531.08, 7_219.8, 7_867.61,
    8_278.71, 8_646.7, 9_047.84, 9_426.55, 9_645.37, 9_897.24, 10_097.6, 10_240.5, 10_532.39, 10_798.52,
    11_151.43, 11_518.63, 11_806.0, 12_089.37, 12_075.41, 12_177.29, 12_211.41, 12_158.93, 12_155.27,
    12_118.04, 12_140.4, 12_074.39,
];

/// N. J. Gunther, "Guerrilla Capacity Planning", 2007: SPEC SDM91 on a `SPARCcenter` 2000, scripts per hour by users.
pub(super) const SPEC: [(f64, f64); 7] = [
    (1.0, 64.9),
    (18.0, 995.9),
    (36.0, 1_652.4),
    (72.0, 1_853.2),
    (108.0, 1_828.9),
    (144.0, 1_775.0),
    (216.0, 1_702.2),
];

/// The same book: a ray tracer on an SGI Origin 2000, thousands of intersections per second by processors.
pub(super) const RAY_TRACER: [(f64, f64); 11] = [
    (1.0, 20.0),
    (4.0, 78.0),
    (8.0, 130.0),
    (12.0, 170.0),
    (16.0, 190.0),
    (20.0, 200.0),
    (24.0, 210.0),
    (28.0, 230.0),
    (32.0, 260.0),
    (48.0, 280.0),
    (64.0, 310.0),
];

/// "`MariaDB` 10.1 and `MySQL` 5.7 performance on commodity hardware", blog.mariadb.org, 2015: `MySQL` 5.7.9, queries per
/// second by clients, on a server with 4 cores and 8 hardware threads.
pub(super) const MYSQL: [(f64, f64); 9] = [
    (1.0, 21_499.0),
    (2.0, 40_552.0),
    (4.0, 69_816.0),
    (8.0, 112_442.0),
    (16.0, 112_502.0),
    (32.0, 112_925.0),
    (64.0, 110_663.0),
    (128.0, 108_568.0),
    (256.0, 102_345.0),
];

pub(super) fn cisco_law() -> Usl {
    Usl::new(995.6486, 0.026_715_91, 7.690_945e-4).unwrap()
}

pub(super) fn cisco() -> Vec<Measurement> {
    let numbered = (1..).map(f64::from).zip(CISCO);
    numbered.map(|(n, x)| Measurement::of_throughput(n, x).unwrap()).collect()
}

pub(super) fn measurements(points: &[(f64, f64)]) -> Vec<Measurement> {
    points.iter().map(|(n, x)| Measurement::of_throughput(*n, *x).unwrap()).collect()
}
