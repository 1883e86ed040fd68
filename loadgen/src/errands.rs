//! Setup and teardown: what is done once before the load and once after it, outside the measurement.
//!
//! One session does both, with the same compiled requests as visitors: what setup keeps and the cookies it gets are
//! there in teardown, and what it keeps is known to all visitors. A step of teardown that lacks what setup did not get is
//! left out: a path with a hole in it could remove more than was meant.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::{SeedableRng, rngs::ChaCha8Rng};

use crate::ask::exchange;
use crate::codec::{Expect, Parser};
use crate::journey::{Action, Errand, Plan, Request, draw_pause};
use crate::session::Session;
use crate::target::{Address, TargetError};

/// Bytes of a request or an answer that are shown in a message.
const MOST_SHOWN: usize = 1_000;
/// How often a pause looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// Why an errand could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrandError {
    #[error("{part}: `{action}` could not be asked: {source}")]
    Target { part: &'static str, action: String, source: Box<TargetError> },
    #[error(
        "{part}: the answer to `{action}` is not a good one: `{check}` does not hold\n  asked: {asked}\n  answered: {answered}\n  hint: try the request by hand, or correct it under `requests`"
    )]
    Answer { part: &'static str, action: String, check: String, asked: String, answered: String },
    #[error("{part}: `{action}` was left out: it needs `{{{name}}}`, which setup did not get")]
    Lacks { part: &'static str, action: String, name: String },
    #[error("{part}: interrupted")]
    Interrupted { part: &'static str },
}

/// Who does the errands.
pub(crate) struct Errands {
    session: Session,
    random: ChaCha8Rng,
}

impl Errands {
    pub(crate) fn new(plan: &Plan, seed: u64) -> Errands {
        let mut session = Session::new(plan, seed);
        session.begin_errands();
        Errands { session, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Does the setup; the plan knows afterwards what was kept.
    ///
    /// # Errors
    /// Something could not be asked, or was not answered well.
    pub(crate) fn set_up(
        &mut self,
        plan: &mut Plan,
        address: &Address,
        interrupted: &AtomicBool,
    ) -> Result<(), ErrandError> {
        const PART: &str = "setup";
        for errand in &plan.setup {
            match errand {
                Errand::Act(_) if interrupted.load(Ordering::Relaxed) => {
                    return Err(ErrandError::Interrupted { part: PART });
                }
                Errand::Act(action) => self.act(plan, action, address, PART)?,
                Errand::Think(pause) => {
                    let pause = draw_pause(pause, &mut self.random);
                    wait(pause, Some(interrupted));
                }
            }
        }
        plan.known = self.session.kept();
        Ok(())
    }

    /// Does the teardown, all that can be done of it; what could not, in words.
    pub(crate) fn tear_down(&mut self, plan: &Plan, address: &Address) -> Vec<ErrandError> {
        let mut troubles = Vec::new();
        for errand in &plan.teardown {
            match errand {
                Errand::Act(action) => troubles.extend(self.act(plan, action, address, "teardown").err()),
                Errand::Think(pause) => wait(draw_pause(pause, &mut self.random), None),
            }
        }
        troubles
    }

    fn act(
        &mut self,
        plan: &Plan,
        action: &Action,
        address: &Address,
        part: &'static str,
    ) -> Result<(), ErrandError> {
        self.session.next_errand();
        for request in &action.requests {
            if let Some(slot) = self.session.lacks(request) {
                let name = plan.kept[slot].clone();
                return Err(ErrandError::Lacks { part, action: action.name.clone(), name });
            }
            // More than once only where redirects are followed, which has its own limit.
            loop {
                self.ask(plan, action, request, address, part)?;
                if !self.session.is_on_detour() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn ask(
        &mut self,
        plan: &Plan,
        action: &Action,
        request: &Request,
        address: &Address,
        part: &'static str,
    ) -> Result<(), ErrandError> {
        let mut bytes = Vec::new();
        let is_head = self.session.method(request) == scenarios::requests::Method::Head;
        self.session.render(plan, request, &mut bytes);
        // All of the answer is kept: it is shown when it is not a good one.
        let expect = Expect { head: is_head, keep: crate::codec::Keep::Body };
        let parser = exchange(address, &bytes, expect).map_err(|source| ErrandError::Target {
            part,
            action: action.name.clone(),
            source: Box::new(source),
        })?;
        let before = plan.failures.counts();
        if self.session.judge(plan, request, &parser.answer()) {
            return Ok(());
        }
        Err(ErrandError::Answer {
            part,
            action: action.name.clone(),
            check: plan.failures.failed_since(&before).unwrap_or_default().to_owned(),
            asked: shown_request(&bytes),
            answered: shown_answer(&parser),
        })
    }
}

fn wait(pause: Duration, interrupted: Option<&AtomicBool>) {
    let mut left = pause;
    while !left.is_zero() && !interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
        let part = left.min(LOOK);
        std::thread::sleep(part);
        left -= part;
    }
}

/// A request for a message: credentials in its headers are left out, whatever they came from.
fn shown_request(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let lines = head.split("\r\n").map(|line| match line.split_once(": ") {
        Some((name, _)) if ["authorization", "cookie"].contains(&name.to_ascii_lowercase().as_str()) => {
            format!("{name}: [hidden]")
        }
        _ => line.to_owned(),
    });
    indented(lines.collect::<Vec<_>>(), body)
}

fn shown_answer(parser: &Parser) -> String {
    let answer = parser.answer();
    let body = String::from_utf8_lossy(answer.body);
    indented(vec![format!("status {}", answer.status)], &body)
}

fn indented(mut lines: Vec<String>, body: &str) -> String {
    let end = body.floor_char_boundary(MOST_SHOWN.min(body.len()));
    lines.extend(body[..end].lines().map(str::to_owned));
    if end < body.len() {
        lines.push(format!("... and {} more bytes", body.len() - end));
    }
    lines.iter().map(|line| line.escape_debug().to_string()).collect::<Vec<_>>().join("\n    ")
}
