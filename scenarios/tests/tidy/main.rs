//! The rules of the house that a machine can check, checked on the source tree itself.
//!
//! `ARCHITECTURE.md` says what each rule is for; here is what breaks it. The rules are plain text rules: `source` takes
//! a file apart, `rules` looks for words in it. That is less than a compiler knows, and enough for what nobody hides
//! on purpose. What a lint checks is left to the lint. Every exception names its reason, and one that is no longer
//! needed fails as well.

mod can_fail;
mod rules;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use rules::{
    CHANCE, CLOCKS, ESTIMATOR, FORUM, GOOSE, PURE, RULES, Rule, SCENARIOS, SQL, TERMINAL, UNFINISHED,
};
use scenarios::Scenario;
use source::Source;

/// Each crate, and which of ours it may depend on.
const CRATES: [(&str, &[&str]); 5] = [
    ("scenarios", &[]),
    ("scenarios/fuzz", &["scenarios", "estimator"]),
    ("estimator", &["scenarios"]),
    ("reference-server", &[]),
    ("loadgen", &["scenarios", "estimator", "reference-server"]),
];
/// Crates of others that mark what a crate of ours is about, and the only one that may depend on them.
const OWNED: [(&str, &str); 5] = [
    ("axum", "reference-server"),
    ("goose", "loadgen"),
    ("reqwest", "loadgen"),
    ("rusqlite", "reference-server"),
    ("sqlx", "reference-server"),
];
/// Crates of others that neither the nouns nor the arithmetic may know.
const SOCKETS: [&str; 4] = ["hyper", "mio", "rustix", "tokio"];
/// Lines of a Rust file: what a reader keeps in mind at a time.
const MOST_LINES: usize = 400;
/// Names of nouns that were not found.
const NO_NOUNS: [&str; 8] = ["common", "helper", "helpers", "misc", "type", "types", "util", "utils"];
/// A scenario file that is no scenario: the forum's side of its actions.
const PART_OF_A_SCENARIO: &str = "reference-forum.yaml";

/// Every text file that people edit: path from the root, and content.
static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let mut files = Vec::new();
    walk(root, "", &mut files);
    files.sort();
    files
});

/// Every Rust file, those that are compiled for tests only marked as such.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let rust = FILES.iter().filter(|(path, _)| extension(path) == "rs");
    let mut sources: Vec<Source> = rust.map(|(path, text)| Source::new(path, text.clone())).collect();
    let tests: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    for source in &mut sources {
        let is_in = |module: &String| source.path.strip_prefix(module.as_str()).is_some_and(begins_a_path);
        source.is_test |= tests.iter().any(is_in);
    }
    sources
});

fn begins_a_path(rest: &str) -> bool {
    rest == ".rs" || rest.starts_with('/')
}

fn walk(root: &Path, folder: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(root.join(folder)).expect("a folder of the tree") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let is_made = folder.is_empty() && ["target", "results"].contains(&name.as_str());
        let is_ours = !is_made && !name.starts_with('.');
        let kind = entry.file_type().expect("its kind");
        if kind.is_dir() && is_ours {
            walk(root, &path, files);
        } else if kind.is_file() && is_ours && is_edited(&name) {
            // A file may have gone since the folder was read: editors write and rename.
            files.extend(fs::read_to_string(entry.path()).ok().map(|text| (path, text)));
        }
    }
}

fn is_edited(name: &str) -> bool {
    ["rs", "md", "yaml", "toml", "sql", "sh"].contains(&extension(name))
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn file(path: &str) -> &'static str {
    let found = FILES.iter().find(|(known, _)| known == path);
    &found.unwrap_or_else(|| panic!("{path}: is missing\n  hint: was it moved? then say so here")).1
}

