//! The folder that a run leaves behind: `report.json`, `report.html`, `latency.hlog`, `recording.json`, and where users ran
//! beside arrivals, `latency-users.hlog` and `recording-users.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use scenarios::capacity::Capacity;
use scenarios::report::{REPORT_SCHEMA, Report};

use crate::drive::Driven;
use crate::merge::{self, Share};
use crate::recording::{self, Recorded};

/// What can be merged.
const RECORDING: &str = "recording.json";
/// The same of users who ran beside arrivals.
const RECORDING_OF_USERS: &str = "recording-users.json";
/// Folders with the same second in their name that are tried.
const MOST_TRIES: u32 = 1_000;

/// A fresh folder `OUT/SCENARIO-TIME`.
///
/// # Errors
/// It cannot be made; with a hint.
pub(crate) fn folder(out: &Path, scenario: &str, unix_s: u64) -> anyhow::Result<PathBuf> {
    let name: String =
        scenario.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let cannot = |source: std::io::Error| {
        anyhow!(
            "cannot make a folder for results in {}: {source}\n  hint: name one that can be written with --out DIR",
            out.display()
        )
    };
    fs::create_dir_all(out).map_err(cannot)?;
    let base = format!("{name}-{}", timestamp(unix_s));
    for number in 0..MOST_TRIES {
        let folder = out.join(if number == 0 { base.clone() } else { format!("{base}-{number}") });
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    Err(anyhow!("{} has a thousand results of this second already", out.display()))
}

/// `2026-11-23T16-02-11` in UTC: sorts by time and has no character that a file system minds.
fn timestamp(unix_s: u64) -> String {
    crate::show::calendar::iso(unix_s).replace(':', "-")
}

/// Writes the report in both forms.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write(folder: &Path, report: &Report) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report).context("the report cannot be written as JSON")?;
    put(&folder.join("report.json"), json.as_bytes())?;
    put(&folder.join("report.html"), crate::show::html::page(report).as_bytes())
}

/// Writes a capacity in both forms.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write_capacity(folder: &Path, capacity: &Capacity) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(capacity).context("the capacity cannot be written as JSON")?;
    put(&folder.join("capacity.json"), json.as_bytes())?;
    put(&folder.join("capacity.html"), crate::show::html::capacity::page(capacity).as_bytes())
}

/// Writes what others need to merge this run with theirs; `users` ran beside arrivals.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write_recordings(
    folder: &Path,
    driven: &Driven,
    users: Option<&Driven>,
    actions: &[&str],
) -> anyhow::Result<()> {
    let users = users.map(|users| (RECORDING_OF_USERS, users));
    for (file, driven) in [(RECORDING, driven)].into_iter().chain(users) {
        put(&folder.join(file), recording::written(&driven.recorder, actions)?.as_bytes())?;
    }
    Ok(())
}

/// Reads back everything that a run left.
///
/// # Errors
/// A part of it is missing, damaged, or from a newer program.
pub(crate) fn share(folder: &Path) -> anyhow::Result<Share> {
    let report = read(folder)?;
    let file = folder.join(RECORDING);
    let text = fs::read_to_string(&file).map_err(|source| {
        anyhow!(
            "cannot read {}: {source}\n  hint: name folders that this `loadgen run` left; one report alone can be shown without it",
            file.display()
        )
    })?;
    let recorded = self::recorded(&file, &text)?;
    // A loadgen of before did not write what its users saw; what then is missing is said where it is missed.
    let file = folder.join(RECORDING_OF_USERS);
    let users = fs::read_to_string(&file).ok().map(|text| self::recorded(&file, &text)).transpose()?;
    // Without its log, a run has its quantiles, but not those of each second when it is merged.
    let log = fs::read(folder.join("latency.hlog")).unwrap_or_default();
    let seconds = merge::per_second(&log, report.offered.warmup_s);
    Ok(Share { name: folder.display().to_string(), report, recorded, users, seconds })
}

/// What is in the text of a recording.
fn recorded(file: &Path, text: &str) -> anyhow::Result<Recorded> {
    recording::read(text).map_err(|problem| {
        anyhow!("{}: {problem}\n  hint: copy the folder again, or update this loadgen", file.display())
    })
}

fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a report back, from its folder or its file.
///
/// # Errors
/// There is none, or a newer program wrote it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Report> {
    let file = if path.is_dir() { path.join("report.json") } else { path.to_path_buf() };
    let text = fs::read_to_string(&file).map_err(|source| {
        anyhow!("cannot read {}: {source}\n  hint: name the folder that `loadgen run` left", file.display())
    })?;
    let report: Report = serde_json::from_str(&text).map_err(|source| {
        anyhow!(
            "{} is not a report: {source}\n  hint: name a report.json that `loadgen run` wrote",
            file.display()
        )
    })?;
    if report.schema > REPORT_SCHEMA {
        return Err(anyhow!(
            "{} was written by a newer loadgen (schema {}, known {REPORT_SCHEMA})\n  hint: update this one",
            file.display(),
            report.schema
        ));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_name() {
        // By `date -u -d @N`.
        for (unix_s, expected) in [
            (0, "1970-01-01T00-00-00"),
            (951_782_399, "2000-02-28T23-59-59"),
            (951_868_800, "2000-03-01T00-00-00"),
            (1_709_164_800, "2024-02-29T00-00-00"),
            (1_795_449_731, "2026-11-23T16-02-11"),
        ] {
            assert_eq!(timestamp(unix_s), expected);
        }
    }

    #[test]
    fn two_runs_in_one_second_do_not_share_a_folder() {
        let out = tempfile::tempdir().unwrap();
        let (first, second) =
            (folder(out.path(), "a/b c", 0).unwrap(), folder(out.path(), "a/b c", 0).unwrap());
        assert_ne!(first, second);
        assert!(first.ends_with("a-b-c-1970-01-01T00-00-00"));
    }
}
