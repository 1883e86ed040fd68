//! Visits that are under way when the load begins.
//!
//! Visits with pauses last long. Were each of them to begin at its first step, the later steps would come late, and until
//! one length of a visit has passed there would be too little load, of the wrong mix. So the load begins as if it had
//! been there all the time. With visits at a rate r that last D each, which wait for nothing but themselves (M/G/infinity):
//!
//! ```text
//! how many are under way        Poisson with mean r E[D], exactly: the departures of the past do not matter
//! which of them, and where      a pause of a kind of visit, in proportion to weight x mean of the pause: long visits are
//!                               found more often than short ones, and each at any place in it with the same likelihood
//! what is left of that pause    its equilibrium distribution (see `journey/residual.rs`); what comes after it is drawn
//!                               as in any other visit
//! ```
//!
//! Where arrivals are evenly spaced, the number varies far less, and its mean is taken. What answers take is not known yet,
//! and small beside the pauses: D is the pauses alone, as far as a step comes after them.
//!
//! What such a visit would have kept (variables, cookies, a log-in) it has to get first: the earlier steps that the rest
//! of it needs (see `journey/needed.rs`) are done without their pauses, within the warm-up, which counts for nothing.
//! They are spread over it, and are at most as many as the load itself makes meanwhile, so that the server is not
//! flooded; visits for which there is no room are left out, and the report says how many.
//!
//! Pure: the same seed draws the same visits.

use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Poisson};

use crate::engine::MAX_WAITING_FOLLOW_UPS;
use crate::journey::{Plan, Step, draw_pause, draw_residual, mean_pause, needed_before};
use crate::schedule::{PerSecond, Process};

/// The stream of random numbers that these visits are drawn from; those of the visits themselves come after it.
const STREAM: u64 = u32::MAX as u64 - 1;
/// The share of the warm-up in which visits may begin to do what they need: what they do ends within it, too.
const SHARE_OF_WARMUP: f64 = 0.9;
/// Visits under way at most: each has a follow-up that waits.
const MOST: f64 = MAX_WAITING_FOLLOW_UPS as f64;

/// How the load begins.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// Visits per second at its beginning, and before it.
    pub rate: PerSecond,
    /// How they are spaced.
    pub process: Process,
    /// What counts for nothing.
    pub warmup: Duration,
    /// Of every random draw.
    pub seed: u64,
}

/// One visit under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Midway {
    /// Which kind of visit.
    pub(super) visit: usize,
    /// Where it goes on, and when.
    pub(super) step: usize,
    pub(super) resumes: Duration,
    /// What it does before, and from when on.
    pub(super) first: Arc<[usize]>,
    pub(super) enters: Duration,
}

/// All of them, and what became of the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct UnderWay {
    /// In the order in which they enter.
    pub(super) visits: Vec<Midway>,
    /// How many there are on average.
    pub(super) expected: f64,
    /// Those that could not get in time what they need.
    pub(super) left_out: u64,
}

/// A pause in which a visit can be found.
struct Place {
    visit: usize,
    step: usize,
    /// Requests that come before it is gone on with.
    requests: f64,
    first: Arc<[usize]>,
    /// Weight of the visit times mean of the pause.
    weight: f64,
}

impl UnderWay {
    /// Draws those of a load that begins like this.
    pub(super) fn draw(plan: &Plan, beginning: &Beginning) -> UnderWay {
        let places = places(plan);
        let weights: f64 = plan.visits.iter().map(|visit| visit.weight).sum();
        let mean_s = places.iter().map(|place| place.weight).sum::<f64>() / weights;
        let expected = beginning.rate.get() * mean_s;
        if expected.is_nan() || expected <= 0.0 {
            return UnderWay::default();
        }
        let mut random = ChaCha8Rng::seed_from_u64(beginning.seed);
        random.set_stream(STREAM);
        let number = match beginning.process {
            Process::Poisson => Poisson::new(expected).map_or(expected, |law| law.sample(&mut random)),
            Process::Constant => expected.round(),
        };
        // As many again as the load itself makes in the warm-up.
        let warmup_s = beginning.warmup.as_secs_f64();
        let mut room = beginning.rate.get() * plan.requests_per_visit() * warmup_s;
        let mut under_way = UnderWay { visits: Vec::new(), expected, left_out: 0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a million at most")]
        let tries = number.min(MOST) as u64;
        for _ in 0..tries {
            let Some(place) = find(&places, random.random()) else { break };
            let (step, resumes) = goes_on(plan, place, &mut random);
            let within = resumes.min(beginning.warmup.mul_f64(SHARE_OF_WARMUP));
            let enters = if place.first.is_empty() { resumes } else { within.mul_f64(random.random()) };
            if place.requests > room {
                under_way.left_out += 1;
                continue;
            }
            room -= place.requests;
            let first = place.first.clone();
            under_way.visits.push(Midway { visit: place.visit, step, resumes, first, enters });
        }
        under_way.visits.sort_by_key(|midway| midway.enters);
        under_way
    }
}

/// Where visits can be found: in the pauses that a step comes after.
fn places(plan: &Plan) -> Vec<Place> {
    let mut places = Vec::new();
    for (number, visit) in plan.visits.iter().enumerate() {
        let last = visit.steps.iter().rposition(|step| matches!(step, Step::Act(_))).unwrap_or(0);
        for (index, step) in visit.steps.iter().enumerate().take(last) {
            let Step::Think(pause) = step else { continue };
            let first: Arc<[usize]> = needed_before(plan, number, index).into();
            let requests = first.iter().map(|step| match visit.steps[*step] {
                Step::Act(action) => plan.actions[action].requests_each() as f64,
                Step::Think(_) => 0.0,
            });
            let weight = visit.weight * mean_pause(pause).as_secs_f64();
            places.push(Place { visit: number, step: index, requests: requests.sum(), first, weight });
        }
    }
    places
}

/// The place at this share of all weights.
fn find(places: &[Place], share: f64) -> Option<&Place> {
    let mut left = share * places.iter().map(|place| place.weight).sum::<f64>();
    let found = places.iter().find(|place| {
        left -= place.weight;
        left < 0.0
    });
    found.or(places.last())
}

/// The step after the pause in which a visit is found, and after the pauses that follow at once, and when it is due.
fn goes_on(plan: &Plan, place: &Place, random: &mut ChaCha8Rng) -> (usize, Duration) {
    let steps = &plan.visits[place.visit].steps;
    let (mut step, mut due) = (place.step, Duration::ZERO);
    while let Some(Step::Think(pause)) = steps.get(step) {
        let is_found = step == place.step;
        due += if is_found { draw_residual(pause, random) } else { draw_pause(pause, random) };
        step += 1;
    }
    (step, due)
}
