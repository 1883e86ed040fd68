//! Every way in which a command line or an input is refused, as its author sees it: a table for each family of commands, and
//! a picture of its answers. Each says where, what was found and what to do, on standard error, with exit code 2.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is in the folder in which the commands are typed.
const FILES: &[(&str, &[u8])] = &[
    ("empty.yaml", b""),
    ("latin.yaml", b"name: caf\xe9\n"),
    ("rate.yaml", b"name: a\nactions:\n  read: 5\n"),
    ("fine.yaml", b"name: a\nusers: 5k\n"),
    ("prices.yaml", b"blobs: 1 USD\n"),
    ("latin.csv", b"caf\xe9,x\n1,2\n"),
    ("empty.csv", b"# nothing\n"),
    ("names.csv", b"a,b\n1,2\n"),
    ("cell.csv", b"clients,queries/s\n1,955\n2,x\n"),
    ("short.csv", b"clients,queries/s\n1\n"),
    ("few.csv", b"clients,queries/s\n1,955\n2,1878\n"),
    ("fine.csv", b"clients,queries/s\n1,955\n2,1878\n4,3549\n8,6300\n"),
];

/// A folder of its own for one test, and gone with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("estimator-refusals-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("folder")).expect("a temporary folder can be made");
        for (file, text) in FILES {
            std::fs::write(path.join(file), text).expect("and written to");
        }
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the program says to a command line; `stdin` is what it may read.
fn told(folder: &Path, line: &[&str], stdin: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_estimator"));
    command.args(line).current_dir(folder).env("NO_COLOR", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program is there");
    // A program that reads nothing has closed it.
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(stdin.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = line.join(" ");
    assert_eq!(output.status.code(), Some(2), "{shown}: {said}");
    assert!(output.stdout.is_empty(), "{shown}: errors go to standard error alone");
    assert!(said.starts_with("error: "), "{shown}: {said}");
    assert!(said.lines().any(|line| line.trim_start().starts_with("hint: ")), "{shown}: no hint: {said}");
    format!("$ estimator {shown}\n{said}")
}

fn pictures(name: &str, lines: &[&[&str]]) -> String {
    let folder = Folder::new(name);
    lines.iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{}", told(&folder.0, line, ""));
        out
    })
}

#[test]
fn files_that_are_no_scenarios_are_told_so() {
    insta::assert_snapshot!(pictures(
        "files",
        &[
            &["estimate", "no.yaml"],
            &["estimate", "forun"],
            &["estimate", "folder"],
            &["estimate", "latin.yaml"],
            &["estimate", "empty.yaml"],
            &["estimate", "rate.yaml"],
            &["estimate", "-"],
            &["estimate", "-", "-"],
            &["estimate", "-", "--prices", "-"],
            &["estimate", "fine.yaml", "--prices", "no.yaml"],
            &["estimate", "fine.yaml", "--prices", "folder"],
            &["estimate", "fine.yaml", "--prices", "latin.yaml"],
            &["estimate", "fine.yaml", "--prices", "prices.yaml"],
            &["sketch", "no.yaml"],
            &["explain", "empty.yaml", "cores"],
        ]
    ));
}

#[test]
fn what_cannot_be_written_is_told_so() {
    insta::assert_snapshot!(pictures(
        "outputs",
        &[
            &["estimate", "spotify", "-o", "no/page.html"],
            &["estimate", "spotify", "-o", "folder"],
            &["new", "a/b"],
            &["new", "mine", "-o", "fine.yaml"],
            &["new", "mine", "-o", "no/mine.yaml"],
        ]
    ));
}

#[test]
fn wrong_settings_and_options_are_told_so() {
    insta::assert_snapshot!(pictures(
        "options",
        &[
            &["estimate"],
            &["estimat", "spotify"],
            &["xyzzy"],
            &["estimate", "spotify", "--fromat", "json"],
            &["estimate", "spotify", "--format", "xml"],
            &["estimate", "spotify", "--samples", "1"],
            &["estimate", "spotify", "--samples", "many"],
            &["estimate", "spotify", "--set", "users"],
            &["estimate", "spotify", "--set", "=5"],
            &["estimate", "spotify", "--set", "user=5"],
            &["estimate", "spotify", "--set", "data.sogn.size=5 MB"],
            &["estimate", "spotify", "--set", "data.song.size=5 Mb"],
            &["quick"],
            &["quick", "--users", "many"],
            &["quick", "--users", "1M", "--per-user", "10/day", "--size", "2 Kb"],
            &["quick", "--users", "1M", "--per-user", "10/day", "--reads", "most"],
            &["new", "--kind", "zoo"],
            &["reference", "planets"],
            &["list", "all"],
            &["schema", "all"],
            &["completions", "tcsh"],
        ]
    ));
}

#[test]
fn numbers_that_an_estimate_does_not_have_are_told_their_nearest_names() {
    insta::assert_snapshot!(pictures(
        "quantities",
        &[
            &["explain", "spotify"],
            &["explain", "spotify", "songs, 3 copies"],
            &["explain", "spotify", "zzz"],
            &["explain", "fine.yaml", "zzz"],
            &["explain", "spotify", "user", "--set", "user=5"],
            &["compare", "spotify"],
            &["compare", "spotify", "no.yaml"],
            &["compare", "-", "-"],
            &["compare", "spotify", "--with", "user=5"],
            &["sweep", "spotify"],
            &["sweep", "spotify", "--vary", "users"],
            &["sweep", "spotify", "--vary", "users=1..x"],
            &["sweep", "spotify", "--vary", "users=5..5"],
            &["sweep", "spotify", "--vary", "user=1k..2k"],
            &["sweep", "spotify", "--vary", "users=1k..2k", "--of", "user cost"],
            &["sweep", "spotify", "--vary", "users=1k..2k", "--steps", "1000"],
        ]
    ));
}

#[test]
fn measurements_that_cannot_be_fitted_are_told_so() {
    insta::assert_snapshot!(pictures(
        "measurements",
        &[
            &["fit", "no.csv"],
            &["fit", "folder"],
            &["fit", "latin.csv"],
            &["fit", "empty.csv"],
            &["fit", "names.csv"],
            &["fit", "cell.csv"],
            &["fit", "short.csv"],
            &["fit", "few.csv"],
            &["fit", "-"],
            &["fit", "fine.csv", "--predict", "soon"],
            &["fit", "fine.csv", "--lambda", "0"],
            &["fit", "fine.csv", "--format", "yaml"],
        ]
    ));
}

#[test]
fn an_input_beyond_its_limit_is_told_so() {
    let folder = Folder::new("limits");
    let long = format!("name: a\n{}", "# long\n".repeat(400_000));
    for line in [&["estimate", "-"][..], &["fit", "-"]] {
        let said = told(&folder.0, line, &long);
        assert!(said.contains("larger than 2 MB") || said.contains("at most 1000000"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_told_so() {
    // Permissions stop no superuser; this file gives everybody an error of the device.
    let folder = Folder::new("unreadable");
    for line in [&["estimate", "/proc/self/mem"][..], &["fit", "/proc/self/mem"]] {
        let said = told(&folder.0, line, "");
        assert!(said.contains("/proc/self/mem: cannot be read: "), "{said}");
    }
}
