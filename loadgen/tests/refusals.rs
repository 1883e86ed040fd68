//! What the program says when it cannot do what it is asked: where, what, and what to do. Always exit code 2.

mod helpers;

use helpers::{FORUM, Run, loadgen};

#[test]
fn a_command_line_that_cannot_be_is_refused() {
    for (arguments, said) in [
        (&["run", "no-such-file.yaml"][..], "cannot read no-such-file.yaml"),
        (&["run", "forun"], "did you mean `forum`?"),
        (&["run", "."], "cannot read ."),
        (&["run", "forum", "--rate", "-5"], "--rate"),
        (&["run", "forum", "--rate", "lots"], "found `lots`"),
        (&["run", "forum", "--duration", "20"], "add a unit"),
        (&["run", "forum", "--duration", "0s"], "more than zero"),
        (&["run", "forum", "--users", "0"], "0 is not in"),
        (&["run", "forum", "--users", "5"], "add --closed"),
        (&["run", "forum", "--closed", "--rate", "5"], "belongs to the open model"),
        (&["run", "forum", "--connections", "0"], "0 is not in"),
        (&["run", "forum", "--connections", "5", "--rate", "5"], "cannot be used with"),
        (&["run", "forum", "--open", "--think", "5 s"], "--think belongs to the users of the closed model"),
        (&["run", "forum", "--closed", "--think", "poisson 5 s"], "`exponential 7 s`"),
        (&["run", "forum", "--open", "--ramp", "5 s"], "--ramp belongs to the users of the closed model"),
        (
            &["run", "forum", "--closed", "--ramp", "5 s", "--shape", "ramp 5..9 users for 3 s"],
            "the shape says how users come",
        ),
        (&["run", "forum", "--connection-policy", "old"], "expected reuse, per-visitor or new"),
        (&["run", "forum", "--abort", "200%"], "between 0 and 100 %"),
        (&["run", "forum", "--abort", "sometimes"], "is no reason to end a run"),
        (&["run", "forum", "--scale", "none"], "expected `full` or a number"),
        (&["run", "forum", "--target", "localhost:80"], "is not an http:// or https:// address"),
        (
            &["run", "forum", "--target", "http://localhost", "--insecure"],
            "belong to a target that speaks TLS",
        ),
        (&["run", "forum", "--target", "https://localhost", "--cert", "a.pem"], "--key <FILE>"),
        (&["run", "forum", "--target", "https://localhost", "--ca", "no.pem"], "cannot read no.pem"),
        (&["run", "forum", "--switch", "durability"], "expected a name and a value"),
        (
            &["run", "forum", "--switch", "limits=on", "--target", "http://127.0.0.1:1"],
            "the target is another",
        ),
        (&["run", "forum", "--host", "a b"], "is not the name of a host"),
        (&["run", "spotify"], "add up to no rate"),
        (&["report", "nowhere"], "cannot read nowhere"),
        (&["fly"], "unrecognized subcommand"),
        (&[], "Usage"),
    ] {
        let done = loadgen(arguments);
        assert_eq!(done.code, 2, "{arguments:?}: {}", done.stderr);
        assert!(done.stderr.contains(said), "{arguments:?} should say {said:?}: {}", done.stderr);
    }
}

#[test]
fn a_scenario_that_is_wrong_or_cannot_be_run_is_refused_with_its_place() {
    for (text, said) in [
        ("", "the file is empty"),
        ("name: x\nuser: 5\n", "did you mean `users`?"),
        ("name: x\nusers: 10 daily\nactions: { fly: 5 }\n", "action `fly` has no request"),
        (
            "name: x\nusers: 10 daily\nactions: { read question: 5 }\nchoices: { cache: 64 MB }\n",
            "has no `cache: 64 MB` yet",
        ),
        (
            "name: x\ntarget: http://127.0.0.1:1\nactions: { home: { total: 1/s } }\nrequests: { home: { GET: /, headers: { x: \"{key}\" } } }\nvisitors: { key: env SURELY_NOT_SET_ANYWHERE }\n",
            "SURELY_NOT_SET_ANYWHERE is not set",
        ),
        (
            "name: x\ntarget: http://127.0.0.1:1\nactions: { home: { total: 1/s } }\nrequests: { home: { GET: \"/{id}\" } }\nvisitors: { id: csv missing.csv id }\n",
            "missing.csv",
        ),
    ] {
        let done = Run::new(text).start().finish();
        assert_eq!(done.code, 2, "{text}: {done:?}");
        assert!(done.stderr.contains(said), "{text} should say {said:?}: {}", done.stderr);
        assert!(!done.has_results());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_what_to_do() {
    // A file where a folder is due cannot be written by anybody, root included.
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let done = Run::new(FORUM).args(["--out", path]).start().finish();
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--out DIR"), "{}", done.stderr);
    let done = Run::new(FORUM).args(["--data", path]).start().finish();
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--data DIR"), "{}", done.stderr);
}
