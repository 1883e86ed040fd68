//! The history of a check: one line of JSON for each run, and what has changed in it.
//!
//! A stored run never gates small changes: machines of the same kind differ by more than builds do. It serves to find the run
//! in which a step came in, and to catch what is a quarter slower (`tripwire.rs`).

mod tripwire;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, anyhow, bail};
use scenarios::comparison::{Comparison, Metric};
use scenarios::verdict::Compared;
use serde::{Deserialize, Serialize};

use crate::compare::history::{Settings, Step, e_divisive, steps};
use crate::duet::DuetConfig;
use crate::run::{self, Loaded};
pub(crate) use tripwire::{Tripped, Tripwire, tripwire};

/// The version of a line; grows when a reader of the old form would be misled.
const SCHEMA: u32 = 1;
/// A file that is larger is no history of checks: a line has some 600 bytes.
const MOST_BYTES: u64 = 64 << 20;
/// Of the random order in which chance is tried.
const SEED: u64 = 7;
/// Level and permutations of the other detector, as its authors have them.
const DIVISIVE_LEVEL: f64 = 0.01;
const DIVISIVE_PERMUTATIONS: u32 = 199;

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    schema: u32,
    pub(crate) scenario: String,
    scenario_hash: String,
    seed: u64,
    machine: String,
    pub(crate) revision: String,
    pub(crate) unix_s: u64,
    pub(crate) requests_per_s: Option<f64>,
    actions_per_s: Option<f64>,
    connections: Option<u32>,
    pub(crate) word: Option<Compared>,
    /// Medians of the variant's blocks.
    figures: Vec<(Metric, f64)>,
    /// The variant over the baseline beside it, where there was one.
    ratios: Vec<(Metric, f64)>,
}

impl Entry {
    /// What is kept of a comparison: the last variant, against the baseline if there was one.
    pub(crate) fn of(comparison: &Comparison, revision: &str) -> Entry {
        let against = comparison.against.last();
        let ratio = |metric: Metric| {
            let rows = &against?.metrics;
            let row = rows.iter().find(|row| row.name == metric.title())?;
            Some((metric, 1.0 + row.change?))
        };
        Entry {
            schema: SCHEMA,
            scenario: comparison.scenario.clone(),
            scenario_hash: comparison.scenario_hash.clone(),
            seed: comparison.seed,
            machine: comparison.machine.clone(),
            revision: revision.to_owned(),
            unix_s: comparison.started_unix_s,
            requests_per_s: comparison.load.requests_per_s,
            actions_per_s: comparison.load.actions_per_s,
            connections: comparison.load.connections,
            word: against.map(|against| against.word),
            figures: comparison.variants.last().map(|variant| variant.figures.clone()).unwrap_or_default(),
            ratios: Metric::ALL.into_iter().filter_map(ratio).collect(),
        }
    }

    fn figure(&self, metric: Metric) -> Option<f64> {
        self.figures.iter().find(|(known, _)| *known == metric).map(|(_, value)| *value)
    }

    fn ratio(&self, metric: Metric) -> Option<f64> {
        self.ratios.iter().find(|(known, _)| *known == metric).map(|(_, value)| *value)
    }
}

/// What the commit at hand is called.
pub(crate) fn this_revision() -> String {
    let named = ["GITHUB_SHA", "CI_COMMIT_SHA"].iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let output = Command::new("git").args(["describe", "--always", "--dirty"]).output();
        let text = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
        text.map_or("unknown".to_owned(), |text| String::from_utf8_lossy(&text).trim().to_owned())
    })
}

/// Adds lines to a file, which is made if it is not there.
///
/// # Errors
/// It cannot be written.
pub(crate) fn append(path: &Path, entries: impl IntoIterator<Item = Entry>) -> anyhow::Result<()> {
    let cannot = || format!("cannot add to the history {}", path.display());
    let mut lines = String::new();
    for entry in entries {
        lines += &serde_json::to_string(&entry)?;
        lines.push('\n');
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path).with_context(cannot)?;
    file.write_all(lines.as_bytes()).with_context(cannot)
}

