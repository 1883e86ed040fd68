//! The scenario files that ship are complete, readable and named as they call themselves.

use std::collections::BTreeSet;

use scenarios::Scenario;
use scenarios::shipped::{SHIPPED, shipped};

/// Not a scenario: the forum's side of its actions, without rates.
const PART_OF_A_SCENARIO: &str = "reference-forum";

#[test]
fn the_list_has_exactly_the_files_of_the_folder() {
    let folder = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let files: BTreeSet<String> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != PART_OF_A_SCENARIO)
        .collect();
    let listed: BTreeSet<String> = SHIPPED.iter().map(|shipped| shipped.name.to_owned()).collect();
    assert_eq!(listed, files);
    assert_eq!(listed.len(), SHIPPED.len(), "a name is listed twice");
}

#[test]
fn every_shipped_scenario_is_read_and_calls_itself_by_its_name() {
    for shipped in SHIPPED {
        let scenario = Scenario::from_yaml(shipped.text)
            .unwrap_or_else(|error| panic!("{}", error.render(shipped.name, shipped.text)));
        assert_eq!(scenario.name, shipped.name);
        assert!(shipped.text.starts_with("# "), "{} begins with what it is and whose it is", shipped.name);
        assert!(!shipped.about.is_empty() && !shipped.source.is_empty(), "{}", shipped.name);
    }
}

#[test]
fn each_lever_says_what_it_changes_and_why() {
    let levers: Vec<_> = SHIPPED.iter().filter(|shipped| shipped.is_lever()).collect();
    assert!(levers.len() >= 11, "{}", levers.len());
    for shipped in SHIPPED {
        let compare = Scenario::from_yaml(shipped.text).unwrap().compare;
        assert_eq!(compare.is_some(), shipped.is_lever(), "{}", shipped.name);
        let Some(compare) = compare else { continue };
        assert!(compare.because.is_some() && compare.predict.len() >= 2, "{}", shipped.name);
        assert!(compare.time.is_some_and(|time| time.as_secs() <= 90), "{}: an answer in 90 s", shipped.name);
        assert!(compare.pace.is_some(), "{}: a prediction is about a load", shipped.name);
        assert!(
            shipped.text.contains("# Predicted before it was measured"),
            "{}: the reasoning",
            shipped.name
        );
        assert!(shipped.text.contains(&format!("loadgen compare {}", shipped.name)), "{}", shipped.name);
    }
}

#[test]
fn a_scenario_is_found_by_its_name_alone() {
    assert_eq!(shipped("spotify").map(|shipped| shipped.name), Some("spotify"));
    for unknown in ["Spotify", "spotify.yaml", "", PART_OF_A_SCENARIO] {
        assert_eq!(shipped(unknown), None, "{unknown}");
    }
}

#[test]
fn the_forum_s_requests_can_be_copied_into_a_file_of_one_s_own() {
    let forum = include_str!("../reference-forum.yaml");
    let requests =
        forum.split_once("\nrequests:").map(|(_, rest)| rest.split("\nvisitors:").next()).unwrap().unwrap();
    let actions = "actions: { read question: 1, list latest: 1, ask: 1, answer: 1, view profile: 1, edit profile: 1 }\njourneys: { member: [login, ask] }\n";
    let built_in = Scenario::from_yaml(&format!("name: a\n{actions}")).unwrap();
    let own = format!(
        "name: a\ntarget: http://h:1\n{actions}requests:{requests}\nvisitors: {{ question: uniform of 9, any question: uniform of 9, user: uniform of 9, token: uuid, name: uuid, password: uuid }}\n"
    );
    let own = Scenario::from_yaml(&own).unwrap_or_else(|error| panic!("{}", error.render("own.yaml", &own)));
    assert_eq!(own.requests.len(), 7);
    for (action, asked) in &own.requests {
        let (_, shipped) = built_in.requests.iter().find(|(name, _)| name == action).unwrap();
        // The line is where it stands in its file.
        let without_line = |list: &[scenarios::requests::RequestTemplate]| {
            list.iter()
                .cloned()
                .map(|one| scenarios::requests::RequestTemplate { line: 0, ..one })
                .collect::<Vec<_>>()
        };
        assert_eq!(without_line(asked), without_line(shipped), "{action}");
    }
}
