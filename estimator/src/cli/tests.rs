//! The command line without a process: what is printed, and what is refused.

use scenarios::estimate::Estimate;
use scenarios::shipped::SHIPPED;

use super::shell::quoted;
use super::*;

pub(super) fn run(arguments: &[&str]) -> (u8, String, String) {
    let arguments = std::iter::once("estimator").chain(arguments.iter().copied());
    let cli = Cli::try_parse_from(arguments).unwrap();
    let (mut out, mut err) = (anstream::StripStream::new(Vec::new()), Vec::new());
    let code = execute(&cli.command, &mut out, &mut err);
    (code, String::from_utf8(out.into_inner()).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn the_first_example_fits_on_a_screen() {
    let (code, out, err) = run(&["estimate", "spotify"]);
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(out, @r###"
    spotify · 1 B users · conventions: KB = 1000 B, day = 86,400 s, month = 30.44 d, year = 365 d

      Storage                                                              kind     from
      song, one copy           500 TB   100 M × 5 MB                       derived  spotify.yaml:6
      song, 3 copies           1.5 PB   500 TB × 3                         derived  spotify.yaml:6
      user                       1 TB   1 B × 1 KB                         derived  spotify.yaml:7
      ───────────────────────────────
      total, kept              1.5 PB   1.5 PB + 1 TB                      derived

      Cost per month
      disk cost               200 USD   1 TB × 0.2 USD/GB                  derived  napkin-math, 2026-03
      object storage cost  10,000 USD   500 TB × 0.02 USD/GB               derived  napkin-math, 2026-03
      ───────────────────────────────
      total cost           10,200 USD   200 USD/month + 10,000 USD/month   derived

      Advice
      ● keep song in object storage
        5 MB each ≥ 100 KB; 99.933 % of all bytes; flips below 100 KB each
      ○ no sharding needed
        1 TB of rows < 70 % of one 2 TB node (assumed); flips at 1.4 B users
      ○ no NoSQL needed: one SQL node holds user
        1 TB < 1.4 TB; flips at 1.4 times as much

      next: estimator explain spotify "song, 3 copies"
    "###);
}

#[test]
fn a_number_is_traced_to_its_lines() {
    let (code, out, _) = run(&["explain", "twitter-media", "peak qps"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r###"
    peak actions = 6,940/s   derived
    │   mean actions × peak factor
    │   = 3,470/s × 2
    ├─ mean actions = 3,470/s   derived
    │  │   post tweet
    │  │   = 3,470/s
    │  └─ post tweet = 3,470/s   derived · twitter-media.yaml:10
    │     │   daily users × post tweet, per user
    │     │   = 150 M × 2/day
    │     ├─ daily users = 150 M   derived · twitter-media.yaml:6
    │     │  │   registered users × daily share
    │     │  │   = 300 M × 50 %
    │     │  ├─ registered users = 300 M   given · twitter-media.yaml:6
    │     │  └─ daily share = 50 %   given · twitter-media.yaml:6
    │     └─ post tweet, per user = 0.0000231/s   given · twitter-media.yaml:10
    │            as written: 2/day
    └─ peak factor = 2   default · Xu vol. 1 ch. 2
    "###);
}

#[test]
fn an_estimate_can_be_pasted_into_a_document() {
    let (_, out, _) = run(&["estimate", "spotify", "--format", "markdown"]);
    insta::assert_snapshot!(out, @r###"
    ## spotify · 1 B users

    conventions: KB = 1000 B, day = 86,400 s, month = 30.44 d, year = 365 d

    ### Storage

    | quantity | value | working | kind | from |
    | --- | ---: | --- | --- | --- |
    | song, one copy | 500 TB | 100 M × 5 MB | derived | spotify.yaml:6 |
    | song, 3 copies | 1.5 PB | 500 TB × 3 | derived | spotify.yaml:6 |
    | user | 1 TB | 1 B × 1 KB | derived | spotify.yaml:7 |
    | total, kept | 1.5 PB | 1.5 PB + 1 TB | derived |  |

    ### Cost per month

    | quantity | value | working | kind | from |
    | --- | ---: | --- | --- | --- |
    | disk cost | 200 USD | 1 TB × 0.2 USD/GB | derived | napkin-math, 2026-03 |
    | object storage cost | 10,000 USD | 500 TB × 0.02 USD/GB | derived | napkin-math, 2026-03 |
    | total cost | 10,200 USD | 200 USD/month + 10,000 USD/month | derived |  |

    ### Advice

    - ● **keep song in object storage**: 5 MB each ≥ 100 KB; 99.933 % of all bytes; flips below 100 KB each
    - ○ **no sharding needed**: 1 TB of rows \< 70 % of one 2 TB node (assumed); flips at 1.4 B users
    - ○ **no NoSQL needed: one SQL node holds user**: 1 TB \< 1.4 TB; flips at 1.4 times as much
    "###);
}

#[test]
fn json_is_the_estimate_itself() {
    let (_, out, _) = run(&["estimate", "spotify", "--format", "json"]);
    let estimate: Estimate = serde_json::from_str(&out).unwrap();
    assert_eq!((estimate.schema, estimate.scenario.as_str(), estimate.seed), (1, "spotify", 7));
    let song = estimate.quantities.iter().find(|quantity| quantity.name == "song, 3 copies").unwrap();
    // 100 M × 5 MB × 3.
    assert_eq!(song.value.p50.to_bits(), 1.5e15_f64.to_bits());
}

#[test]
fn shipped_scenarios_are_listed_with_their_source() {
    let (_, out, _) = run(&["list"]);
    // An empty line and a heading before the levers.
    assert_eq!(out.lines().count(), SHIPPED.len() + 2);
    let (systems, levers) = out.split_once("\n\n").unwrap();
    assert!(
        levers.starts_with("levers of ") && levers.lines().skip(1).all(|line| line.starts_with("lever-"))
    );
    assert!(!systems.contains("\nlever-"), "{systems}");
    assert!(out.lines().any(|line| line.starts_with("spotify ") && line.ends_with("first worked example")));
}

#[test]
fn an_editor_gets_a_schema() {
    let (code, out, err) = run(&["schema"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let schema: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["data"]["description"].is_string(), "{out}");
}

#[test]
fn several_scenarios_follow_each_other_and_one_that_fails_does_not_stop_the_rest() {
    let (code, out, err) = run(&["estimate", "spotify", "pastbin", "pastebin"]);
    assert_eq!(code, EXIT_FAILED);
    assert!(out.contains("song, 3 copies") && out.contains("\n\npastebin · "), "{out}");
    assert!(err.contains("did you mean `pastebin`?"), "{err}");
}

#[test]
fn an_unusable_file_is_refused_with_a_hint() {
    let folder = std::env::temp_dir().join(format!("estimator-unusable-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, content, expected) in [
        ("empty.yaml", &b""[..], "the file is empty"),
        ("latin.yaml", b"name: caf\xe9\n", "is not UTF-8 text (at byte 9)"),
        ("key.yaml", b"name: a\nuser: 1M\n", "key.yaml:2:1"),
        ("users.yaml", b"name: a\nactions:\n  read: 5\n", "users.yaml:3: `read`"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        let (code, out, err) = run(&["estimate", path.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (EXIT_FAILED, ""), "{name}");
        assert!(err.starts_with("error: ") && err.contains(expected) && err.contains("hint: "), "{err}");
    }
    let (code, _, err) = run(&["estimate", folder.to_str().unwrap()]);
    assert!(code == EXIT_FAILED && err.contains("is a folder, expected a scenario file"), "{err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_without_facts_is_told_what_to_add() {
    let path = std::env::temp_dir().join(format!("estimator-no-facts-{}.yaml", std::process::id()));
    std::fs::write(&path, "name: only\n").unwrap();
    let (code, out, _) = run(&["estimate", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    assert!(code == EXIT_YES && out.contains("nothing to estimate yet\n  hint: add `data:`"), "{out}");
}

#[test]
fn no_line_of_advice_is_wider_than_a_screen() {
    for shipped in SHIPPED {
        let (_, out, _) = run(&["estimate", shipped.name]);
        let advice = out.split("  Advice\n").nth(1).unwrap_or_default();
        assert!(advice.lines().all(|line| line.chars().count() <= 110), "{advice}");
    }
}

#[test]
fn a_setting_takes_the_place_of_a_line_of_the_file_and_says_so() {
    let (code, out, err) = run(&["estimate", "spotify", "--set", "data.song.size=8 MB"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // 100 M × 8 MB × 3.
    assert!(out.contains("song, 3 copies           2.4 PB   800 TB × 3 "), "{out}");
    assert!(out.contains("song, one copy           800 TB   100 M × 8 MB "), "{out}");
    assert!(
        out.contains("--set\n") && out.contains("next: estimator explain spotify \"song, 3 copies\" --set")
    );
    let (_, out, _) = run(&["explain", "spotify", "song, one copy", "--set", "data.song.size=8 MB"]);
    assert!(out.contains("song size = 8 MB   given · --set\n"), "{out}");
    let (code, out, err) = run(&["estimate", "spotify", "--set", "data.sogn.size=8 MB"]);
    assert_eq!((code, out.as_str()), (EXIT_FAILED, ""));
    assert!(err.contains("--set:1:6") && err.contains("did you mean `song`?"), "{err}");
}

#[test]
fn hints_can_be_pasted_into_a_shell() {
    for (text, expected) in [
        ("forum", "forum"),
        ("song, 3 copies", "\"song, 3 copies\""),
        ("a $HOME `ls`", "'a $HOME `ls`'"),
        ("it's $5", r"'it'\''s $5'"),
        ("", "\"\""),
    ] {
        assert_eq!(quoted(text), expected);
    }
}

/// A reader that has left.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut err = Vec::new();
    assert_eq!(execute(&Command::List(list::Arguments {}), &mut Closed, &mut err), EXIT_YES);
    assert!(err.is_empty());
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, err) = run(&["completions", shell]);
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for word in ["estimate", "quick", "per-user"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}

/// The words of a command line as a shell sees them, as far as redirections.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            None if matches!(c, '>' | '|' | '<') => break,
            None if c == ' ' => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            _ => word.push(c),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

#[test]
fn the_help_of_every_command_has_an_example_that_can_be_typed_and_fits_a_screen() {
    use clap::CommandFactory;
    let mut cli = Cli::command().term_width(100);
    cli.build();
    for command in cli.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        let name = command.get_name().to_owned();
        let help = command.render_long_help().to_string();
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| !line.starts_with("Example"))
            .filter_map(|line| line.find("estimator ").map(|start| &line[start..]))
            .collect();
        assert!(examples.iter().any(|line| line.starts_with(&format!("estimator {name}"))), "{help}");
        for example in examples {
            Cli::try_parse_from(words(example)).unwrap_or_else(|error| panic!("{example}: {error}"));
        }
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

#[test]
fn the_table_to_memorise_fits_a_screen_and_can_be_asked_for_in_parts() {
    let (code, all, _) = run(&["reference"]);
    assert_eq!(code, 0);
    assert!(all.lines().all(|line| line.chars().count() <= 100), "{all}");
    assert!(!all.contains('…'), "a row is cut:\n{all}");
    let (_, prices, _) = run(&["reference", "prices", "--format", "csv"]);
    assert!(prices.contains("Prices,core,15 USD a month,") && !prices.contains("Nines"), "{prices}");
    let (_, json, _) = run(&["reference", "nines", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["Nines"][3]["value"], "8.76 h a year");
}

#[test]
fn prices_of_the_users_own_replace_ours() {
    let path = std::env::temp_dir().join(format!("estimator-prices-{}.yaml", std::process::id()));
    std::fs::write(&path, "blob: 0.01 USD/GB/month\n").unwrap();
    let file = path.to_str().unwrap();
    let (code, out, err) = run(&["estimate", "spotify", "--prices", file]);
    assert_eq!((code, err.as_str()), (0, ""));
    // 500 TB at a cent a gigabyte.
    assert!(
        out.lines().any(|line| line.contains("object storage cost") && line.contains("5,000 USD")),
        "{out}"
    );
    std::fs::write(&path, "blobs: 0.01 USD/GB/month\n").unwrap();
    let (code, _, err) = run(&["estimate", "spotify", "--prices", file]);
    std::fs::remove_file(&path).unwrap();
    assert!(code == EXIT_FAILED && err.contains("did you mean `blob`?") && err.contains(file), "{err}");
}
