//! The command line: what it prints where, and the exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use reference_server::store::{self, Database};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
    command.args(arguments).env_remove("FORUM_DATABASE").env_remove("FORUM_LISTEN").env_remove("FORUM_LOG");
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().expect("the program runs")
}

/// What the program says when it cannot do something: exit code 2, nothing on stdout, a hint on stderr.
fn complaint(arguments: &[&str]) -> String {
    let output = run(arguments);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert!(stderr.starts_with("error: ") && stderr.contains("\n  hint: "), "{arguments:?}: {stderr}");
    stderr
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn what_cannot_be_done_is_said_with_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    let fine = folder.path().join("forum.sqlite");
    let plain = folder.path().join("file");
    std::fs::write(&plain, "not a database, but long enough to look at: ".repeat(100)).expect("a file");
    let missing = folder.path().join("missing/forum.sqlite");
    let under_file = plain.join("forum.sqlite");
    let gone = { TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address") };
    let unreachable = format!("postgres://ada:canary@{gone}/forum");
    let any = "127.0.0.1:0";
    for (database, found) in [
        (text(&missing), "does not exist"),
        (text(&under_file), "is a file"),
        (text(folder.path()), "is a folder"),
        (text(&plain), "not a database"),
        (unreachable.as_str(), "is the server running"),
        ("mysql://localhost/forum", "expected a file or postgres://"),
    ] {
        for arguments in [
            vec!["serve", "--listen", any, "--database", database],
            vec!["migrate", "--database", database],
            vec!["seed", "--questions", "1", "--database", database],
        ] {
            let said = complaint(&arguments);
            assert!(said.contains(found) && !said.contains("canary"), "{arguments:?}: {said}");
        }
    }
    for (switch, value, found) in [
        ("--shared-cache", "redis://ada:canary@host:port 60s", "redis://127.0.0.1:6379 60s"),
        ("--shared-cache", "rediss://ada:canary@host", "redis://127.0.0.1:6379 60s"),
        ("--limits-store", "redis://:canary@host:port", "redis://127.0.0.1:6379"),
        ("--blobs", "s3://ada:canary@bucket", "s3://BUCKET"),
        ("--blobs", "file:///nowhere/canary", "there is no such folder"),
    ] {
        let said = complaint(&["serve", "--listen", any, "--database", text(&fine), switch, value]);
        assert!(said.contains(switch) && said.contains(found) && !said.contains("canary"), "{said}");
    }
    let said = complaint(&["serve", "--listen", "nowhere", "--database", text(&fine)]);
    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let held = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = held.local_addr().expect("an address").to_string();
    let database = folder.path().join("forum.sqlite");
    let said = complaint(&["serve", "--listen", &address, "--database", text(&database)]);
    assert!(said.contains(&address) && said.contains("another program listens there"), "{said}");
    assert!(!database.exists(), "nothing is made by a server that cannot serve");
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("forum.sqlite");
    store::migrate(&Database::Sqlite(path.clone())).await.expect("a database");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.expect("a database");
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'future', true, x'00', 0)";
    sqlx::query(newer).execute(&pool).await.expect("a migration of the future");
    pool.close().await;
    let said = complaint(&["serve", "--listen", "127.0.0.1:0", "--database", text(&path)]);
    assert!(said.contains("9999") && said.contains("newer than this program"), "{said}");
}

