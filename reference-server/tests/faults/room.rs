//! No room: the file may not grow any more, or its disk is full. Reads go on, writes are refused, nothing is broken, and
//! when there is room again the forum writes again, without having been restarted.
//!
//! A limit on the size of files (`RLIMIT_FSIZE`) needs no rights and stands for a quota: `write` fails with `EFBIG`. A full
//! disk (`ENOSPC`) is a small file system in memory, in a name space of its own; where the system grants none, that test
//! says that it was skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use reference_server::store::Database;

use crate::client::{Answer, Connection, member, once, proof};
use crate::database::{agrees, in_time};
use crate::ledger::Ledger;
use crate::server::{PROGRAM, Server};

/// More questions of [`TEXT`] than fit into [`ROOM_BYTES`].
const MANY: usize = 4_000;
/// Bytes of a question's text.
const TEXT: usize = 8_000;
/// Room for the forum.
const ROOM_BYTES: u64 = 4 * 1024 * 1024;

/// Writes until there is no room, and then once more; the numbers that were acknowledged.
fn fill(server: &Server, ada: &str) -> Vec<i64> {
    let mut connection = Connection::open(server.address).expect("a connection");
    let mut kept = Vec::new();
    let body = format!(r#"{{"title": "A question that takes room", "body": "{}"}}"#, "x".repeat(TEXT));
    let mut refusals = 0;
    for _ in 0..MANY {
        let answer = connection.send("POST", "/api/v1/questions", &proof(ada), &body).expect("an answer");
        match answer.status {
            201 => kept.push(answer.json()["id"].as_i64().expect("a number")),
            503 => {
                assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
                assert_eq!(answer.json()["error"]["code"], "unavailable");
                refusals += 1;
                // Once is not enough: it must be refused each time, and not break.
                if refusals == 20 {
                    return kept;
                }
            }
            _ => panic!("{answer:?}"),
        }
    }
    panic!("there was room for everything");
}

fn get(server: &Server, path: &str) -> Answer {
    once(server.address, "GET", path, "", "")
}

/// The forum without room, and again with it.
#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn without_room(
    what: &str,
    server: Server,
    make_room: impl FnOnce(&Server),
    look: impl FnOnce() -> Database,
) {
    let ada = member(server.address, "ada");
    let kept = fill(&server, &ada);
    assert!(kept.len() > 10, "there was room at first: {kept:?}");
    for path in ["/api/v1/questions", "/questions/1", "/health/ready", "/metrics"] {
        assert_eq!(get(&server, path).status, 200, "{path}");
    }
    make_room(&server);
    let question = r#"{"title": "There is room again", "body": "b"}"#;
    let asked = once(server.address, "POST", "/api/v1/questions", &proof(&ada), question);
    assert_eq!(asked.status, 201, "{asked:?}");
    for id in &kept {
        let path = format!("/api/v1/questions/{id}");
        assert_eq!(get(&server, &path).status, 200, "question {id} was acknowledged");
    }
    println!("{what}: {} writes acknowledged before there was no room, all there", kept.len());
    let database = look();
    let questions = in_time(crate::audit::number(&database, "select count(*) from questions"));
    assert_eq!(usize::try_from(questions), Ok(kept.len() + 1), "and nothing else");
    agrees(&database, &Ledger::default());
    server.end();
}

#[test]
fn a_file_that_may_not_grow_is_read_and_refuses_writes_until_it_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forum.sqlite");
    let mut limited = Command::new("sh");
    // The signal that comes with it would end the program; ignored, the write fails. In blocks of 512 bytes.
    limited.args(["-c", "trap '' XFSZ; ulimit -S -f \"$1\"; shift; exec \"$@\"", "sh"]);
    limited.args([&(ROOM_BYTES / 512).to_string(), PROGRAM]);
    let server = Server::start_as(limited, folder.path(), file.to_str().expect("a plain path"), &[]);
    let make_room = |server: &Server| {
        run(Command::new("prlimit").arg("--fsize=unlimited:").arg(format!("--pid={}", server.process())));
    };
    without_room("a limit on the file", server, make_room, || Database::Sqlite(file));
}

#[test]
fn a_full_disk_is_read_and_refuses_writes_until_it_has_room() {
    if !has_name_spaces() {
        assert!(std::env::var_os("CI").is_none(), "name spaces are needed in continuous integration");
        println!("skipped: no name space of one's own");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mut apart = Command::new("unshare");
    apart.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    // A file that is only there to be removed.
    apart.arg("mount -t tmpfs -o size=\"$1\" none \"$2\" && head -c 2000000 /dev/zero > \"$2/ballast\" && shift 2 && exec \"$@\"");
    apart.args(["sh", &(ROOM_BYTES * 2).to_string()]).arg(&disk).arg(PROGRAM);
    let file = disk.join("forum.sqlite");
    let server = Server::start_as(apart, folder.path(), file.to_str().expect("a plain path"), &[]);
    // The disk as its process sees it.
    let seen = PathBuf::from(format!("/proc/{}/root", server.process()));
    let seen = seen.join(disk.strip_prefix("/").expect("an absolute path"));
    let make_room = |_: &Server| std::fs::remove_file(seen.join("ballast")).expect("a file to remove");
    without_room("a full disk", server, make_room, || {
        // The disk goes with the server's name space, so a copy is looked at; nobody writes any more.
        let copy = folder.path().join("copy.sqlite");
        std::fs::copy(seen.join("forum.sqlite"), &copy).expect("a copy");
        std::fs::copy(seen.join("forum.sqlite-wal"), folder.path().join("copy.sqlite-wal")).expect("a copy");
        Database::Sqlite(copy)
    });
}

fn has_name_spaces() -> bool {
    let mut tried = Command::new("unshare");
    tried
        .args(["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none"])
        .arg(Path::new("/mnt"));
    tried.output().is_ok_and(|tried| tried.status.success())
}

fn run(command: &mut Command) {
    let done = command.output().expect("a program that runs");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
