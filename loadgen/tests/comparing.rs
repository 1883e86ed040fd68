//! Comparisons as a build service makes them: the program, real servers, and every way in which it must not pass by accident.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use helpers::server::{Asked, serve};
use helpers::{Done, FORUM, Run, loadgen};
use serde_json::Value;

const HELLO: &str = "name: hello
actions: { hello: { total: 100/s } }
requests: { hello: { GET: /, check: status 200 } }
";

/// One at a time: each of them measures processor time.
static ALONE: Mutex<()> = Mutex::new(());

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Runs a command with this scenario in place of `SCENARIO`.
fn run(scenario: &str, arguments: &[&str]) -> Done {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, scenario).unwrap();
    let words: Vec<&str> = arguments
        .iter()
        .map(|word| if *word == "SCENARIO" { path.to_str().unwrap() } else { *word })
        .collect();
    loadgen(&words)
}

fn json(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"))
}

fn row<'a>(job: &'a Value, name: &str) -> &'a Value {
    let rows = job["parts"][0]["comparison"]["against"][0]["metrics"].as_array().unwrap();
    rows.iter().find(|row| row["name"] == name).unwrap()
}

#[test]
fn one_build_passes_against_itself_and_a_slower_one_does_not() {
    // A short form of the check, with a margin that twenty pairs on a busy machine can tell.
    let check = |b: &str, seconds: &str| {
        let short = [
            "--primary",
            "cpu",
            "--margin",
            "cpu=20%",
            "--scale",
            "200",
            "--rate",
            "100",
            "--block",
            "700ms",
        ];
        let mut arguments =
            vec!["check", "SCENARIO", "--a", "reference", "--b", b, "--max-time", seconds, "--quiet"];
        arguments.extend(short);
        arguments.extend(["--format", "json", "--history", "history.jsonl"]);
        run(FORUM, &arguments)
    };
    let same = check("reference", "45s");
    let job = json(&same);
    assert_eq!(
        (same.code, &job["word"]),
        (0, &Value::from("no_difference")),
        "{}",
        row(&job, "CPU per request")
    );
    assert!(same.has("history.jsonl"));
    // A debug build takes some 3 ms of processor time for a request.
    let slower = check("reference --extra-work 5ms", "45s");
    let job = json(&slower);
    assert_eq!(
        (slower.code, &job["word"]),
        (1, &Value::from("regressed")),
        "{}",
        row(&job, "CPU per request")
    );
    assert_eq!(job["parts"][0]["comparison"]["against"][0]["confirmation"]["agrees"], true);
    let change = row(&job, "CPU per request")["change"].as_f64().unwrap();
    assert!(change > 0.2, "{change}");
}

#[test]
fn the_baseline_is_built_from_a_revision_of_git() {
    let repository = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(arguments)
            .current_dir(repository.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "--quiet"]);
    for work in ["0", "5ms"] {
        std::fs::write(repository.path().join("work"), work).unwrap();
        git(&["add", "work"]);
        git(&["commit", "--quiet", "--message", work]);
    }
    std::fs::write(repository.path().join("scenario.yaml"), HELLO).unwrap();
    // What was built and what was not are told apart by a file.
    std::fs::write(repository.path().join("built"), "").unwrap();
    let server = format!(
        "test -f built && exec {} __reference-server serve --limits off --listen 127.0.0.1:{{port}} --database \"$(mktemp -d)/forum.sqlite\" --extra-work \"$(cat work)\"",
        env!("CARGO_BIN_EXE_loadgen")
    );
    let check = |base: &str, build: &str| {
        let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let words =
            ["check", "scenario.yaml", "--base", base, "--build", build, "--b", &server, "--max-time", "40s"];
        let short =
            ["--primary", "cpu", "--margin", "cpu=20%", "--rate", "100", "--block", "600ms", "--no-confirm"];
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_loadgen"))
            .args(words)
            .args(short)
            .current_dir(repository.path())
            .output()
            .unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    let (code, text) = check("HEAD~1", "cp work built");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("regressed"), "{text}");
    let (code, text) = check("HEAD~1", "echo this does not build; exit 9");
    assert!(code == Some(2) && text.contains("this does not build"), "{text}");
    let (code, text) = check("no-such-revision", "true");
    assert!(code == Some(2) && text.contains("no such revision"), "{text}");
    let worktrees = std::fs::read_dir(repository.path().join(".git/worktrees"));
    assert!(worktrees.map_or(0, Iterator::count) == 0, "git forgets the checkout");
}