#[test]
fn a_misspelled_command_line_is_refused_and_help_is_not_an_error() {
    for arguments in [
        &["serve", "--lisen", "x"][..],
        &["swerve"],
        &[],
        &["serve", "--max-connections", "0"],
        &["serve", "--workers", "0"],
        &["serve", "--limits", "maybe"],
        &["serve", "--limit-login", "0/min"],
        &["serve", "--trusted-proxy", "localhost"],
        &["serve", "--cache", "64"],
        &["serve", "--cache", "64MB soon"],
        &["serve", "--stale-reads", "much"],
        &["serve", "--counters", "both"],
        &["serve", "--layout", "json"],
        &["serve", "--shedding", "maybe"],
        &["serve", "--shed-served", "0"],
        &["serve", "--shed-wait", "1min"],
        &["serve", "--server-timing", "loud"],
        &["serve", "--log-format", "xml"],
        &["serve", "--replica-reads", "some"],
        &["serve", "--read-replica", "mysql://there"],
        &["serve", "--derived", "never"],
        &["serve", "--derived-backlog", "0"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    for (arguments, said) in [
        (&["--help"][..], "Usage: reference-server"),
        (&["serve", "--help"], "--max-connections"),
        (&["serve", "--help"], "[default: 10/min]"),
        (&["serve", "--help"], "like `64MB 10s`"),
        (&["serve", "--help"], "--shedding <SWITCH>"),
        (&["serve", "--help"], "--read-replica <DATABASE>"),
        (&["serve", "--help"], "--derived-backlog <N>"),
        (&["serve", "--help"], "FORUM_COUNTERS="),
        (&["serve", "--help"], "FORUM_LAYOUT="),
        (&["openapi"], "\"openapi\": \"3.1.0\""),
        (&["seed", "--help"], "Never seed a forum that people use"),
        (&["--version"], "reference-server 0.1.0"),
    ] {
        let output = run(arguments);
        let stdout = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        // Help is wrapped to the terminal's width.
        let words: Vec<&str> = stdout.split_whitespace().collect();
        assert!(words.join(" ").contains(said), "{arguments:?}: {stdout}");
    }
}

#[test]
fn a_server_says_where_it_listens_serves_and_ends_when_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("forum.sqlite");
    for (signal, limits) in [("TERM", "on"), ("INT", "off")] {
        let arguments = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--format",
            "json",
            "--workers",
            "2",
            "--limits",
            limits,
            "--database",
        ];
        let mut server = program(&arguments)
            .arg(&database)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!((&said["version"], &said["database"]), (&"0.1.0".into(), &"sqlite 3.51.3".into()));
        assert_eq!(said["limits"], limits);
        let mut stream =
            TcpStream::connect(said["listening"].as_str().expect("an address")).expect("a connection");
        stream
            .write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        let told = Command::new("kill").args(["-s", signal, &server.id().to_string()]).status();
        assert!(told.expect("kill runs").success());
        let output = server.wait_with_output().expect("an end");
        assert_eq!(output.status.code(), Some(0), "{signal}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let log = folder.path().join("forum.sqlite-wal");
        assert!(!log.exists(), "the write-ahead log was moved into the file");
    }
}

#[test]
fn a_switch_is_obeyed_and_shown_as_it_was_typed_or_set_by_the_environment() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server =
        program(&["serve", "--listen", "127.0.0.1:0", "--format", "json", "--durability", "normal"])
            .args(["--http-cache", "5min", "--behind-tls", "--database"])
            .arg(folder.path().join("forum.sqlite"))
            .env("FORUM_GROUP_COMMIT", "off")
            // Nobody listens there, which does not keep a forum from starting.
            .env("FORUM_SHARED_CACHE", "redis://ada:canary@127.0.0.1:9 10s")
            .env("FORUM_LIMITS_STORE", "redis://:canary@127.0.0.1:9/3")
            .env("FORUM_BLOBS", format!("file://{}", folder.path().display()))
            .env("FORUM_REDIS_WAIT", "20ms")
            .env("FORUM_PASSWORD_COST", "64KiB x 1")
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let mut stream =
        TcpStream::connect(said["listening"].as_str().expect("an address")).expect("a connection");
    stream
        .write_all(b"GET /api/v1/configuration HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let told = Command::new("kill").arg(server.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    server.wait().expect("an end");
    assert!(!line.contains("canary") && !answer.contains("canary"), "{line}{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let shown: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let switches = shown["switches"].as_array().expect("switches");
    let value = |name: &str| {
        let switch = switches
            .iter()
            .find(|switch| switch["name"] == name)
            .unwrap_or_else(|| panic!("no {name}: {shown}"));
        (switch["value"].as_str().unwrap_or_default(), switch["default"].as_str().unwrap_or_default())
    };
    for (name, expected) in [
        ("durability", ("normal", "full")),
        ("group-commit", ("off", "on")),
        ("http-cache", ("5min", "revalidate")),
        ("password-cost", ("64KiB x 1", "19MiB x 2")),
        ("behind-tls", ("true", "false")),
        ("limits", ("on", "on")),
        ("limit-login", ("10/min", "10/min")),
        ("extra-work", ("0", "0")),
        ("shared-cache", ("redis://… 10s", "off")),
        ("limits-store", ("redis://…", "local")),
        ("blobs", ("file://…", "database")),
        ("redis-wait", ("20ms", "50ms")),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    assert!(switches.iter().all(|switch| switch["about"].as_str().is_some_and(|about| !about.is_empty())));
}

#[test]
fn seeding_says_what_was_made_for_people_and_for_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("forum.sqlite");
    let output = run(&[
        "seed",
        "--questions",
        "20",
        "--visitors",
        "2",
        "--format",
        "json",
        "--database",
        text(&database),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&said["questions"], &said["users"], &said["visitors"]), (&20.into(), &12.into(), &2.into()));
    assert_eq!(said["visitors_file"], text(&folder.path().join("visitors.csv")));
    assert_eq!(said["storage"][0]["entity"], "question");
    assert_eq!(said["storage"][0]["rows"], 20);
    assert!(said["storage"][0]["bytes"].as_u64() > Some(20 * 1000), "{said}");
    assert_eq!(said["database_bytes"], std::fs::metadata(&database).expect("a file").len());
    assert_eq!(said["fingerprint"].as_str().map(str::len), Some(64));
    let again = complaint(&["seed", "--questions", "20", "--database", text(&database)]);
    assert!(again.contains("already has 20 questions"), "{again}");
    let other = folder.path().join("other.sqlite");
    let output = run(&["seed", "--questions", "20", "--visitors", "2", "--database", text(&other)]);
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert!(
        stdout.contains("seeded 20 questions")
            && stdout.contains(said["fingerprint"].as_str().expect("a text"))
    );
}

#[test]
fn a_forum_is_put_back_to_its_snapshot_and_only_when_nobody_has_it_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, snapshot) = (folder.path().join("forum.sqlite"), folder.path().join("seeded.sqlite"));
    let seed = ["seed", "--questions", "20", "--visitors", "2", "--content", "all"];
    let kept = run(&[&seed[..], &["--database", text(&database), "--snapshot", text(&snapshot)]].concat());
    assert_eq!(kept.status.code(), Some(0), "{}", String::from_utf8_lossy(&kept.stderr));
    let before = std::fs::read(&snapshot).expect("a snapshot");
    assert_eq!(before, std::fs::read(&database).expect("a database"));
    let reset = ["reset", "--database", text(&database), "--snapshot", text(&snapshot)];
    let mut server = program(&["serve", "--listen", "127.0.0.1:0", "--database", text(&database)])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a server");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    let refused = complaint(&reset);
    assert!(refused.contains("is in use") && refused.contains("stop its server"), "{refused}");
    let told = Command::new("kill").arg(server.id().to_string()).status();
    assert!(told.expect("kill runs").success() && server.wait().expect("an end").success());
    // Whatever happened to it since.
    for changed in [None, Some(&b""[..]), Some(&before[..100])] {
        match changed {
            Some(bytes) => std::fs::write(&database, bytes).expect("a file"),
            None => std::fs::remove_file(&database).expect("a file"),
        }
        std::fs::write(folder.path().join("forum.sqlite-wal"), "left by a crash").expect("a file");
        let done = run(&reset);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(std::fs::read(&database).expect("a database"), before);
        assert!(!folder.path().join("forum.sqlite-wal").exists());
    }
    std::fs::write(&snapshot, "no database").expect("a file");
    let refused = complaint(&reset);
    assert!(refused.contains("is no SQLite file"), "{refused}");
    assert_eq!(std::fs::read(&database).expect("a database"), before, "nothing was lost");
    let missing = complaint(&["reset", "--database", text(&database), "--snapshot", "/no/such/file"]);
    assert!(missing.contains("cannot copy /no/such/file"), "{missing}");
    let postgres =
        complaint(&["reset", "--database", "postgres://x@localhost/y", "--snapshot", text(&snapshot)]);
    assert!(postgres.contains("is no file") && postgres.contains("template"), "{postgres}");
}
