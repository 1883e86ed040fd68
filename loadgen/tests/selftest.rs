//! The self-test as a user runs it. How this machine fares is not judged: a busy one cannot tell, and says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::{Command, Output};

fn selftest(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loadgen")).arg("selftest").args(arguments).output().unwrap()
}

#[test]
fn a_short_self_test_predicts_measures_and_answers() {
    let done = selftest(&["--quick", "--format", "json"]);
    let stderr = String::from_utf8(done.stderr).unwrap();
    assert!(stderr.contains("a stall of 400 ms"), "{stderr}");
    let test: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let expected = match done.status.code() {
        Some(0) => "passed",
        Some(3) => "cannot_tell",
        other => panic!("{other:?}: {test:#}"),
    };
    assert_eq!(test["answer"].as_str(), Some(expected));
    let rows = test["stalls"][0]["rows"].as_array().unwrap();
    // D = 0.4 s in T = 2 s: x(p) = 0.4 - (1 - p) 2.
    let predicted: Vec<f64> = rows.iter().map(|row| row["predicted_s"].as_f64().unwrap()).collect();
    for (found, expected) in predicted.iter().zip([0.0, 0.2, 0.3, 0.38, 0.398, 0.4]) {
        assert!((found - expected).abs() < 1e-9, "{predicted:?}");
    }
    // However late this machine is, nobody waits for less than the target made him wait.
    assert!(rows[5]["seen_s"].as_f64().unwrap() > 0.39, "{rows:?}");
    assert!(test["users"]["done_per_s"].as_f64().unwrap() > 0.0);
}

#[test]
fn an_unknown_option_of_the_self_test_is_refused() {
    let done = selftest(&["--slow"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8(done.stderr).unwrap().contains("--slow"));
}
