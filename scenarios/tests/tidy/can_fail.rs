//! Each rule can fail: small files that break it, beside ones that only look as if they did.

use crate::rules::{
    CHANCE, CLOCKS, ESTIMATOR, FORUM, GOOSE, PURE, Rule, SCENARIOS, SQL, TERMINAL, UNFINISHED,
};
use crate::source::Source;
use crate::{misshapen, unmapped, untidy, wrong_dependencies};

/// The lines that a breach names: `PATH:LINE: ...`.
fn lines(breaches: &[String], path: &str) -> Vec<usize> {
    let number =
        |breach: &String| breach.strip_prefix(path)?.strip_prefix(':')?.split(':').next()?.parse().ok();
    breaches.iter().map(|breach| number(breach).unwrap_or_else(|| panic!("no place: {breach}"))).collect()
}

#[test]
fn forbidden_words_are_found_in_code_and_nowhere_else() {
    let table: &[(&Rule, &str, &str, &[usize])] = &[
        (&TERMINAL, "loadgen/src/run.rs", "fn f() {\n    eprintln!(\"late\");\n}\n", &[2]),
        (&TERMINAL, "loadgen/src/run.rs", "let out = std::io::stdout().lock();\n", &[1, 1]),
        (&TERMINAL, "loadgen/src/run.rs", "child.stdout(Stdio::piped());\nerror.use_stderr();\n", &[]),
        (
            &TERMINAL,
            "loadgen/src/run.rs",
            "// println!(1)\n/* println!(2) /* 3 */ */\nlet a = r#\"println!(\"4\")\"#;\n",
            &[],
        ),
        (&TERMINAL, "loadgen/src/run.rs", "let a = ('\"', b'\\'', '\\\\');\nprintln!();\n", &[2]),
        (&TERMINAL, "loadgen/src/run.rs", "fn f<'a>(a: &'a str) { print!(\"{a}\") }\n", &[1]),
        (
            &TERMINAL,
            "loadgen/src/run.rs",
            "#[cfg(test)]\nmod tests {\n    fn f() { dbg() }\n    fn g() { println!() }\n}\nprintln!();\n",
            &[6],
        ),
        (&TERMINAL, "loadgen/src/live.rs", "println!();\n", &[]),
        (&TERMINAL, "loadgen/tests/run.rs", "println!();\n", &[]),
        (&SQL, "loadgen/src/run.rs", "let a = \"SELECT id,\n    body FROM questions\";\n", &[1]),
        (
            &SQL,
            "reference-server/src/web/home.rs",
            "f();\nf(\"select one of the answers\", \"words from here\");\n",
            &[],
        ),
        (&SQL, "reference-server/src/app.rs", "use sqlx::Row;\n", &[1]),
        (&SQL, "reference-server/src/store/open.rs", "let a = \"insert into users\";\n", &[]),
        (&GOOSE, "loadgen/src/drive.rs", "use goose::GooseAttack;\nlet a = goose_user;\n", &[1]),
        (&GOOSE, "loadgen/tests/run.rs", "fn f() { goose::metrics() }\n", &[1]),
        (&GOOSE, "loadgen/src/closed.rs", "use goose::GooseAttack;\n", &[]),
        (&FORUM, "loadgen/src/run.rs", "\nreference_server::cli::run(a);\n", &[2]),
        (&FORUM, "reference-server/src/main.rs", "reference_server::cli::run(a)\n", &[]),
        (&CLOCKS, "loadgen/src/record.rs", "let a = Instant::now();\nlet b = start.elapsed();\n", &[1, 2]),
        (&CLOCKS, "loadgen/src/record.rs", "let a: Instant = now;\nlet b = moment.elapsed;\n", &[]),
        (
            &CHANCE,
            "loadgen/src/prose.rs",
            "let a = rand::rng();\nlet b = hash_password_with_salt(c);\n",
            &[1],
        ),
        (&SCENARIOS, "scenarios/src/units.rs", "use std::{fmt, io::Read};\nuse std::time::Duration;\n", &[1]),
        (&SCENARIOS, "scenarios/src/units.rs", "use std::{\n    fmt,\n    fs::{self, File},\n};\n", &[1]),
        (&ESTIMATOR, "estimator/src/cost.rs", "let a = std::env::var(b);\n", &[1]),
        (&ESTIMATOR, "estimator/src/cli.rs", "let a = std::env::var(b);\n", &[]),
        (&PURE, "loadgen/src/codec/head.rs", "use std::io::Read;\n", &[1]),
        (&PURE, "loadgen/src/journey/compile.rs", "use std::time::{Duration, Instant};\n", &[1]),
        (
            &UNFINISHED,
            "loadgen/tests/run.rs",
            "#[test]\n#[ignore = \"slow\"]\nfn f() {\n    todo!()\n}\n",
            &[2, 4],
        ),
    ];
    for (rule, path, text, expected) in table {
        let found = rule.breaches(&Source::new(path, (*text).to_owned()));
        assert_eq!(lines(&found, path), *expected, "{path}: {text:?}: {found:?}");
    }
}

