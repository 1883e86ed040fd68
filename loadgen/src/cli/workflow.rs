//! `loadgen workflow`: a workflow for a build service that checks every change.

use clap::{Args, ValueEnum};
use scenarios::verdict::EXIT_YES;

use super::say;

#[derive(Debug, Args)]
pub(super) struct WorkflowArguments {
    /// Which service
    service: Service,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Service {
    /// GitHub Actions: save as .github/workflows/performance.yml
    Github,
    /// GitLab CI: include it from .gitlab-ci.yml
    Gitlab,
}

const GITHUB: &str = include_str!("workflows/github.yml");
const GITLAB: &str = include_str!("workflows/gitlab.yml");

/// Carries out `loadgen workflow`.
pub(super) fn execute(arguments: &WorkflowArguments) -> anyhow::Result<u8> {
    say(match arguments.service {
        Service::Github => GITHUB,
        Service::Gitlab => GITLAB,
    })?;
    Ok(EXIT_YES)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    /// The command lines of a workflow, continued lines joined.
    fn commands(text: &str) -> Vec<String> {
        // In GitHub's a backslash goes on, in GitLab's the folded text of YAML does.
        let joined = text.replace("\\\n", " ").replace("\n      --", " --");
        let lines =
            joined.lines().filter_map(|line| line.find("loadgen check").map(|at| line[at..].to_owned()));
        lines.collect()
    }

    /// Words as the shell parts them, as far as blanks and double quotes go.
    fn words(command: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut is_quoted = false;
        for letter in command.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ' ' if !is_quoted => words.push(String::new()),
                letter => words.last_mut().unwrap().push(letter),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn the_workflows_are_yaml_and_their_commands_exist() {
        for text in [GITHUB, GITLAB] {
            let read: serde_json::Value = serde_yaml::from_str(text).unwrap();
            assert!(read.is_object());
            let commands = commands(text);
            assert!(!commands.is_empty());
            for command in commands {
                Cli::try_parse_from(words(&command)).unwrap();
            }
        }
    }
}
