//! What must not stand where: each rule with its words, its exceptions and what to do instead.

use std::collections::BTreeSet;

use crate::source::{Source, has_word};

/// Words that must not stand in the code of certain files.
pub(crate) struct Rule {
    words: &'static [&'static str],
    /// Quoted text that must not stand there either.
    quoted: fn(&str) -> bool,
    /// Where it holds: beginnings of paths.
    under: &'static [&'static str],
    /// Where it does not, and why.
    pub(crate) except: &'static [(&'static str, &'static str)],
    in_tests: bool,
    remedy: &'static str,
}

/// What most rules have in common.
const RULE: Rule = Rule {
    words: &[],
    quoted: |_| false,
    under: &[""],
    except: &[],
    in_tests: false,
    remedy: "leave it out",
};

pub(crate) const TERMINAL: Rule = Rule {
    words: &[
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "stdout()",
        "stderr()",
        "io::stdout",
        "io::stderr",
        "indicatif",
        "tracing_subscriber",
    ],
    except: &[
        ("estimator/src/cli.rs", "prints results and errors"),
        ("reference-server/src/cli.rs", "prints results and errors"),
        ("reference-server/src/log.rs", "writes the log"),
        ("loadgen/src/cli.rs", "prints results and errors"),
        ("loadgen/src/live.rs", "shows progress"),
        ("loadgen/examples/", "programs of the bench, which print what they saw"),
        ("reference-server/examples/", "programs of the bench, which print what they saw"),
    ],
    remedy: "return a value and let `cli.rs` (or `live.rs`, for progress) print it",
    ..RULE
};
pub(crate) const SQL: Rule = Rule {
    words: &["sqlx", "rusqlite"],
    quoted: is_sql,
    except: &[("reference-server/src/store/", "the one place with SQL")],
    remedy: "ask the store: a method of `Store`, with its SQL in `reference-server/src/store/`",
    ..RULE
};
pub(crate) const GOOSE: Rule = Rule {
    words: &["goose"],
    except: &[("loadgen/src/closed.rs", "the closed model")],
    in_tests: true,
    remedy: "go through `loadgen/src/closed.rs`",
    ..RULE
};
pub(crate) const FORUM: Rule = Rule {
    words: &["reference_server"],
    under: &["scenarios/", "estimator/", "loadgen/"],
    except: &[("loadgen/src/launch.rs", "starts it as a child process")],
    in_tests: true,
    remedy: "go through `loadgen/src/launch.rs`, or over HTTP",
    ..RULE
};
pub(crate) const CLOCKS: Rule = Rule {
    words: &["Instant::now", "SystemTime::now", "UtcDateTime::now", "OffsetDateTime::now", "elapsed()"],
    except: &[
        ("loadgen/src/engine/linux.rs", "the engine's clock"),
        ("loadgen/src/closed.rs", "the closed model's clock"),
        ("loadgen/src/closed/", "the same, for each of its users"),
        ("loadgen/src/drive/", "the moment at which a run starts"),
        ("loadgen/src/punctuality.rs", "how late a sleep ends, tried before a run"),
        ("loadgen/src/watch.rs", "looks at the run from beside"),
        ("loadgen/src/run.rs", "the date in the report"),
        ("loadgen/examples/", "programs of the bench: a target that sees when, a generator"),
        ("reference-server/examples/", "programs of the bench: how long writes wait"),
        ("loadgen/src/duet.rs", "a comparison may take so long"),
        ("loadgen/src/duet/", "when a block begins, and when it is time to look"),
        ("loadgen/src/capacity/beside.rs", "when it looks at the server"),
        ("loadgen/src/selftest.rs", "how much the host took in a time"),
        ("loadgen/src/selftest/", "the self-test's target stalls for so long, its crowd ends in time"),
        ("loadgen/src/child.rs", "limits how long a child is waited for"),
        ("loadgen/src/keeper.rs", "limits how long processes may take to be gone"),
        ("loadgen/src/command.rs", "limits how long a command may take to stop"),
        ("loadgen/src/ask.rs", "limits how long a target is waited for"),
        ("loadgen/src/target.rs", "how long a target's name takes to be found"),
        ("reference-server/src/clock.rs", "the forum's clock"),
        ("reference-server/src/telemetry/", "how old and how dear the figures are"),
        ("reference-server/src/seed/run.rs", "how long filling took"),
    ],
    remedy: "take the time as an argument; a new edge is named in this list and in ARCHITECTURE.md",
    ..RULE
};
pub(crate) const CHANCE: Rule = Rule {
    words: &[
        "SysRng",
        "OsRng",
        "ThreadRng",
        "thread_rng",
        "rand::rng",
        "rand::random",
        "getrandom",
        "hash_password",
    ],
    except: &[
        ("reference-server/src/session.rs", "tokens that nobody can guess"),
        ("reference-server/src/password.rs", "the salt of a password"),
    ],
    remedy: "take a generator made from a seed; a new edge is named in this list and in ARCHITECTURE.md",
    ..RULE
};
const IO: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::os",
    "std::process",
    "std::thread",
    "tokio",
    "rustix",
    "Instant",
    "SystemTime",
];
pub(crate) const SCENARIOS: Rule = Rule {
    words: IO,
    under: &["scenarios/src/"],
    remedy: "this crate does no I/O: take text or a value as an argument",
    ..RULE
};
pub(crate) const ESTIMATOR: Rule = Rule {
    words: IO,
    under: &["estimator/src/"],
    except: &[("estimator/src/cli", "reads files and prints"), ("estimator/src/main.rs", "the process")],
    remedy: "the arithmetic does no I/O: do it in `estimator/src/cli/` and pass the value",
    ..RULE
};
pub(crate) const PURE: Rule = Rule {
    words: IO,
    under: &[
        "loadgen/src/codec/",
        "loadgen/src/schedule.rs",
        "loadgen/src/journey",
        "loadgen/src/session",
        "loadgen/src/prose.rs",
        "loadgen/src/visits.rs",
        "loadgen/src/standing.rs",
    ],
    remedy: "what is sent and when is pure: bytes and times come as arguments",
    ..RULE
};
pub(crate) const UNFINISHED: Rule = Rule {
    words: &["todo!", "unimplemented!", "dbg!", "#[ignore"],
    in_tests: true,
    remedy: "finish it, or leave it out",
    ..RULE
};
pub(crate) const RULES: &[&Rule] =
    &[&TERMINAL, &SQL, &GOOSE, &FORUM, &CLOCKS, &CHANCE, &SCENARIOS, &ESTIMATOR, &PURE, &UNFINISHED];

