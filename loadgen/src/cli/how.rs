//! How it is compared, by `compare` and by `check`: what can be typed, what it means, and in which forms the result is shown.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, ValueEnum};
use scenarios::comparison::Metric;
use scenarios::experiment::{Experiment, Pace};
use scenarios::units::Ratio;

use super::target::TargetArguments;
use super::{say, write};
use crate::config::{Asked, RunConfig};
use crate::duet::{ArmAsked, DifferentAnswers, DuetConfig, MOST_FAILED, MOST_VARIANTS, Prediction, duet};
use crate::show::comparison::{Job, Part, exports, markdown, test_cases, text};
use crate::show::html;
use crate::{results, run};

/// Beyond that a comparison is no longer a step of a build.
const LONGEST: Duration = Duration::from_hours(4);
/// How long a comparison may take, unless said otherwise.
const MOST_TIME: Duration = Duration::from_mins(5);
/// What decides, unless said otherwise.
const PRIMARY: [Metric; 3] = [Metric::Cpu, Metric::P50, Metric::P99];

/// What each block offers: a rate, connections, or neither, and then a probe says.
struct Offered {
    rate: Option<f64>,
    connections: Option<u32>,
}

/// How it is compared, the same for `compare` and `check`.
#[derive(Debug, Args)]
pub(super) struct HowArguments {
    /// Actions per second [default: what the scenario's `compare:` says, for `compare`; else a fifth of what the baseline carries in
    /// a short probe]
    #[arg(long, value_name = "PER_SECOND", value_parser = crate::config::rate, allow_negative_numbers = true)]
    rate: Option<f64>,
    /// That many connections as fast as they are answered, instead of a rate: then throughput says something
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=20_000), conflicts_with = "rate")]
    connections: Option<u32>,
    /// How long everything may take, a second try after a regression included [default: 300 s, or what `compare:` says]
    #[arg(long, value_name = "TIME", value_parser = crate::config::time_above_zero)]
    max_time: Option<Duration>,
    /// Length of a block [default: as long as 400 requests take, from 0.5 s to 5 s]
    #[arg(long, value_name = "TIME", value_parser = crate::config::time_above_zero)]
    block: Option<Duration>,
    /// What decides: cpu, throughput, mean, p50, p90, p99 [default: cpu,p50,p99]
    #[arg(long, value_name = "METRICS", value_delimiter = ',', value_parser = metric)]
    primary: Vec<Metric>,
    /// The change below which nothing is said, like `cpu=2%` [default: cpu 2%, throughput, mean, p50 3%, p90 4%, p99 6%]
    #[arg(long, value_name = "METRIC=SHARE", value_parser = margin, value_delimiter = ',')]
    margin: Vec<(Metric, f64)>,
    /// Compare the baseline with itself first, and say what this machine can see
    #[arg(long)]
    selftest: bool,
    /// The share of requests that may fail in a block that counts, like `60%` [default: 1 %, or what `compare:` says]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    failing: Option<f64>,
    /// Go on though the servers do not answer the same
    #[arg(long)]
    allow_different_answers: bool,
    /// Of every random draw [default: 7]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Questions to fill the reference server with: a number, or `full` for all of the scenario's [default: at most 10,000]
    #[arg(long, value_name = "N|full", value_parser = crate::config::scale)]
    scale: Option<crate::offered::ScaleAsked>,
    #[command(flatten)]
    target: TargetArguments,
    /// Folder for the reference servers' databases, removed afterwards [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder for results; each comparison makes one in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: CompareFormat,
    /// Write a form to a file as well, like `markdown=summary.md`; several times for several
    #[arg(long, value_name = "FORMAT=FILE", value_parser = export)]
    export: Vec<(CompareFormat, PathBuf)>,
    /// No progress on stderr
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// A comment for a pull request
    Markdown,
    /// A page for a browser
    Html,
    /// Test cases for a build server: each metric that decides, each prediction
    Junit,
    /// Bencher Metric Format
    Bencher,
    /// github-action-benchmark: what is better when smaller
    BenchmarkSmaller,
    /// github-action-benchmark: what is better when bigger
    BenchmarkBigger,
    /// Lines for benchstat, of the baseline
    BenchstatA,
    /// Lines for benchstat, of b
    BenchstatB,
}

impl CompareFormat {
    fn is_of_pairs(self) -> bool {
        match self {
            CompareFormat::Text
            | CompareFormat::Json
            | CompareFormat::Markdown
            | CompareFormat::Html
            | CompareFormat::Junit => false,
            CompareFormat::Bencher
            | CompareFormat::BenchmarkSmaller
            | CompareFormat::BenchmarkBigger
            | CompareFormat::BenchstatA
            | CompareFormat::BenchstatB => true,
        }
    }
}

