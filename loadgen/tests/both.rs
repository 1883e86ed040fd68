//! Both models in one run, as a user has it: the same throughput through arrivals and through users, side by side.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod helpers;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use helpers::{FORUM, Run, report};
use scenarios::report::{Hides, Honesty};

/// A server that answers nothing within these times of its life.
fn stalling(stalls: fn(Duration) -> Option<Duration>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let begun = Instant::now();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(stream, begun, stalls));
        }
    });
    url
}

fn serve(mut stream: TcpStream, begun: Instant, stalls: fn(Duration) -> Option<Duration>) {
    let mut buffer = [0u8; 4_096];
    while let Ok(1..) = stream.read(&mut buffer) {
        if let Some(left) = stalls(begun.elapsed()) {
            std::thread::sleep(left);
        }
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").is_err() {
            return;
        }
    }
}

#[test]
fn a_stalling_server_looks_well_to_users_who_wait_and_the_report_says_so() {
    // Half of each second: of arrivals at a rate half wait, and a tenth 0.4 s and longer. Four users who hardly think ask
    // some hundred times in the other half, and each once in the stall.
    let target = stalling(|age| {
        let within = Duration::from_nanos(u64::from(age.subsec_nanos()));
        Duration::from_millis(500).checked_sub(within)
    });
    let scenario = format!(
        "name: stalls\ntarget: {target}\nactions: {{ home: {{ total: 100/s }} }}\nrequests: {{ home: {{ GET: / }} }}\nload: {{ model: both, think: 5 ms, users: 4, duration: 5s, warmup: 0s }}\n"
    );
    let done = Run::new(&scenario).start().finish();
    let report = report(&done);
    let both = report.both.as_ref().expect("both models ran");
    assert_eq!((report.offered.model.as_str(), both.users), ("open", 4));
    let p90 = |part: &scenarios::report::ActionReport| part.response.quantile(0.9).unwrap().value_s;
    assert!(p90(&report.all) > 0.3, "{}", p90(&report.all));
    assert!(p90(&both.all) < p90(&report.all) / 3.0, "{} {}", p90(&both.all), p90(&report.all));
    // A busy machine makes the generator the limit; then it says that instead.
    let is_limited = [report.generator.verdict, both.verdict].contains(&Honesty::GeneratorLimited);
    assert_eq!(both.hides, if is_limited { Hides::CannotTell } else { Hides::Yes }, "{}", both.finding);
    // Long lines are broken where the screen ends.
    let printed = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["both worlds", "users (goose)", &both.finding, "promises are judged on the open model"] {
        assert!(printed.contains(said), "{said}: {}", done.stdout);
    }
    let page = std::fs::read_to_string(done.results().join("report.html")).unwrap();
    assert!(page.contains("Both worlds") && page.contains("users (goose)"));
    assert!(std::fs::metadata(done.results().join("latency-users.hlog")).unwrap().len() > 500);
}

#[test]
fn the_users_ask_for_the_same_throughput_and_the_open_part_stays_what_it_is_alone() {
    let scenario = format!("{FORUM}load: {{ think: 200 ms }}\n");
    let run = |model: &'static str| {
        let run = Run::new(&scenario)
            .args(["--rate", "60", "--duration", "3s", "--warmup", "1s", "--scale", "100", model])
            .start();
        run.finish()
    };
    let (alone, done) = (report(&run("--open")), run("--both"));
    let report = report(&done);
    assert_eq!(report.offered.schedule, alone.offered.schedule, "the same arrivals");
    let both = report.both.as_ref().expect("both models ran");
    assert!(alone.both.is_none());
    // 60/s x 0.2 s are 12 users, and one more for what answers take.
    assert!((12..=40).contains(&both.users), "{}", both.users);
    assert_eq!(
        (report.all.failed(), both.all.failed()),
        (0, 0),
        "{:?} {:?}",
        report.all.errors,
        both.all.errors
    );
    // 180 give or take, less where a busy machine makes answers slow.
    assert!((90..=240).contains(&both.all.scheduled), "{}", both.all.scheduled);
    assert_eq!(done.left_in_data(), 0, "one server, and its database is removed");
}

#[test]
fn ctrl_c_in_the_first_part_leaves_out_the_second() {
    let run = Run::new(FORUM)
        .args(["--rate", "50", "--duration", "10 min", "--warmup", "1s", "--scale", "50", "--both"])
        .start();
    run.wait_for("seeded");
    run.wait_for_load();
    run.interrupt();
    let report = report(&run.finish());
    assert!(report.offered.cut_short && report.both.is_none());
}