/// Reads a file.
///
/// # Errors
/// It is not there, or a line is not understood.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let shown = path.display();
    let size = std::fs::metadata(path).map(|about| about.len());
    let size = size.map_err(|source| {
        anyhow!("cannot read {shown}: {source}\n  hint: `loadgen check … --history {shown}` makes it")
    })?;
    if size > MOST_BYTES {
        bail!("{shown} has more than {} MiB\n  hint: keep its last lines", MOST_BYTES >> 20);
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let place = format!("{shown}, line {}", at + 1);
            let value: serde_json::Value = serde_json::from_str(line)
                .map_err(|error| anyhow!("{place}: no JSON: {error}\n  hint: each line is one run"))?;
            match value["schema"].as_u64() {
                Some(schema) if schema == u64::from(SCHEMA) => {}
                Some(schema) => bail!("{place}: schema {schema}, where {SCHEMA} is known\n  hint: it was written by another version of loadgen"),
                None => bail!("{place}: not a run of `loadgen check`"),
            }
            serde_json::from_value(value).map_err(|error| anyhow!("{place}: {error}"))
        })
        .collect()
}

/// The last run of the same scenario, with which this one may be compared.
///
/// # Errors
/// There is none, or it is of another scenario, seed, load or machine.
pub(crate) fn last<'a>(
    entries: &'a [Entry],
    loaded: &Loaded,
    config: &DuetConfig,
    other_machine: bool,
) -> anyhow::Result<&'a Entry> {
    let name = &loaded.scenario.name;
    let last = entries.iter().rev().find(|entry| &entry.scenario == name);
    let last = last.with_context(|| format!("the history has no run of `{name}`"))?;
    if last.scenario_hash != run::scenario_hash(loaded) {
        bail!(
            "`{name}` has changed since {}\n  hint: a run of another scenario is no baseline; make a new one with --a or --base and --history",
            last.revision
        );
    }
    if last.seed != config.run.seed {
        bail!("the last run of `{name}` has seed {}\n  hint: --seed {}", last.seed, last.seed);
    }
    let machine = crate::process::machine();
    if last.machine != machine && !other_machine {
        bail!(
            "the last run of `{name}` is of another machine ({}; this is {machine})\n  hint: --other-machine compares all the same, and the result says so",
            last.machine
        );
    }
    Ok(last)
}

/// The load of that run.
pub(crate) fn as_it_was(mut config: DuetConfig, last: &Entry) -> DuetConfig {
    config.run.rate = last.actions_per_s;
    config.connections = last.connections;
    config
}

/// One metric of one scenario over the runs.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    pub(crate) scenario: String,
    pub(crate) metric: Metric,
    /// Whether it is chained from the ratios of pairs, or as measured.
    pub(crate) is_chained: bool,
    /// Runs that are left out because they are of another machine.
    pub(crate) left_out: usize,
    pub(crate) values: Vec<f64>,
    pub(crate) revisions: Vec<String>,
    /// Steps: the first run after it, ratio, and how often chance does as much.
    pub(crate) steps: Vec<(usize, f64, f64)>,
}

/// Every series of a history. With pairs, a run is known relative to the one before it, whatever the machine; measured
/// figures of several machines cannot be compared, so that only those of the last one count.
pub(crate) fn series(entries: &[Entry], raw: bool, divisive: bool) -> Vec<Series> {
    let mut names: Vec<&str> = Vec::new();
    for entry in entries {
        if !names.contains(&entry.scenario.as_str()) {
            names.push(&entry.scenario);
        }
    }
    let of = |name: &str| entries.iter().filter(|entry| entry.scenario == name).collect::<Vec<_>>();
    names
        .iter()
        .flat_map(|name| {
            let runs = of(name);
            Metric::ALL.into_iter().filter_map(move |metric| one(name, &runs, metric, raw, divisive))
        })
        .collect()
}