#[test]
fn servers_that_answer_differently_are_not_compared() {
    let a = serve(|_| answer("200 OK", "all of the page"));
    let b = serve(|_| answer("200 OK", "half"));
    let arguments =
        ["check", "SCENARIO", "--a", &a, "--b", &b, "--max-time", "20s", "--rate", "100", "--quiet"];
    let done = run(HELLO, &arguments);
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.stdout.contains("cannot tell") && done.stdout.contains("15 and 4 bytes"), "{}", done.stdout);
    assert!(done.stdout.contains("--allow-different-answers"), "{}", done.stdout);
    let mut failing = arguments.to_vec();
    failing.extend(["--inconclusive", "fail"]);
    let done = run(HELLO, &failing);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("cannot tell"));
}

#[test]
fn errors_are_no_improvement_however_fast() {
    let a = serve(|_| answer("200 OK", "hello"));
    let asked = Arc::new(AtomicU64::new(0));
    // It fails under load, and not before.
    let b = serve(move |_: &Asked| {
        if asked.fetch_add(1, Ordering::Relaxed) < 20 {
            answer("200 OK", "hello")
        } else {
            answer("500 Internal Server Error", "")
        }
    });
    let done = run(
        HELLO,
        &[
            "check",
            "SCENARIO",
            "--a",
            &a,
            "--b",
            &b,
            "--max-time",
            "32s",
            "--rate",
            "100",
            "--block",
            "500ms",
            "--format",
            "json",
            "--quiet",
        ],
    );
    let job = json(&done);
    assert_eq!((done.code, &job["word"]), (1, &Value::from("regressed")), "{done:?}");
    let against = &job["parts"][0]["comparison"]["against"][0];
    let why = against["why"].to_string();
    assert!(why.contains("requests fail (answered with status 500)"), "{why}");
    assert_eq!(against["errors"]["word"], "regressed");
    assert_eq!(row(&job, "p50")["word"], "cannot_tell", "times of errors are compared with nothing");
}

#[test]
fn what_could_not_be_done_is_said_and_never_passes() {
    let url = serve(|_| answer("200 OK", "hello"));
    let check = |b: &str, time: &str| {
        run(
            HELLO,
            &[
                "check",
                "SCENARIO",
                "--a",
                &url,
                "--b",
                b,
                "--max-time",
                time,
                "--rate",
                "100",
                "--block",
                "500ms",
                "--quiet",
            ],
        )
    };
    for (b, time, said) in [
        ("echo no such thing; exit 7", "30s", "b (echo no such thing; exit 7)"),
        (url.as_str(), "30s", "given twice"),
        ("http://127.0.0.1:1", "30s", "does not take connections"),
    ] {
        let done = check(b, time);
        assert_eq!(done.code, 2, "{b}: {done:?}");
        assert!(
            done.stdout.contains("could not be done") && done.stdout.contains(said)
                || done.stderr.contains(said),
            "{b}: {done:?}"
        );
    }
    let other = serve(|_| answer("200 OK", "hello"));
    let done = check(&other, "4s");
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stdout.contains("pairs of blocks") && done.stdout.contains("--max-time"), "{done:?}");
}

#[test]
fn a_server_that_dies_in_the_middle_ends_the_comparison() {
    let database = tempfile::tempdir().unwrap();
    let line = format!(
        "exec timeout 5 {} __reference-server serve --limits off --listen 127.0.0.1:{{port}} --database {}",
        env!("CARGO_BIN_EXE_loadgen"),
        database.path().join("forum.sqlite").display()
    );
    let scenario = HELLO.to_owned();
    let done = run(
        &scenario,
        &[
            "check",
            "SCENARIO",
            "--a",
            "reference",
            "--b",
            &line,
            "--max-time",
            "40s",
            "--rate",
            "100",
            "--block",
            "500ms",
            "--scale",
            "10",
            "--quiet",
            "--format",
            "junit",
            "--allow-different-answers",
        ],
    );
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stdout.contains("<error") && done.stdout.contains("ended by itself"), "{done:?}");
}

