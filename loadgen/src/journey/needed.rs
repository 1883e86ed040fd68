//! What of a visit has to be done before a place in it, so that the rest of it can be done.
//!
//! A step needs an earlier one of its visit where
//!
//! - it sends, or compares with, what an answer to that one gave (`keep`);
//! - that one writes (any method but GET and HEAD) something that has the visitor's own number or identifier in it, and so
//!   has this one: it may be about what was written;
//! - that one writes, and visitors keep cookies: it may be a log-in. Pages that are only read set no cookies that what
//!   follows could not do without, but those whose text is kept, which the first rule finds.
//!
//! And so on backwards: what is needed has needs of its own. Pure.

use scenarios::requests::Method;

use super::{Operand, Part, Plan, Request, Step, Test, Value};

/// What is a visitor's own, the same in all of his requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Number,
    Identifier(usize),
}

/// The steps of a kind of visit before step `place` that what begins there needs, in order.
pub(crate) fn before(plan: &Plan, visit: usize, place: usize) -> Vec<usize> {
    let steps = &plan.visits[visit].steps;
    let requests = |step: usize| match steps[step] {
        Step::Act(action) => &plan.actions[action].requests[..],
        Step::Think(_) => &[],
    };
    let mut done: Vec<&Request> = (place..steps.len()).flat_map(requests).collect();
    let mut needed: Vec<usize> = Vec::new();
    for step in (0..place).rev() {
        let earlier = requests(step);
        if earlier.iter().any(|one| done.iter().any(|later| needs(plan, later, one))) {
            needed.push(step);
            done.extend(earlier);
        }
    }
    needed.reverse();
    needed
}

/// Whether a request may need an earlier one of its visit to have been made.
fn needs(plan: &Plan, later: &Request, earlier: &Request) -> bool {
    if earlier.keep.iter().any(|keep| values(later).any(|value| is_kept(value, keep.slot))) {
        return true;
    }
    let writes = !matches!(earlier.template.method(), Method::Get | Method::Head);
    writes && (plan.cookies.is_some() || own(earlier).any(|own_of_it| own(later).any(|own| own == own_of_it)))
}

fn values(request: &Request) -> impl Iterator<Item = &Value> {
    let filled = request.parts().filter_map(|part| match part {
        Part::Value(value) => Some(value),
        _ => None,
    });
    filled.chain(request.checks.iter().filter_map(|check| match &check.test {
        Test::Compare(_, _, Operand::Value(value)) => Some(value),
        _ => None,
    }))
}

fn is_kept(value: &Value, slot: usize) -> bool {
    matches!(value, Value::Kept(kept, _) if *kept == slot)
}

fn own(request: &Request) -> impl Iterator<Item = Own> {
    let numbers = request.parts().filter(|part| matches!(part, Part::Number)).map(|_| Own::Number);
    numbers.chain(values(request).filter_map(|value| match value {
        Value::Uuid(index) => Some(Own::Identifier(*index)),
        _ => None,
    }))
}