impl HowArguments {
    /// Settings for one scenario; `parts` of them share the time and the chance of a false alarm.
    pub(super) fn config(
        &self,
        loaded: &run::Loaded,
        arms: Vec<ArmAsked>,
        confirms: bool,
        parts: usize,
        command: &str,
    ) -> anyhow::Result<DuetConfig> {
        self.config_beside(None, loaded, arms, confirms, parts, command)
    }

    /// The same, of which what is not typed is as the scenario's own comparison says.
    pub(super) fn config_beside(
        &self,
        experiment: Option<&Experiment>,
        loaded: &run::Loaded,
        arms: Vec<ArmAsked>,
        confirms: bool,
        parts: usize,
        command: &str,
    ) -> anyhow::Result<DuetConfig> {
        let most = self.max_time.or(experiment.and_then(|said| said.time)).unwrap_or(MOST_TIME);
        let pace = self.pace(experiment);
        if arms.len() > MOST_VARIANTS {
            bail!(
                "{} variants are more than {MOST_VARIANTS}\n  hint: each makes every round longer; compare fewer at a time",
                arms.len()
            );
        }
        if most > LONGEST {
            bail!("--max-time is longer than {} hours\n  hint: 300s tell 5 %", LONGEST.as_secs() / 3_600);
        }
        let mut target = self.target.clone().asked();
        let yes = target.yes;
        // What is said of the target (its name, its certificate) is about those who are compared.
        if target.url.is_none() && target.command.is_none() {
            (target.url, target.command) = arms.iter().find_map(ArmAsked::as_target).unwrap_or_default();
        }
        let asked = Asked {
            rate: pace.rate,
            model: Some(scenarios::scenario::Model::Open),
            seed: self.seed,
            target,
            scale: self.scale,
            data: self.data.clone(),
            command: command.to_owned(),
            ..Asked::default()
        };
        // A shape says what a run offers; a comparison offers the same all the time.
        let mut scenario = loaded.scenario.clone();
        scenario.load.shape = None;
        let run = RunConfig::new(asked, &scenario, &loaded.folder).map_err(anyhow::Error::msg)?;
        let primary = if self.primary.is_empty() { PRIMARY.to_vec() } else { self.primary.clone() };
        let margin = |metric: Metric| {
            let given = self.margin.iter().rev().find(|(known, _)| *known == metric);
            (metric, given.map_or(metric.margin(), |(_, margin)| *margin))
        };
        if let Some((unused, _)) = self.margin.iter().find(|(metric, _)| !primary.contains(metric)) {
            bail!(
                "--margin {}: {} does not decide\n  hint: name it in --primary",
                unused.name(),
                unused.title()
            );
        }
        Ok(DuetConfig {
            run,
            arms,
            yes,
            connections: pace.connections,
            block: self.block.or(experiment.and_then(|said| said.block)),
            most: most.div_f64(parts.max(1) as f64),
            self_test: self.selftest,
            confirms,
            different_answers: self.allow_different_answers,
            primary: primary.into_iter().map(margin).collect(),
            family: parts,
            prediction: Prediction::default(),
            most_failed: (self.failing)
                .or(experiment.and_then(|said| said.failing).map(Ratio::share))
                .unwrap_or(MOST_FAILED),
            show: experiment.map_or(Vec::new(), |said| said.show.clone()),
        })
    }

    /// What is offered: what was typed, else what the file's comparison says.
    fn pace(&self, experiment: Option<&Experiment>) -> Offered {
        if self.rate.is_some() || self.connections.is_some() {
            return Offered { rate: self.rate, connections: self.connections };
        }
        match experiment.and_then(|said| said.pace) {
            Some(Pace::Rate(rate)) => Offered { rate: Some(rate.in_one_second()), connections: None },
            Some(Pace::Connections(connections)) => Offered { rate: None, connections: Some(connections) },
            None => Offered { rate: None, connections: None },
        }
    }

    /// Refuses forms that are about pairs, where there are none.
    pub(super) fn refuse_forms_of_pairs(&self) -> anyhow::Result<()> {
        let asked = std::iter::once(self.format).chain(self.export.iter().map(|(format, _)| *format));
        match asked.into_iter().find(|format| format.is_of_pairs()).and_then(|form| form.to_possible_value())
        {
            Some(form) => bail!(
                "{} is made of pairs of blocks, and a stored run has none\n  hint: text, json, markdown or junit; or a baseline that runs, with --a or --base",
                form.get_name()
            ),
            None => Ok(()),
        }
    }

