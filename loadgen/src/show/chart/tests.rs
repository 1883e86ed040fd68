//! The charts of whole reports.

use super::{POINTS_MAX, charts, rates, response, spectrum};
use crate::show::html::sample;

fn points(svg: &str, class: &str) -> usize {
    let line = svg.split(&format!("class=\"line {class}\" d=\"")).nth(1).unwrap();
    line.split('"').next().unwrap().matches(['M', 'L']).count()
}

#[test]
fn a_run_without_seconds_or_samples_has_no_picture_but_says_so() {
    let charts = charts(&sample::empty());
    // Where something could not be measured at all, there is no chart to say so.
    assert_eq!(charts.len(), 3);
    for chart in charts {
        assert_eq!(chart.svg, None);
        assert!(!chart.title.is_empty());
    }
}

#[test]
fn one_second_is_a_dot() {
    let mut report = sample::met();
    report.seconds.truncate(1);
    let svg = response(&report).svg.unwrap();
    assert_eq!(points(&svg, "main"), 1);
    assert!(svg.contains("h0\""));
}

#[test]
fn a_long_run_is_drawn_with_few_points_and_loses_no_peak() {
    let mut report = sample::long();
    // One second of 3,600, which a mean would hide.
    report.seconds[1_000].p99_s = 0.2;
    report.slo.clear();
    let drawn = response(&report);
    assert_eq!(drawn.title, "p99 ran from 6.2 ms to 200 ms, highest at 16.7 min");
    let svg = drawn.svg.unwrap();
    assert_eq!(points(&svg, "main"), POINTS_MAX);
    // 200 ms is the end of the logarithmic axis, which is the top of the plot.
    assert!(svg.contains(" 32L"), "{svg}");
    assert_eq!(points(&rates(&report).svg.unwrap(), "main"), POINTS_MAX);
}

#[test]
fn a_second_in_which_nothing_was_due_is_a_gap() {
    let mut report = sample::met();
    for second in &mut report.seconds[10..12] {
        (second.scheduled, second.good, second.p50_s, second.p99_s) = (0, 0, 0.0, 0.0);
    }
    let svg = response(&report).svg.unwrap();
    let line = svg.split("class=\"line main\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!((line.matches('M').count(), line.matches(['M', 'L']).count()), (2, 28));
}

#[test]
fn limits_are_drawn_and_named_and_failures_are_marked() {
    let drawn = response(&sample::missed());
    let svg = drawn.svg.unwrap();
    assert!(svg.contains(">limit 200 ms<") && svg.contains("class=\"limit\""));
    assert!(drawn.note.contains("the limit of read question p99 < 200 ms"));
    assert_eq!(
        drawn.title,
        "p99 of all actions was over 200 ms in 6 of 30 seconds; requests failed in 6 of 30"
    );
    // The six seconds follow each other: one mark.
    assert_eq!(svg.matches("class=\"failed\"").count(), 1);
    let fine = response(&sample::met()).svg.unwrap();
    assert!(!fine.contains("class=\"failed\"") && !fine.contains(">failed<"));
}

#[test]
fn a_run_in_which_everything_failed_is_marked_from_end_to_end() {
    let mut report = sample::met();
    report.seconds.iter_mut().for_each(|second| second.good = 0);
    (report.all.good, report.all.done_per_s) = (0, 0.0);
    assert_eq!(rates(&report).title, "0 of 412 requests/s asked were done: 0 %");
    let svg = response(&report).svg.unwrap();
    // One mark over the whole plot: from 80, 456 wide.
    assert!(svg.contains("class=\"failed\" x=\"80\" y=\"224\" width=\"456\""), "{svg}");
}

#[test]
fn a_limit_far_above_the_run_is_left_out() {
    let mut report = sample::met();
    report.slo[0].promise = "read question p99 < 1 h".to_owned();
    assert!(!response(&report).svg.unwrap().contains("limit"));
}

#[test]
fn a_limit_on_another_quantile_is_drawn_but_not_held_against_p99() {
    let mut report = sample::met();
    report.slo[0].promise = "read question p50 < 5 ms".to_owned();
    let drawn = response(&report);
    assert_eq!(drawn.title, "p99 ran from 6.2 ms to 9.7 ms, highest at 8 s");
    assert!(drawn.svg.unwrap().contains(">limit 5 ms<"));
}

#[test]
fn titles_state_findings() {
    for (found, expected) in [
        (rates(&sample::met()).title, "All 412 requests/s that were asked were done"),
        // 12,360 - 666 = 11,694 of 12,360 is 94.6 %.
        (rates(&sample::missed()).title, "390 of 412 requests/s asked were done: 94.6 %"),
        (rates(&sample::closed()).title, "400 users were served 389 requests/s, between 370/s and 409/s"),
        (
            spectrum(&sample::met()).title,
            "1 in 100 waited 8.1 ms or longer, 1 in 1,000 waited 22 ms or longer",
        ),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn seconds_that_were_set_aside_are_gaps_in_every_line() {
    // Seconds 7 and 8, and second 20: three pieces, each with a beginning of its own.
    let report = sample::disturbed();
    for chart in [response(&report), rates(&report)] {
        let svg = chart.svg.unwrap();
        let lines: Vec<&str> = svg.split("<path class=\"line").skip(1).collect();
        assert_eq!(lines.len(), 2);
        for line in lines {
            let path = line.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
            assert_eq!(path.matches('M').count(), 3, "{path}");
        }
    }
}
