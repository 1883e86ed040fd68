//! What one run of a scenario does to later estimates of it, and when it does nothing to them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use scenarios::calibration::{Calibration, fingerprint};
use serde_json::{Value, json};

const FORUM: &str = include_str!("../../scenarios/forum.yaml");
const REPORT: &str = include_str!("../../scenarios/tests/data/report-1.json");
const CAPACITY: &str = include_str!("../../scenarios/tests/data/capacity-1.json");

/// A folder with a scenario; gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("estimator-by-run-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        std::fs::write(path.join("board.yaml"), FORUM).expect("and written to");
        Folder(path)
    }

    /// The old report, as one that can be believed, with a change.
    fn report(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut report: Value = serde_json::from_str(REPORT).expect("the sample is JSON");
        report["generator"]["verdict"] = json!("VALID");
        report["all"]["good"] = json!(5_000);
        report["provenance"]["scenario_hash"] = json!(fingerprint(FORUM));
        change(&mut report);
        std::fs::write(self.0.join(name), report.to_string()).expect("it can be written");
    }

    fn estimator(&self, line: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
        command.args(line).current_dir(&self.0).env("NO_COLOR", "1").stdin(Stdio::null());
        command.output().expect("the program is there")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_a_request_cost_in_a_run_takes_the_place_of_defaults() {
    let folder = Folder::new("takes");
    folder.report("report.json", |_| {});
    let explained = |name: &str| out(&folder.estimator(&["explain", "board.yaml", name, "--samples", "101"]));
    assert!(!explained("server CPU per request").contains("measured"));
    let made = folder.estimator(&["calibrate", "board.yaml", "--measured", "report.json"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    insta::assert_snapshot!(out(&made));

    let kept = std::fs::read_to_string(folder.0.join("board.calibration.json")).expect("it was written");
    let kept: Calibration = serde_json::from_str(&kept).expect("and can be read");
    assert_eq!((kept.capacity, kept.cores), (None, None), "a run finds no capacity");

    // As the report has it: 0.000 751 88 s of processor time and 1.762 statements for each request.
    let cpu = explained("server CPU per request");
    assert!(
        cpu.starts_with("server CPU per request = 752 µs") && cpu.contains("measured 2026-11-23"),
        "{cpu}"
    );
    let queries = explained("peak SQL queries");
    assert!(queries.contains("SQL statements per request") && queries.contains("1.76"), "{queries}");
    // No node was measured: how many requests one holds still follows from the processor time.
    let holds = explained("requests one node holds");
    assert!(holds.contains("CPU limit") && !holds.contains("measured capacity"), "{holds}");
    let without = ["explain", "board.yaml", "server CPU per request", "--no-calibration"];
    assert!(!out(&folder.estimator(&without)).contains("measured"));
}

#[test]
fn a_capacity_calibrates_too() {
    let folder = Folder::new("capacity");
    std::fs::write(folder.0.join("capacity.json"), CAPACITY).expect("it can be written");
    let made = folder.estimator(&["calibrate", "board.yaml", "--measured", "capacity.json"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let holds =
        out(&folder.estimator(&["explain", "board.yaml", "requests one node holds", "--samples", "101"]));
    assert!(holds.contains("measured capacity of one node"), "{holds}");
}

#[test]
fn a_run_that_says_nothing_of_the_server_changes_nothing() {
    type Change = fn(&mut Value);
    let folder = Folder::new("refused");
    let cases: [(&str, i32, Change); 9] = [
        ("another-schema", 2, |report| report["schema"] = json!(9)),
        ("another-scenario", 2, |report| report["scenario"] = json!("shop")),
        ("another-text", 2, |report| report["provenance"]["scenario_hash"] = json!("0000000000000000")),
        ("nothing-seen", 2, |report| {
            report["predictions"] = json!([]);
            report["server"] = Value::Null;
        }),
        ("no-number", 2, |report| {
            report["predictions"][4]["measured"] = json!({"p10": 3.0, "p50": 2.0, "p90": 1.0});
        }),
        ("no-report", 2, |report| report["all"] = Value::Null),
        ("generator", 3, |report| report["generator"]["verdict"] = json!("GENERATOR_LIMITED")),
        ("unsteady", 3, |report| report["generator"]["verdict"] = json!("NOT_STATIONARY")),
        ("too-few", 3, |report| report["all"]["good"] = json!(999)),
    ];
    let mut said = String::new();
    for (name, code, change) in cases {
        let file = format!("{name}.json");
        folder.report(&file, change);
        let output = folder.estimator(&["calibrate", "board.yaml", "--measured", &file]);
        assert_eq!(output.status.code(), Some(code), "{name}: {}", err(&output));
        assert!(!folder.0.join("board.calibration.json").exists(), "{name}");
        let _ = writeln!(said, "$ estimator calibrate board.yaml --measured {file}\n{}", err(&output));
    }
    for line in [
        &["calibrate", "board.yaml", "--measured", "board.yaml"][..],
        &["calibrate", "board.yaml", "--measured", "nowhere.json"],
    ] {
        let output = folder.estimator(line);
        assert_eq!(output.status.code(), Some(2), "{line:?}");
        let _ = writeln!(said, "$ estimator {}\n{}", line.join(" "), err(&output));
    }
    insta::assert_snapshot!(said);
}
