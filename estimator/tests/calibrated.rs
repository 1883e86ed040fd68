//! What a calibration beside a scenario does to later commands, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CAPACITY: &str = include_str!("../../scenarios/tests/data/capacity-1.json");
const FORUM: &str = include_str!("../../scenarios/forum.yaml");

/// Gone with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A folder with a scenario in a folder below it, and what was measured of it.
fn folder(name: &str) -> Folder {
    let path = std::env::temp_dir().join(format!("estimator-calibrated-{name}-{}", std::process::id()));
    std::fs::create_dir_all(path.join("mine")).expect("a temporary folder can be made");
    std::fs::write(path.join("mine/board.yaml"), FORUM).expect("and written to");
    std::fs::write(path.join("capacity.json"), CAPACITY).expect("and written to");
    Folder(path)
}

fn estimator(folder: &Path, line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    // Enough to tell one number from another.
    command.args(line).args(["--samples", "101"]);
    command
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program is there")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SAID: &str = "measured 2026-11-23 on AMD EPYC, 2 cores, 24 GiB, Linux 6.18";

#[test]
fn every_later_command_uses_it_and_says_so_and_can_leave_it_out() {
    let folder = folder("all");
    let before = out(&estimator(&folder.0, &["estimate", "mine/board.yaml"]));
    let plan =
        estimator(&folder.0, &["plan", "mine/board.yaml", "--measured", "capacity.json", "--calibrate"]);
    assert_eq!(plan.status.code(), Some(0), "{}", err(&plan));
    assert_eq!(
        err(&plan),
        "mine/board.calibration.json written: later estimates of forum use it and say so\n"
    );
    assert_eq!(
        std::fs::read_to_string(folder.0.join("mine/board.yaml")).unwrap(),
        FORUM,
        "the file stays as it is"
    );

    let after = out(&estimator(&folder.0, &["estimate", "mine/board.yaml"]));
    assert!(!before.contains(SAID) && after.contains(SAID) && after != before, "{after}");
    let left_out = out(&estimator(&folder.0, &["estimate", "mine/board.yaml", "--no-calibration"]));
    assert_eq!(left_out, before);

    let json = out(&estimator(&folder.0, &["estimate", "mine/board.yaml", "--format", "json"]));
    let estimate: scenarios::estimate::Estimate = serde_json::from_str(&json).unwrap();
    assert_eq!(estimate.calibrated.map(|calibrated| calibrated.source).as_deref(), Some(SAID));
    for form in ["markdown", "html"] {
        let page = out(&estimator(&folder.0, &["estimate", "mine/board.yaml", "--format", form]));
        assert!(page.contains(SAID), "{form}");
    }

    let explained = estimator(&folder.0, &["explain", "mine/board.yaml", "server CPU per request"]);
    // 425 µs, as measured.
    assert!(out(&explained).starts_with("server CPU per request = 425 µs"), "{}", out(&explained));
    assert!(out(&explained).contains(&format!("measured · {SAID}")), "{}", out(&explained));
    for line in [
        &["explain", "mine/board.yaml", "servers"][..],
        &["sketch", "mine/board.yaml"],
        &["compare", "mine/board.yaml", "--with", "users.daily=2M"],
        &["sweep", "mine/board.yaml", "--vary", "users.daily=1M..2M", "--steps", "2"],
    ] {
        let said = err(&estimator(&folder.0, line));
        assert_eq!(
            said,
            format!("calibrated by mine/board.calibration.json: {SAID}; --no-calibration leaves it out\n"),
            "{line:?}"
        );
        let quiet = [line, &["--no-calibration"]].concat();
        assert_eq!(err(&estimator(&folder.0, &quiet)), "", "{line:?}");
    }
}

#[test]
fn that_of_a_shipped_scenario_lies_in_the_current_folder() {
    let folder = folder("shipped");
    let plan = estimator(
        &folder.0,
        &["plan", "forum", "--measured", "capacity.json", "--calibrate", "--set", "users.daily=6M"],
    );
    // The change to the users refutes the claim of the file, and is no part of the calibration.
    assert_eq!(plan.status.code(), Some(1), "{}", err(&plan));
    assert!(folder.0.join("forum.calibration.json").exists());
    assert!(out(&estimator(&folder.0, &["estimate", "forum"])).contains(SAID));
    // Another scenario beside it is not touched.
    assert!(!out(&estimator(&folder.0, &["estimate", "spotify"])).contains(SAID));
}

#[test]
fn a_plan_can_come_from_a_pipe_but_a_calibration_has_no_place_then() {
    let folder = folder("pipe");
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    command.args(["plan", "-", "--measured", "capacity.json", "--calibrate", "--samples", "101"]);
    command.current_dir(&folder.0).stdin(std::fs::File::open(folder.0.join("mine/board.yaml")).unwrap());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("has no place for a calibration"), "{}", err(&output));
}
