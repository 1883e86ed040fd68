//! The promise on the front page, end to end: one command estimates, starts the server, loads it, and reports.
//!
//! Runs are short and their figures are not judged: what is checked is that everything that was due is accounted for,
//! that the report says what was done, and that nothing stays behind.

mod helpers;

use helpers::{FORUM, Run, report};

#[test]
fn an_open_run_of_the_forum_leaves_a_report_that_adds_up() {
    let run = Run::new(FORUM)
        .args(["--rate", "60", "--duration", "3s", "--warmup", "1s", "--scale", "200"])
        .start();
    let done = run.finish();
    assert!(matches!(done.code, 0 | 1 | 3), "{done:?}");
    let report = report(&done);
    assert_eq!(report.offered.model, "open");
    assert_eq!(report.offered.actions_per_s, Some(60.0));
    assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
    assert_eq!(report.all.scheduled, report.all.good);
    assert_eq!(report.actions.iter().map(|action| action.scheduled).sum::<u64>(), report.all.scheduled);
    // 60/s for 3 s, Poisson: 180 give or take four standard deviations of 13.4.
    assert!((126..=234).contains(&report.all.scheduled), "{}", report.all.scheduled);
    let seeded = report.target.seeded.as_ref().expect("the reference server was filled");
    assert_eq!(seeded.questions, 200);
    assert!(
        report
            .server
            .is_some_and(|server| server.cpu_per_request_s > 0.0 && server.sql_per_request > Some(0.5))
    );
    assert!(
        report
            .predictions
            .iter()
            .any(|held| held.quantity == "bytes per response" && held.measured.is_some())
    );
    for said in
        ["read question", "p99 [95 %]", "SLO", "estimate against measurement", "generator", "latency.hlog"]
    {
        assert!(done.stdout.contains(said), "{said} is missing:\n{}", done.stdout);
    }
    for file in ["report.json", "report.html", "latency.hlog"] {
        let length = std::fs::metadata(done.results().join(file)).expect(file).len();
        assert!(length > 500, "{file} has {length} bytes");
    }
    assert_eq!(done.left_in_data(), 0, "the server's database is removed");
}

#[test]
fn the_server_is_switched_as_the_file_says_and_the_command_line_wins() {
    let scenario = format!(
        "{FORUM}choices: {{ switches: {{ durability: normal, http-cache: 60s, behind-tls: on }} }}\n"
    );
    let run = Run::new(&scenario)
        .args(["--rate", "20", "--duration", "1s", "--warmup", "0s", "--scale", "50"])
        .args(["--switch", "durability=off", "--switch", "group-commit=off"])
        .start();
    let done = run.finish();
    assert!(matches!(done.code, 0 | 1 | 3), "{done:?}");
    let what = report(&done).target.what;
    let (_, switched) = what.split_once(", limits for each client off, ").unwrap_or_else(|| panic!("{what}"));
    assert_eq!(switched, "durability off, group-commit off, http-cache 60s, behind-tls on");
}

#[test]
fn a_switch_that_the_server_does_not_have_is_told_by_the_server() {
    let done = Run::new(FORUM).args(["--switch", "warp=9"]).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("unexpected argument '--warp'"), "{}", done.stderr);
    assert_eq!(done.left_in_data(), 0);
}

#[test]
fn a_closed_run_does_the_same_journeys_with_users_who_think() {
    let scenario = format!("{FORUM}load: {{ think: 300 ms }}\n");
    let run = Run::new(&scenario)
        .args(["--closed", "--users", "20", "--duration", "3s", "--warmup", "1s", "--scale", "200"])
        .start();
    let done = run.finish();
    assert!(matches!(done.code, 0 | 1 | 3), "{done:?}");
    let report = report(&done);
    assert_eq!((report.offered.model.as_str(), report.offered.users), ("users", Some(20)));
    assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
    // 20 users who pause 0.3 s: at most 66.7/s, less the answers' own time.
    assert!((50..=260).contains(&report.all.scheduled), "{}", report.all.scheduled);
    assert!(
        done.stdout.starts_with(['✓', '✗', '?']) && done.stdout.contains("\nforum-test · closed model"),
        "goose does not speak on stdout: {}",
        done.stdout
    );
}

