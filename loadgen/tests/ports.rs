//! A machine that really runs out of local ports: in a network of its own, in which there are few.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and says why it did not run"
)]

mod helpers;

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use helpers::{Run, report, server};

/// Set where a test runs in a network of its own.
const INSIDE: &str = "HEADROOM_TEST_NETWORK_OF_ITS_OWN";
/// What makes one: with a loopback and 32 ports, the server's among them. It ends with the last program in it, and the
/// machine's own network knows nothing of it.
const NETWORK: &str =
    "ip link set lo up && echo 40000 40031 > /proc/sys/net/ipv4/ip_local_port_range && exec \"$0\" \"$@\"";
/// As root; as anybody, where that is allowed; as somebody who becomes root without being asked, as on a hosted runner.
const WAYS: [&[&str]; 3] = [
    &["unshare", "--net"],
    &["unshare", "--user", "--map-root-user", "--net"],
    &["sudo", "-n", "unshare", "--net"],
];

#[test]
fn arrivals_that_find_no_port_name_what_helps() {
    in_a_network_of_its_own("arrivals_that_find_no_port_name_what_helps", || {
        run_out("rate: 200/s", &[]);
    });
}

#[test]
fn users_who_find_no_port_name_what_helps() {
    in_a_network_of_its_own("users_who_find_no_port_name_what_helps", || {
        run_out("think: 100 ms", &["--closed", "--users", "60"]);
    });
}

#[test]
fn a_run_that_finds_no_port_to_begin_with_does_not_blame_the_server() {
    in_a_network_of_its_own("a_run_that_finds_no_port_to_begin_with_does_not_blame_the_server", find_none);
}

/// Runs the test of this name again in a network that nothing else has used: ports are held for a minute after they are
/// given up.
fn in_a_network_of_its_own(name: &str, test: impl Fn()) {
    if std::env::var_os(INSIDE).is_some() {
        test();
        return;
    }
    let can = |way: &&&[&str]| inside(way, "true").output().is_ok_and(|done| done.status.success());
    let Some(way) = WAYS.iter().find(can) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "a network of one's own (unshare --net, ip) is needed in continuous integration"
        );
        println!("skipped: this machine grants no network of one's own (unshare --net, ip)");
        return;
    };
    let program = std::env::current_exe().unwrap();
    let mut again = inside(way, program.to_str().unwrap());
    let done = again.args(["--exact", name, "--nocapture"]).output().unwrap();
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(done.status.success() && said[0].contains("1 passed"), "{}\n{}", said[0], said[1]);
}

/// A program in a network of its own, which is told that it is inside.
fn inside(way: &[&str], program: &str) -> Command {
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).args(["env", &format!("{INSIDE}=yes"), "sh", "-c", NETWORK, program]);
    command
}

/// Each answer takes a second, so that 200 requests a second, or 60 users, want more connections than there are ports.
fn run_out(load: &str, model: &[&str]) {
    let done = Run::new(&scenario(&slow_server(), load)).args(model.iter().copied()).start().finish();
    let report = report(&done);
    assert_eq!(done.code, 3, "{done:?}");
    let evidence = report.generator.evidence.join("\n");
    for said in ["found no local port towards the target left", "ip_local_port_range"] {
        assert!(evidence.contains(said), "{said}: {evidence}");
    }
    let named = report.notes.iter().any(|note| note.contains("no local port towards the target left"));
    assert!(named && report.all.good > 0, "{:?} {:?}", report.notes, report.all);
}

/// What others hold for the whole of the run.
fn find_none() {
    let url = slow_server();
    let address = url.strip_prefix("http://").unwrap();
    let held: Vec<TcpStream> =
        std::iter::repeat_with(|| TcpStream::connect(address)).map_while(Result::ok).collect();
    let done = Run::new(&scenario(&url, "rate: 200/s")).start().finish();
    assert!(held.len() < 32 && done.code == 2, "{done:?}");
    for said in ["no local port towards the target is left", "ip_local_port_range"] {
        assert!(done.stderr.contains(said), "{said}: {}", done.stderr);
    }
    assert!(!done.stderr.contains("is the server running"), "{}", done.stderr);
}

fn slow_server() -> String {
    server::serve(|_| {
        std::thread::sleep(Duration::from_secs(1));
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned()
    })
}

fn scenario(url: &str, load: &str) -> String {
    format!(
        "name: ports\ntarget: {url}\nactions: {{ home: {{ total: 200/s }} }}\nrequests: {{ home: {{ GET: / }} }}\nload: {{ duration: 3s, warmup: 0s, {load}, timeout: 5s, abort: never }}\n"
    )
}