fn one(name: &str, runs: &[&Entry], metric: Metric, raw: bool, divisive: bool) -> Option<Series> {
    let is_chained = !raw && runs.iter().all(|run| run.ratio(metric).is_some());
    let (values, kept): (Vec<f64>, Vec<&Entry>) = if is_chained {
        let mut level = 1.0;
        let chained = runs.iter().filter_map(|run| {
            level *= run.ratio(metric)?;
            Some((level, *run))
        });
        chained.unzip()
    } else {
        let machine = &runs.last()?.machine;
        let of_machine = runs.iter().filter(|run| &run.machine == machine);
        of_machine.filter_map(|run| Some((run.figure(metric)?, *run))).unzip()
    };
    if values.is_empty() {
        return None;
    }
    let found: Option<Vec<Step>> = if divisive {
        e_divisive(&values, DIVISIVE_LEVEL, DIVISIVE_PERMUTATIONS, SEED)
    } else {
        steps(&values, &Settings::default())
    };
    Some(Series {
        scenario: name.to_owned(),
        metric,
        is_chained,
        left_out: runs.len() - kept.len(),
        revisions: kept.iter().map(|run| run.revision.clone()).collect(),
        steps: found.unwrap_or_default().iter().map(|step| (step.at, step.ratio, step.p)).collect(),
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::comparison::sample;

    fn entry(run: u32, cpu_ratio: f64, machine: &str) -> Entry {
        Entry {
            machine: machine.to_owned(),
            revision: format!("r{run}"),
            figures: vec![(Metric::Cpu, 200e-6)],
            ratios: vec![(Metric::Cpu, cpu_ratio)],
            ..Entry::of(&sample::regressed(), "r")
        }
    }

    #[test]
    fn a_history_is_written_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        assert!(read(&path).unwrap_err().to_string().contains("--history"));
        append(&path, [entry(1, 1.0, "m")]).unwrap();
        append(&path, [entry(2, 1.05, "m")]).unwrap();
        assert_eq!(read(&path).unwrap(), [entry(1, 1.0, "m"), entry(2, 1.05, "m")]);
        for (line, hint) in [("{", "line 3: no JSON"), ("{}", "not a run"), ("{\"schema\": 9}", "schema 9")] {
            let mut text = std::fs::read_to_string(&path).unwrap();
            text += line;
            let bad = folder.path().join("bad.jsonl");
            std::fs::write(&bad, text).unwrap();
            let error = read(&bad).unwrap_err().to_string();
            assert!(error.contains(hint) && error.contains("line 3"), "{error}");
        }
    }

    #[test]
    fn a_step_in_a_chain_of_pairs_is_found_where_it_came_in() {
        // No change but for run 40, which is a tenth slower than the one before it; runs wobble by a thousandth.
        let runs: Vec<Entry> = (0..80)
            .map(|run| {
                let wobble = if run % 2 == 0 { 1.001 } else { 1.0 / 1.001 };
                entry(run, if run == 40 { 1.1 } else { 1.0 } * wobble, "m")
            })
            .collect();
        let found = series(&runs, false, false);
        let cpu = found.iter().find(|series| series.metric == Metric::Cpu).unwrap();
        assert!(cpu.is_chained && cpu.values.len() == 80);
        assert_eq!(cpu.steps.len(), 1, "{:?}", cpu.steps);
        assert_eq!(cpu.revisions[cpu.steps[0].0], "r40");
        assert!((cpu.steps[0].1 - 1.1).abs() < 0.005);
    }

    #[test]
    fn measured_figures_of_other_machines_are_left_out() {
        let runs = [entry(0, 1.0, "old"), entry(1, 1.0, "new"), entry(2, 1.0, "new")];
        let found = series(&runs, true, false);
        let cpu = found.iter().find(|series| series.metric == Metric::Cpu).unwrap();
        assert_eq!((cpu.values.len(), cpu.left_out, cpu.is_chained), (2, 1, false));
    }
}
