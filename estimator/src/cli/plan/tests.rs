//! The plan as people see it: text, Markdown, JSON and the page.

use scenarios::plan::Plan;
use serde_json::{Value, json};

use crate::cli::tests::run;

/// The sample of a capacity of the shipped forum: 2,560/s on two cores.
const CAPACITY: &str = "../scenarios/tests/data/capacity-1.json";

fn plan(more: &[&str]) -> (u8, String, String) {
    run(&[&["plan", "forum", "--measured", CAPACITY, "--from", "2026-12-01", "--samples", "1001"], more]
        .concat())
}

#[test]
fn the_plan_of_the_forum_is_one_page_of_text() {
    let (code, out, err) = plan(&[]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.lines().all(|line| line.chars().count() <= 100 || line.contains("next:")), "{out}");
    insta::assert_snapshot!(out);
}

#[test]
fn a_larger_forum_needs_a_fleet_a_database_beside_it_and_says_what_was_not_measured() {
    let (code, out, _) = plan(&["--set", "users.daily=6M", "--set", "expect=", "--format", "markdown"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out);
}

#[test]
fn what_travels_as_json_is_the_plan() {
    let (_, out, _) = plan(&["--format", "json"]);
    let plan: Plan = serde_json::from_str(&out).expect("a plan");
    assert_eq!((plan.from.as_str(), plan.until.as_str()), ("2026-12-01", "2029-12-01"));
    // Three years by half-years.
    let days: Vec<&str> = plan.moments.iter().map(|moment| moment.day.as_str()).collect();
    assert_eq!(
        days,
        ["2026-12-01", "2027-06-01", "2027-12-01", "2028-06-01", "2028-12-01", "2029-06-01", "2029-12-01"]
    );
    // Without a first day it begins on that of the measurement.
    let (_, out, _) = run(&["plan", "forum", "--measured", CAPACITY, "--samples", "101", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Plan>(&out).expect("a plan").from, "2026-11-23");
}

#[test]
fn the_page_answers_first_loads_nothing_and_shows_the_curve_the_fleet_and_the_bill() {
    let (_, page, _) = plan(&["--format", "html", "--set", "users.daily=6M"]);
    assert!(page.contains("</html>") && !page.contains("could not be laid out"), "{page}");
    for address in ["http:", "https:", "<script", "url(", "<link rel=\"stylesheet", "NaN", "inf"] {
        assert!(!page.contains(address), "{address}");
    }
    // The template's escape of a slash.
    let page = page.replace("&#x2f;", "/");
    for title in [
        "The promise holds at 2,500/s and is broken at 2,800/s",
        "At 3,200/s asked only 2,790/s were done",
        "The servers of today hold the peak until 2027-",
        "A month costs ",
        "egress cost is ",
        "capacity was predicted 2\u{a0}% below what came",
        "server CPU per request was 2.3",
    ] {
        assert!(page.contains(&format!("<h3>{title}")), "{title}");
    }
    // The claim of the file, 350..450, against 6 M × 28.5 ÷ 86,400 s × 2.
    assert!(page.contains("<header class=\"verdict bad\">") && page.contains("REFUTED"), "{page}");
}

#[test]
fn what_a_measurement_leaves_out_or_has_at_its_extreme_breaks_no_form() {
    let folder = std::env::temp_dir().join(format!("estimator-plan-extremes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(CAPACITY).unwrap()).unwrap();
    let mut bare = sample.clone();
    for list in ["levels", "predicted", "measured"] {
        bare[list] = json!([]);
    }
    for part in ["law", "limit"] {
        bare[part] = Value::Null;
    }
    bare["rate"]["interval"] = Value::Null;
    bare["node"]["cores"] = Value::Null;
    let mut extreme = sample;
    // A promise that allows no miss, and levels at which nothing was done, or nothing was asked.
    extreme["levels"][0]["attained"] =
        json!({ "promise": "p", "promised": 1.0, "share": 1.0, "interval": [1.0, 1.0] });
    extreme["levels"][1]["attained"] =
        json!({ "promise": "p", "promised": 0.0, "share": 0.0, "interval": [0.0, 0.0] });
    for field in ["offered_per_s", "done_per_s", "mean_s", "p50_s", "p99_s", "concurrency"] {
        extreme["levels"][1][field] = json!(0.0);
    }
    extreme["law"]["kappa"]["value"] = json!(0.0);
    extreme["predicted"][0]["measured"] = Value::Null;
    extreme["predicted"][1]["predicted"] = json!({ "p10": 0.0, "p50": 0.0, "p90": 0.0 });
    for (name, capacity) in [("bare", bare), ("extreme", extreme)] {
        let file = folder.join(format!("{name}.json"));
        std::fs::write(&file, capacity.to_string()).unwrap();
        for form in ["text", "markdown", "json", "html"] {
            let (code, page, err) = run(&[
                "plan",
                "forum",
                "--measured",
                file.to_str().unwrap(),
                "--samples",
                "101",
                "--format",
                form,
            ]);
            assert_eq!((code, err.as_str()), (0, ""), "{name} {form}");
            for wrong in ["NaN", "inf ", "-inf", "could not be laid out", "null/s"] {
                assert!(!page.contains(wrong), "{name} {form}: {wrong} in {page}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn nothing_of_a_measurement_is_markup() {
    let folder = std::env::temp_dir().join(format!("estimator-plan-markup-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (file, text) = (folder.join("capacity.json"), std::fs::read_to_string(CAPACITY).unwrap());
    std::fs::write(&file, text.replace("AMD EPYC", "<script>AMD").replace("levels at or below", "<b>levels"))
        .unwrap();
    let (code, page, err) = run(&["plan", "forum", "--measured", file.to_str().unwrap(), "--format", "html"]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        !page.contains("<script") && !page.contains("<b>") && page.contains("&lt;script&gt;AMD"),
        "{page}"
    );
}

#[test]
fn a_file_without_a_machine_or_a_horizon_is_planned_with_the_measured_one_and_told_so() {
    let text = ["--set", "node=", "--set", "for="];
    let (code, out, _) = plan(&text);
    assert_eq!(code, 0);
    for note in [
        "the file does not say how far ahead it plans: three years, by default",
        "the file has no price of a machine: 2 cores of one are priced (measured 2026-11-23",
        "it does not say how large a disk is, so none runs out",
    ] {
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(note), "{note}: {out}");
    }
}