    /// Compares, and leaves the result in a folder.
    pub(super) fn part(&self, loaded: &run::Loaded, config: &DuetConfig, interrupted: &AtomicBool) -> Part {
        let scenario = loaded.scenario.name.clone();
        let done = duet(loaded, config, interrupted, self.quiet).and_then(|comparison| {
            let folder = results::folder(&self.out, &scenario, comparison.started_unix_s)?;
            let json = serde_json::to_string_pretty(&comparison)?;
            write(&folder.join("comparison.json"), &json)?;
            write(&folder.join("comparison.html"), &html::comparison::of_one(&comparison))?;
            Ok(comparison)
        });
        done.map_or_else(|error| failed(&scenario, &error), Part::done)
    }

    /// Prints and writes what was asked for.
    pub(super) fn show(&self, job: &Job) -> anyhow::Result<()> {
        for (format, path) in &self.export {
            write(path, &shown(job, *format)?)?;
        }
        say(&shown(job, self.format)?)
    }
}

/// A comparison that could not be done.
pub(super) fn failed(scenario: &str, error: &anyhow::Error) -> Part {
    let answers_differ = error.downcast_ref::<DifferentAnswers>().is_some();
    let text = crate::redact::without_logins(&format!("{error:#}"));
    Part::failed(scenario, text, answers_differ)
}

fn shown(job: &Job, format: CompareFormat) -> anyhow::Result<String> {
    Ok(match format {
        CompareFormat::Text => text::page(job),
        CompareFormat::Json => serde_json::to_string_pretty(job)? + "\n",
        CompareFormat::Markdown => markdown::page(job),
        CompareFormat::Html => html::comparison::page(job),
        CompareFormat::Junit => test_cases::page(job),
        CompareFormat::Bencher => exports::bencher(job),
        CompareFormat::BenchmarkSmaller => exports::benchmark_action(job, false),
        CompareFormat::BenchmarkBigger => exports::benchmark_action(job, true),
        CompareFormat::BenchstatA => exports::benchstat(job, "a"),
        CompareFormat::BenchstatB => exports::benchstat(job, "b"),
    })
}

fn metric(text: &str) -> Result<Metric, String> {
    let names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    Metric::named(text.trim()).ok_or_else(|| format!("expected one of {}, found `{text}`", names.join(", ")))
}

fn margin(text: &str) -> Result<(Metric, f64), String> {
    let cannot = || format!("expected a metric and a share above 0, like `cpu=2%`, found `{text}`");
    let (name, text) = text.split_once('=').ok_or_else(cannot)?;
    match read_share(text) {
        Some(share) if share < 1.0 => Ok((metric(name)?, share)),
        _ => Err(cannot()),
    }
}

/// `60%` or `0.6`.
fn share(text: &str) -> Result<f64, String> {
    read_share(text)
        .ok_or_else(|| format!("expected a share above 0 and up to 100 %, like `60%`, found `{text}`"))
}

fn read_share(text: &str) -> Option<f64> {
    let text = text.trim();
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    (share > 0.0 && share <= 1.0).then_some(share)
}

fn export(text: &str) -> Result<(CompareFormat, PathBuf), String> {
    let (format, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or_else(|| format!("expected a form and a file, like `markdown=summary.md`, found `{text}`"))?;
    let names = || {
        let all = CompareFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        all.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    };
    let format = CompareFormat::from_str(format, true)
        .map_err(|_| format!("there is no form `{format}`; there are {}", names()))?;
    Ok((format, PathBuf::from(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_and_exports_are_read() {
        assert_eq!(margin("cpu=2%"), Ok((Metric::Cpu, 0.02)));
        assert_eq!(margin("p99=0.1"), Ok((Metric::P99, 0.1)));
        for bad in ["cpu", "cpu=", "cpu=0%", "cpu=100%", "cpu=-1%", "cup=2%", "cpu=nan"] {
            assert!(margin(bad).is_err(), "{bad}");
        }
        assert_eq!(export("junit=a=b.xml"), Ok((CompareFormat::Junit, PathBuf::from("a=b.xml"))));
        assert!(export("pdf=a").unwrap_err().contains("benchstat-a"));
        assert!(export("junit=").is_err());
        assert!(metric("p95").unwrap_err().contains("p99"));
    }
}
