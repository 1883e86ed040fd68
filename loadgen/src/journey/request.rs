//! One request of the scenario, compiled: what is the same each time is written once, what varies is left open.

use scenarios::requests::{Body, Json, Method, Piece, RequestTemplate, Text};
use scenarios::target::Policy;

use crate::codec::{self, Path, Template};

use super::compile::Compiler;
use super::{BodyPart, Operand, Part, Redirects, Request, Test, Value};

impl Compiler<'_> {
    pub(super) fn request(&mut self, action: &str, asked: &RequestTemplate) -> Result<Request, String> {
        let refused = |refused: codec::Refused| refused.to_string();
        let mut fixed = vec![
            codec::Header::new("user-agent", concat!("loadgen/", env!("CARGO_PKG_VERSION")))
                .map_err(refused)?,
        ];
        let is_own = |wanted: &str| asked.headers.iter().any(|(name, _)| name == wanted);
        if !is_own("accept") {
            fixed.push(codec::Header::new("accept", "*/*").map_err(refused)?);
        }
        let typed = match asked.body {
            Body::Json(_) => Some("application/json"),
            Body::Form(_) => Some("application/x-www-form-urlencoded"),
            Body::None | Body::Text(_) | Body::File(_) => None,
        };
        if let Some(typed) = typed.filter(|_| !is_own("content-type")) {
            fixed.push(codec::Header::new("content-type", typed).map_err(refused)?);
        }
        let mut headers = Vec::new();
        for (name, value) in &asked.headers {
            let parts = self.parts(value)?;
            match &parts[..] {
                // A header without holes is written once; so is a secret from the environment.
                [] => fixed.push(codec::Header::new(name, "").map_err(refused)?),
                parts if parts.iter().all(is_constant) => {
                    fixed.push(codec::Header::new(name, &constant(parts)).map_err(refused)?);
                }
                _ => headers.push((codec::Name::new(name).map_err(refused)?, parts)),
            }
        }
        let body = self.body(&asked.body)?;
        let cookies =
            if self.cookies && !is_own("cookie") { codec::Keep::Cookies } else { codec::Keep::Nothing };
        let redirects = self.redirects(action, asked, &fixed)?;
        let follows = if redirects.most > 0 { codec::Keep::Fields } else { codec::Keep::Nothing };
        let checks = self.checks(action, &asked.checks)?;
        let keep = self.keep(action, &asked.keep)?;
        let wanted = checks.iter().map(|check| check.test.wanted());
        let wanted = wanted.chain(keep.iter().map(|keep| keep.source.wanted()));
        let wanted = wanted.chain([cookies, follows]).max().unwrap_or_default();
        let template = self.template(asked.method, &fixed).map_err(refused)?;
        let path = self.path(&asked.path)?;
        let mut request = Request {
            template,
            path,
            headers,
            body,
            checks,
            keep,
            wanted,
            needs: Vec::new(),
            has_cookies: cookies == codec::Keep::Cookies,
            redirects,
        };
        request.needs = needs(&request);
        Ok(request)
    }

    fn body(&self, asked: &Body) -> Result<Vec<BodyPart>, String> {
        let mut body = Vec::new();
        match asked {
            Body::None => {}
            Body::Text(text) => body.push(BodyPart::Plain(self.parts(text)?)),
            Body::Json(json) => self.json(json, &mut body)?,
            Body::Form(fields) => {
                for (index, (name, value)) in fields.iter().enumerate() {
                    let mut key = Vec::new();
                    codec::write_encoded(&mut key, name);
                    let key = String::from_utf8_lossy(&key);
                    raw(&mut body, &format!("{}{key}=", if index > 0 { "&" } else { "" }));
                    body.push(BodyPart::Encoded(self.parts(value)?));
                }
            }
            Body::File(name) => {
                let bytes = self.material.bodies.get(name).ok_or(format!("{name} was not read"))?;
                body.push(BodyPart::Raw(bytes.clone()));
            }
        }
        Ok(body)
    }

    /// How redirects are followed; `fixed` are the headers that every request of this kind has.
    fn redirects(
        &mut self,
        action: &str,
        asked: &RequestTemplate,
        fixed: &[codec::Header],
    ) -> Result<Redirects, String> {
        let most = asked.redirects.unwrap_or(self.scenario.redirects);
        if most == 0 {
            return Ok(Redirects::default());
        }
        let is_read = matches!(asked.method, Method::Get | Method::Head);
        // What describes a body goes with it.
        let fixed: Vec<_> =
            fixed.iter().filter(|header| !header.as_str().starts_with("content-")).cloned().collect();
        let get = self.template(Method::Get, &fixed).map_err(|refused| refused.to_string())?;
        let places = (
            self.failures.add(action, &format!("redirects: at most {most} in a row")),
            self.failures.add(action, "redirects: to the same server"),
        );
        Ok(Redirects { most, get: (!is_read).then_some(get), places: Some(places) })
    }

    /// What requests begin with; those that are alone on their connection say so.
    fn template(&self, method: Method, fixed: &[codec::Header]) -> Result<Template, codec::Refused> {
        let template = Template::new(method, self.host, fixed)?;
        let target = self.scenario.target.as_ref();
        let is_alone = target.is_some_and(|target| target.connections.policy == Policy::New);
        Ok(if is_alone { template.closing() } else { template })
    }

    fn path(&self, text: &Text) -> Result<Vec<Part>, String> {
        text.pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| match piece {
                Piece::Literal(literal) => {
                    let path = if index == 0 { Path::root(literal) } else { Path::piece(literal) };
                    path.map(Part::Path).map_err(|refused| refused.to_string())
                }
                other => self.part(other),
            })
            .collect()
    }

    fn parts(&self, text: &Text) -> Result<Vec<Part>, String> {
        text.pieces.iter().map(|piece| self.part(piece)).collect()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the scenario bounds them by a megabyte"
    )]
    fn part(&self, piece: &Piece) -> Result<Part, String> {
        Ok(match piece {
            Piece::Literal(text) => Part::Literal(text.clone()),
            Piece::Words { low, high } => Part::Words(*low, (*high).max(*low)),
            Piece::Prose(range) => Part::Prose(range.low().bytes() as usize, range.high().bytes() as usize),
            Piece::Number => Part::Number,
            Piece::Uuid => Part::Uuid,
            Piece::Random(low, high) => Part::Random(*low, *high),
            Piece::Variable(name) => Part::Value(self.variable(name)?),
        })
    }

    /// JSON with its strings left open.
    fn json(&self, json: &Json, out: &mut Vec<BodyPart>) -> Result<(), String> {
        match json {
            Json::Plain(text) => raw(out, text),
            Json::Text(text) => out.push(BodyPart::Quoted(self.parts(text)?)),
            Json::List(items) => {
                raw(out, "[");
                for (index, item) in items.iter().enumerate() {
                    raw(out, if index > 0 { "," } else { "" });
                    self.json(item, out)?;
                }
                raw(out, "]");
            }
            Json::Object(entries) => {
                raw(out, "{");
                for (index, (key, value)) in entries.iter().enumerate() {
                    raw(out, if index > 0 { "," } else { "" });
                    raw(out, &serde_json::Value::from(key.as_str()).to_string());
                    raw(out, ":");
                    self.json(value, out)?;
                }
                raw(out, "}");
            }
        }
        Ok(())
    }
}

fn raw(out: &mut Vec<BodyPart>, text: &str) {
    match out.last_mut() {
        Some(BodyPart::Raw(before)) => before.extend_from_slice(text.as_bytes()),
        _ => out.push(BodyPart::Raw(text.as_bytes().to_vec())),
    }
}

/// Kept variables without which a request cannot be sent, or its answer not be judged.
fn needs(request: &Request) -> Vec<usize> {
    let filled = request.parts().filter_map(|part| match part {
        Part::Value(value) => Some(value),
        _ => None,
    });
    let compared = request.checks.iter().filter_map(|check| match &check.test {
        Test::Compare(_, _, Operand::Value(value)) => Some(value),
        _ => None,
    });
    let needed = filled.chain(compared).filter_map(|value| match value {
        Value::Kept(slot, None) => Some(*slot),
        _ => None,
    });
    let mut needs: Vec<usize> = needed.collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

fn is_constant(part: &Part) -> bool {
    matches!(part, Part::Literal(_) | Part::Value(Value::Fixed(_)))
}

fn constant(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(text) | Part::Value(Value::Fixed(text)) => text.as_str(),
            _ => "",
        })
        .collect()
}
