//! What is done to a database server, and what is found in a database.

use std::path::PathBuf;

use reference_server::store::Database;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::audit;
use crate::ledger::Ledger;
use crate::postgres::{Postgres, launch};

/// Texts that writers wrote, with the number of each. The texts of the three tables differ.
const TEXTS: &str = "select body, id from questions where body like 'w%-%'
                      union all
                     select body, id from answers
                      union all
                     select body, id from comments";
/// Each voter's vote on the question everybody votes on.
const VOTES: &str = "select u.name, cast(v.value as bigint)
                       from votes v
                       join users u on u.id = v.voter_id
                      where v.question_id = 1
                        and v.answer_id = 0";

/// Fails unless the database agrees with what clients were told, and with itself.
pub(crate) fn agrees(database: &Database, ledger: &Ledger) {
    in_time(async {
        let contradictions =
            ledger.contradictions(&rows(database, TEXTS).await, &rows(database, VOTES).await);
        assert!(contradictions.is_empty(), "{}", contradictions.join("\n"));
        audit::at_rest(database).await;
        audit::told_once(database).await;
        if let Database::Sqlite(path) = database {
            let options = SqliteConnectOptions::new().filename(path);
            let mut file = options.connect().await.expect("a connection");
            let said: String =
                sqlx::query_scalar("pragma integrity_check").fetch_one(&mut file).await.expect("an answer");
            assert_eq!(said, "ok");
            file.close().await.expect("a clean end");
        }
    });
}

async fn rows(database: &Database, sql: &'static str) -> Vec<(String, i64)> {
    match database {
        Database::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path);
            let mut connection = options.connect().await.expect("a connection");
            let rows = sqlx::query_as(sql).fetch_all(&mut connection).await.expect("rows");
            connection.close().await.expect("a clean end");
            rows
        }
        Database::Postgres(options) => {
            let mut connection = options.connect().await.expect("a connection");
            let rows = sqlx::query_as(sql).fetch_all(&mut connection).await.expect("rows");
            connection.close().await.expect("a clean end");
            rows
        }
    }
}

/// Waits for something asynchronous.
pub(crate) fn in_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

impl Postgres {
    /// Starts it again on the same data, in whatever way it has ended.
    pub(crate) fn start_again(&mut self) {
        self.server = launch(&self.programs, self.folder.path());
        self.wait();
    }

    /// Kills the server and every process it has started, at once and without a warning.
    pub(crate) fn kill(&mut self) {
        // Held first, so that it starts no more of them; and they are its children only as long as it lives.
        kill_process(Pid::from_child(&self.server), Signal::STOP).expect("a process to hold");
        let family = self.family();
        signal_all(&family, Signal::KILL);
        self.server.wait().expect("its end");
        // The memory they share has to be free before a new server starts.
        while family.iter().any(|process| lives(*process)) {
            std::thread::yield_now();
        }
    }

    /// Makes it end at once, without finishing or writing down anything (`pg_ctl stop -m immediate`).
    pub(crate) fn stop_at_once(&mut self) {
        kill_process(Pid::from_child(&self.server), Signal::QUIT).expect("a process to end");
        self.server.wait().expect("its end");
    }

    /// Holds every process of it, which is not the same as being gone: connections stay, nobody answers.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        signal_all(&self.family(), signal);
    }

    /// Its processes, the first one first.
    fn family(&self) -> Vec<Pid> {
        let mut family = vec![Pid::from_child(&self.server)];
        family.extend(children(self.server.id()));
        family
    }
}

fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        // One may have ended by itself.
        let _ = kill_process(*process, signal);
    }
}

/// Whether a process has not ended yet; one that has, and that nobody has asked about, is a zombie.
fn lives(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.is_ok_and(|text| text.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
}

/// The processes that a process has started.
fn children(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").expect("the processes").flatten();
    let stats = processes.map(|process| -> PathBuf { process.path().join("stat") });
    let child = |stat: PathBuf| {
        let text = std::fs::read_to_string(stat).ok()?;
        let (number, rest) = text.split_once(' ')?;
        // After the name in brackets: the state, then the parent.
        let found: u32 = rest.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
        (found == parent).then(|| Pid::from_raw(number.parse().ok()?)).flatten()
    };
    stats.filter_map(child).collect()
}