#[test]
fn a_comparison_of_several_has_a_table_for_each() {
    let [a, b, c] = [0, 1, 2].map(|_| serve(|_| answer("200 OK", "hello")));
    let done = run(
        HELLO,
        &[
            "compare",
            "SCENARIO",
            "--a",
            &a,
            "--b",
            &b,
            "--b",
            &c,
            "--max-time",
            "24s",
            "--connections",
            "2",
            "--block",
            "200ms",
            "--export",
            "markdown=summary.md",
            "--export",
            "bencher=b.json",
            "--export",
            "benchstat-b=b.txt",
        ],
    );
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stdout.contains("b against a") && done.stdout.contains("c against a"), "{}", done.stdout);
    assert!(done.stdout.contains("throughput"), "{}", done.stdout);
    let summary = done.read("summary.md");
    assert!(
        summary.starts_with("<!-- headroom: loadgen check hello -->") && summary.contains("(c)"),
        "{summary}"
    );
    let bencher: Value = serde_json::from_str(&done.read("b.json")).unwrap();
    assert!(bencher["hello b"]["throughput"]["value"].as_f64().unwrap() > 0.0, "{bencher}");
    assert!(done.read("b.txt").contains("BenchmarkP50\t1\t"));
    assert!(done.stderr.contains("look 1"), "progress is on stderr: {}", done.stderr);
}

#[test]
fn a_stored_run_is_a_tripwire() {
    let url = serve(|_| answer("200 OK", "hello"));
    let other = serve(|_| answer("200 OK", "hello"));
    let short = ["--max-time", "30s", "--rate", "100", "--block", "400ms", "--quiet"];
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.jsonl");
    let history = history.to_str().unwrap();
    let mut first = vec!["check", "SCENARIO", "--a", &url, "--b", &other, "--history", history];
    first.extend(short);
    let done = run(HELLO, &first);
    assert!([0, 1, 3].contains(&done.code), "{done:?}");
    let mut then = vec!["check", "SCENARIO", "--b", &url, "--baseline", history];
    then.extend(short);
    let mut forms = then.clone();
    forms.extend(["--format", "json", "--export", "junit=a.xml", "--export", "markdown=a.md"]);
    let done = run(HELLO, &forms);
    let job = json(&done);
    assert!([0, 1].contains(&done.code) && job["exit_code"] == done.code, "{done:?}");
    assert_eq!(job["word"], job["parts"][0]["stored"]["word"]);
    assert!(done.read("a.xml").contains("<testcase") && done.has_results(), "{done:?}");
    assert!(done.read("a.md").contains("| stored ("), "{}", done.read("a.md"));
    let mut refused = then.clone();
    refused.extend(["--export", "bencher=b.json"]);
    let done = run(HELLO, &refused);
    assert!(done.code == 2 && done.stderr.contains("bencher is made of pairs"), "{done:?}");
    // Cut short it is no answer, and no baseline for the next.
    let cut = Run::command("check", HELLO).args(then[2..6].iter().copied()).args(["--rate", "100"]);
    let cut = cut.args(["--history", history]).start();
    cut.wait_for("rounds, ");
    cut.interrupt();
    let done = cut.finish();
    assert!(done.code == 3 && done.stdout.contains("cannot tell (interrupted)"), "{done:?}");
    assert_eq!(std::fs::read_to_string(history).unwrap().lines().count(), 1);
    // Of another scenario it is no baseline.
    let done = run(&format!("{HELLO}# changed\n"), &then);
    assert_eq!(done.code, 2);
    assert!(
        done.stdout.contains("could not be done") && done.stdout.contains("has changed since"),
        "{done:?}"
    );
    then.extend(["--seed", "8"]);
    let done = run(HELLO, &then);
    assert!(done.code == 2 && done.stdout.contains("--seed 7"), "{done:?}");
    let done = loadgen(&["history", history]);
    assert!(done.code == 0 && done.stdout.contains("hello: 1 runs"), "{done:?}");
}
