//! What a visitor knows while he visits, and how that turns a template into bytes and an answer into knowledge.
//!
//! A session is a pure function of the run's seed and the number of the visit, so that a run can be repeated byte for
//! byte, whichever thread or model carries it out. No clock, no socket.

mod cookies;
mod judge;
mod redirect;
mod render;

use std::time::Duration;

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use scenarios::requests::Method;

use crate::codec::Answer;
use crate::engine::{Nanos, Operation, Verdict};
use crate::journey::{Plan, Request, Step, draw_pause};
use cookies::Jar;
use redirect::Detour;

/// One visit under way.
#[derive(Debug)]
pub struct Session {
    number: u64,
    random: ChaCha8Rng,
    visit: usize,
    step: usize,
    request: usize,
    /// Which row of each table.
    rows: Vec<usize>,
    /// Identifiers; 0 while not needed yet.
    identifiers: Vec<u128>,
    jar: Jar,
    detour: Detour,
    /// The path that was asked last, where cookies or redirects need it.
    asked: String,
    /// Drawn objects, one for each popularity of the plan; drawn anew for each action.
    drawn: Vec<Option<u64>>,
    /// What was kept from answers.
    kept: Vec<Kept>,
    /// Set when an answer did not have what was to be kept.
    is_lost: bool,
    body: Vec<u8>,
    text: String,
}

/// A variable that an answer gave; its memory is used again.
#[derive(Clone, Debug, Default)]
struct Kept {
    is_known: bool,
    text: String,
}

/// Streams of random numbers of one run, by what they are for.
const STREAM_OF_VISITS: u64 = 1 << 32;
/// Stands for the number of a visit in setup and teardown.
const ERRANDS: u64 = u32::MAX as u64;

impl Session {
    /// A session without a visit; [`Session::begin`] gives it one. Its memory is used again and again.
    #[must_use]
    pub fn new(plan: &Plan, seed: u64) -> Session {
        Session {
            number: 0,
            random: ChaCha8Rng::seed_from_u64(seed),
            visit: 0,
            step: 0,
            request: 0,
            rows: vec![0; plan.feeders.len()],
            identifiers: vec![0; plan.identifiers],
            jar: Jar::default(),
            detour: Detour::default(),
            asked: String::new(),
            drawn: vec![None; plan.popular.len()],
            kept: vec![Kept::default(); plan.kept.len()],
            is_lost: false,
            body: Vec::new(),
            text: String::new(),
        }
    }

    /// Begins visit `number`: draws its kind and its rows. `false` when there is no row left for it.
    pub fn begin(&mut self, plan: &Plan, number: u64) -> bool {
        self.number = number;
        // From the beginning of the stream.
        self.random.set_stream(STREAM_OF_VISITS + number);
        self.visit = draw(&mut self.random, &plan.cumulative);
        for (row, feeder) in self.rows.iter_mut().zip(&plan.feeders) {
            let Some(next) = feeder.row(number, &mut self.random) else {
                plan.run_out();
                return false;
            };
            *row = next;
        }
        self.identifiers.fill(0);
        self.jar.forget();
        self.detour.end();
        self.step = 0;
        self.request = 0;
        self.is_lost = false;
        self.kept.iter_mut().for_each(|kept| kept.is_known = false);
        self.drawn.iter_mut().for_each(|drawn| *drawn = None);
        true
    }

    /// Goes to a step of a kind of visit, wherever the visit is.
    pub(crate) fn go_to(&mut self, visit: usize, step: usize) {
        (self.visit, self.step, self.request) = (visit, step, 0);
    }

    /// Where in its visit it is.
    pub(crate) fn step(&self) -> usize {
        self.step
    }

    /// Begins errands: no visit, and no row of a table that is used once.
    pub(crate) fn begin_errands(&mut self) {
        self.number = ERRANDS;
        self.random.set_stream(STREAM_OF_VISITS - 1);
        self.random.set_word_pos(0);
    }

    /// Begins the next action of the errands: what is drawn for each action is drawn anew.
    pub(crate) fn next_errand(&mut self) {
        self.drawn.iter_mut().for_each(|drawn| *drawn = None);
    }

