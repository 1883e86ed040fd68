//! From a template and what the visitor knows to the bytes of a request.

use std::fmt::Write;

use rand::RngExt;

use super::Session;
use crate::codec::{Name, write_encoded};
use crate::journey::{BodyPart, Part, Plan, Request, Value};
use crate::prose;

impl Session {
    /// Appends the request, filled in.
    pub(crate) fn render(&mut self, plan: &Plan, request: &Request, out: &mut Vec<u8>) {
        let begun = out.len();
        let mut path = self.template(request).begin(out);
        if let Some(elsewhere) = self.detour.path() {
            path = path.fixed(elsewhere);
        }
        let parts = if self.detour.is_pending() { &[][..] } else { &request.path };
        for part in parts {
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
        if request.has_cookies || request.redirects.most > 0 {
            path.copy_to(begun, &mut self.asked);
        }
        let mut headers = path.headers();
        for (name, parts) in &request.headers {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            for part in parts {
                self.write(plan, part, &mut text);
            }
            headers = headers.field(name, &text);
            self.text = text;
        }
        if request.has_cookies {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            self.jar.write(&self.asked, &mut text);
            if !text.is_empty() {
                headers = headers.field(&Name::COOKIE, &text);
            }
            self.text = text;
        }
        self.fill_body(plan, request);
        headers.finish(&self.body);
    }

    /// The body, unless a redirect is followed: that takes the same once more, or none.
    fn fill_body(&mut self, plan: &Plan, request: &Request) {
        if self.detour.is_pending() {
            if self.detour.drops_body() {
                self.body.clear();
            }
            return;
        }
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        for part in &request.body {
            if let BodyPart::Raw(bytes) = part {
                body.extend_from_slice(bytes);
                continue;
            }
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            self.write_body(plan, part, &mut text);
            match part {
                BodyPart::Encoded(_) => write_encoded(&mut body, &text),
                _ => body.extend_from_slice(text.as_bytes()),
            }
            self.text = text;
        }
        self.body = body;
    }

    fn write_body(&mut self, plan: &Plan, part: &BodyPart, out: &mut String) {
        match part {
            BodyPart::Raw(_) => {}
            BodyPart::Plain(parts) | BodyPart::Encoded(parts) => {
                for part in parts {
                    self.write(plan, part, out);
                }
            }
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
            Part::Uuid => write_uuid(self.random.random(), out),
            Part::Random(low, high) => {
                let drawn: u64 = self.random.random_range(*low..=*high);
                out.push_str(&drawn.to_string());
            }
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

    pub(super) fn write_value(&mut self, plan: &Plan, value: &Value, out: &mut String) {
        match value {
            Value::Fixed(text) => out.push_str(text),
            Value::Popular(index) => out.push_str(&self.popular(plan, *index).to_string()),
            Value::Column(feeder, column) => {
                let row = &plan.feeders[*feeder].rows[self.rows[*feeder]];
                out.push_str(row.get(*column).map_or("", String::as_str));
            }
            Value::Number(drawn, low) => {
                let number = low + self.popular(plan, *drawn) - 1;
                out.push_str(&number.to_string());
            }
            Value::OneOf(drawn, texts) => {
                let number = usize::try_from(self.popular(plan, *drawn) - 1).unwrap_or(0);
                out.push_str(texts.get(number).map_or("", String::as_str));
            }
            Value::Uuid(index) => {
                if self.identifiers[*index] == 0 {
                    self.identifiers[*index] = self.random.random();
                }
                write_uuid(self.identifiers[*index], out);
            }
            Value::Kept(slot, declared) => match declared {
                _ if self.kept[*slot].is_known => out.push_str(&self.kept[*slot].text),
                declared => match (&plan.known[*slot], declared) {
                    (Some(text), _) => out.push_str(text),
                    (None, Some(declared)) => self.write_value(plan, declared, out),
                    (None, None) => {}
                },
            },
        }
    }
}

/// Writes 128 bits as an identifier: version 4, variant 1 (RFC 9562, section 5.4).
fn write_uuid(bits: u128, out: &mut String) {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
    let part = |shift: u32, digits: u32| bits >> shift & ((1 << (4 * digits)) - 1);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(96, 8),
        part(80, 4),
        part(64, 4),
        part(48, 4),
        part(0, 12)
    );
}
