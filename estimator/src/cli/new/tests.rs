//! Every starter can be estimated as it is, and nothing is overwritten.

use clap::ValueEnum;

use super::Kind;
use crate::Options;
use crate::cli::tests::run;

#[test]
fn every_starter_is_commented_and_can_be_estimated_as_it_is() {
    for kind in Kind::value_variants() {
        let kind = kind.to_possible_value().unwrap();
        let (code, text, err) = run(&["new", "--kind", kind.get_name(), "shop 2"]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(text.starts_with("# ") && text.contains("\nname: shop 2\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(text.lines().filter(|line| line.contains('#')).count() >= 8, "{}", kind.get_name());
        let scenario = scenarios::Scenario::from_yaml(&text).unwrap();
        let estimate = crate::estimate(&scenario, "new.yaml", &Options::default()).unwrap();
        for name in ["peak requests", "total cost"] {
            assert!(estimate.quantities.iter().any(|quantity| quantity.name == name), "{name}: {text}");
        }
        assert!(!estimate.advice.is_empty(), "{text}");
        // A starter that refutes itself would teach to ignore refutations.
        assert!(
            estimate.claims.iter().all(|claim| claim.verdict == scenarios::verdict::Finding::Confirmed),
            "{text}"
        );
    }
}

#[test]
fn a_file_is_written_once() {
    let path = std::env::temp_dir().join(format!("estimator-new-{}.yaml", std::process::id()));
    let file = path.to_str().unwrap();
    let (code, out, err) = run(&["new", "-o", file]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("is written\nnext: estimator estimate "), "{err}");
    let (code, _, err) = run(&["new", "-o", file, "--kind", "chat"]);
    assert!(code == 2 && err.contains("is there already\n  hint: name another file"), "{err}");
    assert!(std::fs::read_to_string(&path).unwrap().contains("name: my-system"));
    std::fs::remove_file(&path).unwrap();
    let (code, _, err) = run(&["new", "-o", "/no/such/folder/a.yaml"]);
    assert!(code == 2 && err.contains("cannot be written") && err.contains("hint: "), "{err}");
}

#[test]
fn a_name_that_no_scenario_may_have_is_refused() {
    let (code, out, err) = run(&["new", "a/b"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("a name has 1 to 80 characters and no slashes"), "{err}");
    let (_, text, _) = run(&["new", "yes: #1"]);
    assert_eq!(scenarios::Scenario::from_yaml(&text).unwrap().name, "yes: #1");
}