#[test]
fn modules_for_tests_are_told_from_others() {
    for (path, text, expected) in [
        (
            "loadgen/src/engine/mod.rs",
            "#[cfg(test)]\nmod simulated;\nmod wake;\n",
            &["loadgen/src/engine/simulated"][..],
        ),
        ("loadgen/src/lib.rs", "#[cfg(test)]\n#[path = \"x.rs\"]\nmod laws;\n", &["loadgen/src/laws"]),
        ("estimator/src/cli.rs", "#[cfg(test)]\nmod tests;\n", &["estimator/src/cli/tests"]),
        ("estimator/src/cost.rs", "#[cfg(test)]\nmod tests { use super::*; }\n", &[]),
    ] {
        assert_eq!(Source::new(path, text.to_owned()).test_modules(), expected, "{path}");
    }
}

#[test]
fn dependencies_against_the_direction_are_found() {
    for (name, manifest, expected) in [
        ("scenarios", "[dependencies]\nserde = \"1\"\nestimator.workspace = true\n", &[3][..]),
        (
            "estimator",
            "[dependencies]\nscenarios.workspace = true\n[dev-dependencies]\ntokio = \"1\"\n",
            &[4],
        ),
        ("estimator", "[dependencies.loadgen]\npath = \"../loadgen\"\n", &[1]),
        ("reference-server", "[dependencies]\na = { package = \"scenarios\" }\n", &[2]),
        ("loadgen", "[target.'cfg(unix)'.dependencies]\nsqlx = \"0.9\"\n", &[2]),
        ("loadgen", "[features]\nsqlx = []\n[dependencies]\nreference-server = { workspace = true }\n", &[]),
    ] {
        let found = wrong_dependencies(name, manifest);
        assert_eq!(lines(&found, &format!("{name}/Cargo.toml")), expected, "{name}: {manifest:?}: {found:?}");
    }
}

#[test]
fn untidy_text_is_found() {
    for (text, expected) in
        [("a\nb\n", 0), ("", 0), ("a\tb\n", 1), ("a \nb\n", 1), ("a\r\nb\n", 1), ("a\nb", 1), ("\t\n \nc", 3)]
    {
        assert_eq!(untidy("a.md", text).len(), expected, "{text:?}");
    }
}

#[test]
fn files_without_purpose_measure_or_noun_are_found() {
    let long = |lines: usize| "//! A file.\n".repeat(lines);
    for (path, text, expected) in [
        ("loadgen/src/run.rs", long(400), 0),
        ("loadgen/src/run.rs", long(401), 1),
        ("loadgen/src/run.rs", "fn f() {}\n".to_owned(), 1),
        ("loadgen/src/utils.rs", long(1), 1),
        ("loadgen/src/common/run.rs", long(1), 1),
        ("loadgen/tests/helpers/mod.rs", long(1), 0),
        ("loadgen/tests/helpers/mod.rs", "/// Not a header.\n".repeat(500), 2),
    ] {
        let found = misshapen(path, &text);
        assert_eq!(found.len(), expected, "{path}: {found:?}");
    }
}

#[test]
fn a_module_that_is_not_on_the_map_is_found_and_so_is_one_that_is_gone() {
    let page = "# Map\n### loadgen\n`run.rs` and `codec/`\n## End\n`live.rs`\n";
    let paths = |more: &[&'static str]| [&["loadgen/src/run.rs", "loadgen/src/codec/mod.rs"], more].concat();
    for (name, more, expected) in [
        ("loadgen", &["loadgen/src/main.rs", "loadgen/tests/run.rs"][..], 0),
        ("loadgen", &["loadgen/src/live.rs"], 1),
        ("loadgen", &["loadgen/src/codec/head.rs"], 0),
        ("estimator", &[], 1),
    ] {
        assert_eq!(unmapped(page, name, &paths(more)).len(), expected, "{name} {more:?}");
    }
    assert_eq!(unmapped(page, "loadgen", &["loadgen/src/run.rs"]).len(), 1, "codec/ is gone");
}
