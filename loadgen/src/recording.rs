//! What a run leaves so that it can be merged with others without loss: `recording.json` in its folder, and
//! `recording-users.json` for the users who waited beside its arrivals.
//!
//! Distributions are whole histograms in the V2 format of HdrHistogram (deflated, in base64, as in an interval log), so
//! that adding them is exact: a quantile of the sum is the quantile that one recording of everything would have had.
//! What can be read from `report.json` (counts, promises, seconds) is not repeated here.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use serde::{Deserialize, Serialize};

use crate::record::{ActionRecord, Blocks, Every, Parts, Recorder, Times, fits, times};

/// The version of the file's form; grows when a reader of the old form would be misled.
const SCHEMA: u32 = 1;

/// The file as written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Recording {
    schema: u32,
    actions: Vec<Action>,
    /// How late requests left.
    lag: String,
    /// With every second counted.
    every: Whole,
    /// The phases of a shaped load, named by their number; none in files of before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    phases: Vec<Action>,
}

/// One action, or one phase.
#[derive(Debug, Serialize, Deserialize)]
struct Action {
    name: String,
    scheduled: u64,
    good: u64,
    response: String,
    censored_from: Option<u64>,
    service: String,
    first_byte: String,
    bytes_received: u64,
    answers: u64,
    blocks: Blocks,
    answered: u64,
    response_sum: u64,
    /// Sum and distribution of each part, in the order in which a request passes them.
    parts: Vec<(u64, String)>,
}

/// What every second together makes.
#[derive(Debug, Serialize, Deserialize)]
struct Whole {
    scheduled: u64,
    response: String,
    lag: String,
}

/// What was recorded, to calculate with.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// By name, in the order of the scenario. Errors are not among it: they are in the report.
    pub(crate) actions: Vec<(String, ActionRecord)>,
    pub(crate) lag: Times,
    pub(crate) every: Every,
    /// Phases in their order, those included that the run did not come to.
    pub(crate) phases: Vec<ActionRecord>,
}

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it is not a recording: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it was written by a newer loadgen (schema {0}, known {SCHEMA})")]
    Newer(u32),
    #[error("the histogram `{0}` is damaged")]
    Histogram(String),
}

/// The text of `recording.json`.
///
/// # Errors
/// A histogram cannot be written, which has no cause but memory.
pub(crate) fn written(recorder: &Recorder, names: &[&str]) -> anyhow::Result<String> {
    let Every { scheduled, response, lag } = recorder.every();
    let actions = names.iter().zip(&recorder.counted.actions).map(|(name, record)| action(name, record));
    let phases = (1u32..).zip(&recorder.phases.parts);
    let phases = phases.map(|(number, phase)| action(&number.to_string(), &phase.all));
    let recording = Recording {
        schema: SCHEMA,
        actions: actions.collect::<anyhow::Result<_>>()?,
        lag: encoded(&recorder.counted.lag)?,
        every: Whole { scheduled, response: encoded(&response)?, lag: encoded(&lag)? },
        phases: phases.collect::<anyhow::Result<_>>()?,
    };
    Ok(serde_json::to_string(&recording)? + "\n")
}

/// Reads it back.
///
/// # Errors
/// It is something else, from a newer program, or damaged.
pub(crate) fn read(text: &str) -> Result<Recorded, Unreadable> {
    let Recording { schema, actions, lag, every, phases } = serde_json::from_str(text)?;
    if schema > SCHEMA {
        return Err(Unreadable::Newer(schema));
    }
    let actions = actions.into_iter().map(|action| Ok((action.name.clone(), record(action)?)));
    let Whole { scheduled, response, lag: every_lag } = every;
    Ok(Recorded {
        actions: actions.collect::<Result<_, Unreadable>>()?,
        lag: decoded("lag", &lag, times())?,
        every: Every {
            scheduled,
            response: decoded("every response", &response, times())?,
            lag: decoded("every lag", &every_lag, times())?,
        },
        phases: phases.into_iter().map(record).collect::<Result<_, Unreadable>>()?,
    })
}

fn action(name: &str, record: &ActionRecord) -> anyhow::Result<Action> {
    let ActionRecord {
        scheduled,
        good,
        errors: _,
        response,
        censored_from,
        service,
        first_byte,
        blocks,
        bytes_received,
        answers,
        parts,
    } = record;
    let Parts { answered, response: response_sum, each } = parts;
    let parts = each.iter().map(|measured| Ok((measured.sum, encoded(&measured.times)?)));
    Ok(Action {
        name: name.to_owned(),
        scheduled: *scheduled,
        good: *good,
        response: encoded(response)?,
        censored_from: *censored_from,
        service: encoded(service)?,
        first_byte: encoded(first_byte)?,
        bytes_received: *bytes_received,
        answers: *answers,
        blocks: blocks.clone(),
        answered: *answered,
        response_sum: *response_sum,
        parts: parts.collect::<anyhow::Result<_>>()?,
    })
}

fn record(action: Action) -> Result<ActionRecord, Unreadable> {
    let mut parts = Parts::new();
    (parts.answered, parts.response) = (action.answered, action.response_sum);
    for (measured, (sum, times)) in parts.each.iter_mut().zip(&action.parts) {
        measured.sum = *sum;
        add("parts", times, &mut measured.times)?;
    }
    Ok(ActionRecord {
        scheduled: action.scheduled,
        good: action.good,
        errors: Vec::new(),
        response: decoded("response", &action.response, times())?,
        censored_from: action.censored_from,
        service: decoded("service", &action.service, times())?,
        first_byte: decoded("first byte", &action.first_byte, times())?,
        blocks: action.blocks,
        bytes_received: action.bytes_received,
        answers: action.answers,
        parts,
    })
}

fn encoded(times: &Histogram<u32>) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    V2DeflateSerializer::new()
        .serialize(times, &mut bytes)
        .map_err(|error| anyhow::anyhow!("a histogram cannot be written: {error:?}"))?;
    Ok(STANDARD.encode(bytes))
}

fn decoded(name: &str, text: &str, mut into: Times) -> Result<Times, Unreadable> {
    add(name, text, &mut into)?;
    Ok(into)
}

/// Adds a histogram as written: one with times that cannot have been recorded is damaged.
fn add(name: &str, text: &str, into: &mut Histogram<u32>) -> Result<(), Unreadable> {
    let damaged = || Unreadable::Histogram(name.to_owned());
    let bytes = STANDARD.decode(text).map_err(|_| damaged())?;
    let found: Histogram<u32> =
        Deserializer::new().deserialize(&mut Cursor::new(bytes)).map_err(|_| damaged())?;
    if !fits(&found) {
        return Err(damaged());
    }
    into.add(found).map_err(|_| damaged())
}
