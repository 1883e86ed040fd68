//! What the README shows must be true: its scenarios are read, and its commands name programs that exist.

use scenarios::Scenario;

const README: &str = include_str!("../../README.md");

/// The fenced blocks of a kind.
fn blocks(kind: &str) -> impl Iterator<Item = &'static str> {
    let fence = format!("{kind}\n");
    README.split("```").filter_map(move |block| block.strip_prefix(&fence))
}

#[test]
fn every_scenario_of_the_readme_is_read() {
    let scenarios: Vec<&str> = blocks("yaml").collect();
    assert!(scenarios.len() >= 2, "the README shows a scenario of a forum and one of a server of one's own");
    for text in scenarios {
        if let Err(error) = Scenario::from_yaml(text) {
            panic!("{}", error.render("README.md", text));
        }
    }
}

#[test]
fn every_command_of_the_readme_names_a_package_and_a_file_that_exist() {
    let commands: Vec<&str> = blocks("console")
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ cargo run --release -p "))
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    for command in commands {
        let mut words = command.split_whitespace().take_while(|word| !word.starts_with('#'));
        let package = words.next().expect("a package");
        assert!(root.join(package).join("Cargo.toml").exists(), "{command}");
        for word in words.filter(|word| word.contains(".yaml")) {
            assert!(root.join(word).exists(), "{command}");
        }
    }
}