#[test]
fn journeys_log_in_and_go_on_with_what_they_were_told() {
    let scenario = format!(
        "{FORUM}journeys:\n  writer: [ login, think 10..20 ms, read question, answer ]\nload: {{ rate: 20/s, duration: 2s, warmup: 0s }}\n"
    );
    let report = report(&Run::new(&scenario).args(["--scale", "50"]).start().finish());
    assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
    let names: Vec<&str> = report.actions.iter().map(|action| action.name.as_str()).collect();
    assert_eq!(names, ["read question", "answer", "login"]);
    // Three actions a visit: 20 actions/s are 6.7 visits/s.
    assert!(report.actions.iter().all(|action| action.scheduled > 3), "{:?}", report.actions);
}

#[test]
fn the_same_seed_offers_the_same_load_and_another_seed_another() {
    let schedule = |seed: &str| {
        let run = Run::new(FORUM)
            .args(["--rate", "50", "--duration", "1s", "--warmup", "0s", "--scale", "50", "--seed", seed])
            .start();
        report(&run.finish()).offered.schedule
    };
    let first = schedule("1");
    assert_eq!(first, schedule("1"));
    assert_ne!(first, schedule("2"));
}

#[test]
fn the_json_form_and_the_report_command_give_the_same_value() {
    let run = Run::new(FORUM)
        .args(["--rate", "50", "--duration", "1s", "--warmup", "0s", "--scale", "50", "--format", "json"])
        .start();
    let done = run.finish();
    let printed: scenarios::report::Report =
        serde_json::from_str(&done.stdout).expect("stdout is the report alone");
    assert_eq!(printed, report(&done));
    let again = helpers::loadgen(&["report", done.results().to_str().unwrap(), "--format", "json"]);
    assert_eq!(serde_json::from_str::<scenarios::report::Report>(&again.stdout).unwrap(), printed);
    let page = helpers::loadgen(&["report", done.results().to_str().unwrap(), "--format", "html"]);
    assert!(page.stdout.starts_with("<!doctype html>") || page.stdout.starts_with("<!DOCTYPE html>"));
}

#[test]
fn ctrl_c_ends_an_open_run_with_the_report_so_far_and_no_server_behind() {
    interrupted(&["--rate", "50"]);
}

#[test]
fn ctrl_c_ends_a_closed_run_with_the_report_so_far_and_no_server_behind() {
    interrupted(&["--closed", "--users", "20"]);
}

fn interrupted(model: &[&str]) {
    let run = Run::new(FORUM)
        .args(["--duration", "10 min", "--warmup", "1s", "--scale", "50"])
        .args(model.iter().copied())
        .start();
    run.wait_for("seeded");
    let server = run.server_pid();
    run.wait_for_load();
    let asked = std::time::Instant::now();
    run.interrupt();
    let done = run.finish();
    assert!(asked.elapsed().as_secs() < 5, "took {:?}", asked.elapsed());
    assert!(report(&done).offered.cut_short);
    assert!(done.stdout.contains("CUT SHORT"));
    assert!(!helpers::is_alive(server), "the server outlived the run");
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_leaves_no_database_behind() {
    let run = Run::new(FORUM).args(["--duration", "10 min", "--warmup", "1s", "--scale", "50"]).start();
    run.wait_for("seeded");
    let server = run.server_pid();
    run.wait_for_load();
    run.interrupt();
    // Two at once would be one.
    std::thread::sleep(std::time::Duration::from_millis(50));
    run.interrupt();
    let done = run.finish();
    // The first may have ended the run by then; either way nothing stays behind.
    assert!(matches!(done.code, 0 | 1 | 3 | 130), "{done:?}");
    assert_eq!(done.left_in_data(), 0, "the server's database is removed");
    helpers::wait_until_dead(server);
}

#[test]
fn the_server_dies_with_its_parent_even_when_that_is_killed() {
    let run = Run::new(FORUM).args(["--duration", "10 min", "--warmup", "1s", "--scale", "50"]).start();
    run.wait_for("seeded");
    let server = run.server_pid();
    assert!(helpers::is_alive(server));
    run.kill();
    helpers::wait_until_dead(server);
}
