//! What a visitor knows while he visits, and how that turns a template into bytes and an answer into knowledge.
//!
//! A session is a pure function of the run's seed and the number of the visit, so that a run can be repeated byte for
//! byte, whichever thread or model carries it out. No clock, no socket.

use std::time::Duration;

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::codec::Answer;
use crate::journey::{BodyPart, Check, Part, Plan, Request, Step, Value};
use crate::prose;

/// One visit under way.
#[derive(Debug)]
pub struct Session {
    number: u64,
    random: ChaCha8Rng,
    visit: usize,
    step: usize,
    request: usize,
    row: usize,
    /// Drawn objects, one for each popularity of the plan; drawn anew for each action.
    drawn: Vec<Option<u64>>,
    /// What was kept from answers.
    kept: Vec<Option<String>>,
    /// Set when an answer did not have what was to be kept.
    is_lost: bool,
    body: String,
    text: String,
}

/// Streams of random numbers of one run, by what they are for.
const STREAM_OF_VISITS: u64 = 1 << 32;

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
            row: 0,
            drawn: vec![None; plan.popular.len()],
            kept: vec![None; plan.kept],
            is_lost: false,
            body: String::new(),
            text: String::new(),
        }
    }

    /// Begins visit `number`: draws its kind and its row.
    pub fn begin(&mut self, plan: &Plan, number: u64) {
        self.number = number;
        self.random.set_stream(STREAM_OF_VISITS + number);
        self.random.set_word_pos(0);
        self.visit = draw(&mut self.random, &plan.cumulative);
        self.row =
            if plan.rows.rows.is_empty() { 0 } else { self.random.random_range(0..plan.rows.rows.len()) };
        self.step = 0;
        self.request = 0;
        self.is_lost = false;
        self.kept.iter_mut().for_each(|kept| *kept = None);
        self.drawn.iter_mut().for_each(|drawn| *drawn = None);
    }

    /// The action that is to be done now, and its request; `None` when the visit has ended. Pauses before it are
    /// added to `pause`.
    pub(crate) fn current<'a>(
        &mut self,
        plan: &'a Plan,
        pause: &mut Duration,
    ) -> Option<(usize, &'a Request)> {
        let steps = &plan.visits[self.visit].steps;
        while let Some(Step::Think(low, high)) = steps.get(self.step) {
            *pause += if low < high { self.random.random_range(*low..=*high) } else { *low };
            self.step += 1;
        }
        match steps.get(self.step) {
            Some(Step::Act(action)) if !self.is_lost => {
                Some((*action, &plan.actions[*action].requests[self.request]))
            }
            _ => None,
        }
    }

    /// Goes on to the next request of the visit.
    pub(crate) fn advance(&mut self, plan: &Plan) {
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

    /// Which request of the visit comes next, counted over its steps; for telling operations apart.
    pub(crate) fn position(&self) -> u16 {
        u16::try_from(self.step * 16 + self.request).unwrap_or(u16::MAX)
    }

    /// Appends the request, filled in.
    pub(crate) fn render(&mut self, plan: &Plan, request: &Request, out: &mut Vec<u8>) {
        let mut path = request.template.begin(out);
        for part in &request.path {
            path = match part {
                Part::Path(fixed) => path.fixed(fixed),
                Part::Number => path.number(self.number),
                Part::Value(Value::Popular(index)) => path.number(self.popular(plan, *index)),
                other => {
                    let mut text = std::mem::take(&mut self.text);
                    text.clear();
                    self.write(plan, other, &mut text);
                    path = path.text(&text);
                    self.text = text;
                    path
                }
            };
        }
        let mut headers = path.headers();
        for (name, parts) in &request.headers {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            for part in parts {
                self.write(plan, part, &mut text);
            }
            // A value that came with an answer may hold anything; what cannot be sent is left out, and the server says so.
            if let Ok(header) = crate::codec::Header::new(name, &text) {
                headers = headers.header(&header);
            }
            self.text = text;
        }
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        request.body.iter().for_each(|part| self.write_body(plan, part, &mut body));
        headers.finish(body.as_bytes());
        self.body = body;
    }

    fn write_body(&mut self, plan: &Plan, part: &BodyPart, out: &mut String) {
        match part {
            BodyPart::Raw(text) => out.push_str(text),
            BodyPart::Plain(parts) => parts.iter().for_each(|part| self.write(plan, part, out)),
            BodyPart::Quoted(parts) => {
                out.push('"');
                let start = out.len();
                for part in parts {
                    self.write(plan, part, out);
                }
                if out[start..].contains(|c: char| c == '"' || c == '\\' || c.is_control()) {
                    let escaped = serde_json::Value::from(&out[start..]).to_string();
                    out.truncate(start);
                    out.push_str(&escaped[1..escaped.len() - 1]);
                }
                out.push('"');
            }
        }
    }

    fn write(&mut self, plan: &Plan, part: &Part, out: &mut String) {
        match part {
            Part::Path(path) => out.push_str(path.as_str()),
            Part::Literal(text) => out.push_str(text),
            Part::Number => out.push_str(&self.number.to_string()),
            Part::Words(low, high) => {
                let count = self.random.random_range(*low..=*high);
                prose::words(&mut self.random, count, out);
            }
            Part::Prose(low, high) => {
                let bytes = self.random.random_range(*low..=*high);
                prose::text(&mut self.random, bytes, out);
            }
            Part::Value(value) => self.write_value(plan, value, out),
        }
    }

    fn write_value(&mut self, plan: &Plan, value: &Value, out: &mut String) {
        match value {
            Value::Fixed(text) => out.push_str(text),
            Value::Popular(index) => out.push_str(&self.popular(plan, *index).to_string()),
            Value::Column(column) => out.push_str(&plan.rows.rows[self.row][*column]),
            Value::Kept(slot, declared) => match (&self.kept[*slot], declared) {
                (Some(text), _) => out.push_str(text),
                (None, Some(declared)) => self.write_value(plan, declared, out),
                (None, None) => {}
            },
        }
    }

    fn popular(&mut self, plan: &Plan, index: usize) -> u64 {
        if let Some(drawn) = self.drawn[index] {
            return drawn;
        }
        let drawn = plan.popular[index].draw(&mut self.random);
        self.drawn[index] = Some(drawn);
        drawn
    }

    /// Whether the answer is a good one; keeps from it what later requests need.
    pub(crate) fn judge(&mut self, request: &Request, answer: &Answer<'_>) -> bool {
        let says_status = request.checks.iter().any(|check| matches!(check, Check::Status(_)));
        if !says_status && answer.status >= 400 {
            return false;
        }
        let mut json = None;
        for check in &request.checks {
            let good = match check {
                Check::Status(status) => answer.status == *status,
                Check::Exists(path) => path.find(parsed(&mut json, answer)).is_some(),
                Check::Contains(text) => contains(answer.body, text.as_bytes()),
            };
            if !good {
                return false;
            }
        }
        for (slot, path) in &request.keep {
            self.kept[*slot] = path.text(parsed(&mut json, answer));
            if self.kept[*slot].is_none() {
                return false;
            }
        }
        true
    }

    /// The visit cannot go on: what its next steps need did not come.
    pub(crate) fn lose(&mut self) {
        self.is_lost = true;
    }
}

fn parsed<'a>(json: &'a mut Option<serde_json::Value>, answer: &Answer<'_>) -> &'a serde_json::Value {
    json.get_or_insert_with(|| serde_json::from_slice(answer.body).unwrap_or_default())
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

/// Draws an index in proportion to weights given as running sums.
fn draw(random: &mut impl Rng, cumulative: &[f64]) -> usize {
    let Some(total) = cumulative.last() else { return 0 };
    let point = random.random::<f64>() * total;
    cumulative.partition_point(|sum| *sum <= point).min(cumulative.len() - 1)
}
