//! Comparisons that scenarios bring along: those that ship, and one of which the effect is known.

#![cfg(feature = "reference-server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::sync::Mutex;

use helpers::{Done, loadgen};
use scenarios::Scenario;
use scenarios::shipped::SHIPPED;
use serde_json::Value;

/// What the words of shipped comparisons take from the environment.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("HEADROOM_POSTGRES", "postgres://localhost/forum"),
    ("HEADROOM_PRIMARY", "postgres://localhost/forum"),
    ("HEADROOM_REPLICA", "postgres://localhost:5433/forum"),
    ("HEADROOM_REDIS", "redis://127.0.0.1:6399/5"),
];

/// Whether the reference server's own command line takes these words.
fn is_understood(words: &str) -> Result<(), String> {
    let words = ENVIRONMENT
        .iter()
        .fold(words.to_owned(), |words, (name, value)| words.replace(&format!("${{{name}}}"), value));
    assert!(!words.contains("${"), "{words}: name it in ENVIRONMENT, and in the comments of the file");
    let words = shlex::split(&words).unwrap();
    let [first, words @ ..] = &words[..] else { panic!("no words") };
    assert_eq!(first, "reference");
    // Help is printed by whoever has understood everything before it.
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_loadgen"))
        .args(["__reference-server", "serve"])
        .args(words)
        .arg("--help")
        .output()
        .unwrap();
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

#[test]
fn the_server_understands_the_words_of_each_shipped_comparison() {
    assert!(is_understood("reference --cache sometimes").unwrap_err().contains("--cache"));
    assert!(is_understood("reference --no-such-switch on").unwrap_err().contains("--no-such-switch"));
    let mut sides = 0;
    for shipped in SHIPPED {
        let Some(compare) = Scenario::from_yaml(shipped.text).unwrap().compare else { continue };
        for side in [compare.a, compare.b] {
            assert_eq!(is_understood(&side.words), Ok(()), "{}:{}", shipped.name, side.line);
            sides += 1;
        }
    }
    assert!(sides >= 22, "{sides}");
}

/// A debug build takes some milliseconds of processor time for a request, and 20 ms more are seen by anybody.
fn known(predict: &str) -> String {
    format!(
        "name: known
actions:
  view profile: {{ total: 20/s }}
compare:
  a: {{ extra-work: 0 }}
  b: reference --extra-work \"20 ms\"
  because: each request burns 20 ms more
  rate: 20/s
  block: 700 ms
  time: 50 s
  show: forum_requests_total
  predict:
{predict}"
    )
}

/// One at a time: each of them measures processor time.
static ALONE: Mutex<()> = Mutex::new(());

fn compared(predict: &str, arguments: &[&str]) -> Done {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known.yaml");
    std::fs::write(&path, known(predict)).unwrap();
    let words = ["compare", path.to_str().unwrap(), "--scale", "50", "--quiet"];
    loadgen(&[&words, arguments].concat())
}

/// What was found, or that the machine was so busy that too many pairs did not count, which it then has to say.
fn found<'a>(held: &'a Value, due: &'a str) -> (&'a str, &'a str) {
    let is_noise = held["note"].as_str().is_some_and(|note| note.ends_with("pairs do not count"));
    (held["finding"].as_str().unwrap(), if is_noise { "CANNOT TELL" } else { due })
}

fn held<'a>(job: &'a Value, name: &str) -> &'a Value {
    let held = job["parts"][0]["comparison"]["against"][0]["predictions"].as_array().unwrap();
    held.iter().find(|held| held["name"] == name).unwrap_or_else(|| panic!("{name}: {job}"))
}

#[test]
fn an_effect_that_is_known_is_confirmed_and_a_wrong_prediction_refuted() {
    // So much is burnt by the clock of the thread: no less, and on a crowded machine caches and waking make it some more.
    let right = "    cpu per request: +19 ms..+40 ms\n    SQL statements of a request: -1%..+1%\n";
    let done = compared(right, &["--format", "json", "--export", "html=a.html", "--export", "junit=a.xml"]);
    let job: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    for name in ["CPU per request", "SQL statements of a request"] {
        let (found, due) = found(held(&job, name), "CONFIRMED");
        assert_eq!(found, due, "{name}: {job:#}");
        assert_eq!(done.code, if due == "CONFIRMED" { 0 } else { 3 }, "a slower b was predicted");
    }
    assert_eq!(job["exit_code"], done.code);
    assert_eq!(job["parts"][0]["comparison"]["because"], "each request burns 20 ms more");
    let counts = job["parts"][0]["comparison"]["against"][0]["counts"].to_string();
    assert!(counts.contains("forum_requests_total"), "{counts}");
    assert!(done.read("a.html").contains("Predicted and measured"));
    assert!(done.read("a.xml").contains("prediction") && !done.read("a.xml").contains("<failure"));

    let wrong = "    cpu per request: -70%..-30%\n";
    let done = compared(wrong, &[]);
    let (code, answer) = if done.stdout.contains("pairs do not count") {
        (3, "? known: the prediction cannot be told")
    } else {
        (1, "✗ known: the prediction refuted")
    };
    assert_eq!(done.code, code, "{done:?}");
    assert!(done.stdout.contains(answer), "{}", done.stdout);
    assert!(done.stdout.contains("because each request burns 20 ms more"), "{}", done.stdout);
    assert!(done.has_results(), "comparison.json and comparison.html");
}

#[test]
fn what_is_typed_is_another_comparison_and_is_not_held_against_the_file() {
    let typed = ["--b", "reference", "--max-time", "50s", "--block", "300ms", "--format", "json"];
    let done = compared("    cpu per request: -70%..-30%\n", &typed);
    assert_eq!(done.code, 0, "{done:?}");
    let job: Value = serde_json::from_str(&done.stdout).unwrap();
    let against = &job["parts"][0]["comparison"]["against"][0];
    assert_eq!(against.get("predictions"), None, "nothing was predicted of it");
    assert_eq!(job["parts"][0]["comparison"]["variants"][1]["what"], "reference");
}

#[test]
fn who_is_compared_must_be_said_somewhere() {
    let done = loadgen(&["compare", "forum"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("forum.yaml has no comparison of its own"), "{}", done.stderr);
    assert!(done.stderr.contains("hint: say who is compared with --a and --b"), "{}", done.stderr);
    let done = loadgen(&["compare", "lever-postgres"]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("`compare: b`: the environment has no HEADROOM_POSTGRES"),
        "{}",
        done.stderr
    );
    let done = loadgen(&["compare", "lever-cache", "--failing", "0"]);
    assert!(done.code == 2 && done.stderr.contains("like `60%`"), "{}", done.stderr);
}