impl Rule {
    /// Lines in which the rule's words stand, whether or not they may.
    pub(crate) fn hits(&self, source: &Source) -> BTreeSet<(usize, String)> {
        if source.is_test && !self.in_tests {
            return BTreeSet::new();
        }
        let words = source.lines_and_imports().flat_map(|(number, line)| {
            let found: Vec<_> = self.words.iter().filter(|word| has_word(&line, word)).collect();
            found.into_iter().map(move |word| (number, (*word).to_owned()))
        });
        let quoted = source.quoted.iter().filter(|(_, text)| (self.quoted)(text)).cloned();
        words.chain(quoted).filter(|(line, _)| self.in_tests || !source.test_lines.contains(line)).collect()
    }

    /// Where the rule is broken: file, line, and what to do instead.
    pub(crate) fn breaches(&self, source: &Source) -> Vec<String> {
        let path = source.path.as_str();
        let holds = self.under.iter().any(|start| path.starts_with(start));
        if !holds || self.except.iter().any(|(start, _)| path.starts_with(start)) {
            return Vec::new();
        }
        let told = |(line, what): (usize, String)| {
            format!("{path}:{line}: {what} is not for here\n  hint: {}", self.remedy)
        };
        self.hits(source).into_iter().map(told).collect()
    }
}

/// Words that make a sentence of quoted text a statement of SQL.
fn is_sql(text: &str) -> bool {
    let text = format!(
        " {} ",
        text.to_lowercase().replace(['"', '#'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let has = |words: &[&str]| words.iter().all(|word| text.contains(word));
    [
        &[" select ", " from "][..],
        &[" insert into "],
        &[" delete from "],
        &[" update ", " set "],
        &[" create table "],
        &[" create index "],
        &[" alter table "],
        &[" pragma "],
    ]
    .iter()
    .any(|words| has(words))
}
