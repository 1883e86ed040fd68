//! What visitors do, compiled once from the scenario: actions as request templates, and visits as sequences of them.
//!
//! Everything that can be wrong is found here, before the first request: an action without a request, a file without
//! the column, a secret that is not set. What a single visitor knows while he does it is a [`crate::session::Session`].
//! The same compiled plan runs under every model of load, so that two models differ in their load alone.

mod check;
mod compile;
mod failures;
mod json_path;
mod needed;
mod pauses;
mod request;
mod residual;
mod values;
mod variables;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use scenarios::pause::Pause;
use scenarios::requests::Rows;

use crate::codec::{self, Template};

pub(crate) use check::{Check, Keep, Operand, Source, Test};
pub use compile::{PlanError, compile};
pub use failures::{Failed, Failures};
pub(crate) use json_path::JsonPath;
pub(crate) use needed::before as needed_before;
pub(crate) use pauses::draw as draw_pause;
pub(crate) use residual::{draw as draw_residual, mean as mean_pause};
pub(crate) use values::{Feeder, Popular, Value};
pub use values::{Material, Table};

/// All that visitors may do, and how often.
#[derive(Debug)]
pub struct Plan {
    /// What is reported one by one.
    pub actions: Vec<Action>,
    /// The kinds of visits.
    pub visits: Vec<Visit>,
    /// Running sums of the visits' weights, for drawing one.
    pub(crate) cumulative: Vec<f64>,
    /// Objects by popularity, one for each variable that is drawn.
    pub(crate) popular: Vec<Popular>,
    /// Rows for visitors, one table for each file.
    pub(crate) feeders: Vec<Feeder>,
    /// How many identifiers a visitor has.
    pub(crate) identifiers: usize,
    /// Whether visitors remember cookies.
    pub(crate) cookies: Option<CookieRules>,
    /// `http://` or `https://`, and the value of the Host header: whom redirects may lead to.
    pub(crate) scheme: &'static str,
    /// The latter.
    pub(crate) host: String,
    /// Whether a table of which each row is used once had no row for a visitor.
    rows_ran_out: AtomicBool,
    /// Names of the variables that are kept from answers.
    pub(crate) kept: Vec<String>,
    /// What is known of them to all visitors, from setup.
    pub(crate) known: Vec<Option<String>>,
    /// What is done once before the load, and once after it.
    pub(crate) setup: Vec<Errand>,
    pub(crate) teardown: Vec<Errand>,
    /// Which checks failed how often.
    pub(crate) failures: Failures,
}

/// One action.
#[derive(Debug)]
pub struct Action {
    /// Its name in the scenario.
    pub name: String,
    /// Its requests, in order.
    pub(crate) requests: Vec<Request>,
}

impl Action {
    /// How many HTTP requests one of it makes.
    #[must_use]
    pub fn requests_each(&self) -> usize {
        self.requests.len()
    }

    pub(crate) fn first_request(&self) -> Option<&Request> {
        self.requests.first()
    }
}

/// A kind of visit.
#[derive(Debug)]
pub struct Visit {
    /// The journey's name, or the action's where each action stands alone.
    pub name: String,
    /// In order.
    pub(crate) steps: Vec<Step>,
    /// How often, relative to the others.
    pub weight: f64,
}

/// One step of a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    /// Do this (an index into [`Plan::actions`]).
    Act(usize),
    /// Pause.
    Think(Pause),
}

/// One step of setup or teardown, which no visitor does.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Do this.
    Act(Action),
    /// Wait.
    Think(Pause),
}

/// A request with holes.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) template: Template,
    pub(crate) path: Vec<Part>,
    pub(crate) headers: Vec<(codec::Name, Vec<Part>)>,
    /// Pieces of the body; empty: none.
    pub(crate) body: Vec<BodyPart>,
    pub(crate) checks: Vec<Check>,
    /// Which kept variable gets which part of the answer.
    pub(crate) keep: Vec<Keep>,
    /// What of the answer has to be looked into.
    pub(crate) wanted: codec::Keep,
    /// Kept variables without which it cannot be sent.
    pub(crate) needs: Vec<usize>,
    /// Whether the visitor's cookies are sent with it.
    pub(crate) has_cookies: bool,
    /// What happens when the answer points elsewhere.
    pub(crate) redirects: Redirects,
}

/// How redirects of a request are followed.
#[derive(Debug, Default)]
pub(crate) struct Redirects {
    /// In a row, at most; 0: not at all.
    pub(crate) most: u32,
    /// For going on with GET where the request had another method.
    pub(crate) get: Option<Template>,
    /// Where it is counted that there were too many, and that one led to another server.
    pub(crate) places: Option<(usize, usize)>,
}

