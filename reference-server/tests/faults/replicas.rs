//! Replicas that stand still, hang, are killed and come back, while members write and strangers read: nobody is told of it,
//! and nobody misses what he wrote.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reference_server::store::Database;

use crate::audit;
use crate::client::{Connection, once, proof};
use crate::database::{agrees, in_time};
use crate::postgres::Postgres;
use crate::server::Server;
use crate::writers::Writers;

/// Who reads all the time.
const READERS: usize = 4;
/// Reads that are waited for in each state of the replicas.
const READS: u64 = 100;

/// What readers have done so far.
#[derive(Default)]
struct Readers {
    stop: AtomicBool,
    answered: AtomicU64,
}

impl Readers {
    /// Reads what is there, as a stranger and as a member, until told to stop: each time it must be answered with 200.
    fn read(&self, address: SocketAddr, token: &str) {
        let mut connection = Connection::open(address).expect("a connection");
        while !self.stop.load(Ordering::Relaxed) {
            for (path, headers) in [
                ("/api/v1/questions", String::new()),
                ("/questions/1", String::new()),
                ("/api/v1/questions/1/answers", proof(token)),
            ] {
                let answer = connection.send("GET", path, &headers, "").expect("an answer");
                assert_eq!((answer.status, answer.header("warning")), (200, None), "{path} {answer:?}");
                self.answered.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits until so many more reads were answered; the longest time that this took for one of them is not known here.
    fn go_on(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        until("readers are answered", || self.answered.load(Ordering::Relaxed) > before + READS);
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_mins(1), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The sum of the series that begin so.
fn counted(address: SocketAddr, series: &str) -> u64 {
    let metrics = once(address, "GET", "/metrics", "", "").body;
    let values = metrics.lines().filter(|line| line.starts_with(series));
    values.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}

fn is_up(address: SocketAddr, number: usize) -> bool {
    counted(address, &format!("forum_replica_up{{replica=\"{number}\"}}")) == 1
}

fn order(replica: &Postgres, sql: &str) {
    let database: Database = replica.database();
    in_time(audit::run(&database, sql.to_owned()));
}

/// Everything that happens to a replica, one after the other.
fn torment(address: SocketAddr, readers: &Readers, [first, second]: &mut [Postgres; 2]) {
    let read_there = || counted(address, "forum_reads_total{from=\"replica\"");
    readers.go_on();
    order(first, "select pg_wal_replay_pause()");
    readers.go_on();
    second.kill();
    until("the second is missed", || !is_up(address, 2));
    readers.go_on();
    order(first, "select pg_wal_replay_resume()");
    second.start_again();
    until("the second is back", || is_up(address, 2));
    let before = read_there();
    until("replicas are read again", || read_there() > before);
    first.freeze();
    until("the first is missed", || !is_up(address, 1));
    readers.go_on();
    first.thaw();
    until("the first is back", || is_up(address, 1));
    first.kill();
    second.stop_at_once();
    until("both are missed", || !is_up(address, 1) && !is_up(address, 2));
    readers.go_on();
    first.start_again();
    second.start_again();
    until("both are back", || is_up(address, 1) && is_up(address, 2));
    let before = read_there();
    until("replicas are read at the end", || read_there() > before);
    readers.go_on();
}

#[test]
fn replicas_that_stand_still_hang_die_and_come_back_are_noticed_by_nobody() {
    let Some(primary) = Postgres::start() else { return };
    let mut replicas = [primary.replica(), primary.replica()];
    let folder = tempfile::tempdir().expect("a folder");
    let addresses = replicas.each_ref().map(Postgres::address);
    let more = ["--read-replica", &addresses[0], "--read-replica", &addresses[1]];
    let server = Server::start(folder.path(), &primary.address(), &more);
    let writers = Writers::start(server.address);
    until("both are there", || is_up(server.address, 1) && is_up(server.address, 2));
    let reader = crate::client::member(server.address, "reader");
    let readers = Readers::default();
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| readers.read(server.address, &reader));
        }
        torment(server.address, &readers, &mut replicas);
        readers.stop.store(true, Ordering::Relaxed);
    });
    let ledger = writers.finish();
    assert_eq!(ledger.cut_off, 0, "the forum answered every writer");
    let count =
        |why: &str| counted(server.address, &format!("forum_reads_total{{from=\"primary\",why=\"{why}\"}}"));
    println!(
        "replicas tormented: {} reads and {} writes, none failed; {} reads by replicas, {} by the primary because they were behind, {} away, {} did not answer",
        readers.answered.load(Ordering::Relaxed),
        ledger.acknowledged.len(),
        counted(server.address, "forum_reads_total{from=\"replica\""),
        count("behind"),
        count("away"),
        count("failed"),
    );
    server.end();
    agrees(&primary.database(), &ledger);
}
