//! What of phases, users and processes a merged report carries over, and what it says of the rest.

use std::time::Duration;

use scenarios::report::{BothWorlds, Hides, Honesty, PhaseKind, PhaseReport, Report};

use super::{merge, nothing, recorder, recorder_in, share};
use crate::merge::Share;
use crate::recording;
use crate::show::html::sample;

/// 600 requests in 30 s.
const ROWS: std::ops::Range<u64> = 0..600;

fn row(number: u64) -> (u16, u64, u64, u64) {
    (0, number % 30, 10, 1_000)
}

fn merged(shares: &[Share]) -> Report {
    merge(shares, false).unwrap().unwrap()
}

fn says(report: &Report, words: &str) -> bool {
    report.notes.iter().any(|note| note.contains(words))
}

#[test]
fn what_processes_used_goes_on_through_runs_on_one_machine_one_after_the_other() {
    let pair = |began: u64, change: fn(&mut Report)| {
        merged(&[share("a", &nothing(), 0, |_| {}), share("b", &nothing(), began, change)])
    };
    let report = pair(60, |_| {});
    let moments = &report.over_time.processes;
    assert_eq!((moments.len(), moments[29].at_s, moments[30].at_s, moments[59].at_s), (60, 29.0, 30.0, 59.0));
    assert!(moments.iter().all(|moment| moment.server_cores.is_some() && moment.generator_cores.is_some()));
    assert!(!says(&report, "left out"), "{:?}", report.notes);
    // A line is of one machine.
    let report = pair(60, |report| report.provenance.machine = "another".to_owned());
    assert!(report.over_time.processes.is_empty() && says(&report, "the folders are of different machines"));
}

#[test]
fn of_runs_at_the_same_time_the_server_is_seen_by_whoever_sees_it_alone() {
    let pair = |change: fn(&mut Report)| {
        merged(&[share("a", &nothing(), 0, |_| {}), share("b", &nothing(), 2, change)])
    };
    let report = pair(|report| {
        report.provenance.machine = "another".to_owned();
        for moment in &mut report.over_time.processes {
            (moment.server_cores, moment.server_memory_bytes) = (None, None);
        }
    });
    let moments = &report.over_time.processes;
    assert_eq!((moments.len(), moments[7].at_s), (30, 7.0));
    assert_eq!(moments[7].server_cores, sample::met().over_time.processes[7].server_cores);
    assert!(moments.iter().all(|moment| moment.generator_cores.is_none()));
    assert!(says(&report, "what the generators used second by second is left out"), "{:?}", report.notes);
    assert!(!says(&report, "what the servers used"));
    let report = pair(|_| {});
    assert!(report.over_time.processes.is_empty(), "two servers, or one that is seen twice");
    assert!(says(&report, "what the servers used second by second is left out"), "{:?}", report.notes);
    // Nothing is missed where nothing was known.
    let unknown = |name: &str| share(name, &nothing(), 0, |report| report.over_time.processes.clear());
    assert!(!says(&merged(&[unknown("a"), unknown("b")]), "left out"));
}

/// At one level for 15 s.
fn phase(name: &str, from_s: f64) -> PhaseReport {
    let sample = sample::met();
    PhaseReport {
        name: name.to_owned(),
        kind: PhaseKind::Constant,
        from_s,
        until_s: from_s + 15.0,
        level_from: 20.0,
        level_to: 20.0,
        counted_s: 15.0,
        all: sample.all,
        slo: sample.slo,
    }
}

/// A run of two phases.
fn shaped(name: &str, began: u64) -> Share {
    let recorder = recorder_in(&[Duration::from_secs(15); 2], ROWS.map(row));
    share(name, &recorder, began, |report| report.phases = vec![phase("first", 0.0), phase("second", 15.0)])
}

#[test]
fn phases_of_the_same_time_add_up() {
    let report = merged(&[shaped("a", 0), shaped("b", 2)]);
    let [first, second] = &report.phases[..] else { panic!("two phases: {:?}", report.notes) };
    for (phase, name, from_s) in [(first, "first", 0.0), (second, "second", 15.0)] {
        assert_eq!((phase.name.as_str(), phase.from_s, phase.counted_s), (name, from_s, 15.0));
        // 600 requests in 30 s are 300 in 15 s: 600 of both, 40/s, of which each was to have 20/s.
        assert_eq!((phase.all.scheduled, phase.all.response.count, phase.all.asked_per_s), (600, 600, 40.0));
        assert_eq!((phase.level_from, phase.level_to), (40.0, 40.0));
        assert_eq!(phase.slo[0].scheduled, 2 * sample::met().slo[0].scheduled);
    }
    assert!(!says(&report, "phases are left out"));
}

