//! From a template and what the visitor knows to the bytes of a request.

use rand::RngExt;

use super::Session;
use crate::journey::{BodyPart, Part, Plan, Request, Value};
use crate::prose;

impl Session {
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

    pub(super) fn write_value(&mut self, plan: &Plan, value: &Value, out: &mut String) {
        match value {
            Value::Fixed(text) => out.push_str(text),
            Value::Popular(index) => out.push_str(&self.popular(plan, *index).to_string()),
            Value::Column(column) => out.push_str(&plan.rows.rows[self.row][*column]),
            Value::Kept(slot, declared) => match declared {
                _ if self.kept[*slot].is_known => out.push_str(&self.kept[*slot].text),
                Some(declared) => self.write_value(plan, declared, out),
                None => {}
            },
        }
    }
}