    /// The variable that a request needs and that nothing has given yet.
    pub(crate) fn lacks(&self, request: &Request) -> Option<usize> {
        request.needs.iter().copied().find(|slot| !self.kept[*slot].is_known)
    }

    /// What was kept so far, by variable.
    pub(crate) fn kept(&self) -> Vec<Option<String>> {
        self.kept.iter().map(|kept| kept.is_known.then(|| kept.text.clone())).collect()
    }

    /// The action that is to be done now, and its request; `None` when the visit has ended. Pauses before it are
    /// added to `pause`.
    pub(crate) fn current<'a>(
        &mut self,
        plan: &'a Plan,
        pause: &mut Duration,
    ) -> Option<(usize, &'a Request)> {
        let steps = &plan.visits[self.visit].steps;
        while let Some(Step::Think(think)) = steps.get(self.step) {
            *pause += draw_pause(think, &mut self.random);
            self.step += 1;
        }
        match steps.get(self.step) {
            Some(Step::Act(action)) if !self.is_lost => {
                Some((*action, &plan.actions[*action].requests[self.request]))
            }
            _ => None,
        }
    }

    /// What is to be done now, as `visitor`, with its request rendered; `None` when the visit has ended. Pauses before it
    /// are added to `pause`, and when it is due is for the caller to say.
    pub(crate) fn operation(
        &mut self,
        plan: &Plan,
        visitor: u32,
        pause: &mut Duration,
        request: &mut Vec<u8>,
    ) -> Option<Operation> {
        let (action, template) = self.current(plan, pause)?;
        let method = self.method(template);
        self.render(plan, template, request);
        Some(Operation {
            due: Nanos::ZERO,
            action: u16::try_from(action).unwrap_or(u16::MAX),
            visit: visitor,
            step: self.position(),
            detour: self.is_on_detour(),
            idempotent: method.is_idempotent(),
            keep: template.wanted,
            head: method == Method::Head,
        })
    }

    /// What an answer to that is worth; keeps what is to be kept of it.
    pub(crate) fn verdict(&mut self, plan: &Plan, answer: &Answer<'_>) -> Verdict {
        match self.current(plan, &mut Duration::default()) {
            Some((_, request)) if self.judge(plan, request, answer) => Verdict::Good,
            _ => Verdict::Bad,
        }
    }

    /// Goes on to the next request of the visit.
    pub(crate) fn advance(&mut self, plan: &Plan) {
        if self.detour.is_pending() {
            return;
        }
        let Some(Step::Act(action)) = plan.visits[self.visit].steps.get(self.step) else { return };
        self.request += 1;
        if self.request == plan.actions[*action].requests.len() {
            self.request = 0;
            self.step += 1;
            self.drawn.iter_mut().for_each(|drawn| *drawn = None);
        }
    }

    /// Which request of the action it is.
    pub(crate) fn request_index(&self) -> usize {
        self.request
    }

    /// The method of the request that is sent next: a redirect may have made it another one.
    pub(crate) fn method(&self, request: &Request) -> Method {
        self.template(request).method()
    }

    /// Whether what is sent next goes where an answer pointed.
    pub(crate) fn is_on_detour(&self) -> bool {
        self.detour.is_pending()
    }

    /// Which request of the visit comes next, counted over its steps; for telling operations apart.
    pub(crate) fn position(&self) -> u16 {
        u16::try_from(self.step * 16 + self.request).unwrap_or(u16::MAX)
    }

    fn popular(&mut self, plan: &Plan, index: usize) -> u64 {
        if let Some(drawn) = self.drawn[index] {
            return drawn;
        }
        let drawn = plan.popular[index].draw(&mut self.random);
        self.drawn[index] = Some(drawn);
        drawn
    }

    /// The visit cannot go on: what its next steps need did not come.
    pub(crate) fn lose(&mut self) {
        self.is_lost = true;
    }
}

/// Draws an index in proportion to weights given as running sums.
fn draw(random: &mut impl Rng, cumulative: &[f64]) -> usize {
    // Where there is no choice, no random number is made: that would be a fiftieth of the cost of a request.
    let [_, .., total] = cumulative else { return 0 };
    let point = random.random::<f64>() * total;
    cumulative.partition_point(|sum| *sum <= point).min(cumulative.len() - 1)
}
