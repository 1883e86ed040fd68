//! `WebSockets`, when an online user gets more than one update for each poll and needs it sooner than the next one.
//!
//! With fewer updates a poll or server-sent events do: both work over plain HTTP, through every proxy. Nothing is said of
//! a system in which no write goes to others and no choice was made.

use scenarios::choices::UpdatesBy;
use scenarios::estimate::{Advice, Held, UnitName};

use crate::audience::{CONNECTIONS, MEMORY, POLL, POLLS, UPDATES};

use super::Findings;
use super::say::{Threshold, held, outcome, say};

/// For each poll.
const LEAST_UPDATES: Threshold = Threshold(1.0, "");

pub(super) fn advise(findings: Findings<'_>) -> Vec<Advice> {
    let Some(each) = findings.at(UPDATES) else { return Vec::new() };
    let (poll, polls) = (findings.at(POLL).unwrap_or(0.0), findings.at(POLLS).unwrap_or(0.0));
    let many = held("updates per online user and poll", each * poll, LEAST_UPDATES, UnitName::One);
    let soon =
        findings.within().map(|within| held("seen within", within, Threshold(poll, ""), UnitName::Seconds));
    let is_soon = soon.as_ref().is_some_and(|soon| soon.margin < 1.0);
    let is_often = many.margin > 1.0;
    let fires = is_soon && is_often;
    let every = findings.write(poll, UnitName::Seconds);
    let what = match findings.scenario.updates.map(|updates| updates.by) {
        Some(chosen) => tested(findings, chosen, fires, is_soon),
        None if fires => "updates: WebSockets".to_owned(),
        None if is_soon => "no WebSockets needed: server-sent events bring news that is rare".to_owned(),
        None => format!("no WebSockets needed: polling every {every} will do"),
    };
    let mut advice = say("websockets", outcome(fires), what);
    advice.because = because(findings, &many, soon.as_ref(), polls);
    if is_soon {
        findings.flips_with_load(&mut advice, 1.0 / many.margin);
    } else {
        advice.flips = format!("flips when it must be seen sooner than every {every}");
    }
    advice.figures = [Some(many), soon].into_iter().flatten().collect();
    vec![advice]
}

fn because(findings: Findings<'_>, many: &Held, soon: Option<&Held>, polls: f64) -> String {
    let number = |value| findings.write(value, UnitName::One);
    let connections = findings.at(CONNECTIONS).map_or(String::new(), number);
    let memory = findings.at(MEMORY).map_or(String::new(), |memory| findings.write(memory, UnitName::Bytes));
    let soon = soon.map_or("how soon it must be seen is not said".to_owned(), |soon| findings.compare(soon));
    let polls = findings.write(polls, UnitName::PerSecond);
    format!(
        "{}; {soon}; {connections} connections at peak would take {memory}, polls {polls}",
        findings.compare(many)
    )
}

/// What to say of a decision already taken.
fn tested(findings: Findings<'_>, chosen: UpdatesBy, fires: bool, is_soon: bool) -> String {
    match chosen {
        UpdatesBy::WebSocket if fires => "updates: you chose WebSockets, rightly".to_owned(),
        UpdatesBy::WebSocket if is_soon => {
            "updates: you chose WebSockets; server-sent events would bring news that is rare".to_owned()
        }
        UpdatesBy::WebSocket => "updates: you chose WebSockets, but polling would do".to_owned(),
        UpdatesBy::ServerSent if fires => {
            "updates: you chose server-sent events; WebSockets where clients send as often".to_owned()
        }
        UpdatesBy::ServerSent if is_soon => "updates: you chose server-sent events, rightly".to_owned(),
        UpdatesBy::ServerSent => "updates: you chose server-sent events, but polling would do".to_owned(),
        UpdatesBy::Poll(every) if is_soon => {
            let every = findings.write(every.middle(), UnitName::Seconds);
            format!("updates: you chose to poll every {every}, which is too late")
        }
        UpdatesBy::Poll(_) => "updates: you chose to poll, rightly".to_owned(),
    }
}

impl Findings<'_> {
    /// The soonest that a write must be seen by those it goes to.
    fn within(self) -> Option<f64> {
        let spread = self.scenario.actions.iter().filter_map(|action| action.fan_out?.within);
        spread.map(|within| within.value.middle()).reduce(f64::min)
    }
}
