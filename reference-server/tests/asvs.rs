//! The table of security requirements names tests that exist, and counts right.

use std::path::Path;

/// All Rust text of the crate.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of the crate") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}

#[test]
fn every_requirement_is_held_by_a_test_that_exists_or_is_a_stated_deviation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("SECURITY-ASVS.md")).expect("the table");
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    sources(&root.join("tests"), &mut text);
    let (mut tested, mut deviations, mut before) = (0, 0, Vec::new());
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---")).skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [requirement, level, _, held_by] = cells[..] else { panic!("{row}") };
        let numbers: Vec<u32> = requirement.split('.').map(|part| part.parse().expect("a number")).collect();
        assert!(numbers.len() == 3 && numbers > before, "{requirement} is out of order");
        before = numbers;
        assert!(["1", "2"].contains(&level), "{row}");
        if let Some(reason) = held_by.strip_prefix("deviation: ") {
            assert!(!reason.is_empty(), "{row}");
            deviations += 1;
            continue;
        }
        for test in held_by.split(", ") {
            let name =
                test.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).expect("a test in backticks");
            assert!(text.contains(&format!("fn {name}(")), "{requirement}: there is no test {name}");
        }
        tested += 1;
    }
    let all = tested + deviations;
    let totals = format!("{all} requirements: {tested} held by tests, {deviations} deviations.");
    assert!(table.contains(&totals), "the end of the table should say: {totals}");
}
