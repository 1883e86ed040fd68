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
        let joined = text.replace("\\\n", " ");
        let lines =
            joined.lines().filter_map(|line| line.find("loadgen check").map(|at| line[at..].to_owned()));
        lines.collect()
    }

    #[test]
    fn the_workflows_are_yaml_and_their_commands_exist() {
        for text in [GITHUB, GITLAB] {
            let read: serde_json::Value = serde_yaml::from_str(text).unwrap();
            assert!(read.is_object());
            let commands = commands(text);
            assert!(!commands.is_empty());
            for command in commands {
                let words = command.split_ascii_whitespace().map(|word| word.trim_matches(['"', '\'']));
                Cli::try_parse_from(words).unwrap();
            }
        }
    }
}
