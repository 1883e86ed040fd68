//! How it was measured, so that a reader can repeat it.

use scenarios::report::{Generator, Offered, Provenance, Seeded, SetAside, TargetFacts, TlsFacts};
use serde::Serialize;

use super::performance::float;
use crate::show::calendar;
use crate::show::chart::figure;

/// Everything that a run depends on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Method {
    facts: Vec<Fact>,
    /// As typed.
    command: String,
}

/// One condition of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Fact {
    name: &'static str,
    value: String,
    /// Why it is so, or what it means.
    detail: String,
}

/// The conditions of a run.
pub(super) fn method(
    offered: &Offered,
    set_aside: Option<&SetAside>,
    target: &TargetFacts,
    provenance: &Provenance,
    generator: &Generator,
) -> Method {
    let Provenance { started_unix_s, version, scenario_hash, command, machine } = provenance;
    let TargetFacts { url, what, seeded, resolved_s, tls, connections } = target;
    let mut facts = offer(offered);
    facts.extend(set_aside.map(left_out));
    let at = if what == url { String::new() } else { url.clone() };
    facts.push(fact("Target", what, at));
    facts.extend(resolved_s.map(|took| {
        fact(
            "Name",
            format!("found in {}", figure::time(took)),
            "once, before the run; no request waited for it",
        )
    }));
    facts.extend(tls.as_ref().map(spoken));
    facts.push(data(seeded.as_ref()));
    facts.push(fact(
        "Connections",
        super::performance::words_of(generator.connections),
        if connections.is_empty() { "kept open and used again" } else { connections.as_str() },
    ));
    facts.push(fact("Machine", machine, ""));
    facts.push(fact("Version", version, ""));
    facts.push(fact("Scenario", scenario_hash, "fingerprint of its text"));
    facts.push(fact("Started", calendar::utc(*started_unix_s), ""));
    facts.retain(|fact| !fact.value.is_empty());
    Method { facts, command: command.clone() }
}

fn fact(name: &'static str, value: impl Into<String>, detail: impl Into<String>) -> Fact {
    Fact { name, value: value.into(), detail: detail.into() }
}

fn spoken(tls: &TlsFacts) -> Fact {
    let TlsFacts { version, cipher, insecure, handshakes, resumed } = tls;
    let checked = if *insecure { "the certificate was NOT checked; " } else { "" };
    let words = super::performance::words_of;
    let detail = format!("{checked}{} full handshakes, {} resumed", words(*handshakes), words(*resumed));
    fact("TLS", format!("{version}, {cipher}"), detail)
}

fn offer(offered: &Offered) -> Vec<Fact> {
    let Offered {
        model,
        arrivals,
        actions_per_s,
        requests_per_s,
        users,
        connections: _,
        think_s,
        rule,
        measured_s,
        warmup_s,
        timeout_s,
        seed,
        schedule,
        // Said in a note.
        started_midway: _,
        cut_short,
        aborted,
    } = offered;
    let load = match (actions_per_s, offered.askers()) {
        (Some(actions), _) => {
            let requests = requests_per_s.map(|rate| format!(", {} requests/s", figure::count(rate)));
            format!("{} actions/s{}", figure::count(*actions), requests.unwrap_or_default())
        }
        (None, Some((count, askers))) => {
            let pause = think_s.map(|think| format!(", pausing {} on average", figure::time(think)));
            format!("{} {askers}{}", figure::count(f64::from(count)), pause.unwrap_or_default())
        }
        (None, None) => figure::NONE.to_owned(),
    };
    let (model, meaning) = match (model.as_str(), users) {
        ("open", _) => (
            format!("open, {arrivals} arrivals"),
            "requests come when they are due, whether or not answers do",
        ),
        (_, Some(_)) => {
            (format!("closed, {arrivals}"), "each user waits for the answer before the next request")
        }
        ("connections", None) => (
            format!("connections, {arrivals}"),
            "each asks again as soon as it is answered; waits that others would have had do not show",
        ),
        (other, None) => (format!("{other}, {arrivals}"), ""),
    };
    let ended = match aborted {
        Some(_) => "stopped by itself, because too much failed",
        None if *cut_short => "cut short",
        None => "",
    };
    let mut facts = vec![fact("Offered", load, rule), fact("Model", model, meaning)];
    facts.push(fact("Measured", figure::time(*measured_s), ended));
    facts.push(fact("Warm-up", figure::time(*warmup_s), "of load before that, not counted"));
    facts.push(fact("Time-out", figure::time(*timeout_s), "the longest wait for one answer"));
    facts.push(fact("Seed", seed.to_string(), "of every random draw"));
    if schedule.is_empty() {
        facts.push(fact("Schedule", "none", "who asks waits for the answer first"));
    } else {
        facts.push(fact("Schedule", schedule, "fingerprint of due times and payloads"));
    }
    facts
}

/// Which seconds count for nothing, and by which rule.
fn left_out(set_aside: &SetAside) -> Fact {
    /// More than these say no more.
    const SHOWN: usize = 20;
    let SetAside { seconds, of_s, asked_s, at_s, stolen_share: _, requests, response_p99_s: _, lag_p99_s: _ } =
        set_aside;
    let mut which: Vec<String> = at_s.iter().take(SHOWN).map(u32::to_string).collect();
    if at_s.len() > SHOWN {
        which.push("…".to_owned());
    }
    fact(
        "Set aside",
        format!(
            "{} of {}, with {} requests",
            figure::time(*seconds),
            figure::time(*of_s),
            super::performance::words_of(*requests)
        ),
        format!(
            "seconds in which the host took more than 1 % of the processors' time, whatever was measured in them; {} \
             were asked for; those that began at second {}",
            figure::time(*asked_s),
            which.join(", ")
        ),
    )
}

fn data(seeded: Option<&Seeded>) -> Fact {
    let Some(Seeded { questions, scenario_questions, rule, database_bytes, seconds, storage: _ }) = seeded
    else {
        return fact("Data", "what the target held", "the run did not fill it");
    };
    fact(
        "Data",
        format!(
            "{} questions of the scenario's {}, {}, filled in {}",
            figure::count(float(*questions)),
            figure::count(*scenario_questions),
            figure::bytes(float(*database_bytes)),
            figure::time(*seconds)
        ),
        rule,
    )
}
