//! The program as a process: exit codes, and a reader that leaves early.

use std::io::Write;
use std::process::{Command, Stdio};

fn estimator() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    // Standard output is a pipe whose reading end is gone before the program starts.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = estimator().args(["estimate", "forum"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn exit_codes_tell_yes_from_no_and_from_impossible() {
    let folder = std::env::temp_dir().join(format!("estimator-exit-codes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let refuted = folder.join("refuted.yaml");
    std::fs::write(&refuted, "name: a\nactions:\n  get: { total: 10/s }\nexpect:\n  peak qps: 100..200\n")
        .unwrap();
    let refuted = refuted.to_str().unwrap();
    for (arguments, code) in [
        (&["estimate", "spotify"][..], 0),
        (&["list"], 0),
        (&["schema"], 0),
        (&["--version"], 0),
        (&["--help"], 0),
        (&["estimate", refuted], 1),
        (&["estimate", refuted, "no-such-file"], 2),
        (&["estimate", "no-such-file"], 2),
        (&["estimate"], 2),
        (&["frobnicate"], 2),
        (&["explain", "spotify", "songs in space"], 2),
        (&["estimate", "spotify", "--samples", "1"], 2),
    ] {
        let output = estimator().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert_eq!(output.stderr.is_empty(), code < 2, "{arguments:?}: errors go to stderr");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn standard_input_is_read_where_a_file_is_due() {
    for arguments in [&["estimate", "-"][..], &["explain", "-", "song"]] {
        let mut child = estimator().args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let text = b"name: piped\ndata:\n  song: { count: 100M, size: 5 MB }\n";
        child.stdin.take().unwrap().write_all(text).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        // 100 M × 5 MB.
        assert!(text.contains("500 TB") && text.contains("stdin:3"), "{text}");
    }
}

#[test]
fn without_a_terminal_there_is_no_colour() {
    let output = estimator().env_remove("NO_COLOR").args(["estimate", "forum"]).output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
}
