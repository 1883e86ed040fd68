//! Comparisons in the forms that other tools read.
//!
//! - Bencher Metric Format: `{"forum": {"cpu": {"value": …, "lower_value": …, "upper_value": …}}}`;
//! - github-action-benchmark's `customSmallerIsBetter` and `customBiggerIsBetter`;
//! - the text of Go's benchmarks, which `benchstat` reads: one file for each variant, a line for each block.

use std::fmt::Write;

use scenarios::comparison::{Comparison, Metric, Variant};
use serde_json::{Map, Value, json};

use super::Job;

fn comparisons(job: &Job) -> impl Iterator<Item = &Comparison> {
    job.parts.iter().filter_map(|part| part.comparison.as_ref())
}

/// Each candidate with its name: the scenario's, and the label where there are several.
fn candidates(job: &Job) -> impl Iterator<Item = (String, &Comparison, usize)> {
    comparisons(job).flat_map(|comparison| {
        let many = comparison.against.len() > 1;
        (0..comparison.against.len()).map(move |at| {
            let label = &comparison.against[at].variant;
            let name =
                if many { format!("{} {label}", comparison.scenario) } else { comparison.scenario.clone() };
            (name, comparison, at)
        })
    })
}

fn figure(variant: &Variant, metric: Metric) -> Option<f64> {
    variant.figures.iter().find(|(known, _)| *known == metric).map(|(_, value)| *value)
}

/// Value and unit as these tools like it: nanoseconds for what Bencher calls latency.
const NANOS: f64 = 1e9;

/// Bencher Metric Format; times in nanoseconds, bounds from the interval of the change.
pub(crate) fn bencher(job: &Job) -> String {
    let mut all = Map::new();
    for (name, comparison, at) in candidates(job) {
        let mut measures = Map::new();
        for metric in Metric::ALL {
            let Some(value) = figure(&comparison.variants[at + 1], metric) else { continue };
            let row = comparison.against[at].metrics.iter().find(|row| row.name == metric.title());
            let scale = if metric == Metric::Throughput { 1.0 } else { NANOS };
            let mut measure = json!({ "value": value * scale });
            if let Some((baseline, (low, high))) = row.and_then(|row| row.baseline.zip(row.interval)) {
                measure["lower_value"] = json!(baseline * (1.0 + low) * scale);
                measure["upper_value"] = json!(baseline * (1.0 + high) * scale);
            }
            let slug = if metric == Metric::Throughput {
                "throughput".to_owned()
            } else {
                format!("latency-{}", metric.name())
            };
            let slug = if metric == Metric::Cpu { "cpu-per-request".to_owned() } else { slug };
            measures.insert(slug, measure);
        }
        all.insert(name, Value::Object(measures));
    }
    format!("{:#}\n", Value::Object(all))
}

/// github-action-benchmark; one file has what is better when smaller, another what is better when bigger.
pub(crate) fn benchmark_action(job: &Job, bigger: bool) -> String {
    let mut rows = Vec::new();
    for (name, comparison, at) in candidates(job) {
        for metric in Metric::ALL.into_iter().filter(|metric| metric.is_better_when_more() == bigger) {
            let Some(value) = figure(&comparison.variants[at + 1], metric) else { continue };
            let against = &comparison.against[at];
            let row = against.metrics.iter().find(|row| row.name == metric.title());
            let half = row.and_then(|row| row.interval).map(|(low, high)| (high - low) / 2.0 * 100.0);
            let (value, unit) = if bigger { (value, "requests/s") } else { (value * 1e6, "us") };
            rows.push(json!({
                "name": format!("{name} {}", metric.name()),
                "unit": unit,
                "value": value,
                "range": half.map_or(String::new(), |half| format!("{half:.1}%")),
                "extra": format!("{} pairs against the baseline", against.pairs),
            }));
        }
    }
    format!("{:#}\n", Value::Array(rows))
}

/// Lines that `benchstat a.txt b.txt` reads, of the variant with this label: each pair as the ratio to the baseline, in
/// millionths, so that the baseline is a million throughout.
pub(crate) fn benchstat(job: &Job, label: &str) -> String {
    let mut out = String::new();
    for comparison in comparisons(job) {
        let _ = writeln!(out, "pkg: {}", comparison.scenario.replace(char::is_whitespace, "-"));
        let _ = writeln!(out, "unit: millionths of a");
        for against in &comparison.against {
            let is_baseline = label == "a";
            if !is_baseline && against.variant != label {
                continue;
            }
            for (metric, differences) in &against.differences {
                for difference in differences {
                    let ratio = if is_baseline { 1.0 } else { difference.exp() };
                    let _ = writeln!(out, "Benchmark{}\t1\t{:.0} ns/op", camel(metric.name()), ratio * 1e6);
                }
            }
            if is_baseline {
                break;
            }
        }
    }
    out
}

/// Go wants a capital after `Benchmark`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn job() -> Job {
        let mut comparison = sample::regressed();
        comparison.variants[1].figures =
            vec![(Metric::Cpu, 220e-6), (Metric::Throughput, 1_200.0), (Metric::P99, 4.3e-3)];
        sample::job(comparison)
    }

    #[test]
    fn bencher_reads_values_with_bounds() {
        let read: Value = serde_json::from_str(&bencher(&job())).unwrap();
        let cpu = &read["forum"]["cpu-per-request"];
        assert!((cpu["value"].as_f64().unwrap() - 220_000.0).abs() < 1e-6);
        // 210 us, and 5.1 % more less 0.7 points.
        assert!((cpu["lower_value"].as_f64().unwrap() - 210_000.0 * 1.044).abs() < 1e-3);
        assert_eq!(read["forum"]["throughput"]["value"], 1_200.0);
        assert!(read["forum"]["latency-p99"]["value"].is_number());
    }

    #[test]
    fn the_action_gets_smaller_and_bigger_apart() {
        let smaller: Value = serde_json::from_str(&benchmark_action(&job(), false)).unwrap();
        let bigger: Value = serde_json::from_str(&benchmark_action(&job(), true)).unwrap();
        assert_eq!((smaller.as_array().unwrap().len(), bigger.as_array().unwrap().len()), (2, 1));
        assert_eq!(smaller[0]["name"], "forum cpu");
        assert_eq!((&smaller[0]["unit"], &smaller[0]["range"]), (&json!("us"), &json!("0.7%")));
    }

    #[test]
    fn benchstat_gets_a_line_for_each_block() {
        let a = benchstat(&job(), "a");
        let b = benchstat(&job(), "b");
        assert_eq!(a.lines().filter(|line| *line == "BenchmarkCpu\t1\t1000000 ns/op").count(), 3);
        assert!(b.contains("BenchmarkCpu\t1\t1040811 ns/op"), "{b}");
    }
}