#[test]
fn phases_of_runs_one_after_the_other_follow_each_other() {
    let report = merged(&[shaped("a", 0), shaped("b", 60)]);
    let found: Vec<_> = report.phases.iter().map(|phase| (phase.name.as_str(), phase.from_s)).collect();
    assert_eq!(found, [("first", 0.0), ("second", 15.0), ("first", 30.0), ("second", 45.0)]);
    assert!(report.phases.iter().all(|phase| (phase.level_from - 20.0).abs() < 1e-9));
}

#[test]
fn phases_that_are_not_the_same_are_left_out_and_the_notes_say_so() {
    let mut other = shaped("b", 2);
    other.report.phases[1].name = "third".to_owned();
    let mut old = shaped("b", 2);
    old.recorded.phases.clear();
    let mut shorter = shaped("b", 2);
    shorter.report.phases.pop();
    for (other, why) in [
        (other, "did not go through the same ones"),
        (shorter, "did not go through the same ones"),
        (old, "a folder of an older loadgen has none"),
    ] {
        let report = merged(&[shaped("a", 0), other]);
        assert!(report.phases.is_empty() && says(&report, "phases are left out: "), "{why}");
        assert!(says(&report, why), "{why}: {:?}", report.notes);
    }
}

/// A run of arrivals, and then of so many users.
fn both(name: &str, began: u64, users: u32) -> Share {
    let requests = recorder(ROWS.map(row));
    let part = BothWorlds {
        users,
        think_s: 1.0,
        rule: String::new(),
        measured_s: 30.0,
        warmup_s: 2.0,
        cut_short: false,
        all: sample::met().all,
        verdict: Honesty::Valid,
        evidence: Vec::new(),
        gaps: Vec::new(),
        hides: Hides::No,
        finding: String::new(),
    };
    let text = recording::written(&requests, &["read question", "ask"]).unwrap();
    let share = share(name, &requests, began, |report| report.both = Some(part));
    Share { users: Some(recording::read(&text).unwrap()), ..share }
}

#[test]
fn users_beside_arrivals_are_added_as_the_arrivals_are_and_held_against_them_anew() {
    for (began, users, measured_s, asked_per_s) in [(2, 12, 30.0, 40.0), (120, 7, 60.0, 20.0)] {
        let report = merged(&[both("a", 0, 5), both("b", began, 7)]);
        let worlds = report.both.as_ref().unwrap_or_else(|| panic!("{:?}", report.notes));
        assert_eq!((worlds.users, worlds.measured_s), (users, measured_s));
        assert_eq!((worlds.all.scheduled, worlds.all.asked_per_s), (1_200, asked_per_s));
        assert_eq!(worlds.all.response.count, 1_200);
        // Both were the same requests, at the same rate: nothing is hidden that could be told.
        assert!(worlds.hides != Hides::Yes && !worlds.gaps.is_empty() && !worlds.finding.is_empty());
        assert_eq!(worlds.evidence, ["each of the 2 folders is valid"]);
        assert!(!says(&report, "users who waited beside the arrivals are left out"));
    }
}

#[test]
fn a_generator_that_was_the_limit_of_some_users_is_that_of_all() {
    let mut limited = both("b", 2, 7);
    if let Some(part) = &mut limited.report.both {
        (part.verdict, part.evidence) = (Honesty::GeneratorLimited, vec!["3 samples were lost".to_owned()]);
    }
    let worlds = merged(&[both("a", 0, 5), limited]).both.unwrap();
    assert_eq!((worlds.verdict, worlds.hides), (Honesty::GeneratorLimited, Hides::CannotTell));
    assert!(worlds.finding.contains("folder 2: 3 samples were lost"), "{}", worlds.finding);
}

#[test]
fn users_that_do_not_belong_together_are_left_out_and_the_notes_say_so() {
    let changed = |change: fn(&mut BothWorlds)| {
        let mut share = both("b", 2, 7);
        share.report.both.as_mut().into_iter().for_each(change);
        share
    };
    let old = Share { users: None, ..both("b", 2, 7) };
    for (other, why) in [
        (share("b", &nothing(), 2, |_| {}), "not every folder has some"),
        (changed(|part| part.think_s = 2.0), "they did not pause alike"),
        (changed(|part| part.warmup_s = 40.0), "they came at different times"),
        (old, "has no recording-users.json"),
    ] {
        let report = merged(&[both("a", 0, 5), other]);
        assert!(report.both.is_none() && says(&report, why), "{why}: {:?}", report.notes);
    }
}
