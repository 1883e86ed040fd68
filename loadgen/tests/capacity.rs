//! Searches for the capacity as a user starts them: the program, real servers whose limit is known, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::sync::Mutex;
use std::time::Duration;

use helpers::server::serve;
use helpers::{Done, loadgen};
use scenarios::capacity::{Capacity, Outcome, Purpose};
use scenarios::verdict::Attained;

/// One at a time: each of them loads the machine.
static ALONE: Mutex<()> = Mutex::new(());

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn search(scenario: &str, arguments: &[&str]) -> Done {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, scenario).unwrap();
    let mut words = vec!["capacity", path.to_str().unwrap(), "--quiet"];
    words.extend(arguments);
    loadgen(&words)
}

fn scenario(url: &str, slo: &str) -> String {
    format!(
        "name: mine\ntarget: {url}\nactions: {{ home: {{ total: 40/s }} }}\nrequests: {{ home: {{ GET: /, check: status 200 }} }}\n{slo}\n"
    )
}

fn capacity(done: &Done) -> Capacity {
    let text =
        std::fs::read_to_string(done.results().join("capacity.json")).unwrap_or_else(|_| panic!("{done:?}"));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_cannot_be_looked_for_is_refused_with_what_to_do() {
    let bare = "name: x\nactions: { read question: { total: 5/s } }\n";
    for (text, arguments, said) in [
        (bare, &[][..], "nothing is promised that a search can measure"),
        (
            "name: x\nactions: { read question: { total: 5/s } }\nslo: { availability: 99.9% per month }\n",
            &[],
            "add a line like `slo:",
        ),
        (bare, &["--slo", "soon"], "expected a promise like `p99 < 50 ms`"),
        (bare, &["--slo", "p99 < 50 ms", "--budget", "1s"], "60s for a first answer"),
        (bare, &["--slo", "p99 < 50 ms", "--precision", "0"], "expected a share from 0.5% to 50%"),
        (&scenario("http://127.0.0.1:1", "slo: { all: p99 < 9 ms }"), &[], "127.0.0.1:1"),
        (
            bare,
            &["--slo", "p99 < 50 ms", "--switch", "extra-work=1ms", "--target", "http://127.0.0.1:1"],
            "sets a switch of the reference server, and the target is another",
        ),
        (
            bare,
            &["--slo", "p99 < 50 ms", "--server-cores", "1", "--target", "http://127.0.0.1:1"],
            "start yours under `taskset -c 0`",
        ),
    ] {
        let done = search(text, arguments);
        assert_eq!(done.code, 2, "{arguments:?}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{arguments:?} should say {said:?}: {}", done.stderr);
    }
}

#[test]
fn a_promise_that_never_holds_is_a_no() {
    let url = serve(|_| {
        std::thread::sleep(Duration::from_millis(30));
        OK.to_owned()
    });
    let done = search(&scenario(&url, "slo: { all: p99 < 10 ms }"), &["--budget", "20s"]);
    assert_eq!(done.code, 1, "{done:?}");
    let found = capacity(&done);
    assert_eq!((found.outcome, found.rate), (Outcome::Never, None));
    assert!(
        done.stdout.contains("✗ mine: none: all p99 < 10 ms fails at the lowest rate"),
        "{}",
        done.stdout
    );
}

#[test]
fn a_server_that_answers_nothing_well_has_no_capacity() {
    // The one request of before the load is answered well, and no other.
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let url = serve(move |_| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 1 {
            OK.to_owned()
        } else {
            "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
    });
    let done = search(&scenario(&url, "slo: { all: p99 < 100 ms }"), &["--budget", "20s"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stdout.contains("nothing was answered well"), "{}", done.stdout);
}

/// Each post makes the answers longer by 20 bytes.
fn growing() -> String {
    let posts = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    serve(move |_| {
        let body = "x".repeat(20 * (5 + posts.fetch_add(1, std::sync::atomic::Ordering::Relaxed)));
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    })
}

#[test]
fn data_that_grow_are_named_and_can_be_put_back_by_a_command() {
    let writes = |url: &str| scenario(url, "slo: { all: p99 < 200 ms }").replace("GET: /", "POST: /");
    let done = search(&writes(&growing()), &["--budget", "10s"]);
    let notes = capacity(&done).notes.join("\n");
    assert!(notes.contains("the data grew from level to level"), "{done:?}");
    assert!(notes.contains("--between COMMAND"), "{done:?}");
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("lines");
    let command = format!("echo \"$TARGET_URL\" >> {}", lines.display());
    let url = growing();
    let done = search(&writes(&url), &["--budget", "10s", "--between", &command]);
    let levels = capacity(&done).levels.len();
    let told = std::fs::read_to_string(&lines).unwrap();
    assert_eq!(told.lines().count(), levels - 1, "before each level but the first: {told}");
    assert!(told.lines().all(|line| line == url), "{told}");
    assert!(capacity(&done).notes.iter().any(|note| note.contains("was run before each level")), "{done:?}");
    let done = search(&writes(&url), &["--budget", "10s", "--between", "echo no such dump >&2; exit 3"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("no such dump") && done.stderr.contains("try it by hand"), "{done:?}");
}

#[test]
fn the_reference_server_begins_each_level_with_the_same_data() {
    let text = "name: writes\nactions: { ask: { total: 20/s } }\nslo: { all: p90 < 2 s }\n";
    let done = search(text, &["--budget", "10s", "--scale", "200"]);
    let found = capacity(&done);
    assert!(found.notes.iter().any(|note| note.contains("each level began with the data")), "{found:?}");
    assert!(found.levels.len() > 1 && found.levels.iter().all(|level| level.failed_share < 0.5), "{found:?}");
    let reads = text.replace("ask:", "list latest:");
    let done = search(&reads, &["--budget", "10s", "--scale", "200", "--server-cores", "1"]);
    assert_eq!(capacity(&done).node.cores, Some(1.0), "{done:?}");
    let notes = capacity(&done).notes.join("\n");
    assert!(!notes.contains("each level began"), "nothing is written: {notes}");
}

#[test]
fn the_examples_of_other_limits_are_answered_well() {
    for text in [
        include_str!("../../scenarios/examples/forum-writes.yaml"),
        include_str!("../../scenarios/examples/forum-logins.yaml"),
    ] {
        let done = search(text, &["--budget", "10s", "--scale", "200"]);
        assert!([0, 1, 3].contains(&done.code), "{done:?}");
        let found = capacity(&done);
        let first = found.levels.first().unwrap();
        assert!(first.connections == Some(1) && first.failed_share == 0.0, "{first:?}");
    }
}

#[test]
fn a_server_that_serves_one_at_a_time_is_found_out() {
    // One lock, held for 10 ms by each request: never more than 100 a second, and at that rate no queue is short.
    let lock = std::sync::Arc::new(Mutex::new(()));
    let url = serve(move |_| {
        let _held = lock.lock().unwrap();
        std::thread::sleep(Duration::from_millis(10));
        OK.to_owned()
    });
    let done =
        search(&scenario(&url, "slo: { all: p90 < 150 ms }"), &["--budget", "40s", "--format", "json"]);
    assert!([0, 3].contains(&done.code), "{done:?}");
    let found = capacity(&done);
    assert_eq!(
        serde_json::from_str::<Capacity>(&done.stdout).unwrap(),
        found,
        "what is printed is what is written"
    );
    assert!(done.results().join("capacity.html").exists());
    assert!(found.load_s <= 40.0 && found.promises == ["all p90 < 150 ms"], "{found:?}");
    let ceiling =
        found.levels.iter().filter(|level| level.connections.is_some()).map(|level| level.done_per_s);
    let ceiling = ceiling.fold(0.0, f64::max);
    assert!(ceiling > 20.0 && ceiling < 101.0, "{ceiling}");
    // On a busy machine a sleep lasts longer; the capacity is below what the lock lets through all the same.
    if let Some(rate) = found.rate {
        assert!(rate.per_s > 0.3 * ceiling && rate.per_s < 1.1 * ceiling, "{rate:?} of {ceiling}");
        assert!(found.levels.iter().any(|level| level.verdict == Attained::Met));
        assert!(found.levels.iter().any(|level| level.purpose != Purpose::Bracket));
    }
    assert!(found.levels.iter().all(|level| level.scheduled > 0 && level.p99_s >= level.p50_s));
    let bytes = found.measured.iter().find(|one| one.quantity == "bytes per response").unwrap();
    assert!((bytes.value.p50 - OK.len() as f64).abs() < 1e-9, "{bytes:?}");
}
