//! Every way in which a measured capacity or a calibration is refused, as its reader sees it: exit code 2 where it makes no
//! sense, 3 where it does not tell how much one node holds.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const SAMPLE: &str = include_str!("../../scenarios/tests/data/capacity-1.json");

/// A folder of its own for one test, and gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("estimator-plan-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("it can be written to");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(folder: &Path, line: &[&str], code: i32) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    command.args(line).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    let output = command.output().expect("the program is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = line.join(" ");
    assert_eq!(output.status.code(), Some(code), "{shown}: {said}");
    assert!(output.stdout.is_empty(), "{shown}: errors go to standard error alone");
    assert!(said.lines().any(|line| line.trim_start().starts_with("hint: ")), "{shown}: no hint: {said}");
    said
}

/// The sample with a change, in a file of the folder.
fn changed(folder: &Folder, name: &str, change: impl FnOnce(&mut Value)) {
    let mut capacity: Value = serde_json::from_str(SAMPLE).expect("the sample is JSON");
    change(&mut capacity);
    folder.write(name, &capacity.to_string());
}

/// What `plan forum` says to each file.
fn pictures(folder: &Folder, names: &[&str], code: i32) -> String {
    names.iter().fold(String::new(), |mut out, name| {
        let text = said(&folder.0, &["plan", "forum", "--measured", name, "--calibrate"], code);
        let _ = writeln!(out, "$ estimator plan forum --measured {name}\n{text}");
        assert!(!folder.0.join("forum.calibration.json").exists(), "{name}: a calibration was written");
        out
    })
}

#[test]
fn a_capacity_that_makes_no_sense_is_refused() {
    let folder = Folder::new("wrong");
    folder.write("text.json", "not JSON");
    folder.write("empty.json", "");
    folder.write("list.json", "[1, 2]");
    folder.write("huge.json", &SAMPLE.replace("2560.0", "1e999"));
    changed(&folder, "newer.json", |capacity| capacity["schema"] = json!(2));
    changed(&folder, "shop.json", |capacity| capacity["scenario"] = json!("shop"));
    changed(&folder, "promises.json", |capacity| capacity["promises"] = json!(["all p99 < 2 s"]));
    changed(&folder, "rateless.json", |capacity| capacity["rate"] = Value::Null);
    changed(&folder, "negative.json", |capacity| capacity["rate"]["per_s"] = json!(-5.0));
    changed(&folder, "zero.json", |capacity| capacity["rate"]["per_s"] = json!(0.0));
    changed(&folder, "outside.json", |capacity| capacity["rate"]["interval"] = json!([1.0, 2.0]));
    changed(&folder, "coreless.json", |capacity| capacity["node"]["cores"] = json!(-2.0));
    changed(&folder, "cpu.json", |capacity| capacity["measured"][0]["value"]["p10"] = json!(-1e-3));
    changed(&folder, "level.json", |capacity| capacity["levels"][3]["done_per_s"] = json!(-1.0));
    insta::assert_snapshot!(pictures(
        &folder,
        &[
            "no.json",
            ".",
            "text.json",
            "empty.json",
            "list.json",
            "huge.json",
            "newer.json",
            "shop.json",
            "promises.json",
            "rateless.json",
            "negative.json",
            "zero.json",
            "outside.json",
            "coreless.json",
            "cpu.json",
            "level.json",
        ],
        2
    ));
}

