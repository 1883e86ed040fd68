//! SIGKILL in the middle of writes, a hundred times: of the forum on a file, of the forum on PostgreSQL, of PostgreSQL
//! below the forum. Nothing that was acknowledged is lost or there twice, and nothing needs mending.

use std::path::Path;
use std::time::Duration;

use reference_server::store::Database;

use crate::audit;
use crate::database::{agrees, in_time};
use crate::ledger::Ledger;
use crate::postgres::Postgres;
use crate::server::Server;
use crate::writers::{WRITERS, Writers};

/// Kills of the forum on a file.
const OF_THE_FORUM_ON_SQLITE: u64 = 60;
/// Kills of the forum on PostgreSQL.
const OF_THE_FORUM_ON_POSTGRES: u64 = 25;
/// Kills of PostgreSQL below the forum.
const OF_POSTGRES: u64 = 15;
/// Kills of a forum that leaves notifications for later, on each database.
const WITH_WORK_LEFT: u64 = 15;
/// Longest time between two kills, in milliseconds: some hit the first write on a fresh connection, some a busy writer.
const LONGEST_MS: u64 = 250;

/// How long the writers are let alone before kill `number`: from 1 ms to the longest, evenly spread and the same in each
/// run (splitmix64, Vigna 2015).
fn pause(number: u64) -> Duration {
    let mut mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Duration::from_millis(1 + (mixed ^ (mixed >> 31)) % LONGEST_MS)
}

/// Says what happened, and fails if the kills hit nobody: then the test would have shown nothing.
#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn tell(what: &str, kills: u64, ledger: &Ledger) {
    let Ledger { acknowledged, cut_off, done_already, .. } = ledger;
    let acknowledged = acknowledged.len();
    println!(
        "{what}: {kills} kills, {acknowledged} writes acknowledged, {cut_off} answers cut off, {done_already} of them done"
    );
    assert!(acknowledged > WRITERS, "somebody wrote");
}

/// Kills the forum again and again, and looks into the database after each time, before anybody writes again.
fn kill_the_forum(what: &str, kills: u64, folder: &Path, address: &str, more: &[&str]) {
    let database: Database = address.parse().expect("an address");
    let mut server = Server::start(folder, address, more);
    let writers = Writers::start(server.address);
    for number in 0..kills {
        std::thread::sleep(pause(number));
        writers.desk.server_is_at(None);
        server.kill();
        server = Server::start(folder, address, more);
        let told = writers.desk.ledger().clone();
        agrees(&database, &told);
        writers.desk.server_is_at(Some(server.address));
    }
    let ledger = writers.finish();
    server.end();
    agrees(&database, &ledger);
    tell(what, kills, &ledger);
    assert!(ledger.cut_off >= kills, "each kill met somebody who waited for an answer");
}

#[test]
fn sixty_kills_of_the_forum_on_a_file_lose_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let address = file.to_str().expect("a plain path");
    kill_the_forum("the forum on SQLite", OF_THE_FORUM_ON_SQLITE, folder.path(), address, &[]);
}

#[test]
fn twenty_five_kills_of_the_forum_on_postgres_lose_and_double_nothing() {
    let Some(postgres) = Postgres::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let address = postgres.address();
    kill_the_forum("the forum on PostgreSQL", OF_THE_FORUM_ON_POSTGRES, folder.path(), &address, &[]);
}

/// After an end that was asked for nothing waits any more.
fn nothing_waits(database: &Database) {
    assert_eq!(in_time(audit::number(database, "select count(*) from outbox")), 0);
}

#[test]
fn fifteen_kills_lose_and_double_no_notification_that_was_left_for_later_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let address = file.to_str().expect("a plain path");
    let later = ["--derived", "later"];
    kill_the_forum("notifications on SQLite", WITH_WORK_LEFT, folder.path(), address, &later);
    nothing_waits(&Database::Sqlite(file.clone()));
}

#[test]
fn fifteen_kills_lose_and_double_no_notification_that_was_left_for_later_in_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let later = ["--derived", "later"];
    kill_the_forum("notifications on PostgreSQL", WITH_WORK_LEFT, folder.path(), &postgres.address(), &later);
    nothing_waits(&postgres.database());
}

#[test]
fn fifteen_kills_of_postgres_lose_and_double_nothing_and_the_forum_stays_up() {
    let Some(mut postgres) = Postgres::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &postgres.address(), &[]);
    let writers = Writers::start(server.address);
    for number in 0..OF_POSTGRES {
        std::thread::sleep(pause(number));
        if number % 3 == 2 {
            postgres.stop_at_once();
        } else {
            postgres.kill();
        }
        postgres.start_again();
        // What is read now may be younger than what was told, never older; and it is the database's own rules that are
        // held here, while others write.
        let before = writers.desk.ledger().acknowledged.len();
        let grown = || writers.desk.ledger().acknowledged.len() > before + WRITERS;
        wait_until("the forum writes again", grown);
    }
    let ledger = writers.finish();
    server.end();
    agrees(&postgres.database(), &ledger);
    tell("PostgreSQL below the forum", OF_POSTGRES, &ledger);
    assert_eq!(ledger.cut_off, 0, "the forum answered everybody");
}

/// Waits for something that has to come true, for a minute at the most.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not within a minute: {what}");
}
