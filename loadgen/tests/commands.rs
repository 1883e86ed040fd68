//! Targets that a command starts: they are waited for, measured, and stopped, and nothing of them stays behind.

#![cfg(feature = "reference-server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use helpers::{Run, report};
use rustix::process::Pid;

/// A line that serves the forum, which is a server like any other, and something beside it that nobody waits for.
fn line(folder: &tempfile::TempDir) -> String {
    let program = env!("CARGO_BIN_EXE_loadgen");
    let database = folder.path().join("forum.sqlite");
    format!(
        "sleep 1000 & '{program}' __reference-server serve --limits off --listen 127.0.0.1:{{port}} --database '{}'",
        database.display()
    )
}

fn scenario(command: &str, rest: &str) -> String {
    format!(
        "name: mine\ntarget:\n  command: \"{command}\"\n  ready: /health/ready\n{rest}actions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: /json }}\nload: {{ duration: 2s, warmup: 0s, rate: 40/s, think: 50 ms }}\n"
    )
}

const MODELS: [&[&str]; 2] = [&[], &["--closed", "--users", "5"]];

fn in_model(text: &str, model: &[&str]) -> Run {
    let text = if model.is_empty() { text.to_owned() } else { text.replace("rate: 40/s, ", "") };
    Run::new(&text).args(model.iter().copied())
}

/// All processes below the run's own child.
fn below(keeper: Pid) -> Vec<Pid> {
    let mut found = vec![keeper.as_raw_nonzero().get()];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        next += 1;
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let children = children.unwrap_or_default();
        found.extend(children.split_ascii_whitespace().map(|pid| pid.parse::<i32>().unwrap()));
    }
    found.into_iter().filter_map(Pid::from_raw).collect()
}

#[test]
fn a_command_is_started_measured_and_stopped_in_both_models() {
    for model in MODELS {
        let folder = tempfile::tempdir().unwrap();
        let run = in_model(&scenario(&line(&folder), ""), model).start();
        run.wait_for("started `");
        let keeper = run.server_pid();
        run.wait_for_load();
        let processes = below(keeper);
        assert!(processes.len() >= 3, "the keeper, the server and what it started: {processes:?}");
        let done = run.finish();
        let report = report(&done);
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
        assert!(
            report.target.what.contains("__reference-server") && report.target.what.contains("127.0.0.1:")
        );
        // The whole tree's memory is seen; its processor time may be below one tick.
        assert!(report.server.unwrap().memory_bytes > 1_000_000);
        processes.into_iter().for_each(helpers::wait_until_dead);
    }
}

#[test]
fn nothing_of_a_command_outlives_a_run_that_is_interrupted_or_killed() {
    for model in MODELS {
        for times in [1, 2, 9] {
            let folder = tempfile::tempdir().unwrap();
            let run = in_model(&scenario(&line(&folder), ""), model).args(["--duration", "10 min"]).start();
            run.wait_for("started `");
            let keeper = run.server_pid();
            run.wait_for_load();
            let processes = below(keeper);
            assert!(processes.len() >= 3, "{processes:?}");
            if times == 9 {
                run.kill();
            } else {
                for _ in 0..times {
                    run.interrupt();
                    // Two at once would be one.
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                let done = run.finish();
                assert!(matches!(done.code, 0 | 1 | 3 | 130), "{done:?}");
            }
            processes.into_iter().for_each(helpers::wait_until_dead);
        }
    }
}

#[test]
fn a_command_that_does_not_come_up_is_told_with_what_it_said() {
    for (command, rest, said) in [
        ("echo no database here >&2; exit 7", "", "no database here"),
        ("exec sleep 1000", "  wait: 200 ms\n", "was not ready within 0.2 s"),
        ("/no/such/program", "", "ended by itself"),
    ] {
        let done = Run::new(&scenario(command, rest)).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains(said) && done.stderr.contains("hint:"), "{command}: {}", done.stderr);
        assert!(!done.has_results());
    }
}

#[test]
fn a_command_may_be_typed_and_gets_its_port_in_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let line = line(&folder).replace("{port}", "$PORT");
    let text = scenario("exit 1", "");
    let done = Run::new(&text).args(["--command", &line]).start().finish();
    let report = report(&done);
    assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
}

#[test]
fn a_server_that_ends_in_the_middle_is_told_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::new(&scenario(&line(&folder), "")).args(["--duration", "4s"]).start();
    run.wait_for("started `");
    let keeper = run.server_pid();
    run.wait_for_load();
    for process in below(keeper).into_iter().skip(1) {
        // One may have ended with another.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
    let done = run.finish();
    let report = report(&done);
    assert!(report.all.failed() > 0, "{:?}", report.all.errors);
    assert!(report.notes.iter().any(|note| note.contains("ended by itself")), "{:?}", report.notes);
}