#[test]
fn a_measurement_that_does_not_tell_is_no_plan_and_no_calibration() {
    let folder = Folder::new("untold");
    changed(&folder, "at-least.json", |capacity| {
        capacity["outcome"] = json!("at_least");
        capacity["rate"]["interval"] = Value::Null;
    });
    changed(&folder, "never.json", |capacity| {
        capacity["outcome"] = json!("never");
        capacity["rate"] = Value::Null;
    });
    changed(&folder, "contradicting.json", |capacity| {
        capacity["outcome"] = json!("cannot_tell");
        capacity["rate"] = Value::Null;
        // 1,600/s failed, 2,500/s held.
        capacity["levels"][2]["verdict"] = json!("missed");
    });
    changed(&folder, "generator.json", |capacity| {
        capacity["limit"] = json!({ "resource": "generator", "evidence": ["98 % of its core"] });
    });
    changed(&folder, "late.json", |capacity| {
        // Both rates that failed; 2,800/s is the lower one.
        capacity["levels"][4]["honesty"] = json!("GENERATOR_LIMITED");
        capacity["levels"][5]["honesty"] = json!("GENERATOR_LIMITED");
    });
    insta::assert_snapshot!(pictures(
        &folder,
        &["at-least.json", "never.json", "contradicting.json", "generator.json", "late.json"],
        3
    ));
}

#[test]
fn a_scenario_that_cannot_be_planned_is_told_what_it_lacks() {
    let folder = Folder::new("lacking");
    let base = "name: forum\nusers: { daily: 20k, growth: 20%/year }\nactions: { read question: 20 }\n";
    folder.write("flat.yaml", &base.replace(", growth: 20%/year", ""));
    folder.write(
        "idle.yaml",
        &base.replace("actions: { read question: 20 }", "data: { post: { size: 1 KB, count: 5 } }"),
    );
    folder.write("claim.yaml", &format!("{base}expect: {{ unicorns: 5 }}\n"));
    folder.write("far.yaml", &format!("{base}for: 9000 years\n"));
    folder.write("fine.yaml", base);
    changed(&folder, "capacity.json", |_| ());
    let lines: &[&[&str]] = &[
        &["plan", "flat.yaml", "--measured", "capacity.json"],
        &["plan", "idle.yaml", "--measured", "capacity.json"],
        &["plan", "claim.yaml", "--measured", "capacity.json"],
        &["plan", "far.yaml", "--measured", "capacity.json"],
        &["plan", "fine.yaml"],
        &["plan", "fine.yaml", "--measured", "capacity.json", "--from", "tomorrow"],
        &["plan", "fine.yaml", "--measured", "capacity.json", "--from", "2027-02-29"],
        &["plan", "fine.yaml", "--measured", "capacity.json", "--samples", "1"],
        &["plan", "fine.yaml", "--measured", "capacity.json", "-o", "no/plan.html"],
        &["plan", "-", "--measured", "-"],
    ];
    let text = lines.iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "$ estimator {}\n{}", line.join(" "), said(&folder.0, line, 2));
        out
    });
    insta::assert_snapshot!(text);
}

#[test]
fn a_calibration_that_does_not_fit_is_refused_and_can_be_left_out() {
    let folder = Folder::new("calibration");
    changed(&folder, "capacity.json", |_| ());
    let plan = ["plan", "forum", "--measured", "capacity.json", "--calibrate", "-o", "plan.txt"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    let output = command.args(plan).current_dir(&folder.0).stdin(Stdio::null()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let path = folder.0.join("forum.calibration.json");
    let good: Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("it was written")).expect("JSON");
    let mut text = String::new();
    for (key, value) in [
        ("schema", json!(9)),
        ("scenario", json!("shop")),
        ("mix", json!("0000000000000000")),
        ("capacity", json!({ "per_s": -1.0, "interval": null, "confidence": 0.95 })),
        ("cores", json!("two")),
    ] {
        let mut wrong = good.clone();
        wrong[key] = value;
        folder.write("forum.calibration.json", &wrong.to_string());
        let _ = writeln!(text, "{key}: {}", said(&folder.0, &["estimate", "forum"], 2));
    }
    folder.write("forum.calibration.json", "{");
    for line in [
        &["explain", "forum", "servers"][..],
        &["compare", "forum", "spotify"],
        &["sweep", "forum", "--vary", "users.daily=1k..2k"],
    ] {
        let _ = writeln!(text, "{}: {}", line[0], said(&folder.0, line, 2));
    }
    insta::assert_snapshot!(text);
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    let output = command
        .args(["estimate", "forum", "--no-calibration"])
        .current_dir(&folder.0)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(0));
}