fn demand(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

fn keep(rule: &Rule) {
    demand(&SOURCES.iter().flat_map(|source| rule.breaches(source)).collect::<Vec<_>>());
}

#[test]
fn only_the_command_lines_and_the_progress_write_to_the_terminal() {
    keep(&TERMINAL);
}

#[test]
fn only_the_store_speaks_sql() {
    keep(&SQL);
    let is_elsewhere =
        |path: &&str| extension(path) == "sql" && !path.starts_with("reference-server/src/store/");
    let elsewhere: Vec<&str> = FILES.iter().map(|(path, _)| path.as_str()).filter(is_elsewhere).collect();
    assert!(elsewhere.is_empty(), "migrations belong under reference-server/src/store/: {elsewhere:?}");
}

#[test]
fn only_the_closed_model_names_goose() {
    keep(&GOOSE);
}

#[test]
fn only_the_launcher_names_the_reference_server() {
    keep(&FORUM);
}

#[test]
fn clocks_are_read_at_the_edges_only() {
    keep(&CLOCKS);
}

#[test]
fn chance_comes_from_a_seed_but_for_secrets() {
    keep(&CHANCE);
}

#[test]
fn the_edges_are_named_in_the_architecture() {
    let page = file("ARCHITECTURE.md");
    for (path, why) in CLOCKS.except.iter().chain(CHANCE.except) {
        assert!(page.contains(&format!("`{path}`")), "ARCHITECTURE.md: add {path} to the edges: {why}");
    }
}

#[test]
fn scenarios_do_no_io() {
    keep(&SCENARIOS);
}

#[test]
fn the_arithmetic_does_no_io() {
    keep(&ESTIMATOR);
}

#[test]
fn what_is_sent_and_when_is_pure() {
    keep(&PURE);
}

#[test]
fn nothing_is_left_half_done() {
    keep(&UNFINISHED);
}

#[test]
fn every_exception_is_still_needed() {
    for rule in RULES {
        for (path, why) in rule.except {
            let is_needed = |source: &Source| source.path.starts_with(path) && !rule.hits(source).is_empty();
            assert!(SOURCES.iter().any(is_needed), "{path}: no exception is needed any more: {why}");
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let manifest = |name: &str| file(&format!("{name}/Cargo.toml"));
    demand(&CRATES.iter().flat_map(|(name, _)| wrong_dependencies(name, manifest(name))).collect::<Vec<_>>());
    let root = file("Cargo.toml");
    assert!(!root.contains("[package]"), "Cargo.toml: the root has no code: make a folder with a crate");
    let folders = FILES.iter().filter_map(|(path, _)| path.strip_suffix("/Cargo.toml"));
    let listed: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders.collect::<BTreeSet<_>>(), listed, "a crate is added to CRATES, with what it may know");
}

/// Dependencies of any kind that this crate must not have.
fn wrong_dependencies(name: &str, manifest: &str) -> Vec<String> {
    let ours = CRATES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, ours)| ours);
    let is_allowed = |dependency: &str| {
        let is_ours = CRATES.iter().any(|(known, _)| *known == dependency);
        let owner = OWNED.iter().find(|(known, _)| *known == dependency);
        let is_socket = SOCKETS.contains(&dependency) && ["scenarios", "estimator"].contains(&name);
        (!is_ours || ours.contains(&dependency))
            && owner.is_none_or(|(_, owner)| *owner == name)
            && !is_socket
    };
    let (mut wrong, mut section) = (Vec::new(), "");
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        let Some((_, single)) = section.rsplit_once("dependencies") else { continue };
        // `[dependencies.NAME]`, `NAME = ...`, `NAME.workspace = true`, and a new name for `package = "NAME"`.
        let key = if line.starts_with('[') { single.trim_start_matches('.') } else { line };
        let key = key.split(['.', '=']).next().unwrap_or("").trim();
        let renamed = line.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
        for dependency in [Some(key), renamed].into_iter().flatten().filter(|found| !is_allowed(found)) {
            wrong.push(format!(
                "{name}/Cargo.toml:{}: {name} must not depend on {dependency}\n  hint: ARCHITECTURE.md says which way dependencies point",
                index + 1
            ));
        }
    }
    wrong
}

#[test]
fn text_has_no_tabs_and_no_blanks_at_the_end_of_a_line() {
    demand(&FILES.iter().flat_map(|(path, text)| untidy(path, text)).collect::<Vec<_>>());
}

fn untidy(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        if line.contains('\t') || line.ends_with([' ', '\r']) {
            found.push(format!("{path}:{}: has a tab, or a blank at its end: take it out", index + 1));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        found.push(format!("{path}: ends in the middle of a line: add a line break"));
    }
    found
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    demand(&SOURCES.iter().flat_map(|source| misshapen(&source.path, &source.text)).collect::<Vec<_>>());
}

fn misshapen(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//! ") {
        found.push(format!("{path}:1: begin with `//!`: what it is for, and what it leaves to others"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!(
            "{path}:{lines}: has {lines} lines, and {MOST_LINES} are enough: split it by nouns"
        ));
    }
    let mut names = path.trim_end_matches(".rs").split('/');
    if !path.contains("/tests/") && names.any(|name| NO_NOUNS.contains(&name)) {
        found.push(format!("{path}: is not named after what it holds: find the noun"));
    }
    found
}

#[test]
fn the_code_map_names_every_crate_and_every_module() {
    let page = file("ARCHITECTURE.md");
    let paths: Vec<&str> = SOURCES.iter().map(|source| source.path.as_str()).collect();
    demand(&CRATES.iter().flat_map(|(name, _)| unmapped(page, name, &paths)).collect::<Vec<_>>());
}

/// Modules at the top of a crate that its section of the map leaves out, and names in it that are no more.
fn unmapped(page: &str, name: &str, paths: &[&str]) -> Vec<String> {
    let Some((_, section)) = page.split_once(&format!("\n### {name}\n")) else {
        return vec![format!("ARCHITECTURE.md: has no section `### {name}`: add it to the code map")];
    };
    let section = section.split("\n#").next().unwrap_or("");
    let named: BTreeSet<&str> = section
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|name| name.strip_suffix(".rs").or(name.strip_suffix('/'))?.split('/').next())
        .collect();
    let within = paths.iter().filter_map(|path| path.strip_prefix(name)?.strip_prefix("/src/"));
    let modules: BTreeSet<&str> =
        within.map(|path| path.split('/').next().unwrap_or(path).trim_end_matches(".rs")).collect();
    let missing = modules
        .difference(&named)
        .filter(|module| **module != "main")
        .map(|module| format!("ARCHITECTURE.md: `### {name}` does not name {name}/src/{module}: add a line"));
    let gone = named
        .difference(&modules)
        .map(|module| format!("ARCHITECTURE.md: `### {name}` names `{module}`, which is not in {name}/src"));
    missing.chain(gone).collect()
}

#[test]
fn every_shipped_scenario_parses() {
    let is_scenario = |path: &str| path.starts_with("scenarios/") && path.matches('/').count() == 1;
    let shipped = FILES.iter().filter(|(path, _)| is_scenario(path) && extension(path) == "yaml");
    for (path, text) in shipped.filter(|(path, _)| !path.ends_with(PART_OF_A_SCENARIO)) {
        Scenario::from_yaml(text).unwrap_or_else(|error| panic!("{}", error.render(path, text)));
    }
}