impl Request {
    /// Whether a good answer has this status.
    pub(crate) fn asks_for(&self, status: u16) -> bool {
        self.checks
            .iter()
            .any(|check| matches!(&check.test, Test::Status(statuses) if statuses.contains(status)))
    }

    /// Whatever is filled in.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        let in_body = self.body.iter().flat_map(|part| match part {
            BodyPart::Raw(_) => &[][..],
            BodyPart::Plain(parts) | BodyPart::Quoted(parts) | BodyPart::Encoded(parts) => parts,
        });
        self.path.iter().chain(self.headers.iter().flat_map(|(_, parts)| parts)).chain(in_body)
    }
}

/// Which cookies are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieRules {
    /// Whether those that are marked `Secure` are: over TLS, and on this machine, as browsers do.
    pub(crate) secure: bool,
    /// Seconds since 1970; what expired before that is forgotten.
    pub(crate) now_unix_s: u64,
}

/// A piece of a path or a header.
#[derive(Debug)]
pub(crate) enum Part {
    /// A checked piece of a path.
    Path(crate::codec::Path),
    /// Text as is (headers and bodies).
    Literal(String),
    /// A variable.
    Value(Value),
    /// So many words.
    Words(u32, u32),
    /// So many bytes of prose.
    Prose(usize, usize),
    /// The number of the visit.
    Number,
    /// An identifier, made up anew.
    Uuid,
    /// A number from one to the other.
    Random(u64, u64),
}

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum BodyPart {
    /// Bytes as they are.
    Raw(Vec<u8>),
    /// Text with holes, percent-encoded.
    Encoded(Vec<Part>),
    /// Text with holes, sent as it is.
    Plain(Vec<Part>),
    /// Text with holes, sent as a JSON string.
    Quoted(Vec<Part>),
}

impl Plan {
    /// Whether a request can be sent without an answer to an earlier one, and without using up a row that is used once.
    pub(crate) fn stands_alone(&self, request: &Request) -> bool {
        request.needs.iter().all(|slot| self.known[*slot].is_some()) && !self.uses_rows_up(request)
    }

    /// Whether it has a value from a row that is used once.
    pub(crate) fn uses_rows_up(&self, request: &Request) -> bool {
        request.parts().any(|part| match part {
            Part::Value(Value::Column(feeder, _)) => self.feeders[*feeder].order == Rows::Once,
            _ => false,
        })
    }

    /// A visitor got no row.
    pub(crate) fn run_out(&self) {
        self.rows_ran_out.store(true, Ordering::Relaxed);
    }

    /// Whether a table of which each row is used at most once had no row left for a visitor.
    #[must_use]
    pub fn has_run_out(&self) -> bool {
        self.rows_ran_out.load(Ordering::Relaxed)
    }

    /// The checks that failed so far, with how often.
    #[must_use]
    pub fn failed(&self) -> Vec<Failed<'_>> {
        self.failures.failed()
    }

    /// HTTP requests that an average visit makes.
    #[must_use]
    pub fn requests_per_visit(&self) -> f64 {
        self.average(|visit| visit.acts().map(|action| self.actions[action].requests.len() as f64).sum())
    }

    /// Actions in an average visit.
    #[must_use]
    pub fn actions_per_visit(&self) -> f64 {
        self.average(|visit| visit.acts().count() as f64)
    }

    /// Mean time that a visit spends pausing.
    #[must_use]
    pub fn think_per_visit(&self) -> Duration {
        Duration::from_secs_f64(self.average(|visit| {
            visit
                .steps
                .iter()
                .map(|step| match step {
                    Step::Think(pause) => pause.mean().as_secs_f64(),
                    Step::Act(_) => 0.0,
                })
                .sum()
        }))
    }

    /// Leaves out every pause: the steps of a visit follow each other at once.
    pub(crate) fn leave_out_pauses(&mut self) {
        for visit in &mut self.visits {
            visit.steps.retain(|step| matches!(step, Step::Act(_)));
        }
    }

    /// Share of each action among the requests, in the order of `actions`.
    #[must_use]
    pub fn request_shares(&self) -> Vec<f64> {
        let all = self.requests_per_visit();
        (0..self.actions.len())
            .map(|index| {
                let each = self.actions[index].requests.len() as f64;
                self.average(|visit| visit.acts().filter(|action| *action == index).count() as f64 * each)
                    / all
            })
            .collect()
    }

    fn average(&self, of: impl Fn(&Visit) -> f64) -> f64 {
        let total: f64 = self.visits.iter().map(|visit| visit.weight).sum();
        self.visits.iter().map(|visit| visit.weight * of(visit)).sum::<f64>() / total
    }
}

impl Visit {
    fn acts(&self) -> impl Iterator<Item = usize> + '_ {
        self.steps.iter().filter_map(|step| match step {
            Step::Act(action) => Some(*action),
            Step::Think(_) => None,
        })
    }
}
