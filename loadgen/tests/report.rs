//! What a run leaves, shown again in every form and merged with what another left.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scenarios::report::{Part, Report};

/// Answers everything, and says how long it took.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut buffer = [0u8; 4_096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    let asked = buffer[..read].windows(4).filter(|window| *window == b"\r\n\r\n").count();
                    let answer = "HTTP/1.1 200 OK\r\nServer-Timing: db;dur=2, app;dur=0.5\r\nContent-Length: 2\r\n\r\nok";
                    if stream.write_all(answer.repeat(asked).as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn loadgen(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_loadgen")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs for a second and gives the folder that is left.
fn run(home: &Path, scenario: &str, name: &str) -> PathBuf {
    let (file, out) = (home.join(format!("{name}.yaml")), home.join(name));
    std::fs::write(&file, scenario).unwrap();
    let done = loadgen(&[
        "run",
        file.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "-q",
        "--count-every-second",
    ]);
    assert_ne!(done.status.code(), Some(2), "{}", text(&done.stderr));
    std::fs::read_dir(out).unwrap().next().unwrap().unwrap().path()
}

fn json(arguments: &[&str]) -> Report {
    let done = loadgen(&[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", text(&done.stderr)))
}

#[test]
fn folders_are_shown_in_every_form_and_merged_without_loss() {
    let home = tempfile::tempdir().unwrap();
    let scenario = format!(
        "name: mine\ntarget: {}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: / }}\nslo: p50 < 5 s\n\
         load: {{ duration: 1s, warmup: 0s, rate: 40/s }}\n",
        server()
    );
    let folders = ["a", "b"].map(|name| run(home.path(), &scenario, name));
    let paths = folders.each_ref().map(|folder| folder.to_str().unwrap());
    let alone = paths.map(|path| json(&["report", path]));
    // What it says of itself: 2 and 0.5 ms in each answer.
    let parts = alone[0].all.parts.clone().unwrap();
    let said = parts.server_timing.iter().map(|said| (said.name.as_str(), said.mean_s, said.max_s));
    assert_eq!(said.collect::<Vec<_>>(), [("db", 0.002, 0.002), ("app", 0.0005, 0.0005)]);
    // What was due after the end is not measured, but its answer may still say something.
    assert!(parts.answered > 0 && parts.server_timing[0].count >= parts.answered);
    let sum: f64 = parts.parts.iter().map(|part| part.mean_s).sum();
    assert!((sum - parts.response_mean_s).abs() < parts.response_mean_s * 1e-6, "{parts:?}");
    assert!(parts.parts.iter().any(|part| part.part == Part::Server));
    for (format, beginning) in [
        ("text", "✓ "),
        ("html", "<!doctype html>"),
        ("markdown", "<!-- headroom: loadgen mine -->"),
        ("csv", "scenario,started_unix_s,action,"),
        ("csv-seconds", "scenario,at_s,"),
        ("junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"),
    ] {
        let file = home.path().join("shown");
        let done = loadgen(&["report", paths[0], "--format", format, "-o", file.to_str().unwrap()]);
        assert!(done.stdout.is_empty() && done.stderr.is_empty(), "{}", text(&done.stderr));
        let shown = std::fs::read_to_string(file).unwrap();
        // A busy machine may keep the generator from being on time, which is another answer.
        let answer = ["✓ ", "? "].iter().any(|sign| beginning == "✓ " && shown.starts_with(sign));
        assert!(answer || shown.starts_with(beginning), "{format}: {shown}");
        assert_eq!(text(&loadgen(&["report", paths[0], "--format", format]).stdout), shown);
    }
    let merged = json(&["report", paths[0], paths[1]]);
    assert_eq!(merged.all.scheduled, alone[0].all.scheduled + alone[1].all.scheduled);
    assert_eq!(merged.all.response.count, merged.all.scheduled);
    assert_eq!(merged.slo[0].scheduled, merged.all.scheduled);
    let said = |report: &Report| report.all.parts.as_ref().unwrap().server_timing[0].count;
    assert_eq!(said(&merged), said(&alone[0]) + said(&alone[1]));
    assert_eq!(merged.merged.unwrap().folders.len(), 2);
    assert_eq!(merged.seconds.iter().map(|second| second.scheduled).sum::<u64>(), merged.all.scheduled);
}

#[test]
fn phases_and_users_are_in_the_report_of_runs_one_after_the_other() {
    let home = tempfile::tempdir().unwrap();
    let scenario = |load: &str| {
        format!(
            "name: mine\ntarget: {}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: / }}\nload: {{ {load}, warmup: 0s }}\n",
            server()
        )
    };
    let together = |scenario: &str, names: [&str; 2]| {
        let folders = names.map(|name| run(home.path(), scenario, name));
        let paths = folders.each_ref().map(|folder| folder.to_str().unwrap());
        (paths.map(|path| json(&["report", path])), json(&["report", paths[0], paths[1]]))
    };
    let (alone, merged) = together(&scenario("shape: [20/s for 1 s, 40/s for 1 s]"), ["a", "b"]);
    let names = |report: &Report| report.phases.iter().map(|phase| phase.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&merged), [names(&alone[0]), names(&alone[1])].concat());
    assert!(merged.phases.len() == 4 && merged.phases.windows(2).all(|pair| pair[0].from_s < pair[1].from_s));
    let (alone, merged) =
        together(&scenario("model: both, think: 50 ms, users: 4, duration: 1s, rate: 40/s"), ["c", "d"]);
    let asked = alone.map(|report| report.both.unwrap().all.scheduled);
    let worlds = merged.both.unwrap_or_else(|| panic!("{:?}", merged.notes));
    assert_eq!((worlds.users, worlds.all.scheduled), (4, asked[0] + asked[1]));
}

#[test]
fn what_cannot_be_merged_is_refused_with_a_hint() {
    let home = tempfile::tempdir().unwrap();
    let scenario = format!(
        "name: mine\ntarget: {}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: / }}\n\
         load: {{ duration: 1s, warmup: 0s, rate: 40/s }}\n",
        server()
    );
    let one = run(home.path(), &scenario, "one");
    let other = run(home.path(), &format!("{scenario}# another\n"), "other");
    let [one, other] = [&one, &other].map(|folder| folder.to_str().unwrap());
    let without = home.path().join("without");
    std::fs::create_dir(&without).unwrap();
    std::fs::copy(Path::new(one).join("report.json"), without.join("report.json")).unwrap();
    let damaged = home.path().join("damaged");
    std::fs::create_dir(&damaged).unwrap();
    std::fs::copy(Path::new(one).join("report.json"), damaged.join("report.json")).unwrap();
    let recording = std::fs::read_to_string(Path::new(one).join("recording.json")).unwrap();
    std::fs::write(damaged.join("recording.json"), recording.replacen("HISTFAAA", "HISTEAAA", 1)).unwrap();
    for (second, says) in [
        (other, "are of different scenarios"),
        (one, "is named twice, and would count twice"),
        (without.to_str().unwrap(), "cannot read "),
        (damaged.to_str().unwrap(), "is damaged"),
        ("nowhere", "cannot read nowhere"),
    ] {
        let done = loadgen(&["report", one, second]);
        let stderr = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{second}: {stderr}");
        assert!(stderr.contains(says) && stderr.contains("\n  hint: "), "{second}: {stderr}");
    }
    assert!(json(&["report", one, other, "--force"]).merged.unwrap().forced);
}
